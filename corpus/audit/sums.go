package audit

import (
	"fmt"
	"slices"

	"github.com/invoicelab/invoicelab/corpus"
)

// charges are the labels of the amounts that make up the subtotal of a bill:
// a line of its table has one of them.
var charges = []string{"ITEM_TOTAL_COST", "RECURRING_AMOUNT", "USAGE_CHARGE", "PRORATION", "ROAMING_CHARGE", "EQUIPMENT_CHARGE", "SUPPLY_CHARGE", "PEAK_CHARGE", "OFF_PEAK_CHARGE"}

// ledger holds the amounts of one document by label.
type ledger struct {
	a      *auditor
	at     place
	d      *corpus.Document
	values map[string][]string
}

// sums checks that the amounts of a document add up, to the cent. A check
// whose labels the document or the schema lacks is not made. Labels that the
// recipe takes out of documents make sums of lines incomplete.
func (a *auditor) sums(at place, d *corpus.Document) {
	l := ledger{a: a, at: at, d: d, values: map[string][]string{}}
	for _, s := range d.Spans {
		name := a.schema.Entities[s.Entity].Name
		l.values[name] = append(l.values[name], text(d, s))
	}
	for _, name := range append([]string{"DISCOUNT", "TAX_AMOUNT"}, charges...) {
		if _, ok := a.schema.Lookup(name); !ok || a.withheld(name) {
			return
		}
	}
	l.totals()
	l.balances()
	l.lines()
}

// one is the first amount of a label in cents.
func (l *ledger) one(label string) (int64, bool) {
	if len(l.values[label]) == 0 {
		return 0, false
	}
	return l.read(label, l.values[label][0], 2)
}

// read reads an amount; one that cannot be read is a finding.
func (l *ledger) read(label, s string, places int) (int64, bool) {
	n, ok := number(s, places)
	if !ok {
		l.a.find(Sum, Fault, l.at, l.d.ID, "%s %q is no amount", label, s)
	}
	return n, ok
}

// sum adds up all amounts of labels in cents; false when there are none.
func (l *ledger) sum(labels ...string) (total int64, some bool) {
	for _, label := range labels {
		for _, s := range l.values[label] {
			n, ok := l.read(label, s, 2)
			total, some = total+n, some || ok
		}
	}
	return total, some
}

// equal compares an amount with what it should be.
func (l *ledger) equal(check string, got, want int64) {
	l.a.report.Checked["sums: "+check]++
	if got != want {
		l.a.find(Sum, Fault, l.at, l.d.ID, "%s: %s, not %s", check, decimal(want), decimal(got))
	}
}

// totals: the lines make the subtotal, and
//
//	total = subtotal - discount + tax
//
// where the tax of a receipt may be contained in its total.
func (l *ledger) totals() {
	lines, some := l.sum(charges...)
	if !some {
		return // amounts without their lines
	}
	if subtotal, ok := l.one("SUBTOTAL"); ok {
		l.equal("lines make the subtotal", subtotal, lines)
	}
	total, ok := l.one("TOTAL_AMOUNT")
	if !ok {
		return
	}
	discount, _ := l.one("DISCOUNT")
	tax, taxed := l.one("TAX_AMOUNT")
	net := lines - abs(discount)
	contained := taxed && total == net
	switch {
	case contained:
		l.equal("lines and discount make the total", total, net)
	default:
		l.equal("subtotal, discount and tax make the total", total, net+tax)
	}
	if rates := l.values["TAX_RATE"]; taxed && len(rates) == 1 && len(l.values["ITEM_TAX"]) == 0 && len(l.values["TAX_AMOUNT"]) == 1 {
		if rate, ok := number(rates[0], 2); ok {
			if contained {
				l.equal("the rate gives the contained tax", tax, rounded(net*rate, 10000+rate))
			} else {
				l.equal("the rate gives the tax", tax, rounded(net*rate, 10000))
			}
		}
	}
	if parts, some := l.sum("ITEM_TAX"); some && taxed {
		l.equal("the taxes of the lines make the tax", tax, parts)
	}
	if groups, some := l.sum("ITEM_GROUP_SUBTOTAL"); some {
		l.equal("the sections make the lines", groups, lines)
	}
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}

// balances: what is due is what is not paid; on an account it is the last
// balance less what was received plus this bill.
func (l *ledger) balances() {
	total, hasTotal := l.one("TOTAL_AMOUNT")
	balance, hasBalance := l.one("BALANCE_DUE")
	if !hasTotal || !hasBalance {
		return
	}
	if previous, ok := l.one("PREVIOUS_BALANCE"); ok {
		received, _ := l.sum("PAYMENT_RECEIVED")
		l.equal("previous balance, payments and total make the balance", balance, previous-abs(received)+total)
	} else if paid, ok := l.one("AMOUNT_PAID"); ok {
		l.equal("total less what is paid is the balance", balance, total-abs(paid))
	}
}

// lines: quantity times unit cost less discount is the total of a line, and
// what is carried forward is the sum of the lines before it: of all, or of
// those of its table, which begins after a line without an amount.
func (l *ledger) lines() {
	var before int64     // sum of the lines so far
	starts := []int64{0} // that sum where a table may have begun
	line, cells, twice := -1, map[string]string{}, false
	flush := func() {
		defer func() { cells, twice = map[string]string{}, false }()
		amount, found := int64(0), false
		for _, label := range charges {
			if s, ok := cells[label]; ok {
				n, ok := number(s, 2)
				amount, found = amount+n, found || ok
			}
		}
		before += amount
		if !found {
			starts = append(starts, before)
		}
		quantity, counted := cells["ITEM_QTY"]
		if !found || !counted || twice || l.a.recipe.Wrapped > 0 {
			return
		}
		q, ok := number(quantity, 2)
		if !ok {
			return
		}
		if cost, ok := cells["ITEM_UNIT_COST"]; ok {
			price, readable := number(cost, 2)
			less, _ := number(cells["ITEM_DISCOUNT"], 2)
			if readable {
				l.equal("quantity times unit cost makes the line", amount, rounded(q*price, 100)-abs(less))
			}
		} else if rate, ok := cells["RATE_PER_UNIT"]; ok {
			if r, readable := number(rate, 4); readable {
				l.equal("quantity times rate makes the line", amount, rounded(q*r, 10000))
			}
		}
	}
	for _, s := range l.d.Spans {
		if at := l.d.Tokens[s.Start].Line; at != line {
			flush()
			line = at
		}
		name := l.a.schema.Entities[s.Entity].Name
		_, again := cells[name]
		twice = twice || again
		cells[name] = text(l.d, s)
		if name == "CARRIED_FORWARD" {
			if n, ok := l.read(name, cells[name], 2); ok {
				want := before
				if slices.Contains(starts, before-n) {
					want = n
				}
				l.equal("the lines before it make what is carried forward", n, want)
			}
		}
	}
	flush()
}

// decimal writes cents.
func decimal(cents int64) string {
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	return fmt.Sprintf("%s%d.%02d", sign, cents/100, cents%100)
}
