package invoices

import (
	"strings"
)

// distraction is a key word and a value that no label covers: another
// paper's number, a date of something else, an amount that is not owed.
type distraction struct{ key, value string }

// Distractors are patterns: # is a digit, ^ a letter, ~ a date, $ an amount, @
// a city, * a person, and % a telephone number.
var distractionsEnglish = []distraction{
	{"Your ref", "^^/####"}, {"Our ref", "####-##"}, {"File", "#####"}, {"Quote", "Q-#####"}, {"Quotation of", "~"},
	{"Previous invoice", "INV-20##-####"}, {"Replaces", "#######"}, {"Delivery note", "######"}, {"Delivered", "~"}, {"Shipped on", "~"},
	{"Printed", "~"}, {"Valid until", "~"}, {"Customer since", "~"}, {"Last payment", "$"}, {"Credit limit", "$"}, {"Year to date", "$"},
	{"Last order", "PO-#####"}, {"Reminder", "#"}, {"Hotline", "%"}, {"Sales rep", "*"}, {"Contact", "*"}, {"Branch", "@"}, {"Depot", "@ ##"},
	{"Doc", "^#####"}, {"Batch run", "####/##"}, {"Form", "^^-####"}, {"Licence", "########"}, {"Terminal", "########"}, {"Ticket", "^^^-#####"},
}

var distractingEnglish = []string{
	"Our letter of ~ about invoice INV-20##-#### is void.",
	"Visit us at the fair in @ on ~, hall #, stand ^##.",
	"Orders above $ are delivered free of charge until ~.",
	"Formerly at ## Mill Road, @.",
	"A reminder costs $, a second one $.",
	"Our accounts in @ are closed, use the details on this document only.",
	"Ask * for our new list of prices, valid from ~.",
	"Service hotline % (0.14 a minute).",
	"Win a voucher worth $: enter code ^^##^^ by ~.",
	"Quote file ####/## in all letters; orders by fax to %.",
	"This document was checked by * on ~ (log ######).",
	"Insured with policy ###-###### up to $ for each case.",
	"Return goods to ### Harbor Street, @, with slip ######.",
	"Your consultant * can be reached at %.",
	"Meter of the year ####: our offer ends on ~.",
	"Contract partners of ^^^-#### receive ##% off orders from $.",
}

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
		d := pick(r, distractionsEnglish)
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
	return c.filled(pick(c.hard.texts, distractingEnglish))
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
			b.WriteString(pick(r, firstNames) + " " + pick(r, lastNames))
		case '%':
			b.WriteString(c.ct.phone(r))
		default:
			b.WriteRune(ch)
		}
	}
	return b.String()
}
