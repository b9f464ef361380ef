package invoices

// letter: a letter of business. The sender at the right, the receiver at the
// left, place and date, a subject; sentences lead to a plain table and ask for
// the payment.
func (c *composer) letter() {
	c.open(0)
	g := c.drawGeneral()
	g.form.header, g.form.ordinal, g.form.poLine = c.chance(0.6), false, false
	s, full := c.sheet, c.sheet.full()
	s.place(c.letterhead(g.seller, c.drawShown(0.7, 0.5, 0.5), full, alignRight))
	s.space(c.style.gap)
	s.keep(c.partyBlock(g.buyer, buyer, pBillTo, c.drawShown(0.05, 0.05, 0.1), 0.55*full))
	s.space(c.style.gap)
	s.keep(c.style.body.paragraph(full, alignRight, plain(pick(c.draws, c.ct.cities).name+c.words(pDated)), c.value(fInvoiceDate, c.day(c.date))))
	s.space(c.style.gap)
	number := c.value(fInvoiceNumber, identifier(c.draws, fInvoiceNumber, c.date))
	inText := c.chance(0.3) // the number stands in the last sentence instead
	subject := []piece{c.value(fDocType, c.words(pInvoiceTitle))}
	if !inText {
		subject = append(subject, number)
	}
	s.keep(c.style.large.paragraph(full, alignLeft, subject...))
	var facts []pair
	if c.chance(0.4) {
		facts = append(facts, c.pair(fPurchaseOrderNumber, identifier(c.draws, fPurchaseOrderNumber, c.date)))
	}
	if c.chance(0.3) {
		facts = append(facts, c.pair(fAccountNumber, identifier(c.draws, fAccountNumber, c.date)))
	}
	if c.chance(0.2) {
		facts = append(facts, c.coding()...)
	}
	s.keep(c.style.body.pairs(full, pairsInline, c.shuffled(0, facts)))
	s.space(c.style.gap)
	c.body()
	s.keep(c.style.body.paragraph(full, alignLeft, plain(c.words(pSalutation))))
	s.space(c.style.gap / 2)
	s.keep(c.style.body.paragraph(full, alignLeft, plain(c.words(pLetterOpening))))
	s.space(c.style.gap / 2)
	c.itemTable(&g.bill, g.form)
	s.space(c.style.gap / 2)
	s.keep(c.totalsBlock(full, pairsRight, c.totals(&g.bill, totalForm{untaxed: g.bill.rate == 0})))
	s.space(c.style.gap)
	asks := c.lang.phrases[pPayRequest] // all but the last have {number}
	ask := asks[len(asks)-1]
	if inText {
		ask = asks[c.IntN(len(asks)-1)]
	}
	due := c.date.AddDate(0, 0, pick(c.draws, []int{14, 21, 30, 45}))
	s.keep(c.sentenceWith(ask, full, map[string][]piece{
		"total": c.amount(fTotalAmount, g.bill.total), "due": {c.value(fDueDate, c.day(due))}, "number": {number},
	}))
	s.space(c.style.gap)
	s.section = footerSection
	s.keep(join(c.style.gap/2, c.style.body.paragraph(full, alignLeft, plain(c.words(pRegards))), c.marks(0.35, 0.03, 0.02, 0.5*full)))
	s.space(c.style.gap)
	if c.chance(0.7) {
		s.keep(c.bank(g.seller, full))
	}
	s.keep(c.closing(0.2, 0.2, full))
}

// projectInvoice: a long bill in sections with sums of their own, below three
// columns of facts; it often goes on on a second page.
func (c *composer) projectInvoice() {
	c.open(0)
	g := c.drawGoods(c.between(7, 15))
	g.form.ordinal, g.form.poLine, g.form.header = !g.form.poLine && c.chance(0.5), false, true
	c.divided(&g.bill, c.between(2, 4))
	facts := c.invoiceFacts(odds{due: 0.5, order: 0.3, terms: 0.4, account: 0.15})
	codes := c.coding()
	if c.chance(0.4) {
		codes = append(codes, c.pair(fContractNumber, identifier(c.draws, fContractNumber, c.date)))
	}
	full := c.sheet.full()
	c.cells(false,
		cell{3, func(w float64) block { return c.docTitle(pInvoiceTitle, w, alignLeft) }},
		cell{4, func(w float64) block {
			return c.letterhead(g.seller, c.drawShown(0.5, 0.5, 0.5), w, alignRight)
		}},
	)
	c.sheet.place(separator(full, 0.5*c.style.gap, heavyLine, c.style.look.accent))
	c.cells(false,
		cell{4, func(w float64) block {
			return c.partyBlock(g.buyer, buyer, pBillTo, c.drawShown(0.1, 0.1, 0.1), w)
		}},
		cell{4, func(w float64) block { return c.style.body.pairs(w, pairsInline, facts) }},
		cell{3, func(w float64) block { return c.style.body.pairs(w, pairsAbove, codes) }},
	)
	c.sheet.space(c.style.gap)
	c.itemTable(&g.bill, g.form)
	c.sheet.space(c.style.gap)
	c.foot(c.totals(&g.bill, totalForm{untaxed: g.bill.rate == 0, paid: g.paid}), func(w float64) block {
		return join(c.style.gap, c.closing(0.3, 0.25, w), c.marks(0.06, 0.04, 0.02, w))
	})
	c.sheet.space(c.style.gap)
	if c.chance(0.4) {
		c.sheet.keep(c.bank(g.seller, full))
	}
}

// exportInvoice: for a customer abroad. Parties and facts stand in bordered
// cells; terms of delivery, and the total in a second currency:
//
//	equivalent = round(total / rate)
func (c *composer) exportInvoice() {
	c.open(0)
	g := c.drawGeneral()
	foreign, base, rate := c.conversion()
	facts := c.invoiceFacts(odds{due: 0.4, order: 0.4, terms: 0.4, currency: 0.5})
	if c.chance(0.6) {
		facts = append(facts, c.incoterm(g.buyer))
	}
	if c.chance(0.3) {
		facts = append(facts, c.pair(fWeight, c.style.money.decimal(int64(logUniform(c.draws, 5, 4000)), 0)+" kg"))
	}
	full := c.sheet.full()
	c.sheet.place(c.docTitle(pExportTitle, full, alignCentre))
	c.sheet.space(c.style.gap / 2)
	c.cells(true,
		cell{1, func(w float64) block { return c.letterhead(g.seller, c.drawShown(0.6, 0.4, 0.5), w, alignLeft) }},
		cell{1, func(w float64) block { return c.style.body.pairs(w, pairsTabbed, facts) }},
	)
	v := c.drawShown(0.3, 0.3, 0.2)
	v.country = true
	c.cells(true,
		cell{1, func(w float64) block { return c.partyBlock(g.buyer, buyer, pBillTo, v, w) }},
		cell{1, func(w float64) block { return c.style.body.pairs(w, pairsAbove, foreign) }},
	)
	c.sheet.space(c.style.gap)
	c.itemTable(&g.bill, g.form)
	c.sheet.space(c.style.gap)
	totals := c.totals(&g.bill, totalForm{untaxed: g.bill.rate == 0, paid: g.paid})
	converted := g.bill.total.scaled(10000, rate)
	totals = append(totals, pair{c.keyWord(c.words(pEquivalent)), []piece{plain(base + " " + c.style.money.number(converted))}})
	c.sheet.keep(c.totalsBlock(full, pairsRight, totals))
	c.sheet.space(c.style.gap)
	c.cells(false,
		cell{1, func(w float64) block { return c.bank(g.seller, w) }},
		cell{1, func(w float64) block { return join(c.style.gap, c.marks(0.3, 0.08, 0.02, w), c.closing(0.2, 0.3, w)) }},
	)
}

// sidebar: all facts in a shaded column at the left; parties, goods and totals
// in a wide one at its right.
func (c *composer) sidebar() {
	c.open(0)
	g := c.drawGeneral()
	facts := c.invoiceFacts(odds{due: 0.6, order: 0.4, ordered: 0.1, terms: 0.4, account: 0.3, currency: 0.2, coding: 0.1})
	s := c.sheet
	left, gap := 0.26*s.full(), 22.0
	rail := join(c.style.gap,
		c.style.body.scaled(1.3).bold().inked(c.style.look.accent).paragraph(left, alignLeft, c.value(fDocType, c.words(pInvoiceTitle))),
		c.style.small.pairs(left, pairsAbove, facts),
	).shaded(left, 6, c.style.look.pale)
	top, edge := s.y, s.left
	for _, r := range rail {
		s.put(r, s.left)
	}
	end := s.y
	s.y, s.left = top, edge+left+gap
	full := s.full()
	s.place(c.letterhead(g.seller, c.drawShown(0.6, 0.4, 0.5), full, alignLeft))
	s.space(c.style.gap)
	s.keep(c.partyBlock(g.buyer, buyer, pBillTo, c.drawShown(0.15, 0.15, 0.1), full))
	s.space(c.style.gap)
	g.form.pack, g.form.ordinal = false, false
	c.itemTable(&g.bill, g.form)
	s.space(c.style.gap)
	s.keep(c.totalsBlock(full, pairsSpread, c.totals(&g.bill, totalForm{untaxed: g.bill.rate == 0, paid: g.paid})))
	s.space(c.style.gap)
	var pay block
	if c.chance(0.5) {
		pay = c.bank(g.seller, full)
	}
	s.keep(join(c.style.gap, pay, c.marks(0.04, 0.05, 0.02, full), c.closing(0.35, 0.2, full)))
	s.left = edge
	if s.page == 0 {
		s.y = max(s.y, end)
	}
}
