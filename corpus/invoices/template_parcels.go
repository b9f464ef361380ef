package invoices

import "fmt"

// courier: an invoice of a parcel service with a row for each parcel: day,
// tracking number, service, weight and charge. All parcels go from one place
// to one place.
func (c *composer) courier() {
	c.open(0)
	s := c.drawShipment()
	var b bill
	t := &table{text: c.style.body, header: true, gap: 1.2 * c.style.body.size, padding: float64(c.between(0, 6))}
	dated, weighed := c.chance(0.7), c.chance(0.7)
	if dated {
		t.columns = append(t.columns, column{title: c.columnTitle(c.words(pDateColumn))})
	}
	t.columns = append(t.columns,
		column{title: c.columnTitle(pick(c.draws, c.lang.keys[fTrackingNumber]))},
		column{title: c.columnTitle(c.words(pParcelColumn)), grow: true})
	if weighed {
		t.columns = append(t.columns, column{title: c.columnTitle(pick(c.draws, c.lang.columns[fWeight])), align: alignRight})
	}
	t.columns = append(t.columns, column{title: c.columnTitle(pick(c.draws, c.lang.columns[fItemTotalCost])), align: alignRight})
	for range c.between(2, 8) {
		b.charge(noField, c.words(pCourierServices), cents(logUniform(c.draws, 450, 8900)))
		it := &b.items[len(b.items)-1]
		r := tableRow{amount: it.total}
		if dated {
			r.cells = append(r.cells, []piece{plain(c.day(c.before(1, 28)))})
		}
		r.cells = append(r.cells, []piece{c.value(fTrackingNumber, identifier(c.draws, fTrackingNumber, c.date))}, []piece{c.value(fItemDescription, it.description)})
		if weighed {
			r.cells = append(r.cells, []piece{c.value(fWeight, c.style.money.decimal(int64(c.between(3, 310)), 1)+" kg")})
		}
		r.cells = append(r.cells, []piece{c.lineTotal(it)})
		t.rows = append(t.rows, r)
	}
	t.carry = c.carry()
	c.taxed(&b, 0.8)
	b.sum(false)
	facts := c.invoiceFacts(odds{due: 0.6, order: 0.15, terms: 0.4, account: 0.6, currency: 0.2, coding: 0.1})
	full := c.sheet.full()
	v := c.drawShown(0.6, 0.5, 0.5)
	v.address = false
	c.sheet.place(c.letterhead(s.carrier, v, full, alignCentre))
	c.sheet.space(c.style.gap)
	c.sheet.keep(c.style.body.pairs(full, pairsGrid, facts))
	c.sheet.space(c.style.gap)
	c.cells(false,
		cell{1, func(w float64) block { return c.partyBlock(s.from, buyer, pBillTo, shown{vat: c.chance(0.2)}, w) }},
		cell{1, func(w float64) block { return c.partyBlock(s.from, shipper, pShipper, shown{address: true}, w) }},
		cell{1, func(w float64) block { return c.partyBlock(s.to, consignee, pReceiver, shown{address: true}, w) }},
	)
	c.sheet.space(c.style.gap)
	c.sheet.place(c.docTitle(pFreightTitle, full, alignLeft))
	t.place(c.sheet)
	c.sheet.space(c.style.gap)
	c.foot(c.totals(&b, totalForm{untaxed: b.rate == 0}), func(w float64) block {
		var pay block
		if c.chance(0.4) {
			pay = c.bank(s.carrier, w)
		}
		return join(c.style.gap, pay, c.closing(0.2, 0.3, w))
	})
}

// airWaybill: a form of bordered cells, each fact with its key word above it;
// places at the left, numbers at the right, one row for the cargo.
func (c *composer) airWaybill() {
	c.open(0)
	s := c.drawShipment()
	full := c.sheet.full()
	number := c.pair(fWaybillNumber, airWaybill(c.draws))
	date := c.pair(fInvoiceDate, c.day(c.date))
	v := c.drawShown(0.5, 0.4, 0)
	v.address = false
	c.cells(true,
		cell{3, func(w float64) block {
			return c.partyBlock(s.from, shipper, pShipper, shown{address: true, phone: c.chance(0.3)}, w)
		}},
		cell{2, func(w float64) block {
			return append(c.docTitle(pWaybillTitle, w, alignLeft), c.style.body.pairs(w, pairsAbove, []pair{number, date})...)
		}},
	)
	c.cells(true,
		cell{3, func(w float64) block {
			return c.partyBlock(s.to, consignee, pReceiver, shown{address: true, country: c.chance(0.6)}, w)
		}},
		cell{2, func(w float64) block { return c.letterhead(s.carrier, v, w, alignLeft) }},
	)
	facts := []pair{c.stray(pFlight, c.chars(2, upperLetters)+c.digits(3)+"/"+fmt.Sprint(c.between(1, 28)))}
	if c.chance(0.6) {
		facts = append(facts, pair{c.keyWord(c.words(pWaybillInvoice)), []piece{c.value(fInvoiceNumber, identifier(c.draws, fInvoiceNumber, c.date))}})
	}
	if c.chance(0.5) {
		facts = append(facts, c.pair(fAccountNumber, identifier(c.draws, fAccountNumber, c.date)))
	}
	if c.chance(0.5) {
		facts = append(facts, c.incoterm(s.to))
	}
	c.factCells(len(facts), c.shuffled(0, facts))
	c.sheet.space(c.style.gap / 2)
	c.cargoTable(&s)
	c.sheet.space(c.style.gap / 2)
	var sums []pair
	if c.chance(0.8) {
		sums = append(sums, c.pair(fWeight, s.weight))
	}
	if c.chance(0.5) {
		sums = append(sums, c.pair(fVolume, s.volume))
	}
	c.factCells(2, sums)
	if c.chance(0.6) {
		total := pair{c.keyWord(c.words(pFreightTotal)), c.amount(fTotalAmount, cents(c.between(4500, 480000)))}
		c.sheet.keep(c.totalsBlock(0.5*full, pairsAbove, []pair{total}))
	}
	c.sheet.space(c.style.gap)
	c.sheet.section = footerSection
	c.cells(true,
		cell{1, func(w float64) block { return c.closing(0.3, 0.8, w) }},
		cell{1, func(w float64) block { return c.marks(0.75, 0.12, 0.03, w) }},
	)
}
