package invoices

// telecomCredit: a short letter with money back for a line; facts above one
// another in a box, few items.
func (c *composer) telecomCredit() {
	c.open(0.2)
	seller, who := c.company(tradeTelecom), c.customer()
	var b bill
	kinds := c.lang.phrases[pTelecomCredits]
	for _, k := range c.Perm(len(kinds))[:c.between(1, 3)] {
		b.charge(noField, kinds[k], cents(c.between(300, 9900)))
		b.items[len(b.items)-1].sku = articleCode(c.draws, c.style.articles, kinds[k])
	}
	c.taxed(&b, 0.9)
	b.sum(false)
	facts := []pair{c.pair(fCreditMemoNumber, identifier(c.draws, fCreditMemoNumber, c.date)), c.pair(fInvoiceDate, c.day(c.date))}
	if c.chance(0.9) {
		facts = append(facts, pair{c.keyWord(c.words(pOriginalInvoice)), []piece{c.value(fInvoiceNumber, identifier(c.draws, fInvoiceNumber, c.date))}})
	}
	if c.chance(0.8) {
		facts = append(facts, c.pair(fAccountNumber, identifier(c.draws, fAccountNumber, c.date)))
	}
	if c.chance(0.7) {
		facts = append(facts, c.pair(fServiceNumber, serviceNumber(c.draws, c.ct)))
	}
	full := c.sheet.full()
	c.sheet.place(c.letterhead(seller, c.drawShown(0.6, 0.3, 0.4), full, alignLeft))
	c.sheet.space(c.style.gap)
	c.cells(false,
		cell{3, func(w float64) block { return c.partyBlock(who, buyer, pBillTo, shown{address: true}, w) }},
		cell{2, func(w float64) block {
			return c.style.body.pairs(w-12, pairsAbove, c.shuffled(0, facts)).moved(6).boxed(w, 4, thinLine, c.style.look.accent)
		}},
	)
	c.sheet.space(c.style.gap)
	c.sheet.place(c.docTitle(pCreditTitle, full, alignLeft))
	c.body()
	c.sheet.place(c.style.body.paragraph(full, alignLeft, plain(c.words(pSalutation))))
	c.sheet.space(c.style.gap / 2)
	c.chargeTable(&b)
	c.sheet.space(c.style.gap / 2)
	totals := c.totals(&b, totalForm{untaxed: b.rate == 0, words: pCreditTotal})
	if c.chance(0.7) {
		totals = append(totals, c.amountPair(fRefundAmount, b.total))
	}
	c.sheet.keep(c.totalsBlock(full, pairsSpread, totals))
	c.sheet.space(c.style.gap)
	c.sheet.section = footerSection
	c.sheet.keep(join(c.style.gap/2, c.closing(0.4, 0.1, full), c.style.body.paragraph(full, alignLeft, plain(c.words(pRegards))), c.marks(0.2, 0, 0.02, 0.4*full)))
}

// familyBill: a page with the account and the totals in large type, then
// the charges of every line of a family in sections, mostly on a page of their
// own.
func (c *composer) familyBill() {
	c.open(0)
	seller, who := c.company(tradeTelecom), c.customer()
	plan := pick(c.draws, mobilePlans)
	var b bill
	for line := range c.between(2, 4) {
		part := c.charges(plan, 0.3, 0.35)
		for _, it := range part.items {
			it.group = line
			b.items = append(b.items, it)
		}
		b.rate = part.rate
		b.groups = append(b.groups, c.words(pLineColumn)+" "+c.ct.phone(c.fork()))
	}
	b.sum(false)
	o, show := c.drawOwed(b.total), c.chance(0.75)
	facts := c.telecomFacts()
	full := c.sheet.full()
	c.cells(false,
		cell{1, func(w float64) block { return c.docTitle(pBillTitle, w, alignLeft) }},
		cell{1, func(w float64) block { return c.letterhead(seller, c.drawShown(0.6, 0.25, 0.4), w, alignRight) }},
	)
	c.sheet.space(c.style.gap)
	c.sheet.keep(c.style.body.pairs(0.5*full, pairsSpread, facts))
	c.sheet.space(c.style.gap)
	c.sheet.keep(c.partyBlock(who, buyer, pBillTo, shown{address: true}, 0.5*full))
	c.sheet.space(2 * c.style.gap)
	c.body()
	big := c.style.body
	c.style.body = big.scaled(1.2)
	if show {
		c.sheet.keep(c.titled(pAccountHead, full, c.style.body.pairs(0.75*full, pairsSpread, c.summary(o, b.total))))
		c.sheet.space(c.style.gap)
	}
	c.sheet.keep(c.totalsBlock(0.75*full, pairsSpread, c.billTotals(&b, show)))
	c.style.body = big
	c.sheet.space(c.style.gap)
	c.sheet.keep(c.closing(0.4, 0.25, full))
	c.sheet.section = 0
	if c.chance(0.7) {
		c.sheet.breakPage()
	} else {
		c.sheet.space(c.style.gap)
	}
	list := c.lineFacts(plan, 0.7)
	c.sheet.keep(c.titled(pDetailsHead, full, c.style.body.pairs(full, pairsGrid, list)))
	c.sheet.space(c.style.gap)
	c.chargeTable(&b)
}

// businessLines: a company's lines in a table, one to a row with its number,
// plan, data and charge; the sender at the foot.
func (c *composer) businessLines() {
	c.open(0)
	seller := c.company(tradeTelecom)
	who := companyOf(companyName(c.fork(), c.ct, tradeClients, c.split), c.ct)
	var b bill
	t := &table{text: c.style.body, header: true, gap: 1.4 * c.style.body.size, padding: float64(c.between(0, 6))}
	data := c.chance(0.85)
	t.columns = []column{
		{title: c.columnTitle(c.words(pLineColumn))},
		{title: c.columnTitle(pick(c.draws, c.lang.keys[fPlanName])), grow: true},
	}
	if data {
		t.columns = append(t.columns, column{title: c.columnTitle(pick(c.draws, c.lang.keys[fDataUsage])), align: alignRight})
	}
	t.columns = append(t.columns, column{title: c.columnTitle(pick(c.draws, c.lang.columns[fItemTotalCost])), align: alignRight})
	for range c.between(3, 9) {
		plan := pick(c.draws, mobilePlans)
		b.charge(fRecurringAmount, plan, 100*cents(c.between(9, 70))-1)
		c.ordinary(&b)
		it := &b.items[len(b.items)-1]
		r := tableRow{amount: it.total, cells: [][]piece{{c.value(fServiceNumber, serviceNumber(c.draws, c.ct))}, {c.value(fPlanName, plan)}}}
		if data {
			r.cells = append(r.cells, []piece{c.value(fDataUsage, c.dataUsage())})
		}
		r.cells = append(r.cells, []piece{c.lineTotal(it)})
		t.rows = append(t.rows, r)
	}
	t.carry = c.carry()
	c.taxed(&b, 0.95)
	b.sum(false)
	facts := c.telecomFacts()
	from, to := c.lastMonth()
	if c.chance(0.7) {
		facts = append(facts, c.pair(fBillingPeriod, c.period(from, to)))
	}
	full := c.sheet.full()
	c.sheet.place(c.docTitle(pBillTitle, full, alignCentre))
	c.sheet.space(c.style.gap / 2)
	c.factCells(3, facts)
	c.sheet.space(c.style.gap)
	c.cells(false,
		cell{1, func(w float64) block { return c.partyBlock(who, buyer, pBillTo, c.drawShown(0.2, 0.2, 0.2), w) }},
		cell{1, func(w float64) block {
			return c.totalsBlock(w, pairsSpread, c.totals(&b, totalForm{untaxed: b.rate == 0}))
		}},
	)
	c.sheet.space(c.style.gap)
	t.place(c.sheet)
	c.sheet.space(c.style.gap)
	c.sheet.section = footerSection
	c.sheet.keep(c.closing(0.35, 0.2, full))
	c.sheet.keep(c.partyBlock(seller, supplier, pFrom, c.drawShown(0.7, 0.4, 0.6), full))
}
