package invoices

import "strconv"

// openRoll starts a sheet of paper roll, with the small type of receipts.
func (c *composer) openRoll() {
	c.sheet = newSheet(paperRoll, 12)
	c.sheet.section = headerSection
	size := 8 + 0.25*float64(c.look.between(0, 4))
	c.style.body = text{size: size, line: 1.3 * size}
	c.style.small = text{size: 0.9 * size, line: 1.2 * size}
	c.style.large = text{size: 1.25 * size, line: 1.6 * size}
	c.style.title = text{size: 1.4 * size, line: 1.8 * size}
	c.style.dress(drawLook(c.look, true))
	c.sheet.wear(c.style.look)
	c.style.gap = float64(c.look.between(5, 11))
	c.style.meta = []pairForm{pairsInline, pairsSpread, pairsTabbed}[c.look.IntN(3)]
	c.style.totals = pairsSpread
	if c.style.money.place == moneyCodeAfter {
		c.style.money.place = moneyBare
	}
	c.style.typed = []string{"", "-", "=", "*", "."}[c.weighted(50, 30, 10, 5, 5)]
}

// shop draws a seller of goods over a counter.
func (c *composer) shop() party {
	return c.company(tradeShop)
}

// bought draws a bill of goods of a shop; prices of countries other than the
// US and Canada contain the tax.
func (c *composer) bought(cat catalog, n int, taxed float64) bill {
	cat.most = min(cat.most, 4)
	b := bill{inclusive: c.ct.code != "US" && c.ct.code != "CA"}
	for range n {
		it := cat.pickItem(c.draws)
		it.sku = articleCode(c.draws, c.style.articles, it.description)
		it.price()
		b.items = append(b.items, it)
	}
	c.taxed(&b, taxed)
	if c.chance(0.12) {
		c.discounted(&b)
	}
	b.sum(false)
	return b
}

// tendered is how the customer paid; words without a field.
func (c *composer) tendered(total cents) []pair {
	if c.chance(0.4) {
		note := (total + 1999) / 2000 * 2000
		m := c.style.money
		return []pair{c.stray(pCash, m.number(note)), c.stray(pChange, m.number(note-total))}
	}
	list := []pair{c.stray(pCard, "**** "+c.digits(4))}
	if c.chance(0.5) {
		list = append(list, c.stray(pAuth, c.digits(6)))
	}
	return list
}

// receipt: a roll of paper, everything centred, items in two columns.
func (c *composer) receipt() {
	c.openRoll()
	s, full := c.sheet, c.sheet.full()
	cat := c.lang.dishes
	if c.chance(0.5) {
		cat = c.lang.goods[c.IntN(3)]
	}
	seller := c.shop()
	b := c.bought(cat, c.between(2, 6), 0.88)
	a := alignCentre
	if c.chance(0.3) {
		a = alignLeft
	}
	s.place(c.letterhead(seller, c.drawShown(0.7, 0.1, 0.5), full, a))
	s.space(c.style.gap)
	if c.chance(0.7) {
		s.place(c.style.large.paragraph(full, a, c.value(fDocType, c.words(pReceiptTitle))))
	}
	facts := []pair{
		{c.keyWord(c.words(pReceiptNumber)), []piece{c.value(fInvoiceNumber, identifier(c.draws, fInvoiceNumber, c.date))}},
		{c.keyWord(pick(c.draws, c.lang.keys[fInvoiceDate])), []piece{c.value(fInvoiceDate, c.day(c.date))}},
	}
	if c.chance(0.3) {
		facts[1].key = nil
	}
	if c.chance(0.6) {
		facts[1].value = append(facts[1].value, plain(c.clock()))
	}
	if c.chance(0.3) {
		facts = append(facts, c.stray(pTableNumber, c.digits(2)))
	}
	s.place(c.style.body.pairs(full, c.style.meta, c.shuffled(0, facts)))
	s.space(c.style.gap)
	c.itemTable(&b, itemForm{
		header: c.chance(0.3), quantity: c.chance(0.8), quantityFirst: c.chance(0.7),
		unitCost: c.chance(0.3), sku: c.chance(0.5), skuField: fItemSKU, costField: fItemUnitCost,
	})
	s.space(c.style.gap)
	s.place(c.totalsBlock(full, c.style.totals, c.totals(&b, totalForm{untaxed: b.rate == 0})))
	s.place(c.totalsBlock(full, c.style.totals, c.tendered(b.total)))
	s.space(c.style.gap)
	s.place(c.closing(0.5, 0.1, full))
	s.place(c.marks(0, 0.02, 0.02, full))
}

// pointOfSale: the register of a shop, with its number and that of the
// cashier, article codes before each article.
func (c *composer) pointOfSale() {
	c.openRoll()
	s, full := c.sheet, c.sheet.full()
	c.style.upperKeys = c.chance(0.6)
	seller := c.shop()
	b := c.bought(c.lang.groceries, c.between(3, 9), 0.92)
	s.place(c.style.title.paragraph(full, alignCentre, c.value(fSupplierName, seller.name)))
	s.place(c.lines(seller, supplier, c.drawShown(0.8, 0.05, 0.5), full, alignCentre))
	s.space(c.style.gap)
	if c.chance(0.45) {
		s.place(c.style.large.paragraph(full, alignCentre, c.value(fDocType, c.words(pReceiptTitle))))
	}
	var facts []pair
	if c.chance(0.85) {
		facts = append(facts, c.pair(fRegisterNumber, identifier(c.draws, fRegisterNumber, c.date)))
	}
	if c.chance(0.8) {
		facts = append(facts, c.pair(fCashierID, identifier(c.draws, fCashierID, c.date)))
	}
	if c.chance(0.5) {
		facts = append(facts, c.stray(pStore, c.serial(4)))
	}
	facts = append(facts,
		pair{c.keyWord(c.words(pReceiptNumber)), []piece{c.value(fInvoiceNumber, identifier(c.draws, fInvoiceNumber, c.date))}},
		pair{nil, []piece{c.value(fInvoiceDate, c.day(c.date)), plain(c.clock())}},
	)
	facts = c.shuffled(0, facts)
	if c.chance(0.4) { // two facts to a line
		for len(facts) > 0 {
			n := min(2, len(facts))
			var line []piece
			for _, p := range facts[:n] {
				line = append(line, concat(p.key, p.value)...)
			}
			s.place(c.style.body.paragraph(full, alignLeft, line...))
			facts = facts[n:]
		}
	} else {
		s.place(c.style.body.pairs(full, c.style.meta, facts))
	}
	s.space(c.style.gap)
	c.itemTable(&b, itemForm{
		header: c.chance(0.25), quantity: c.chance(0.5), quantityFirst: c.chance(0.6),
		sku: c.chance(0.93), skuField: fItemSKU, skuSecond: c.chance(0.2), costField: fItemUnitCost,
	})
	s.space(c.style.gap)
	s.place(c.totalsBlock(full, c.style.totals, c.totals(&b, totalForm{untaxed: b.rate == 0})))
	s.place(c.totalsBlock(full, c.style.totals, c.tendered(b.total)))
	s.space(c.style.gap)
	s.section = footerSection
	s.place(c.style.small.paragraph(full, alignCentre, plain(c.words(pItemsSold)+":"), plain(strconv.Itoa(len(b.items)))))
	s.place(c.closing(0.6, 0.2, full))
}
