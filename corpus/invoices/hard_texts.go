package invoices

import (
	"strings"
)

// distractBudget draws how many distractors a document has: the mean is that
// of the recipe, most have about as many.
func (h *hardness) distractBudget() (facts, sentences int) {
	mean := h.recipe.Distractors
	n := int(2 * mean * h.texts.Float64())
	if h.texts.chance(2*mean - float64(int(2*mean))) {
		n += h.texts.IntN(2)
	}
	facts = (n + 1) / 2
	return facts, n - facts
}

// distracted puts distractors between the facts of a list, at most two for
// each list.
func (c *composer) distracted(keep int, list []pair) []pair {
	for range min(2, c.facts) {
		r := c.hard.texts
		c.facts--
		d := pick(r, distractions[c.lang.code])
		key, how := shortened(d.key, r.Float64()), r.Float64()
		if how >= c.hard.recipe.KeysShort {
			key = d.key
		}
		if c.style.upperKeys {
			key = strings.ToUpper(key)
		}
		p := pair{[]piece{{text: key + c.style.suffix, emphasis: c.style.look.keys}}, []piece{plain(c.filled(d.value))}}
		if r.Float64() < c.hard.recipe.KeysMissing {
			p.key = nil
		}
		at := min(len(list), keep) + r.IntN(len(list)-min(len(list), keep)+1)
		list = append(list, pair{})
		copy(list[at+1:], list[at:])
		list[at] = p
	}
	return list
}

// distract sets at most n sentences that say nothing about the document.
func (c *composer) distract(n int) {
	for range min(n, c.sentences) {
		c.sentences--
		s := c.sheet
		b := c.style.small.paragraph(s.full(), pick(c.hard.texts, []align{alignLeft, alignLeft, alignCentre}), plain(c.distractingSentence()))
		s.space(c.style.gap / 3)
		s.keep(b)
		s.space(c.style.gap / 3)
	}
}

func (c *composer) distractingSentence() string {
	return c.filled(pick(c.hard.texts, distractingSentences[c.lang.code]))
}

// filled replaces the signs of a pattern.
func (c *composer) filled(pattern string) string {
	r := c.hard.texts
	var b strings.Builder
	for _, ch := range pattern {
		switch ch {
		case '#':
			b.WriteByte(byte('0' + r.IntN(10)))
		case '^':
			b.WriteString(r.chars(1, upperLetters))
		case '~':
			b.WriteString(c.day(c.date.AddDate(0, 0, r.between(-400, 90))))
		case '$':
			b.WriteString(c.style.money.withSymbol(cents(100 * logUniform(r, 5, 4000))))
		case '@':
			b.WriteString(pick(r, c.ct.cities).name)
		case '*':
			b.WriteString(pick(r, c.ct.lang.names.first) + " " + pick(r, c.ct.lang.names.last))
		case '%':
			b.WriteString(c.ct.phone(r))
		default:
			b.WriteRune(ch)
		}
	}
	return b.String()
}
