package invoices

import (
	"fmt"
	"time"
)

// service is what the families of software and telecommunication share.
type service struct {
	seller, buyer party
	bill          bill
	from, to      time.Time
}

// period is a span of days in the form of the document.
func (c *composer) period(from, to time.Time) string {
	form := c.IntN(3)
	until := c.words(pUntil)
	switch {
	case form == 1:
		return c.day(from) + " " + until + " " + c.day(to)
	case form == 2 && c.lang == &english:
		return from.Format("Jan 2") + " - " + to.Format("Jan 2, 2006")
	default:
		return c.day(from) + " - " + c.day(to)
	}
}

// lastMonth is the month before the date of the document.
func (c *composer) lastMonth() (from, to time.Time) {
	from = time.Date(c.date.Year(), c.date.Month()-1, 1, 0, 0, 0, 0, time.UTC)
	return from, from.AddDate(0, 1, -1)
}

// charge adds a line to a bill with an amount of a field of its own, or of
// noField for ITEM_TOTAL_COST.
func (b *bill) charge(f field, description string, a cents) {
	b.items = append(b.items, item{description: description, quantity: 100, unitCost: a, total: a, amountField: f})
}

// plan is the name of a plan of a software.
func (c *composer) plan() string {
	name := pick(c.draws, softwarePlans)
	if c.chance(0.5) {
		name = pick(c.draws, softwareProducts) + " " + name
	}
	if c.chance(0.25) {
		name += pick(c.draws, []string{" Annual", " Monthly", " Plan"})
	}
	return name
}

// drawService draws parties and the recurring part of a bill for software.
func (c *composer) drawService(plan string, seats int, usage, proration float64) service {
	s := service{seller: c.company(tradeSoftware), buyer: c.drawBuyer(0.1)}
	s.from, s.to = c.lastMonth()
	each := cents(logUniform(c.draws, 8, 190))*100 - 100*cents(c.IntN(2)) + cents(pick(c.draws, []int{0, 0, 99, 90}))
	b := &s.bill
	b.items = append(b.items, item{description: plan + c.words(pSeats), quantity: 100 * int64(seats), unitCost: each, amountField: fRecurringAmount})
	b.items[0].price()
	if c.chance(usage) {
		for range c.between(1, 3) {
			it := item{description: c.words(pUsageKinds), quantity: 100 * int64(logUniform(c.draws, 5, 5000)), unitCost: cents(c.between(1, 30)), amountField: fUsageCharge}
			it.price()
			b.items = append(b.items, it)
		}
	}
	if c.chance(proration) {
		b.charge(fProration, c.words(pProrations), cents(c.between(300, 9900)))
	}
	if c.chance(0.35) {
		b.charge(noField, c.words(pServiceExtras), 100*cents(c.between(10, 400)))
	}
	for k := range b.items {
		b.items[k].sku = articleCode(c.draws, c.style.articles, b.items[k].description)
	}
	c.taxed(b, 0.85)
	if c.chance(0.12) {
		c.discounted(b)
	}
	b.sum(false)
	return s
}

// subscription: an invoice for seats of a plan, with its own block of facts
// about the subscription.
func (c *composer) subscription() {
	c.open(0)
	plan, seats := c.plan(), logUniform(c.draws, 1, 250)
	s := c.drawService(plan, seats, 0.35, 0.3)
	facts := c.invoiceFacts(odds{due: 0.5, order: 0.12, terms: 0.2, account: 0.25, currency: 0.3, coding: 0.08, foreign: 0.06})
	about := []pair{c.pair(fPlanName, plan)}
	if c.chance(0.75) {
		about = append(about, c.pair(fSubscriptionID, identifier(c.draws, fSubscriptionID, c.date)))
	}
	if c.chance(0.75) {
		about = append(about, c.pair(fLicenseCount, fmt.Sprint(seats)))
	}
	if c.chance(0.85) {
		about = append(about, c.pair(fBillingPeriod, c.period(s.from, s.to)))
	}
	c.sides(
		func(w float64) block { return c.letterhead(s.seller, c.drawShown(0.2, 0.6, 0.5), w, alignLeft) },
		func(w float64) block {
			return append(c.docTitle(pInvoiceTitle, w, alignLeft), c.style.body.pairs(w, c.style.meta, facts)...)
		},
	)
	c.sheet.space(c.style.gap)
	c.sides(
		func(w float64) block {
			return c.partyBlock(s.buyer, buyer, pBillTo, c.drawShown(0.05, 0.4, 0.1), w)
		},
		func(w float64) block { return c.style.body.pairs(w, c.style.meta, c.shuffled(0, about)) },
	)
	c.sheet.space(c.style.gap)
	c.serviceTable(&s)
	c.sheet.space(c.style.gap)
	f := totalForm{untaxed: s.bill.rate == 0}
	if c.chance(0.2) {
		f.paid = s.bill.total
	}
	c.foot(c.totals(&s.bill, f), func(w float64) block {
		var pay block
		if c.chance(0.3) {
			pay = c.bank(s.seller, w)
		}
		return join(c.style.gap, pay, c.closing(0.35, 0.3, w))
	})
}

// serviceTable sets the lines of a service; only some have quantities.
func (c *composer) serviceTable(s *service) {
	quantity := c.chance(0.8)
	c.itemTable(&s.bill, itemForm{
		header: c.chance(0.95), quantity: quantity, unitCost: quantity && c.chance(0.85),
		sku: c.chance(0.75), skuSecond: c.chance(0.3), skuField: fItemSKU, costField: fItemUnitCost,
	})
}

// usage: a plain bill of a cloud service by use, facts first, with the period
// of the usage above the table.
func (c *composer) usage() {
	c.open(0)
	plan, seats := c.plan(), logUniform(c.draws, 1, 40)
	s := c.drawService(plan, seats, 1, 0.15)
	full := c.sheet.full()
	c.sheet.place(c.docTitle(pInvoiceTitle, full, alignLeft))
	facts := c.invoiceFacts(odds{due: 0.4, terms: 0.2, account: 0.6, currency: 0.3, foreign: 0.08})
	c.sheet.place(c.style.body.pairs(full*0.6, c.style.meta, facts))
	c.sheet.space(c.style.gap)
	c.sides(
		func(w float64) block {
			return c.partyBlock(s.buyer, buyer, pBillTo, c.drawShown(0.05, 0.3, 0.1), w)
		},
		func(w float64) block {
			return c.partyBlock(s.seller, supplier, pFrom, c.drawShown(0.2, 0.5, 0.6), w)
		},
	)
	c.sheet.space(c.style.gap)
	list := []pair{}
	if c.chance(0.7) {
		list = append(list, c.pair(fServicePeriod, c.period(s.from, s.to)))
	}
	if c.chance(0.4) {
		list = append(list, c.pair(fPlanName, plan))
	}
	if c.chance(0.3) {
		list = append(list, c.pair(fSubscriptionID, identifier(c.draws, fSubscriptionID, c.date)))
	}
	c.sheet.place(c.style.body.paragraph(full, alignLeft, c.heading(pUsageHead)))
	c.sheet.place(c.style.body.pairs(full*0.7, pairsInline, list))
	c.sheet.space(c.style.gap / 2)
	c.serviceTable(&s)
	c.sheet.space(c.style.gap)
	c.foot(c.totals(&s.bill, totalForm{untaxed: s.bill.rate == 0}), func(w float64) block { return c.closing(0.4, 0.2, w) })
}
