package invoices

import "fmt"

// heatSupply is district heating, billed once a year.
var heatSupply = supply{
	trade: tradeHeat, units: []string{"kWh", "MWh"}, low: 40, most: 2600, rateLow: 700, rateHigh: 2400,
	usage: pHeatUsage, standing: pHeatStanding, extras: pHeatExtras,
}

// dualFuel: electricity and gas of one supplier, each with its readings and
// charges under a heading of its own, and one sum for both.
func (c *composer) dualFuel() {
	c.open(0)
	parts := []metered{c.drawMetered(&electricSupply), c.drawMetered(&gasSupply)}
	parts[1].seller, parts[1].who = parts[0].seller, parts[0].who
	parts[1].from, parts[1].to = parts[0].from, parts[0].to
	var b bill
	for k := range parts {
		b.items = append(b.items, parts[k].bill.items...)
	}
	b.rate = parts[0].bill.rate
	b.sum(false)
	o, show := c.drawOwed(b.total), c.chance(0.55)
	full := c.sheet.full()
	facts := c.supplyFacts(&parts[0])
	c.sheet.place(c.letterhead(parts[0].seller, c.drawShown(0.7, 0.3, 0.4), full, alignCentre))
	c.sheet.space(c.style.gap)
	c.cells(false,
		cell{1, func(w float64) block { return c.partyBlock(parts[0].who, buyer, pBillTo, shown{address: true}, w) }},
		cell{1, func(w float64) block {
			return append(c.docTitle(pBillTitle, w, alignRight), c.style.body.pairs(w, pairsRight, facts)...)
		}},
	)
	for k, head := range []phrase{pElectricity, pGas} {
		c.sheet.space(c.style.gap)
		c.body()
		c.sheet.keep(c.titled(head, full, block{{height: 3}}))
		c.meter(&parts[k])
		c.sheet.space(c.style.gap / 2)
		c.supplyTable(&parts[k])
	}
	c.sheet.space(c.style.gap)
	c.foot(c.billTotals(&b, show), func(w float64) block {
		var account block
		if show {
			account = c.titled(pAccountHead, w, c.style.body.pairs(w, pairsSpread, c.summary(o, b.total)))
		}
		return join(c.style.gap, account, c.closing(0.4, 0.15, w))
	})
}

// heating: the bill of a year. The readings of all meters come first, then
// costs, and what the instalments leave to be paid:
//
//	balance = total - instalments
func (c *composer) heating() {
	c.open(0)
	m := c.drawMetered(&heatSupply)
	full := c.sheet.full()
	facts := c.supplyFacts(&m)
	c.cells(false,
		cell{1, func(w float64) block {
			return c.partyBlock(m.seller, supplier, pFrom, c.drawShown(0.7, 0.3, 0.4), w)
		}},
		cell{1, func(w float64) block { return c.partyBlock(m.who, buyer, pBillTo, shown{address: true}, w) }},
	)
	c.sheet.space(c.style.gap)
	c.sheet.place(c.docTitle(pStatementTitle, full, alignLeft))
	c.sheet.keep(c.style.body.pairs(full, pairsTabbed, facts))
	c.sheet.space(c.style.gap)
	c.body()
	c.sheet.keep(c.titled(pMeterHead, full, block{{height: 3}}))
	c.meters(&m)
	c.sheet.space(c.style.gap)
	m.showTariff = true
	c.supplyTable(&m)
	c.sheet.space(c.style.gap)
	totals := c.totals(&m.bill, totalForm{untaxed: m.bill.rate == 0, words: pBillTotal})
	advances := m.bill.total.scaled(int64(c.between(60, 100)), 100)
	totals = append(totals,
		pair{c.keyWord(c.words(pAdvances)), c.amount(fAmountPaid, advances)},
		c.amountPair(fBalanceDue, m.bill.total-advances))
	c.sheet.keep(c.totalsBlock(full, pairsSpread, totals))
	c.sheet.space(c.style.gap)
	c.sheet.keep(join(c.style.gap, c.bank(m.seller, full), c.closing(0.5, 0.2, full)))
}

// meters sets the readings of 2 to 4 meters that share the consumption.
func (c *composer) meters(m *metered) {
	t := &table{text: c.style.body, header: true, gap: 1.4 * c.style.body.size, padding: float64(c.between(0, 5))}
	for k, f := range []field{fMeterNumber, fMeterReadingPrevious, fMeterReadingCurrent, fConsumption} {
		col := column{title: c.columnTitle(pick(c.draws, c.lang.keys[f])), align: alignRight}
		if k == 0 {
			col.align, col.grow = alignLeft, true
		}
		t.columns = append(t.columns, col)
	}
	n := c.between(2, 4)
	left := m.current - m.previous
	for k := range n {
		used := left / (n - k)
		if k < n-1 {
			used = c.between(max(1, used/2), max(1, used))
		}
		left -= used
		before := c.between(1000, 9000)
		t.rows = append(t.rows, tableRow{cells: [][]piece{
			{c.value(fMeterNumber, identifier(c.draws, fMeterNumber, c.date))},
			{c.value(fMeterReadingPrevious, fmt.Sprint(before))},
			{c.value(fMeterReadingCurrent, fmt.Sprint(before+used))},
			{c.value(fConsumption, c.style.money.decimal(int64(used), 0)+" "+m.unit)},
		}})
	}
	t.place(c.sheet)
}
