package invoices

import (
	"fmt"
	"strconv"
	"strings"
)

// itemForm says what a table of items shows.
type itemForm struct {
	header                              bool
	ordinal, poLine, sku, pack          bool
	quantity, unit, unitCost, discount  bool
	tax                                 bool
	quantityFirst, skuSecond, unitGlued bool // arrangements
	skuField                            field
	costField                           field
	title                               phrase // of the descriptions; 0 for the usual words
}

// drawItemForm draws the columns of an invoice's table.
func (c *composer) drawItemForm(sku float64) itemForm {
	f := itemForm{header: c.chance(0.96), skuField: fItemSKU, costField: fItemUnitCost}
	f.sku = c.chance(sku)
	f.quantity = c.chance(0.93)
	f.unit = f.quantity && c.chance(0.35)
	f.unitCost = c.chance(0.88)
	f.ordinal = c.chance(0.14)
	f.poLine = !f.ordinal && c.chance(0.12)
	f.pack = c.chance(0.1)
	f.quantityFirst = c.chance(0.25)
	f.skuSecond = c.chance(0.3)
	f.unitGlued = c.chance(0.5)
	return f
}

// itemTable sets a bill's items, section by section. Every amount but the
// line's total is left out where its column is.
func (c *composer) itemTable(b *bill, f itemForm) {
	t := &table{text: c.style.body, header: f.header, gap: 1.4 * c.style.body.size, padding: float64(c.between(0, 8))}
	cells := []func(k int, it *item) []piece{}
	add := func(words []string, a align, grow bool, cell func(k int, it *item) []piece) {
		s := pick(c.draws, words)
		t.columns = append(t.columns, column{title: c.columnTitle(s), align: a, grow: grow})
		cells = append(cells, cell)
	}
	if f.ordinal {
		add(c.lang.phrases[pOrdinalColumn], alignLeft, false, func(k int, _ *item) []piece { return []piece{plain(strconv.Itoa(k + 1))} })
	}
	if f.poLine {
		form := pick(c.draws, []string{"%d", "%05d", "%03d"})
		add(c.lang.columns[fPOLineItem], alignLeft, false, func(k int, _ *item) []piece {
			return []piece{c.value(fPOLineItem, fmt.Sprintf(form, 10*(k+1)))}
		})
	}
	sku := func() {
		if f.sku {
			add(c.lang.columns[f.skuField], alignLeft, false, func(_ int, it *item) []piece { return []piece{c.value(f.skuField, it.sku)} })
		}
	}
	quantity := func() {
		if f.quantity {
			add(c.lang.columns[fItemQty], alignRight, false, func(_ int, it *item) []piece {
				q := []piece{c.value(fItemQty, c.style.money.quantity(it.quantity))}
				if f.unit && f.unitGlued {
					q = append(q, c.value(fItemUnit, it.unit))
				}
				return q
			})
			if f.unit && !f.unitGlued {
				add(c.lang.columns[fItemUnit], alignLeft, false, func(_ int, it *item) []piece { return []piece{c.value(fItemUnit, it.unit)} })
			}
		}
	}
	if f.quantityFirst {
		quantity()
	}
	if !f.skuSecond {
		sku()
	}
	words := c.lang.columns[fItemDescription]
	if f.title != 0 {
		words = c.lang.phrases[f.title]
	}
	add(words, alignLeft, true, func(_ int, it *item) []piece { return []piece{c.value(fItemDescription, it.description)} })
	if f.skuSecond {
		sku()
	}
	if f.pack {
		add(c.lang.columns[fItemPackSize], alignLeft, false, func(_ int, it *item) []piece { return []piece{c.value(fItemPackSize, it.pack)} })
	}
	if !f.quantityFirst {
		quantity()
	}
	if f.unitCost {
		add(c.lang.columns[f.costField], alignRight, false, func(_ int, it *item) []piece {
			return []piece{c.value(f.costField, c.style.money.cell(it.unitCost))}
		})
	}
	if f.discount {
		add(c.lang.columns[fItemDiscount], alignRight, false, func(_ int, it *item) []piece {
			if it.discount == 0 {
				return []piece{plain("-")}
			}
			return []piece{c.value(fItemDiscount, c.style.money.cell(it.discount))}
		})
	}
	if f.tax {
		add(c.lang.columns[fItemTax], alignRight, false, func(_ int, it *item) []piece { return []piece{c.value(fItemTax, c.style.money.cell(it.tax))} })
	}
	add(c.lang.columns[fItemTotalCost], alignRight, false, func(_ int, it *item) []piece { return []piece{c.lineTotal(it)} })

	typed := func() {
		if line := c.typedRule(); line != nil {
			t.rows = append(t.rows, tableRow{alone: line, marks: rowSeparator})
		}
	}
	typed()
	for k := range b.items {
		it := &b.items[k]
		if len(b.groups) > 0 && (k == 0 || b.items[k-1].group != it.group) {
			t.rows = append(t.rows, tableRow{alone: []piece{c.value(fItemGroupHeader, b.groups[it.group])}, marks: groupHeader})
		}
		r := tableRow{cells: make([][]piece, len(cells)), amount: it.total}
		for j, cell := range cells {
			r.cells[j] = cell(k, it)
		}
		t.rows = append(t.rows, r)
		t.rows = append(t.rows, c.traces(it)...)
		if len(b.groups) > 0 && (k+1 == len(b.items) || b.items[k+1].group != it.group) {
			t.rows = append(t.rows, c.groupEnd(b, it.group))
		}
	}
	typed()
	t.carry = c.carry()
	t.place(c.sheet)
}

// columnTitle writes the head of a column.
func (c *composer) columnTitle(s string) []piece {
	if form, how := c.keyForm(noField); form == keyShort {
		s = shortened(s, how)
	}
	if c.style.upperKeys {
		s = strings.ToUpper(s)
	}
	return []piece{plain(s)}
}

// lineTotal is the amount of an item in its own field.
func (c *composer) lineTotal(it *item) piece {
	f := it.amountField
	if f == noField {
		f = fItemTotalCost
	}
	return c.value(f, c.style.money.cell(it.total))
}

// traces are the rows with lot, batch and serial numbers below an item.
func (c *composer) traces(it *item) []tableRow {
	if len(it.trace) == 0 {
		return nil
	}
	var line []piece
	for _, tr := range it.trace {
		line = append(line, concat(c.key(tr.field), []piece{c.value(tr.field, tr.value)})...)
	}
	return []tableRow{{alone: line, indent: true}}
}

// groupEnd is the row with the sum of a section.
func (c *composer) groupEnd(b *bill, group int) tableRow {
	return tableRow{
		indent: true,
		alone:  []piece{plain(c.words(pSectionSum))},
		right:  []piece{c.value(fItemGroupSubtotal, c.style.money.cell(b.groupTotal(group)))},
		marks:  groupSubtotal,
	}
}

// carry gives the rows at the boundary of two pages; one document in five
// has none.
func (c *composer) carry() func(sum cents, forward bool) tableRow {
	if c.chance(0.2) {
		return nil
	}
	key := c.key(fCarriedForward)
	again := c.keyWord(c.words(pBroughtForward))
	return func(sum cents, forward bool) tableRow {
		words := again
		if forward {
			words = key
		}
		return tableRow{
			indent: true,
			alone:  concat(nil, words),
			right:  []piece{c.value(fCarriedForward, c.style.money.cell(sum))},
			marks:  carriedForward,
		}
	}
}

// totalForm says what the totals of a bill show.
type totalForm struct {
	words   phrase // of the total; 0 for the usual ones
	untaxed bool   // no tax is shown
	paid    cents  // shown with the balance when not zero
	bare    bool   // no subtotal
}

// totals are the pairs of a bill from the subtotal to the balance.
func (c *composer) totals(b *bill, f totalForm) []pair {
	var list []pair
	subtotal, contained := c.chance(0.93), c.words(pContained)
	if (!f.bare && !b.inclusive && !f.untaxed && subtotal) || b.discount != 0 {
		list = append(list, c.amountPair(fSubtotal, b.subtotal))
	}
	if b.discount != 0 {
		list = append(list, c.amountPair(fDiscount, b.discount))
	}
	tax := pair{value: c.amount(fTaxAmount, b.tax)}
	name := c.taxName()
	if b.inclusive {
		name = contained + " " + name
	}
	if c.chance(0.6) {
		tax.key = []piece{plain(name), c.value(fTaxRate, c.style.money.rate(b.rate))}
	} else {
		tax.key = c.keyWord(name)
	}
	if !f.untaxed && !b.inclusive {
		list = append(list, tax)
	}
	words := c.lang.keys[fTotalAmount]
	if f.paid != 0 {
		words = c.lang.phrases[pBillTotal]
	}
	if f.words != 0 {
		words = c.lang.phrases[f.words]
	}
	list = append(list, pair{c.keyWord(pick(c.draws, words)), c.amount(fTotalAmount, b.total)})
	if !f.untaxed && b.inclusive {
		list = append(list, tax)
	}
	if f.paid != 0 {
		list = append(list, c.amountPair(fAmountPaid, f.paid), c.amountPair(fBalanceDue, b.total-f.paid))
	}
	return list
}

// totalsBlock sets totals in a form.
func (c *composer) totalsBlock(width float64, form pairForm, totals []pair) block {
	return c.framed(c.style.look.totals, width, func(width float64) block {
		return c.style.body.pairs(width, form, c.style.look.stressed(totals))
	}).marked(totalsSection)
}

// foot sets totals at the right and what the document has to say beside them
// at the left, or below.
func (c *composer) foot(totals []pair, aside func(width float64) block) {
	s := c.sheet
	full := s.full()
	width := 0.36 * full
	for _, p := range totals { // long amounts want a wider block
		width = max(width, min(0.55*full, c.style.body.width(p.key)+c.style.body.width(p.value)+2*c.style.body.size))
	}
	right := c.totalsBlock(width, c.style.totals, totals)
	if c.chance(0.5) {
		s.side(aside(full-width-30), right, full-width)
		return
	}
	s.side(nil, right, full-width)
	s.space(c.style.gap)
	s.keep(aside(full))
}
