package invoices

// contract: an invoice under a public contract, with the numbers of the
// contract and of the supplier, lines of the order, and a certificate.
func (c *composer) contract() {
	c.open(0.04)
	seller := c.company(tradeDefence)
	agency := companyOf(agencyName(c.fork(), c.ct, c.split), c.ct)
	var b bill
	form := c.drawItemForm(0.85)
	form.poLine = !form.ordinal && c.chance(0.3)
	form.pack = false
	for range c.between(2, 4) {
		it := c.lang.contract.pickItem(c.draws)
		it.sku = articleCode(c.draws, c.style.articles, it.description)
		it.price()
		b.items = append(b.items, it)
	}
	if c.chance(0.3) {
		c.trace(&b)
	}
	c.taxed(&b, 0.45)
	b.sum(false)
	facts := c.invoiceFacts(odds{due: 0.4, order: 0.3, terms: 0.5, coding: 0.35})
	public := []pair{}
	if c.chance(0.9) {
		public = append(public, c.pair(fContractNumber, identifier(c.draws, fContractNumber, c.date)))
	}
	if c.chance(0.38) {
		public = append(public, c.pair(fCageCode, identifier(c.draws, fCageCode, c.date)))
	}
	if c.chance(0.3) {
		public = append(public, c.strayKey("UEI", c.chars(12, upperAlphanum)))
	}
	if c.chance(0.3) {
		public = append(public, c.stray(pDeliveryOrder, c.serial(4)))
	}
	public = c.shuffled(0, public)
	full := c.sheet.full()
	c.watermark(0.04)
	c.sheet.place(c.docTitle(pPublicTitle, full, pick(c.draws, []align{alignLeft, alignCentre, alignRight})))
	c.sheet.space(c.style.gap / 2)
	c.sides(
		func(w float64) block {
			return c.partyBlock(seller, supplier, pFrom, c.drawShown(0.5, 0.4, 0.6), w)
		},
		func(w float64) block { return c.style.body.pairs(w, c.style.meta, facts) },
	)
	c.sheet.space(c.style.gap)
	c.sides(
		func(w float64) block { return c.partyBlock(agency, buyer, pBillTo, c.drawShown(0.2, 0.2, 0), w) },
		func(w float64) block { return c.style.body.pairs(w, c.style.meta, public) },
	)
	c.sheet.space(c.style.gap)
	c.itemTable(&b, form)
	c.sheet.space(c.style.gap)
	c.foot(c.totals(&b, totalForm{untaxed: b.rate == 0}), func(w float64) block {
		var pay block
		if c.chance(0.35) {
			pay = c.bank(seller, w)
		}
		return join(c.style.gap, pay, c.marks(0.3, 0.1, 0.03, w), c.closing(0.15, 0.2, w))
	})
}
