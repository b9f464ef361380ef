package experiments

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// standing is the FROM clause of every search: trials t, their corpus c, and
// the attempt a that stands for each, as pick has it. Its one parameter is the
// list of running attempts whose process is gone.
const standing = `WITH gone(id) AS (SELECT value FROM json_each(?))
	SELECT %s FROM trials t JOIN corpora c ON c.id = t.corpus_id LEFT JOIN attempts a ON a.id =
		(SELECT x.id FROM attempts x WHERE x.trial_id = t.id ORDER BY CASE x.state WHEN 'done' THEN 4 WHEN 'running' THEN CASE WHEN x.id IN gone THEN 1 ELSE 3 END WHEN 'failed' THEN 2 ELSE 1 END DESC, x.id DESC LIMIT 1)`

// goneList is the parameter of standing.
func (s *Store) goneList(ctx context.Context) (string, error) {
	lost, err := s.goneAttempts(ctx)
	if err != nil {
		return "", err
	}
	ids := map[int64]int{}
	for _, a := range lost {
		ids[a.id] = 0
	}
	return idList(ids), nil
}

// compiler turns a filter into an SQL condition over standing. Texts are
// matched in Go, over the distinct ones of the store, so that the operators
// mean the same everywhere.
type compiler struct {
	ctx   context.Context
	store *Store
	args  []any
}

func (k *compiler) clause(c *clause) (string, error) {
	switch c.join {
	case "":
		return k.comparison(c)
	case "not":
		inner, err := k.clause(c.inner[0])
		return "NOT " + inner, err
	}
	parts := make([]string, len(c.inner))
	for i, inner := range c.inner {
		var err error
		if parts[i], err = k.clause(inner); err != nil {
			return "", err
		}
	}
	return "(" + strings.Join(parts, " "+strings.ToUpper(c.join)+" ") + ")", nil
}

// comparison gives a condition that is 0 or 1, never NULL, so that not is its
// opposite.
func (k *compiler) comparison(c *clause) (string, error) {
	f, err := k.store.field(k.ctx, c.field)
	if err != nil {
		return "", err
	}
	switch f.kind {
	case numberField, timeField, metricField:
		return k.number(f, c)
	case prefixField:
		return k.prefix(f, c)
	case manyField:
		return k.many(f, c)
	case settingField:
		return k.setting(f, c)
	}
	list, err := k.matching(c, f.all)
	if err != nil {
		return "", err
	}
	k.args = append(k.args, list)
	return "coalesce(" + f.expr + " IN (SELECT value FROM json_each(?)), " + absent(c.op) + ")", nil
}

// absent is what an operator says of a field that a run lacks.
func absent(op string) string {
	if op == "!=" {
		return "1"
	}
	return "0"
}

// matching lists, as JSON, the texts of a query that fit a comparison.
func (k *compiler) matching(c *clause, query string, args ...any) (string, error) {
	match, err := c.matcher()
	if err != nil {
		return "", &FieldError{err.Error()}
	}
	fit := []string{}
	err = k.store.each(k.ctx, query, args, func(rows *sql.Rows) error {
		var text sql.NullString
		err := rows.Scan(&text)
		if text.Valid && match(text.String) {
			fit = append(fit, text.String)
		}
		return err
	})
	if err != nil {
		return "", err
	}
	list, err := json.Marshal(fit)
	return string(list), err
}

func (k *compiler) number(f field, c *clause) (string, error) {
	if c.op == "~" {
		return "", &FieldError{fmt.Sprintf("%s is a number; ~ compares texts", f.name)}
	}
	var want float64
	if f.kind == timeField {
		at, err := parseTime(c.value)
		if err != nil {
			return "", &FieldError{fmt.Sprintf("%s %s %s: expected a date or a time, such as 2026-01-31 or 2026-01-31T18:00", f.name, c.op, c.value)}
		}
		want = float64(at.UnixMicro())
	} else {
		var err error
		if want, err = strconv.ParseFloat(c.value, 64); err != nil {
			return "", &FieldError{fmt.Sprintf("%s %s %s: expected a number", f.name, c.op, c.value)}
		}
	}
	if f.kind != metricField {
		k.args = append(k.args, want)
		return "coalesce(" + f.expr + " " + c.op + " ?, " + absent(c.op) + ")", nil
	}
	// NaN is stored as NULL: a row without a value. It is equal to nan alone
	// and ordered with nothing.
	row := "FROM " + metricOfAttempt
	k.args = append(k.args, f.id)
	is := map[bool]string{true: "1", false: "0"}
	if math.IsNaN(want) {
		return fmt.Sprintf("coalesce((SELECT CASE WHEN m.value IS NULL THEN %s ELSE %s END %s), %s)", is[c.op == "="], is[c.op == "!="], row, absent(c.op)), nil
	}
	k.args = append(k.args[:len(k.args)-1], want, f.id)
	return fmt.Sprintf("coalesce((SELECT coalesce(m.value %s ?, %s) %s), %s)", c.op, is[c.op == "!="], row, absent(c.op)), nil
}

// timeForms are the ways to write a time in a filter; without a zone it is UTC.
var timeForms = []string{"2006-01-02", "2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02 15:04:05", time.RFC3339}

func parseTime(text string) (at time.Time, err error) {
	for _, form := range timeForms {
		if at, err = time.Parse(form, text); err == nil {
			return at, nil
		}
	}
	return at, err
}

func (k *compiler) prefix(f field, c *clause) (string, error) {
	if c.op != "=" && c.op != "!=" {
		return "", &FieldError{fmt.Sprintf("%s %s: expected = or !=", f.name, c.op)}
	}
	want := strings.ToLower(c.value)
	cond := "substr(" + f.expr + ", 1, ?) = ?"
	k.args = append(k.args, len(want), want)
	if f.name == "corpus" {
		cond = "(" + cond + " OR c.name = ?)"
		k.args = append(k.args, c.value)
	}
	if c.op == "!=" {
		cond = "NOT " + cond
	}
	return cond, nil
}

func (k *compiler) many(f field, c *clause) (string, error) {
	// != is that none is equal; the other operators want one that fits.
	one := *c
	if c.op == "!=" {
		one.op = "="
	}
	list, err := k.matching(&one, f.all, f.args...)
	if err != nil {
		return "", err
	}
	k.args = append(append(k.args, f.args...), list)
	is := "IN"
	if c.op == "!=" {
		is = "NOT IN"
	}
	return "t.id " + is + " (SELECT " + f.by + " FROM " + f.many + " AND " + f.expr + " IN (SELECT value FROM json_each(?)))", nil
}

func (k *compiler) setting(f field, c *clause) (string, error) {
	match, err := c.matcher()
	if err != nil {
		return "", &FieldError{err.Error()}
	}
	fit := map[int64]int{}
	err = k.store.each(k.ctx, `SELECT s.id, s.text FROM settings s WHERE s.id IN (SELECT canonical_id FROM trials)`, nil, func(rows *sql.Rows) error {
		var id int64
		var text string
		err := rows.Scan(&id, &text)
		if err == nil && match(settingOf(text, f.name)) {
			fit[id] = 0
		}
		return err
	})
	k.args = append(k.args, idList(fit))
	return "t.canonical_id IN (SELECT value FROM json_each(?))", err
}
