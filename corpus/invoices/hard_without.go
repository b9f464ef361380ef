package invoices

// What a document without a field has to do beside leaving out its values, so
// that its amounts still add up.

// ordinary turns the items whose amount has a label that the document leaves
// out into items of no particular kind.
func (c *composer) ordinary(b *bill) {
	for k := range b.items {
		if it := &b.items[k]; it.amountField != noField && c.hard.without.has(it.amountField) {
			it.amountField, it.description = noField, otherCharges[c.lang.code]
		}
	}
}

// shownDiscount is 0 in a document without discounts of items, else 1.
func (c *composer) shownDiscount() cents {
	if c.hard.without.has(fItemDiscount) {
		return 0
	}
	return 1
}
