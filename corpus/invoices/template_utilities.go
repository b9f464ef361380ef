package invoices

import (
	"fmt"
	"time"
)

// supply describes the families of a utility.
type supply struct {
	trade    trade
	units    []string
	low      int // least and most consumption of a period
	most     int
	rateLow  int64 // price of a unit in 1/10,000 of the currency
	rateHigh int64
	usage    phrase // words for the charge by consumption
	standing phrase // words for the charge by the day
	extras   phrase
	tariffs  float64 // chance of charges for peak and off-peak hours
}

var (
	electricSupply = supply{
		trade: tradeEnergy, units: []string{"kWh"}, low: 90, most: 2400, rateLow: 900, rateHigh: 4200,
		usage:    pElectricUsage,
		standing: pElectricStanding,
		extras:   pElectricExtras, tariffs: 0.55,
	}
	gasSupply = supply{
		trade: tradeGas, units: []string{"therms", "m3", "kWh"}, low: 20, most: 900, rateLow: 500, rateHigh: 14000,
		usage:    pGasUsage,
		standing: pGasStanding,
		extras:   pGasExtras, tariffs: 0.1,
	}
	waterSupply = supply{
		trade: tradeWater, units: []string{"m3", "kl", "CCF"}, low: 5, most: 140, rateLow: 9000, rateHigh: 58000,
		usage:    pWaterUsage,
		standing: pWaterStanding,
		extras:   pWaterExtras,
	}
)

// metered is a bill by consumption:
//
//	consumption = current - previous
//	charge of a line = round(units * rate)
type metered struct {
	seller, who            party
	previous, current      int
	from, to               time.Time
	unit                   string
	bill                   bill
	rates                  []int64 // of each line in 1/10,000; 0 for none
	units                  []int   // of each line; 0 for none
	perUnit                int64   // rate of the first line
	showTariff, showMeters bool
}

func (c *composer) drawMetered(s *supply) metered {
	m := metered{
		seller: c.company(s.trade),
		who:    c.customer(),
		unit:   pick(c.draws, s.units),
	}
	m.to = c.before(3, 12)
	days := c.between(28, 92)
	m.from = m.to.AddDate(0, 0, -days)
	used := logUniform(c.draws, s.low, s.most)
	m.previous = c.between(1000, 88000)
	m.current = m.previous + used
	m.perUnit = s.rateLow + c.Int64N(s.rateHigh-s.rateLow)
	line := func(f field, words string, units int, rate int64) {
		m.bill.charge(f, words, cents((int64(units)*rate+50)/100))
		m.units, m.rates = append(m.units, units), append(m.rates, rate)
	}
	if c.chance(s.tariffs) {
		peak := used * c.between(30, 70) / 100
		line(fPeakCharge, c.words(pPeak), peak, m.perUnit)
		line(fOffPeakCharge, c.words(pOffPeak), used-peak, m.perUnit*6/10)
	} else {
		line(fUsageCharge, c.words(s.usage), used, m.perUnit)
	}
	if c.chance(0.8) {
		m.bill.charge(fSupplyCharge, fmt.Sprintf("%s %d %s", c.words(s.standing), days, c.words(pDays)), cents(days*c.between(15, 130)))
	}
	if c.chance(0.45) {
		m.bill.charge(noField, c.words(s.extras), cents(c.between(120, 3900)))
	}
	for len(m.units) < len(m.bill.items) {
		m.units, m.rates = append(m.units, 0), append(m.rates, 0)
	}
	c.taxed(&m.bill, 0.9)
	m.bill.sum(false)
	m.showTariff, m.showMeters = c.chance(0.7), c.chance(0.88)
	return m
}

// used is the consumption with its unit.
func (c *composer) used(m *metered) string {
	return c.style.money.decimal(int64(m.current-m.previous), 0) + " " + m.unit
}

// meter sets the readings, as pairs or as a table.
func (c *composer) meter(m *metered) {
	full := c.sheet.full()
	if !m.showMeters {
		c.sheet.keep(c.style.body.pairs(full, c.style.meta, []pair{c.pair(fConsumption, c.used(m))}))
		return
	}
	number, words := identifier(c.draws, fMeterNumber, c.date), c.chance(0.52)
	if c.chance(0.6) {
		c.sheet.place(c.style.body.paragraph(full, alignLeft, c.heading(pMeterHead)))
	}
	if c.chance(0.5) {
		var list []pair
		if words {
			list = append(list, c.pair(fMeterNumber, number))
		}
		now, then := c.pair(fMeterReadingCurrent, fmt.Sprint(m.current)), c.pair(fMeterReadingPrevious, fmt.Sprint(m.previous))
		if c.chance(0.5) {
			now, then = then, now
		}
		list = append(list, now, then)
		if c.chance(0.8) {
			list = append(list, c.pair(fConsumption, c.used(m)))
		}
		c.sheet.keep(c.style.body.pairs(full, c.style.meta, list))
		return
	}
	t := &table{text: c.style.body, header: true, gap: 1.4 * c.style.body.size}
	var cells [][]piece
	add := func(f field, s string, grow bool) {
		title := c.columnTitle(pick(c.draws, c.lang.keys[f]))
		a := alignRight
		if grow {
			a = alignLeft
		}
		t.columns = append(t.columns, column{title: title, align: a, grow: grow})
		cells = append(cells, []piece{c.value(f, s)})
	}
	if words {
		add(fMeterNumber, number, true)
		add(fMeterReadingPrevious, fmt.Sprint(m.previous), false)
	} else {
		add(fMeterReadingPrevious, fmt.Sprint(m.previous), true)
	}
	add(fMeterReadingCurrent, fmt.Sprint(m.current), false)
	add(fConsumption, c.used(m), false)
	t.rows = []tableRow{{cells: cells}}
	t.place(c.sheet)
}

// supplyTable sets the charges, with units and rates where they have them.
func (c *composer) supplyTable(m *metered) {
	t := &table{text: c.style.body, header: c.chance(0.9), gap: 1.4 * c.style.body.size, padding: float64(c.between(0, 8))}
	t.columns = []column{{title: c.columnTitle(c.words(pChargesColumn)), grow: true}}
	if m.showTariff {
		t.columns = append(t.columns,
			column{title: c.columnTitle(pick(c.draws, c.lang.columns[fItemQty])), align: alignRight},
			column{title: c.columnTitle(pick(c.draws, c.lang.columns[fRatePerUnit])), align: alignRight})
	}
	t.columns = append(t.columns, column{title: c.columnTitle(pick(c.draws, c.lang.columns[fItemTotalCost])), align: alignRight})
	for k := range m.bill.items {
		it := &m.bill.items[k]
		r := tableRow{amount: it.total, cells: [][]piece{{c.value(fItemDescription, it.description)}}}
		if m.showTariff && m.rates[k] != 0 {
			r.cells = append(r.cells,
				[]piece{c.value(fItemQty, c.style.money.decimal(int64(m.units[k]), 0)), c.value(fItemUnit, m.unit)},
				[]piece{c.value(fRatePerUnit, c.style.money.decimal(m.rates[k], 4))})
		} else if m.showTariff {
			r.cells = append(r.cells, nil, nil)
		}
		r.cells = append(r.cells, []piece{c.lineTotal(it)})
		t.rows = append(t.rows, r)
	}
	t.carry = c.carry()
	t.place(c.sheet)
}

// supplyFacts are the facts of a utility's bill.
func (c *composer) supplyFacts(m *metered) []pair {
	facts := c.invoiceFacts(odds{due: 0.8, terms: 0.05})
	if c.chance(0.85) {
		facts = append(facts, c.pair(fAccountNumber, identifier(c.draws, fAccountNumber, c.date)))
	}
	f := fServicePeriod
	if c.chance(0.4) {
		f = fBillingPeriod
	}
	if c.chance(0.7) {
		facts = append(facts, c.pair(f, c.period(m.from, m.to)))
	}
	return facts
}

// accountBlock is the summary of the account under its heading.
func (c *composer) accountBlock(m *metered, o owed, width float64) block {
	head := c.style.body.paragraph(width, alignLeft, c.heading(pAccountHead))
	return append(head, c.style.body.pairs(width, c.style.totals, c.summary(o, m.bill.total))...)
}

// gas: a letterhead over the full width, facts in a grid, charges before the
// readings, the account at the end.
func (c *composer) gas() {
	c.open(0.04)
	m := c.drawMetered(&gasSupply)
	o, show := c.drawOwed(m.bill.total), c.chance(0.55)
	full := c.sheet.full()
	a := pick(c.draws, []align{alignLeft, alignRight})
	c.sheet.place(c.letterhead(m.seller, c.drawShown(0.7, 0.3, 0.4), full, a))
	c.sheet.space(c.style.gap)
	c.sides(
		func(w float64) block { return c.partyBlock(m.who, buyer, pBillTo, shown{address: true}, w) },
		func(w float64) block { return c.docTitle(pBillTitle, w, alignLeft) },
	)
	c.sheet.space(c.style.gap)
	form := pairsGrid
	if c.chance(0.4) {
		form = c.style.meta
	}
	c.sheet.keep(c.style.body.pairs(full*0.8, form, c.supplyFacts(&m)))
	c.sheet.space(c.style.gap)
	c.supplyTable(&m)
	c.sheet.space(c.style.gap)
	c.foot(c.billTotals(&m.bill, show), func(w float64) block {
		var account block
		if show {
			account = c.accountBlock(&m, o, min(w, full/2))
		}
		return join(c.style.gap, account, c.closing(0.4, 0.15, w))
	})
	c.sheet.space(c.style.gap)
	c.meter(&m)
}

// electric: facts beside the letterhead, the account beside the customer,
// readings before the charges.
func (c *composer) electric() {
	c.open(0.04)
	m := c.drawMetered(&electricSupply)
	o, show := c.drawOwed(m.bill.total), c.chance(0.55)
	facts := c.supplyFacts(&m)
	c.sides(
		func(w float64) block { return c.letterhead(m.seller, c.drawShown(0.7, 0.3, 0.4), w, alignLeft) },
		func(w float64) block {
			return append(c.docTitle(pBillTitle, w, alignLeft), c.style.body.pairs(w, c.style.meta, facts)...)
		},
	)
	c.sheet.space(c.style.gap)
	c.sides(
		func(w float64) block { return c.partyBlock(m.who, buyer, pBillTo, shown{address: true}, w) },
		func(w float64) block {
			if !show {
				return nil
			}
			return c.accountBlock(&m, o, w)
		},
	)
	c.sheet.space(c.style.gap)
	c.meter(&m)
	c.sheet.space(c.style.gap)
	c.supplyTable(&m)
	c.sheet.space(c.style.gap)
	c.foot(c.billTotals(&m.bill, show), func(w float64) block { return c.closing(0.4, 0.15, w) })
}

// water: the customer at the top, readings after the charges, the utility's
// own lines at the end.
func (c *composer) water() {
	c.open(0.04)
	m := c.drawMetered(&waterSupply)
	o, show := c.drawOwed(m.bill.total), c.chance(0.55)
	full := c.sheet.full()
	facts := c.supplyFacts(&m)
	c.sheet.place(c.docTitle(pBillTitle, full, alignCentre))
	c.sides(
		func(w float64) block { return c.style.body.pairs(w, c.style.meta, facts) },
		func(w float64) block { return c.partyBlock(m.who, buyer, pBillTo, shown{address: true}, w) },
	)
	c.sheet.space(c.style.gap)
	if show {
		c.sheet.keep(c.accountBlock(&m, o, full/2))
		c.sheet.space(c.style.gap)
	}
	c.supplyTable(&m)
	c.sheet.space(c.style.gap)
	c.sheet.keep(c.totalsBlock(full/2, c.style.totals, c.billTotals(&m.bill, show)))
	c.sheet.space(c.style.gap)
	c.meter(&m)
	c.sheet.space(c.style.gap)
	c.sheet.keep(c.closing(0.4, 0.15, full))
	c.sheet.keep(c.partyBlock(m.seller, supplier, pFrom, c.drawShown(0.7, 0.3, 0.4), full).marked(footerSection))
}
