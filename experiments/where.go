package experiments

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// WhereHelp describes the filter language, for help texts.
const WhereHelp = `A filter compares fields with values, joined by and, or, not and brackets:
  state = done and test/macro_f1 >= 0.5 and (level.head = hybrid or tag = paper)
Operators are = != < <= > >= and ~ (a regular expression, found anywhere). A value with spaces or
brackets stands in double quotes. Fields:
  run, key, sweep, seed, state, tag, attempts, seconds, started, finished, revision, go, device, host,
  corpus (digest or name), error; level.AXIS of a sweep; any metric (test/macro_f1); any setting
  (model.head.kind, see "invoicelab settings").
Numbers are compared as numbers; run, key and corpus by their first characters; started and finished with a
date or time in UTC (2026-01-31, 2026-01-31T18:00). A run may have several tags, sweeps and levels: != says
that none is equal, every other operator that one fits. What a run lacks fits no operator but, of those, !=.`

// Where is a filter of runs as ParseWhere reads it. The zero Where lets all
// runs through.
type Where struct{ root *clause }

// clause is a comparison, or a join of clauses.
type clause struct {
	join  string // "and", "or" or "not"; empty for a comparison
	inner []*clause
	field string
	op    string
	value string
}

// ParseWhere reads a filter. An empty text is the zero Where. Names of fields
// are checked where it is used: they depend on the store.
func ParseWhere(text string) (Where, error) {
	p := &whereParser{}
	if err := p.scan(text); err != nil {
		return Where{}, fmt.Errorf("filter %q: %w", text, err)
	}
	if len(p.tokens) == 0 {
		return Where{}, nil
	}
	root, err := p.or()
	if err == nil && p.at < len(p.tokens) {
		err = fmt.Errorf("%s: expected and, or, or the end", p.here())
	}
	if err != nil {
		return Where{}, fmt.Errorf("filter %q: %w", text, err)
	}
	return Where{root}, nil
}

// token is a word, an operator or a bracket, and the character it begins at.
type token struct {
	text   string
	kind   tokenKind
	column int // from 1
}

type tokenKind uint8

const (
	wordToken tokenKind = iota
	quotedToken
	opToken
	bracketToken
)

type whereParser struct {
	tokens []token
	at     int
}

var whereOps = []string{"!=", "<=", ">=", "=", "<", ">", "~"} // longer ones first

func (p *whereParser) scan(text string) error {
	runes := []rune(text)
	for i := 0; i < len(runes); {
		r, column := runes[i], i+1
		switch {
		case unicode.IsSpace(r):
			i++
		case r == '(' || r == ')':
			p.tokens = append(p.tokens, token{string(r), bracketToken, column})
			i++
		case r == '"':
			end := i + 1
			for end < len(runes) && runes[end] != '"' {
				if runes[end] == '\\' {
					end++
				}
				end++
			}
			if end >= len(runes) {
				return fmt.Errorf("character %d: a quote that does not end", column)
			}
			word, err := strconv.Unquote(string(runes[i : end+1]))
			if err != nil {
				return fmt.Errorf("character %d: %s is no text in quotes (a backslash is written twice)", column, string(runes[i:end+1]))
			}
			p.tokens = append(p.tokens, token{word, quotedToken, column})
			i = end + 1
		case strings.ContainsRune("=!<>~", r):
			op := ""
			for _, o := range whereOps {
				if strings.HasPrefix(string(runes[i:min(i+2, len(runes))]), o) {
					op = o
					break
				}
			}
			if op == "" {
				return fmt.Errorf("character %d: %c is no operator; expected one of = != < <= > >= ~", column, r)
			}
			p.tokens = append(p.tokens, token{op, opToken, column})
			i += len(op)
		default:
			end := i
			for end < len(runes) && !unicode.IsSpace(runes[end]) && !strings.ContainsRune(`()"=!<>~`, runes[end]) {
				end++
			}
			p.tokens = append(p.tokens, token{string(runes[i:end]), wordToken, column})
			i = end
		}
	}
	return nil
}

// here names the next token for a message.
func (p *whereParser) here() string {
	if p.at == len(p.tokens) {
		return "at the end"
	}
	t := p.tokens[p.at]
	return fmt.Sprintf("character %d: %s", t.column, t.text)
}

// take moves past the next token if it is this one.
func (p *whereParser) take(kind tokenKind, text string) bool {
	if p.at < len(p.tokens) && p.tokens[p.at].kind == kind && strings.EqualFold(p.tokens[p.at].text, text) {
		p.at++
		return true
	}
	return false
}

func (p *whereParser) or() (*clause, error)  { return p.joined("or", p.and) }
func (p *whereParser) and() (*clause, error) { return p.joined("and", p.factor) }

func (p *whereParser) joined(word string, part func() (*clause, error)) (*clause, error) {
	c := &clause{join: word}
	for {
		inner, err := part()
		if err != nil {
			return nil, err
		}
		c.inner = append(c.inner, inner)
		if !p.take(wordToken, word) {
			break
		}
	}
	if len(c.inner) == 1 {
		return c.inner[0], nil
	}
	return c, nil
}

func (p *whereParser) factor() (*clause, error) {
	if p.take(wordToken, "not") {
		inner, err := p.factor()
		return &clause{join: "not", inner: []*clause{inner}}, err
	}
	if p.take(bracketToken, "(") {
		inner, err := p.or()
		if err == nil && !p.take(bracketToken, ")") {
			err = fmt.Errorf("%s: expected )", p.here())
		}
		return inner, err
	}
	if p.at == len(p.tokens) || p.tokens[p.at].kind != wordToken {
		return nil, fmt.Errorf("%s: expected a field", p.here())
	}
	c := &clause{field: p.tokens[p.at].text}
	p.at++
	if p.at == len(p.tokens) || p.tokens[p.at].kind != opToken {
		return nil, fmt.Errorf("%s: expected one of = != < <= > >= ~ after %s", p.here(), c.field)
	}
	c.op = p.tokens[p.at].text
	p.at++
	if p.at == len(p.tokens) || p.tokens[p.at].kind == opToken || p.tokens[p.at].kind == bracketToken {
		return nil, fmt.Errorf("%s: expected a value after %s %s", p.here(), c.field, c.op)
	}
	c.value = p.tokens[p.at].text
	p.at++
	return c, nil
}

// matcher says whether a text fits the operator and value of a comparison. Two
// numbers are compared as numbers, else both as texts.
func (c *clause) matcher() (func(string) bool, error) {
	if c.op == "~" {
		re, err := regexp.Compile(c.value)
		if err != nil {
			return nil, fmt.Errorf("%s ~ %q: not a regular expression: %w", c.field, c.value, err)
		}
		return re.MatchString, nil
	}
	want, wantErr := strconv.ParseFloat(c.value, 64)
	return func(text string) bool {
		order := strings.Compare(text, c.value)
		if given, err := strconv.ParseFloat(text, 64); err == nil && wantErr == nil {
			if given != given || want != want { // NaN is ordered with nothing
				return c.op == "=" && given != given && want != want || c.op == "!=" && (given == given || want == want)
			}
			order = cmp.Compare(given, want)
		}
		return fits(c.op, order)
	}, nil
}

// fits says whether an operator holds for a comparison's outcome.
func fits(op string, order int) bool {
	switch op {
	case "=":
		return order == 0
	case "!=":
		return order != 0
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	case ">=":
		return order >= 0
	}
	panic("experiments: fits: operator " + op)
}
