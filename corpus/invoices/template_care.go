package invoices

// treated is a bill for treatments.
type treated struct {
	seller, patient party
	bill            bill
	covered         cents // paid by the insurance
}

// drawTreated draws patient and treatments, of which inpatient ones are for
// hospitals.
func (c *composer) drawTreated(kind trade, inpatient bool) treated {
	t := treated{seller: companyOf(institution(c.fork(), c.ct, kind, c.split), c.ct), patient: person(c.fork(), c.ct)}
	n := c.between(2, 5)
	for _, k := range c.fork().Perm(len(procedures)) {
		p := &procedures[k]
		if n == 0 {
			break
		}
		if p.inpatient && !inpatient {
			continue
		}
		n--
		it := item{description: c.lang.procedures[k], sku: p.code, quantity: 100, unitCost: cents(c.between(int(p.low), int(p.high)))}
		if c.chance(0.12) {
			it.quantity = 100 * int64(c.between(2, 4))
		}
		it.price()
		t.bill.items = append(t.bill.items, it)
	}
	c.taxed(&t.bill, 0.22)
	t.bill.sum(false)
	if c.chance(0.55) {
		t.covered = t.bill.total.scaled(int64(c.between(4, 18)*5), 100)
	}
	return t
}

// patientFacts are the numbers of a patient and a claim.
func (c *composer) patientFacts() []pair {
	var list []pair
	if c.chance(0.34) {
		list = append(list, c.pair(fPatientID, identifier(c.draws, fPatientID, c.date)))
	}
	if c.chance(0.4) {
		list = append(list, c.pair(fInsuranceClaimNumber, identifier(c.draws, fInsuranceClaimNumber, c.date)))
	}
	if c.chance(0.4) {
		list = append(list, c.stray(pDoctor, "Dr. "+pick(c.draws, c.ct.lang.names.last)))
	}
	if c.chance(0.35) {
		list = append(list, c.stray(pBirth, c.day(c.before(4000, 30000))))
	}
	return c.shuffled(0, list)
}

// treatmentTable sets treatments with their codes.
func (c *composer) treatmentTable(b *bill) {
	c.itemTable(b, itemForm{
		header: c.chance(0.95), sku: c.chance(0.75), skuField: fProcedureCode, skuSecond: c.chance(0.3), costField: fItemUnitCost,
		quantity: c.chance(0.5), quantityFirst: c.chance(0.2), unitCost: c.chance(0.3),
		title: pTreatmentColumn,
	})
}

// covered adds what the insurance paid and what is left.
func (c *composer) covered(t *treated) []pair {
	f := totalForm{untaxed: t.bill.rate == 0, paid: 0, bare: t.bill.rate == 0}
	if t.covered == 0 {
		return c.totals(&t.bill, f)
	}
	f.words = pCareTotal
	return append(c.totals(&t.bill, f),
		pair{c.keyWord(c.words(pInsurancePaid)), c.amount(fAmountPaid, t.covered)},
		pair{c.keyWord(c.words(pPatientBalance)), c.amount(fBalanceDue, t.bill.total-t.covered)})
}

// hospital: letterhead, patient and facts side by side, treatments in
// sections at times.
func (c *composer) hospital() {
	c.open(0.03)
	t := c.drawTreated(tradeHospital, true)
	for range c.between(0, 2) {
		it := item{description: c.words(pHospitalExtras), sku: c.chars(1, "JGQ") + c.digits(4), quantity: 100, unitCost: cents(logUniform(c.draws, 1500, 120000))}
		it.price()
		t.bill.items = append(t.bill.items, it)
	}
	if len(t.bill.items) > 3 && c.chance(0.2) {
		t.bill.groups = c.pairOf(pWards)
		for k := range t.bill.items {
			if k > 1 {
				t.bill.items[k].group = 1
			}
		}
	}
	t.bill.sum(false)
	if t.covered > 0 {
		t.covered = t.bill.total.scaled(int64(c.between(4, 18)*5), 100)
	}
	facts := append(c.invoiceFacts(odds{due: 0.5, terms: 0.12, account: 0.4}), c.patientFacts()...)
	c.sides(
		func(w float64) block { return c.letterhead(t.seller, c.drawShown(0.8, 0.2, 0.4), w, alignLeft) },
		func(w float64) block { return c.docTitle(pMedicalTitle, w, alignLeft) },
	)
	c.sheet.space(c.style.gap)
	c.sides(
		func(w float64) block {
			return c.partyBlock(t.patient, buyer, pPatient, c.drawShown(0.25, 0.05, 0), w)
		},
		func(w float64) block { return c.style.body.pairs(w, c.style.meta, facts) },
	)
	c.sheet.space(c.style.gap)
	c.treatmentTable(&t.bill)
	c.sheet.space(c.style.gap)
	c.foot(c.covered(&t), func(w float64) block {
		return join(c.style.gap, c.marks(0.02, 0.06, 0.03, w), c.closing(0.3, 0.15, w))
	})
}

// clinic: a short bill of a practice; the patient's facts stand in a grid
// above the practice's own address.
func (c *composer) clinic() {
	c.open(0.15)
	t := c.drawTreated(tradeClinic, false)
	full := c.sheet.full()
	c.sheet.place(c.docTitle(pClinicTitle, full, alignRight))
	facts := append(c.invoiceFacts(odds{due: 0.4, terms: 0.2, account: 0.2}), c.patientFacts()...)
	c.sheet.keep(c.style.body.pairs(full, pairsGrid, facts))
	c.sheet.space(c.style.gap)
	c.sides(
		func(w float64) block {
			return c.partyBlock(t.patient, buyer, pPatient, c.drawShown(0.25, 0.1, 0), w)
		},
		func(w float64) block {
			return c.partyBlock(t.seller, supplier, pFrom, c.drawShown(0.8, 0.3, 0.4), w)
		},
	)
	c.sheet.space(c.style.gap)
	c.treatmentTable(&t.bill)
	c.sheet.space(c.style.gap)
	c.sheet.keep(c.totalsBlock(full, pairsRight, c.covered(&t)))
	c.sheet.space(c.style.gap)
	c.sheet.keep(join(c.style.gap, c.bank(t.seller, full), c.marks(0.1, 0.08, 0.02, full), c.closing(0.3, 0.1, full)))
}
