package invoices

// general is what the general families have in common: who sells, who buys,
// and the goods.
type general struct {
	seller, buyer party
	bill          bill
	form          itemForm
	paid          cents
}

// drawGeneral draws parties and goods of an invoice.
func (c *composer) drawGeneral() general {
	n := 2 + c.weighted(18, 30, 26, 15, 7, 4)
	if c.chance(0.035) {
		n = c.between(9, 16)
	}
	return c.drawGoods(n)
}

// drawGoods draws parties and n goods.
func (c *composer) drawGoods(n int) general {
	g := general{seller: c.company(tradeGoods)}
	g.buyer = c.drawBuyer(0.15)
	g.form = c.drawItemForm(0.93)
	cat := pick(c.draws, c.lang.goods)
	g.form.pack = g.form.pack && cat.packs != nil
	g.form.discount = g.form.unitCost && g.form.quantity && c.chance(0.1)
	for range n {
		it := cat.pickItem(c.draws)
		it.sku = articleCode(c.draws, c.style.articles, it.description)
		if g.form.discount && c.chance(0.6) {
			it.discount = c.shownDiscount() * it.unitCost.scaled(it.quantity*int64(c.between(1, 4)*5), 100*100)
		}
		it.price()
		g.bill.items = append(g.bill.items, it)
	}
	if cat.traced && c.chance(0.4) {
		c.trace(&g.bill)
	}
	c.taxed(&g.bill, 0.92)
	if n > 3 && c.chance(0.2) {
		c.grouped(&g.bill)
	}
	g.form.tax = g.bill.rate != 0 && c.chance(0.12)
	if !g.form.tax && c.chance(0.16) {
		c.discounted(&g.bill)
	}
	g.bill.sum(g.form.tax)
	if c.chance(0.16) {
		g.paid = g.bill.total.scaled(int64(pick(c.draws, []int{10, 20, 25, 30, 50})), 100)
	}
	return g
}

// drawBuyer draws a company or a private person, at times from abroad.
func (c *composer) drawBuyer(private float64) party {
	ct := c.ct
	if c.chance(0.1) {
		ct = countryOf(drawLocale(c.fork(), 0.4).country)
	}
	if c.chance(private) {
		return person(c.fork(), ct)
	}
	return companyOf(companyName(c.fork(), ct, tradeClients, c.split), ct)
}

// taxed draws the rate of tax with a chance, else leaves it at zero.
func (c *composer) taxed(b *bill, chance float64) {
	c.ordinary(b)
	if c.chance(chance) {
		b.rate = pick(c.draws, c.ct.taxRates)
	}
}

// discounted draws a discount on the whole bill. Its items must have totals.
func (c *composer) discounted(b *bill) {
	var sum cents
	for _, it := range b.items {
		sum += it.total
	}
	b.discount = sum.scaled(int64(pick(c.draws, []int{2, 3, 5, 10, 15})), 100)
	if c.hard.without.has(fDiscount) {
		b.discount = 0
	}
}

// grouped divides the items into two sections.
func (c *composer) grouped(b *bill) {
	b.groups = c.pairOf(pSections)
	cut := c.between(1, len(b.items)-1)
	for i := range b.items {
		if i >= cut {
			b.items[i].group = 1
		}
	}
}

// pairOf draws two neighbours of a list of wordings.
func (c *composer) pairOf(p phrase) []string {
	list := c.lang.phrases[p]
	k := c.IntN(len(list) - 1)
	return list[k : k+2]
}

// divided puts the items into n sections of about the same length.
func (c *composer) divided(b *bill, n int) {
	names := c.lang.phrases[pSections]
	b.groups = nil
	for _, k := range c.Perm(len(names))[:n] {
		b.groups = append(b.groups, names[k])
	}
	for i := range b.items {
		b.items[i].group = i * n / len(b.items)
	}
}

// trace gives some items lot, batch or serial numbers.
func (c *composer) trace(b *bill) {
	fields := []field{fLotNumber, fBatchNumber, fSerialNumber}
	f := fields[c.weighted(55, 20, 25)]
	for k := range b.items {
		if k > 0 && c.chance(0.5) {
			continue
		}
		it := &b.items[k]
		it.trace = []tracePair{{f, identifier(c.draws, f, c.date)}}
		if f == fLotNumber && c.chance(0.15) {
			it.trace = append(it.trace, tracePair{fBatchNumber, identifier(c.draws, fBatchNumber, c.date)})
		}
	}
}

// modern: name and title side by side at the top, facts beside the buyer.
func (c *composer) modern() {
	c.open(0.1)
	g := c.drawGeneral()
	facts := c.invoiceFacts(odds{due: 0.55, order: 0.38, ordered: 0.14, terms: 0.35, account: 0.12, currency: 0.2, coding: 0.1, foreign: 0.04})
	c.watermark(0.03)
	c.sides(
		func(w float64) block { return c.letterhead(g.seller, c.drawShown(0.6, 0.5, 0.5), w, alignLeft) },
		func(w float64) block { return c.docTitle(pInvoiceTitle, w, alignLeft) },
	)
	c.sheet.space(c.style.gap)
	c.sides(
		func(w float64) block {
			return c.partyBlock(g.buyer, buyer, pBillTo, c.drawShown(0.2, 0.2, 0.12), w)
		},
		func(w float64) block { return c.style.body.pairs(w, c.style.meta, facts) },
	)
	c.sheet.space(c.style.gap)
	c.itemTable(&g.bill, g.form)
	c.sheet.space(c.style.gap)
	c.foot(c.totals(&g.bill, totalForm{untaxed: g.bill.rate == 0, paid: g.paid}), func(w float64) block {
		var pay block
		if c.chance(0.5) {
			pay = c.bank(g.seller, w)
		}
		return join(c.style.gap, pay, c.marks(0.03, 0.05, 0.02, w), c.closing(0.35, 0.2, w))
	})
}

// classic: a centred letterhead, the title below it, seller's and buyer's
// facts in a grid, buyer and place of delivery side by side.
func (c *composer) classic() {
	c.open(0.12)
	g := c.drawGeneral()
	c.style.mirrored = false
	full := c.sheet.full()
	c.sheet.place(c.letterhead(g.seller, c.drawShown(0.7, 0.35, 0.5), full, alignCentre))
	c.sheet.space(c.style.gap)
	c.sheet.place(c.docTitle(pInvoiceTitle, full, alignCentre))
	c.sheet.space(c.style.gap)
	facts := c.invoiceFacts(odds{due: 0.45, order: 0.4, ordered: 0.2, terms: 0.35, account: 0.2, currency: 0.12, coding: 0.1, foreign: 0.03})
	meta := func() {
		form := pairsGrid
		if c.chance(0.3) {
			form = pairsTabbed
		}
		c.sheet.keep(c.style.body.pairs(full, form, facts))
		c.sheet.space(c.style.gap)
	}
	first := c.chance(0.5)
	if first {
		meta()
	}
	bill := func(w float64) block {
		return c.partyBlock(g.buyer, buyer, pBillTo, c.drawShown(0.15, 0.12, 0.1), w)
	}
	ship := func(w float64) block { return nil }
	if c.chance(0.35) { // on an invoice, a place of delivery is an address of the buyer
		there := g.buyer
		there.street, there.place = there.country.address(c.fork(), pick(c.draws, there.country.cities))
		ship = func(w float64) block { return c.partyBlock(there, buyer, pShipTo, shown{address: true}, w) }
	}
	c.sides(bill, ship)
	c.sheet.space(c.style.gap)
	if !first {
		meta()
	}
	c.itemTable(&g.bill, g.form)
	c.sheet.space(c.style.gap)
	c.foot(c.totals(&g.bill, totalForm{untaxed: g.bill.rate == 0, paid: g.paid}), func(w float64) block {
		return join(c.style.gap, c.closing(0.3, 0.25, w), c.marks(0.08, 0.06, 0.03, w))
	})
	c.watermark(0.04)
	if c.chance(0.35) {
		c.sheet.space(c.style.gap)
		c.sheet.keep(c.bank(g.seller, full))
	}
}

// compact: facts in lines of running text above both parties, which stand one
// below the other, the buyer first.
func (c *composer) compact() {
	c.open(0.2)
	g := c.drawGeneral()
	full := c.sheet.full()
	facts := c.invoiceFacts(odds{due: 0.5, order: 0.3, ordered: 0.1, terms: 0.3, account: 0.15, currency: 0.15, coding: 0.08, foreign: 0.03})
	var line []piece
	for k, p := range facts {
		if k > 0 {
			line = append(line, plain("|"))
		}
		line = append(line, concat(p.key, p.value)...)
	}
	s := c.sheet
	s.place(c.docTitle(pInvoiceTitle, full, alignLeft))
	s.place(c.style.body.paragraph(full, alignLeft, line...))
	s.space(c.style.gap)
	s.keep(c.partyBlock(g.buyer, buyer, pBillTo, c.drawShown(0.2, 0.2, 0.1), full))
	s.space(c.style.gap / 2)
	s.keep(c.partyBlock(g.seller, supplier, pFrom, c.drawShown(0.6, 0.5, 0.5), full))
	s.space(c.style.gap)
	c.itemTable(&g.bill, g.form)
	s.space(c.style.gap)
	s.keep(c.totalsBlock(full, pairsRight, c.totals(&g.bill, totalForm{untaxed: g.bill.rate == 0, paid: g.paid})))
	s.space(c.style.gap)
	s.keep(join(c.style.gap, c.bank(g.seller, full), c.marks(0.03, 0.05, 0.02, full), c.closing(0.3, 0.2, full)))
}

// creditNote: an invoice turned round; the original invoice is its one
// INVOICE_NUMBER.
func (c *composer) creditNote() {
	c.open(0.1)
	g := c.drawGeneral()
	c.sides(
		func(w float64) block { return c.letterhead(g.seller, c.drawShown(0.5, 0.4, 0.5), w, alignLeft) },
		func(w float64) block { return c.docTitle(pCreditTitle, w, alignLeft) },
	)
	c.sheet.space(c.style.gap)
	facts := []pair{c.pair(fCreditMemoNumber, identifier(c.draws, fCreditMemoNumber, c.date)), c.pair(fInvoiceDate, c.day(c.date))}
	number := identifier(c.draws, fInvoiceNumber, c.date)
	if c.chance(0.9) {
		facts = append(facts, pair{c.keyWord(c.words(pOriginalInvoice)), []piece{c.value(fInvoiceNumber, number)}})
	}
	if c.chance(0.5) {
		facts = append(facts, c.pair(fAccountNumber, identifier(c.draws, fAccountNumber, c.date)))
	}
	if c.chance(0.5) {
		facts = append(facts, c.stray(pReason, c.words(pReasons)))
	}
	c.sides(
		func(w float64) block { return c.partyBlock(g.buyer, buyer, pBillTo, c.drawShown(0.2, 0.2, 0.1), w) },
		func(w float64) block { return c.style.body.pairs(w, c.style.meta, facts) },
	)
	c.sheet.space(c.style.gap)
	c.itemTable(&g.bill, g.form)
	c.sheet.space(c.style.gap)
	totals := c.totals(&g.bill, totalForm{untaxed: g.bill.rate == 0, words: pCreditTotal})
	if c.chance(0.7) {
		totals = append(totals, c.amountPair(fRefundAmount, g.bill.total))
	}
	c.foot(totals, func(w float64) block {
		return join(c.style.gap, c.marks(0.05, 0.06, 0.02, w), c.closing(0.4, 0.1, w))
	})
}
