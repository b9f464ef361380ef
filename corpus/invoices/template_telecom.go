package invoices

import "fmt"

// owed is an account with what was owed before, what was paid, and what is
// due with this bill:
//
//	due = previous - received + total of the bill
type owed struct{ previous, received cents }

// drawOwed draws the account of a customer who pays late at times.
func (c *composer) drawOwed(total cents) owed {
	o := owed{previous: total.scaled(int64(c.between(70, 130)), 100)}
	o.received = o.previous
	if c.chance(0.25) {
		o.received = o.previous / 2
	}
	return o
}

// summary sets the account of a customer.
func (c *composer) summary(o owed, total cents) []pair {
	list := []pair{c.amountPair(fPreviousBalance, o.previous), c.amountPair(fPaymentReceived, o.received)}
	if c.chance(0.85) {
		list = append(list, c.amountPair(fBalanceDue, o.previous-o.received+total))
	}
	return list
}

// dataUsage is an amount of data.
func (c *composer) dataUsage() string {
	if c.chance(0.2) {
		return fmt.Sprint(c.between(100, 990)) + " MB"
	}
	return c.style.money.decimal(int64(c.between(8, 999)), 1) + " GB"
}

// telecomFacts are the facts of a bill and of the line it is for.
func (c *composer) telecomFacts() []pair {
	facts := c.invoiceFacts(odds{due: 0.75, terms: 0.08})
	if c.chance(0.85) {
		facts = append(facts, c.pair(fAccountNumber, identifier(c.draws, fAccountNumber, c.date)))
	}
	return facts
}

// lineFacts are the facts of a line: its number, plan and periods.
func (c *composer) lineFacts(plan string, data float64) []pair {
	var list []pair
	from, to := c.lastMonth()
	if c.chance(0.75) {
		list = append(list, c.pair(fServiceNumber, serviceNumber(c.draws, c.ct)))
	}
	if c.chance(0.6) {
		list = append(list, c.pair(fPlanName, plan))
	}
	switch c.weighted(55, 25, 20) {
	case 0:
		list = append(list, c.pair(fServicePeriod, c.period(from, to)))
	case 1:
		list = append(list, c.pair(fBillingPeriod, c.period(from, to)))
	}
	if c.chance(data) {
		list = append(list, c.pair(fDataUsage, c.dataUsage()))
	}
	return list
}

// charges draws the lines of a bill for a plan.
func (c *composer) charges(plan string, roaming, device float64) bill {
	var b bill
	f := noField
	if c.chance(0.6) {
		f = fRecurringAmount
	}
	b.charge(f, plan+c.words(pMonthly), 100*cents(c.between(12, 95))-1)
	for range c.between(0, 2) {
		b.charge(noField, c.words(pTelecomExtras), cents(c.between(95, 1999)))
	}
	if c.chance(roaming) {
		b.charge(fRoamingCharge, c.words(pRoaming), cents(c.between(150, 8900)))
	}
	if c.chance(device) {
		b.charge(fEquipmentCharge, c.words(pEquipment), cents(c.between(500, 4900)))
	}
	if c.chance(0.3) {
		b.charge(fUsageCharge, c.words(pOverage), cents(c.between(80, 3500)))
	}
	for k := range b.items {
		b.items[k].sku = articleCode(c.draws, c.style.articles, b.items[k].description)
	}
	c.taxed(&b, 0.95)
	b.sum(false)
	return b
}

// customer is a private person or a company that buys a utility.
func (c *composer) customer() party {
	if c.chance(0.7) {
		return person(c.fork(), c.ct)
	}
	return c.company(tradeClients)
}

// billTotals are the totals of a bill with or without a summary of the
// account.
func (c *composer) billTotals(b *bill, summary bool) []pair {
	f := totalForm{untaxed: b.rate == 0}
	if summary {
		f.words = pNewCharges
	}
	return c.totals(b, f)
}

// mobile: a letterhead, the summary of the account beside the facts, charges
// and usage below.
func (c *composer) mobile() {
	c.open(0.05)
	seller := c.company(tradeTelecom)
	who := c.customer()
	plan := pick(c.draws, mobilePlans)
	b := c.charges(plan, 0.58, 0.4)
	o, show := c.drawOwed(b.total), c.chance(0.7)
	facts, line := c.telecomFacts(), c.lineFacts(plan, 0.75)
	c.sides(
		func(w float64) block { return c.letterhead(seller, c.drawShown(0.6, 0.25, 0.4), w, alignLeft) },
		func(w float64) block {
			return append(c.docTitle(pBillTitle, w, alignLeft), c.style.body.pairs(w, c.style.meta, facts)...)
		},
	)
	c.sheet.space(c.style.gap)
	c.sides(
		func(w float64) block { return c.partyBlock(who, buyer, pBillTo, shown{address: true}, w) },
		func(w float64) block {
			if !show {
				return nil
			}
			head := c.style.body.paragraph(w, alignLeft, c.heading(pAccountHead))
			return append(head, c.style.body.pairs(w, c.style.totals, c.summary(o, b.total))...)
		},
	)
	c.sheet.space(c.style.gap)
	c.sheet.keep(c.style.body.pairs(c.sheet.full(), c.style.meta, c.shuffled(0, line)))
	c.sheet.space(c.style.gap)
	c.chargeTable(&b)
	c.sheet.space(c.style.gap)
	c.foot(c.billTotals(&b, show), func(w float64) block { return c.closing(0.35, 0.2, w) })
}

// chargeTable sets charges, often without a code and never with quantities.
func (c *composer) chargeTable(b *bill) {
	c.itemTable(b, itemForm{
		header: c.chance(0.8), sku: c.chance(0.6), skuField: fItemSKU, costField: fItemUnitCost,
		title: pChargesColumn,
	})
}

// internet: the customer first, all facts in one grid, the charges, then the
// summary of the account with the totals.
func (c *composer) internet() {
	c.open(0.05)
	seller := c.company(tradeTelecom)
	who := c.customer()
	plan := pick(c.draws, internetPlans)
	b := c.charges(plan, 0, 0.6)
	o, show := c.drawOwed(b.total), c.chance(0.65)
	full := c.sheet.full()
	c.sheet.place(c.letterhead(seller, c.drawShown(0.6, 0.3, 0.4), full, alignLeft))
	c.sheet.place(c.docTitle(pBillTitle, full, alignRight))
	c.sheet.space(c.style.gap)
	c.sheet.keep(c.partyBlock(who, buyer, pBillTo, c.drawShown(0.15, 0.15, 0), full/2))
	c.sheet.space(c.style.gap)
	facts := append(c.telecomFacts(), c.lineFacts(plan, 0.5)...)
	form := pairsGrid
	if c.chance(0.4) {
		form = pairsTabbed
	}
	c.sheet.keep(c.style.body.pairs(full, form, facts))
	c.sheet.space(c.style.gap)
	c.chargeTable(&b)
	c.sheet.space(c.style.gap)
	totals := c.billTotals(&b, show)
	c.foot(totals, func(w float64) block {
		var account block
		if show {
			account = append(c.style.body.paragraph(w, alignLeft, c.heading(pAccountHead)), c.style.body.pairs(w, pairsTabbed, c.summary(o, b.total))...)
		}
		return join(c.style.gap, account, c.closing(0.35, 0.2, w))
	})
}
