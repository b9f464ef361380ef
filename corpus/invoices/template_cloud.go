package invoices

import "fmt"

// renewal: a centred letterhead, the subscription in four bordered cells, the
// account beside the totals, and what it is for at the end.
func (c *composer) renewal() {
	c.open(0)
	plan, seats := c.plan(), logUniform(c.draws, 1, 250)
	s := c.drawService(plan, seats, 0.3, 0.4)
	full := c.sheet.full()
	c.style.mirrored = false
	c.sheet.place(c.letterhead(s.seller, c.drawShown(0.2, 0.6, 0.5), full, alignCentre))
	c.sheet.place(separator(full, 0.4*c.style.gap, heavyLine, c.style.look.accent))
	facts := c.invoiceFacts(odds{due: 0.6, terms: 0.2, account: 0.4, currency: 0.2})
	c.cells(false,
		cell{3, func(w float64) block {
			return c.partyBlock(s.buyer, buyer, pBillTo, c.drawShown(0.05, 0.4, 0.1), w)
		}},
		cell{2, func(w float64) block {
			return append(c.docTitle(pStatementTitle, w, alignRight), c.style.body.pairs(w, pairsRight, facts)...)
		}},
	)
	c.sheet.space(c.style.gap)
	c.body()
	about := []pair{c.pair(fPlanName, plan), c.pair(fBillingPeriod, c.period(s.from, s.to))}
	if c.chance(0.8) {
		about = append(about, c.pair(fSubscriptionID, identifier(c.draws, fSubscriptionID, c.date)))
	}
	if c.chance(0.8) {
		about = append(about, c.pair(fLicenseCount, fmt.Sprint(seats)))
	}
	c.factCells(len(about), c.shuffled(0, about))
	c.sheet.space(c.style.gap)
	o, show := c.drawOwed(s.bill.total), c.chance(0.6)
	c.cells(false,
		cell{1, func(w float64) block {
			if !show {
				return c.closing(0.4, 0.2, w)
			}
			return c.titled(pHistoryHead, w, c.style.body.pairs(w, pairsSpread, c.summary(o, s.bill.total)))
		}},
		cell{1, func(w float64) block { return c.totalsBlock(w, pairsSpread, c.billTotals(&s.bill, show)) }},
	)
	c.sheet.space(c.style.gap)
	c.serviceTable(&s)
	c.sheet.space(c.style.gap)
	c.sheet.keep(join(c.style.gap, c.marks(0, 0.05, 0.02, full), c.closing(0.3, 0.2, full)))
}

// cloudBill: use of many services, in sections by product with their sums;
// all facts run in one line below the name.
func (c *composer) cloudBill() {
	c.open(0)
	plan := c.plan()
	s := c.drawService(plan, logUniform(c.draws, 1, 12), 1, 0.1)
	kinds := c.lang.phrases[pUsageKinds]
	for range c.between(3, 9) {
		it := item{description: pick(c.draws, kinds), quantity: 100 * int64(logUniform(c.draws, 5, 9000)), unitCost: cents(c.between(1, 20)), amountField: fUsageCharge}
		it.sku = articleCode(c.draws, c.style.articles, it.description)
		it.price()
		s.bill.items = append(s.bill.items, it)
	}
	c.ordinary(&s.bill)
	s.bill.discount = 0
	s.bill.sum(false)
	n := c.between(2, 3)
	for _, k := range c.Perm(len(softwareProducts))[:n] {
		s.bill.groups = append(s.bill.groups, softwareProducts[k])
	}
	for k := range s.bill.items {
		s.bill.items[k].group = k * n / len(s.bill.items)
	}
	full := c.sheet.full()
	facts := c.invoiceFacts(odds{due: 0.4, account: 0.7, currency: 0.4, foreign: 0.1})
	if c.chance(0.75) {
		facts = append(facts, c.pair(fServicePeriod, c.period(s.from, s.to)))
	}
	if c.chance(0.5) {
		facts = append(facts, c.pair(fPlanName, plan))
	}
	if c.chance(0.4) {
		facts = append(facts, c.pair(fSubscriptionID, identifier(c.draws, fSubscriptionID, c.date)))
	}
	c.sheet.place(c.letterhead(s.seller, c.drawShown(0.1, 0.5, 0.6), full, alignRight))
	c.sheet.place(c.docTitle(pInvoiceTitle, full, alignLeft))
	var line []piece
	for _, p := range facts {
		if blank(p.value) {
			continue
		}
		if len(line) > 0 {
			line = append(line, plain("-"))
		}
		line = append(line, concat(p.key, p.value)...)
	}
	c.sheet.place(c.style.small.paragraph(full, alignLeft, line...))
	c.sheet.space(c.style.gap)
	c.sheet.keep(c.partyBlock(s.buyer, buyer, pBillTo, c.drawShown(0.05, 0.3, 0.1), 0.5*full))
	c.sheet.space(c.style.gap)
	c.body()
	c.sheet.keep(c.totalsBlock(0.5*full, pairsTabbed, c.totals(&s.bill, totalForm{untaxed: s.bill.rate == 0})))
	c.sheet.space(c.style.gap)
	c.sheet.place(c.titled(pUsageHead, full, block{{height: 2}}))
	c.serviceTable(&s)
	c.sheet.space(c.style.gap)
	c.sheet.keep(c.closing(0.4, 0.3, full))
}
