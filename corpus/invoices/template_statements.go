package invoices

import "strconv"

// therapy: the statement of a practice for a series of treatments. What is
// owed stands first, in bordered cells; then each treatment with its day.
func (c *composer) therapy() {
	c.open(0)
	t := c.drawTreated(tradeClinic, false)
	full := c.sheet.full()
	facts := append(c.invoiceFacts(odds{due: 0.5, account: 0.3}), c.patientFacts()...)
	c.sheet.place(c.letterhead(t.seller, c.drawShown(0.8, 0.3, 0.4), full, alignLeft))
	c.sheet.place(separator(full, 0.4*c.style.gap, heavyLine, c.style.look.accent))
	c.cells(false,
		cell{2, func(w float64) block { return c.partyBlock(t.patient, buyer, pPatient, c.drawShown(0.2, 0.05, 0), w) }},
		cell{3, func(w float64) block {
			return append(c.docTitle(pClinicTitle, w, alignLeft), c.style.body.pairs(w, pairsTabbed, facts)...)
		}},
	)
	c.sheet.space(c.style.gap)
	c.body()
	c.sheet.section |= totalsSection
	c.factCells(3, c.covered(&t))
	c.sheet.section &^= totalsSection
	c.sheet.space(c.style.gap)
	tab := &table{text: c.style.body, header: true, gap: 1.4 * c.style.body.size, padding: float64(c.between(0, 6))}
	codes := c.chance(0.75)
	tab.columns = []column{{title: c.columnTitle(c.words(pDateColumn))}}
	if codes {
		tab.columns = append(tab.columns, column{title: c.columnTitle(pick(c.draws, c.lang.columns[fProcedureCode]))})
	}
	tab.columns = append(tab.columns,
		column{title: c.columnTitle(c.words(pTreatmentColumn)), grow: true},
		column{title: c.columnTitle(pick(c.draws, c.lang.columns[fItemTotalCost])), align: alignRight})
	for k := range t.bill.items {
		it := &t.bill.items[k]
		r := tableRow{amount: it.total, cells: [][]piece{{plain(c.day(c.before(1, 60)))}}}
		if codes {
			r.cells = append(r.cells, []piece{c.value(fProcedureCode, it.sku)})
		}
		r.cells = append(r.cells, []piece{c.value(fItemDescription, it.description)}, []piece{c.lineTotal(it)})
		tab.rows = append(tab.rows, r)
	}
	tab.carry = c.carry()
	tab.place(c.sheet)
	c.sheet.space(c.style.gap)
	var pay block
	if c.chance(0.5) {
		pay = c.bank(t.seller, full)
	}
	c.sheet.keep(join(c.style.gap, c.marks(0.15, 0.06, 0.03, 0.5*full), c.closing(0.4, 0.15, full), pay))
}

// voucher: the form of an office, in numbered cells; lines of the order, and a
// certificate to be signed.
func (c *composer) voucher() {
	c.open(0)
	seller := c.company(tradeDefence)
	agency := companyOf(agencyName(c.fork(), c.ct, c.split), c.ct)
	var b bill
	for range c.between(2, 5) {
		it := c.lang.contract.pickItem(c.draws)
		it.sku = articleCode(c.draws, c.style.articles, it.description)
		it.price()
		b.items = append(b.items, it)
	}
	c.taxed(&b, 0.4)
	b.sum(false)
	facts := c.invoiceFacts(odds{due: 0.3, order: 0.4, terms: 0.6, coding: 0.4})
	facts = append(facts, c.pair(fContractNumber, identifier(c.draws, fContractNumber, c.date)))
	if c.chance(0.5) {
		facts = append(facts, c.pair(fCageCode, identifier(c.draws, fCageCode, c.date)))
	}
	for k := range facts {
		facts[k].key = concat([]piece{plain(strconv.Itoa(k+3) + ".")}, facts[k].key)
	}
	full := c.sheet.full()
	c.sheet.place(c.docTitle(pPublicTitle, full, alignCentre))
	c.sheet.space(c.style.gap / 2)
	numbered := func(n int, fill func(w float64) block) cell {
		return cell{1, func(w float64) block {
			return append(c.style.small.paragraph(w, alignLeft, plain(strconv.Itoa(n)+".")), fill(w)...)
		}}
	}
	c.cells(true,
		numbered(1, func(w float64) block {
			return c.partyBlock(seller, supplier, pFrom, c.drawShown(0.5, 0.4, 0.6), w)
		}),
		numbered(2, func(w float64) block { return c.partyBlock(agency, buyer, pBillTo, c.drawShown(0.2, 0.1, 0), w) }),
	)
	c.factCells(3, facts)
	c.sheet.space(c.style.gap)
	form := c.drawItemForm(0.7)
	form.poLine, form.ordinal, form.pack, form.header = true, false, false, true
	c.itemTable(&b, form)
	c.sheet.space(c.style.gap)
	c.sheet.keep(c.totalsBlock(full, pairsRight, c.totals(&b, totalForm{untaxed: b.rate == 0})))
	c.sheet.space(c.style.gap)
	c.sheet.section = footerSection
	c.cells(true,
		cell{1, func(w float64) block { return c.closing(0.2, 0.5, w) }},
		cell{1, func(w float64) block { return c.marks(0.8, 0.2, 0.03, w) }},
	)
}

// fuelReceipt: a slip of a filling station: pump, litres and their price, with
// typed rules between the parts.
func (c *composer) fuelReceipt() {
	c.openRoll()
	s, full := c.sheet, c.sheet.full()
	if c.style.typed == "" && c.chance(0.7) {
		c.style.typed = "-"
	}
	seller := c.company(tradeFuel)
	b := bill{inclusive: c.ct.code != "US" && c.ct.code != "CA"}
	fuel := item{description: c.words(pFuels), unit: "l", quantity: int64(c.between(500, 6900)), unitCost: cents(c.between(95, 219))}
	fuel.sku = articleCode(c.draws, c.style.articles, fuel.description)
	fuel.price()
	b.items = append(b.items, fuel)
	for range c.weighted(55, 30, 15) {
		cat := c.lang.groceries
		it := cat.pickItem(c.draws)
		it.sku = articleCode(c.draws, c.style.articles, it.description)
		it.price()
		b.items = append(b.items, it)
	}
	c.taxed(&b, 0.95)
	b.sum(false)
	s.place(c.style.large.paragraph(full, alignLeft, c.value(fSupplierName, seller.name)))
	s.place(c.lines(seller, supplier, c.drawShown(0.6, 0.05, 0.6), full, alignLeft))
	s.place(c.ruleBlock())
	facts := []pair{
		{c.keyWord(c.words(pReceiptNumber)), []piece{c.value(fInvoiceNumber, identifier(c.draws, fInvoiceNumber, c.date))}},
		{c.keyWord(pick(c.draws, c.lang.keys[fInvoiceDate])), []piece{c.value(fInvoiceDate, c.day(c.date)), plain(c.clock())}},
		c.stray(pPump, strconv.Itoa(c.between(1, 16))),
	}
	if c.chance(0.8) {
		facts = append(facts, c.pair(fRegisterNumber, identifier(c.draws, fRegisterNumber, c.date)))
	}
	if c.chance(0.7) {
		facts = append(facts, c.pair(fCashierID, identifier(c.draws, fCashierID, c.date)))
	}
	if c.chance(0.4) {
		s.place(c.style.large.paragraph(full, alignCentre, c.value(fDocType, c.words(pReceiptTitle))))
	}
	s.place(c.style.body.pairs(full, pairsTabbed, c.shuffled(0, facts)))
	c.itemTable(&b, itemForm{
		header: c.chance(0.4), quantity: true, unit: true, unitGlued: true, unitCost: true,
		sku: c.chance(0.2), skuField: fItemSKU, costField: fItemUnitCost,
	})
	s.place(c.totalsBlock(full, pairsSpread, c.totals(&b, totalForm{untaxed: b.rate == 0})))
	s.place(c.ruleBlock())
	s.place(c.totalsBlock(full, pairsSpread, c.tendered(b.total)))
	s.space(c.style.gap)
	s.place(c.closing(0.6, 0.1, full))
}
