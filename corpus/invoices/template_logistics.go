package invoices

import "fmt"

// shipment is what goes from one place to another. Weight and volume are the
// sums of those of the lots.
type shipment struct {
	carrier, from, to party
	lots              []lot
	unit              [2]string // of weight and of volume
	weight, volume    string
}

// lot is a part of a shipment.
type lot struct {
	goods          string
	pieces         int
	weight, volume int64 // in tenths and in hundredths of the shipment's units
}

func (c *composer) drawShipment() shipment {
	s := shipment{
		carrier: c.company(tradeFreight),
		from:    c.company(tradeGoods),
	}
	ct := countryOf(drawLocale(c.fork(), 0.4).country)
	s.to = companyOf(companyName(c.fork(), ct, tradeClients, c.split), ct)
	s.unit = [2]string{"kg", pick(c.draws, []string{"m3", "cbm", "m3"})}
	if pounds := c.chance(0.7); pounds && c.ct.code == "US" {
		s.unit[0] = "lbs"
	}
	tenths := c.chance(0.3)
	var weight, volume int64
	for range c.between(1, 3) {
		l := lot{goods: c.words(pCargo), pieces: logUniform(c.draws, 1, 60)}
		l.weight = 10 * int64(logUniform(c.draws, 12, 3200))
		if tenths {
			l.weight += c.Int64N(10)
		}
		l.volume = int64(logUniform(c.draws, 12, 2400))
		weight, volume = weight+l.weight, volume+l.volume
		s.lots = append(s.lots, l)
	}
	s.weight, s.volume = c.weight(&s, weight), c.volume(&s, volume)
	return s
}

// weight writes tenths of the shipment's unit of weight.
func (c *composer) weight(s *shipment, tenths int64) string {
	if tenths%10 == 0 {
		return c.style.money.decimal(tenths/10, 0) + " " + s.unit[0]
	}
	return c.style.money.decimal(tenths, 1) + " " + s.unit[0]
}

// volume writes hundredths of the shipment's unit of volume.
func (c *composer) volume(s *shipment, hundredths int64) string {
	return c.style.money.decimal(hundredths, 2) + " " + s.unit[1]
}

var incoterms = []string{"EXW", "FCA", "FOB", "CFR", "CIF", "CPT", "CIP", "DAP", "DDP", "FAS"}

// terms of delivery, at times with the place.
func (c *composer) incoterm(to party) pair {
	s := pick(c.draws, incoterms)
	if c.chance(0.5) {
		s += " " + pick(c.draws, to.country.cities).name
	}
	return c.pair(fIncoterms, s)
}

// places sets shipper and consignee side by side; their addresses are origin
// and destination.
func (c *composer) places(s *shipment) {
	c.sides(
		func(w float64) block {
			return c.partyBlock(s.from, shipper, pShipper, shown{address: true, phone: c.chance(0.2)}, w)
		},
		func(w float64) block {
			return c.partyBlock(s.to, consignee, pReceiver, shown{address: true, country: c.chance(0.5), phone: c.chance(0.2)}, w)
		},
	)
}

// measures are weight, volume, terms and numbers of a shipment.
func (c *composer) measures(s *shipment, tracking float64) []pair {
	var list []pair
	if c.chance(0.8) {
		list = append(list, c.pair(fWeight, s.weight))
	}
	if c.chance(0.55) {
		list = append(list, c.pair(fVolume, s.volume))
	}
	if c.chance(0.5) {
		list = append(list, c.incoterm(s.to))
	}
	if c.chance(tracking) {
		list = append(list, c.pair(fTrackingNumber, identifier(c.draws, fTrackingNumber, c.date)))
	}
	return c.shuffled(0, list)
}

// waybill: the carrier's name, the number of the waybill at the top, places,
// goods with weight and volume, charges at times. The carrier's address is
// left out: on a waybill the rules take an address of the sender's side for
// the origin.
func (c *composer) waybill() {
	c.open(0.1)
	s := c.drawShipment()
	c.watermark(0.04)
	facts := []pair{c.pair(fWaybillNumber, identifier(c.draws, fWaybillNumber, c.date)), c.pair(fInvoiceDate, c.day(c.date))}
	if c.chance(0.5) {
		facts = append(facts, pair{c.keyWord(c.words(pWaybillInvoice)), []piece{c.value(fInvoiceNumber, identifier(c.draws, fInvoiceNumber, c.date))}})
	}
	if c.chance(0.3) {
		facts = append(facts, c.pair(fAccountNumber, identifier(c.draws, fAccountNumber, c.date)))
	}
	if c.chance(0.4) {
		facts = append(facts, c.stray(pVehicle, c.chars(2, upperLetters)+c.digits(2)+" "+c.chars(3, upperLetters)))
	}
	c.sides(
		func(w float64) block {
			v := c.drawShown(0.6, 0.4, 0)
			v.address = false
			return c.letterhead(s.carrier, v, w, alignLeft)
		},
		func(w float64) block {
			return append(c.docTitle(pWaybillTitle, w, alignLeft), c.style.body.pairs(w, c.style.meta, facts)...)
		},
	)
	c.sheet.space(c.style.gap)
	c.places(&s)
	c.sheet.space(c.style.gap)
	c.cargoTable(&s)
	c.sheet.space(c.style.gap)
	full := c.sheet.full()
	c.sheet.keep(c.style.body.pairs(full, c.style.meta, c.measures(&s, 0.3)))
	if c.chance(0.6) {
		c.sheet.space(c.style.gap)
		total := pair{c.keyWord(c.words(pFreightTotal)), c.amount(fTotalAmount, cents(c.between(4500, 480000)))}
		c.sheet.keep(c.totalsBlock(full*0.6, c.style.totals, []pair{total}))
	}
	c.sheet.space(c.style.gap)
	c.sheet.keep(join(c.style.gap, c.marks(0.5, 0.12, 0.04, full), c.closing(0.2, 0.35, full)))
}

// cargoTable sets packages, goods, and their weight and volume.
func (c *composer) cargoTable(s *shipment) {
	t := &table{text: c.style.body, header: true, gap: 1.4 * c.style.body.size, padding: float64(c.between(0, 8))}
	weight, volume := c.chance(0.6), c.chance(0.4)
	t.columns = []column{
		{title: c.columnTitle(c.words(pPackagesColumn))},
		{title: c.columnTitle(c.words(pGoodsColumn)), grow: true},
	}
	if weight {
		t.columns = append(t.columns, column{title: c.columnTitle(pick(c.draws, c.lang.columns[fWeight])), align: alignRight})
	}
	if volume {
		t.columns = append(t.columns, column{title: c.columnTitle(pick(c.draws, c.lang.columns[fVolume])), align: alignRight})
	}
	for k := range s.lots {
		l := &s.lots[k]
		r := tableRow{cells: [][]piece{
			{c.value(fItemQty, fmt.Sprint(l.pieces)), c.value(fItemUnit, c.words(pPackages))},
			{c.value(fItemDescription, l.goods)},
		}}
		if weight {
			r.cells = append(r.cells, []piece{c.value(fWeight, c.weight(s, l.weight))})
		}
		if volume {
			r.cells = append(r.cells, []piece{c.value(fVolume, c.volume(s, l.volume))})
		}
		t.rows = append(t.rows, r)
	}
	t.place(c.sheet)
}

// freight: an invoice of a carrier. The rules count it as a waybill, so it
// has places but no address of the carrier and none of the payer.
func (c *composer) freight() {
	c.open(0.06)
	s := c.drawShipment()
	payer := pick(c.draws, []party{s.from, s.to})
	var b bill
	kinds := c.lang.phrases[pFreightCharges]
	for _, k := range c.fork().Perm(len(kinds))[:c.between(2, 5)] {
		b.charge(noField, kinds[k], cents(logUniform(c.draws, 1500, 190000)))
		b.items[len(b.items)-1].sku = articleCode(c.draws, 3, kinds[k])
	}
	c.taxed(&b, 0.7)
	b.sum(false)
	facts := c.invoiceFacts(odds{due: 0.55, order: 0.25, terms: 0.4, account: 0.35, currency: 0.25, coding: 0.12, foreign: 0.08})
	c.sides(
		func(w float64) block {
			v := c.drawShown(0.6, 0.5, 0.5)
			v.address = false
			return c.letterhead(s.carrier, v, w, alignLeft)
		},
		func(w float64) block { return c.docTitle(pFreightTitle, w, alignLeft) },
	)
	c.sheet.space(c.style.gap)
	c.sides(
		func(w float64) block {
			return c.partyBlock(payer, buyer, pBillTo, shown{phone: c.chance(0.2), email: c.chance(0.3), vat: c.chance(0.3)}, w)
		},
		func(w float64) block { return c.style.body.pairs(w, c.style.meta, facts) },
	)
	c.sheet.space(c.style.gap)
	full := c.sheet.full()
	if c.chance(0.5) {
		c.sheet.place(c.style.body.paragraph(full, alignLeft, c.heading(pShipmentHead)))
	}
	c.places(&s)
	c.sheet.space(c.style.gap / 2)
	list := c.measures(&s, 0.45)
	if c.chance(0.16) {
		list = append(list, c.pair(fWaybillNumber, identifier(c.draws, fWaybillNumber, c.date)))
	}
	c.sheet.keep(c.style.body.pairs(full, c.style.meta, list))
	c.sheet.space(c.style.gap)
	c.itemTable(&b, itemForm{
		header: c.chance(0.95), sku: c.chance(0.6), skuField: fItemSKU, costField: fItemUnitCost,
		title: pChargesColumn,
	})
	c.sheet.space(c.style.gap)
	c.foot(c.totals(&b, totalForm{untaxed: b.rate == 0}), func(w float64) block {
		var pay block
		if c.chance(0.45) {
			pay = c.bank(s.carrier, w)
		}
		return join(c.style.gap, pay, c.marks(0.04, 0.06, 0.02, w), c.closing(0.2, 0.3, w))
	})
}
