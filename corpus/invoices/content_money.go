package invoices

import (
	"math"
	"strconv"
	"strings"
)

// cents is an amount of money in hundredths of its currency's unit.
type cents int64

// scaled gives round(a*num/den), halves away from zero.
func (a cents) scaled(num, den int64) cents {
	n := int64(a) * num
	if n < 0 {
		return -cents((-n + den/2) / den)
	}
	return cents((n + den/2) / den)
}

// moneyForm is how a document writes amounts.
type moneyForm struct {
	point   string // before the decimals; empty for "."
	sep     string // of thousands; empty for none
	gap     bool   // between symbol and number, and before a percent sign
	symbol  string
	code    string
	place   moneyPlace // in totals
	inTable bool       // amounts in tables have the symbol, too
}

// moneyPlace is where the currency stands beside an amount.
type moneyPlace uint8

const (
	moneyBare       moneyPlace = iota // 12.00
	moneySymbol                       // $12.00
	moneyCodeBefore                   // USD 12.00
	moneyCodeAfter                    // 12.00 USD
)

// number writes an amount without currency.
func (m moneyForm) number(a cents) string {
	return m.decimal(int64(a), 2)
}

// decimal writes v/10^places.
func (m moneyForm) decimal(v int64, places int) string {
	point := m.point
	if point == "" {
		point = "."
	}
	sign := ""
	if v < 0 {
		sign, v = "-", -v
	}
	digits := strconv.FormatInt(v, 10)
	for len(digits) <= places {
		digits = "0" + digits
	}
	whole, part := digits[:len(digits)-places], digits[len(digits)-places:]
	if m.sep != "" {
		for k := len(whole) - 3; k > 0; k -= 3 {
			whole = whole[:k] + m.sep + whole[k:]
		}
	}
	if places == 0 {
		return sign + whole
	}
	return sign + whole + point + part
}

// cell writes an amount as it stands in a table.
func (m moneyForm) cell(a cents) string {
	if m.inTable {
		return m.withSymbol(a)
	}
	return m.number(a)
}

// withSymbol writes an amount with the currency's symbol at the side where
// the form of numbers has it.
func (m moneyForm) withSymbol(a cents) string {
	gap := ""
	if m.gap {
		gap = " "
	}
	switch {
	case m.point == ",":
		return m.number(a) + gap + m.symbol
	case a < 0:
		return "-" + m.symbol + gap + m.number(-a)
	default:
		return m.symbol + gap + m.number(a)
	}
}

// rate writes hundredths of a percent: 825 is 8.25%.
func (m moneyForm) rate(hundredths int) string {
	s := m.decimal(int64(hundredths), 2)
	s = strings.TrimRight(s, "0")
	s = strings.TrimRight(s, ".,")
	if m.gap {
		s += " "
	}
	return s + "%"
}

// quantity writes hundredths of a unit without needless zeros.
func (m moneyForm) quantity(hundredths int64) string {
	if hundredths%100 == 0 {
		return m.decimal(hundredths/100, 0)
	}
	if hundredths%10 == 0 {
		return m.decimal(hundredths/10, 1)
	}
	return m.decimal(hundredths, 2)
}

// item is one line of a bill. total = quantity*unitCost - discount, to the
// cent.
type item struct {
	description string
	sku         string
	pack        string
	unit        string
	quantity    int64 // in hundredths
	unitCost    cents
	discount    cents
	tax         cents
	total       cents
	amountField field // entity of total; noField is ITEM_TOTAL_COST
	group       int   // index of the section the line belongs to
	trace       []tracePair
}

// tracePair is a lot, batch or serial number of an item.
type tracePair struct {
	field field
	value string
}

// price sets total from the other amounts.
func (it *item) price() {
	it.total = it.unitCost.scaled(it.quantity, 100) - it.discount
}

// bill is a priced list of items. Without inclusive,
//
//	total = subtotal - discount + tax,  tax = round(rate * (subtotal - discount))
//
// with it the tax is contained in total = subtotal - discount.
type bill struct {
	items     []item
	groups    []string // headings of sections; empty for none
	subtotal  cents
	discount  cents
	rate      int // in hundredths of a percent
	tax       cents
	total     cents
	inclusive bool
}

// sum fills in the totals. When perItem, each item's tax is rounded on its
// own and the bill's tax is their sum; then a discount on the whole bill is a
// caller's mistake.
func (b *bill) sum(perItem bool) {
	if perItem && b.discount != 0 {
		panic("corpus: sum: tax per item with a discount on the bill")
	}
	b.subtotal, b.tax = 0, 0
	for k := range b.items {
		it := &b.items[k]
		b.subtotal += it.total
		if perItem {
			it.tax = it.total.scaled(int64(b.rate), 10000)
			b.tax += it.tax
		}
	}
	net := b.subtotal - b.discount
	switch {
	case perItem:
		b.total = net + b.tax
	case b.inclusive:
		b.tax = net.scaled(int64(b.rate), 10000+int64(b.rate))
		b.total = net
	default:
		b.tax = net.scaled(int64(b.rate), 10000)
		b.total = net + b.tax
	}
}

// groupTotal is the sum of the items of one section.
func (b *bill) groupTotal(group int) cents {
	var sum cents
	for _, it := range b.items {
		if it.group == group {
			sum += it.total
		}
	}
	return sum
}

// logUniform draws an integer of [lo, hi] whose logarithm is uniform.
func logUniform(r draws, lo, hi int) int {
	l, h := math.Log(float64(lo)), math.Log(float64(hi)+1)
	return min(hi, int(math.Exp(l+(h-l)*r.Float64())))
}
