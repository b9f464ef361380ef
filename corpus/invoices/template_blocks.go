package invoices

import (
	"fmt"
	"strings"
	"time"

	"github.com/invoicelab/invoicelab/corpus/typeset"
)

// role names the fields of a party's lines; noField is text without meaning.
type role struct{ name, address, phone, email, vat field }

var (
	supplier  = role{fSupplierName, fSupplierAddress, fSupplierPhone, fSupplierEmail, fSupplierVAT}
	buyer     = role{fBuyerName, fBuyerAddress, fBuyerPhone, fBuyerEmail, noField}
	shipper   = role{name: fShipperName, address: fOrigin}
	consignee = role{name: fConsigneeName, address: fDestination}
)

// shown says which optional lines of a party stand on the document.
type shown struct{ address, country, phone, email, vat, website bool }

// address sets street and place of a party, in one line or in two.
func (c *composer) address(p party, r role, country bool, width float64, a align) block {
	last := p.place
	if country {
		last += ", " + p.country.name
	}
	v := c.value(r.address, p.street)
	oneLine := c.chance(0.25)
	if v.text == "" { // the document leaves addresses out
		return nil
	}
	second := piece{text: last, field: v.field, id: v.id}
	if oneLine {
		v.text += ","
		return c.style.body.paragraph(width, a, v, second)
	}
	return append(c.style.body.paragraph(width, a, v), c.style.body.paragraph(width, a, second)...)
}

// lines sets what is known of a party below its name.
func (c *composer) lines(p party, r role, s shown, width float64, a align) block {
	t := c.style.body
	var b block
	if s.address {
		b = append(b, c.address(p, r, s.country, width, a)...)
	}
	bare := c.chance(0.3) // contacts without key words
	contact := func(f field, words []string, value string) {
		pieces := []piece{c.value(f, value)}
		if !bare {
			pieces = concat(c.keyWord(pick(c.draws, words)), pieces)
		}
		b = append(b, t.paragraph(width, a, pieces...)...)
	}
	if s.phone {
		contact(r.phone, c.lang.keys[fSupplierPhone], p.phone)
		if r.phone == fSupplierPhone && c.chance(0.15) {
			b = append(b, t.paragraph(width, a, concat(c.keyWord(c.words(pFax)), []piece{plain(p.country.phone(c.fork()))})...)...)
		}
	}
	if s.email {
		contact(r.email, c.lang.keys[fSupplierEmail], p.email)
	}
	if s.website && p.website != "" {
		b = append(b, t.paragraph(width, a, plain(p.website))...)
	}
	if s.vat {
		b = append(b, t.paragraph(width, a, concat(c.keyWord(c.vatKey(p.country)), []piece{c.value(r.vat, p.vat)})...)...)
	}
	return b
}

// vatKey draws a key word for the tax number of a company of a country.
func (c *composer) vatKey(ct *country) string {
	switch {
	case ct == c.ct && c.loc.vat != nil:
		return pick(c.draws, c.loc.vat)
	case c.lang != &english:
		return pick(c.draws, c.lang.keys[fSupplierVAT])
	case ct.vatKeys != nil:
		return pick(c.draws, ct.vatKeys)
	}
	return pick(c.draws, englishVATKeys)
}

// taxName draws what the sales tax is called.
func (c *composer) taxName() string {
	switch {
	case c.loc.taxes != nil:
		return pick(c.draws, c.loc.taxes)
	case c.lang == &english:
		return pick(c.draws, c.ct.taxName)
	}
	return c.words(pSalesTax)
}

// company draws a company of a trade from the document's country.
func (c *composer) company(t trade) party {
	return companyOf(companyName(c.fork(), c.ct, t, c.split), c.ct)
}

// drawShown draws the optional lines of a party.
func (c *composer) drawShown(phone, email, vat float64) shown {
	return shown{
		address: true,
		country: c.chance(0.2),
		phone:   c.chance(phone),
		email:   c.chance(email),
		vat:     c.chance(vat),
		website: c.chance(0.12),
	}
}

// letterhead sets a party's name in large type and its lines below.
func (c *composer) letterhead(p party, s shown, width float64, a align) block {
	t := c.style.large
	if c.chance(0.3) {
		t = c.style.title
	}
	return c.withLogo(width, a, func(width float64) block {
		head := t.paragraph(width, a, c.value(fSupplierName, p.name))
		return append(head, c.lines(p, supplier, s, width, a)...)
	})
}

// partyBlock sets a heading, the name and the lines of a party, in the frame
// that parties have.
func (c *composer) partyBlock(p party, r role, words phrase, s shown, width float64) block {
	t := c.style.body
	return c.framed(c.style.look.parties, width, func(width float64) block {
		var b block
		head := c.heading(words)
		name := c.value(r.name, p.name)
		switch c.weighted(70, 20, 10) {
		case 0:
			b = append(t.inked(c.style.look.accent).paragraph(width, alignLeft, head), t.paragraph(width, alignLeft, name)...)
		case 1:
			b = t.paragraph(width, alignLeft, head, name)
		default:
			b = t.paragraph(width, alignLeft, name) // nothing announces the block
		}
		return append(b, c.lines(p, r, s, width, alignLeft)...)
	})
}

// docTitle sets the type of the document.
func (c *composer) docTitle(title phrase, width float64, a align) block {
	return c.style.title.paragraph(width, a, c.value(fDocType, c.words(title)))
}

// shuffled puts pairs in random order, all but the first keep.
func (c *composer) shuffled(keep int, list []pair) []pair {
	rest := list[keep:]
	c.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
	return c.distracted(keep, list)
}

// odds are the chances of the optional facts of an invoice's head.
type odds struct{ due, order, ordered, terms, account, currency, coding, foreign float64 }

// invoiceFacts are number and date of an invoice and the optional facts
// beside them. At times nothing announces the date.
func (c *composer) invoiceFacts(o odds) []pair {
	list := []pair{c.pair(fInvoiceNumber, identifier(c.draws, fInvoiceNumber, c.date))}
	date := c.pair(fInvoiceDate, c.day(c.date))
	if c.chance(0.04) && c.style.meta == pairsInline {
		date.key = nil
	}
	list = append(list, date)
	if c.chance(o.due) {
		list = append(list, c.pair(fDueDate, c.day(c.date.AddDate(0, 0, pick(c.draws, []int{10, 14, 15, 21, 30, 30, 45, 60})))))
	}
	if c.chance(o.order) {
		list = append(list, c.pair(fPurchaseOrderNumber, identifier(c.draws, fPurchaseOrderNumber, c.date)))
	}
	if c.chance(o.ordered) {
		list = append(list, c.pair(fOrderDate, c.day(c.before(3, 40))))
	}
	if c.chance(o.terms) {
		list = append(list, c.pair(fPaymentTerms, c.words(pPaymentTerms)))
	}
	if c.chance(o.account) {
		list = append(list, c.pair(fAccountNumber, identifier(c.draws, fAccountNumber, c.date)))
	}
	if c.chance(o.currency) {
		list = append(list, c.pair(fCurrency, c.ct.currency))
	}
	if c.chance(o.foreign) {
		list = append(list, c.exchange()...)
	}
	if c.chance(o.coding) {
		list = append(list, c.coding()...)
	}
	if c.chance(0.2) {
		list = append(list, c.strayFact())
	}
	keep := 1
	if c.chance(0.15) {
		keep = 0
	}
	return c.shuffled(keep, list)
}

// before is a date some days before that of the document.
func (c *composer) before(least, most int) time.Time {
	return c.date.AddDate(0, 0, -c.between(least, most))
}

// strayFact is a reference or date that no field covers.
func (c *composer) strayFact() pair {
	switch c.IntN(6) {
	case 0:
		return c.stray(pOurRef, c.chars(2, upperLetters)+"/"+c.digits(4))
	case 1:
		return c.stray(pDeliveryNote, c.digits(6))
	case 2:
		return c.stray(pDeliveryDate, c.day(c.before(1, 9)))
	case 3:
		return c.stray(pSalesRep, pick(c.draws, c.ct.lang.names.first)+" "+pick(c.draws, c.ct.lang.names.last))
	case 4:
		return c.stray(pQuote, "Q"+c.digits(5))
	default:
		return c.stray(pPrinted, c.day(c.date)+" "+c.clock())
	}
}

// clock is a time of the day.
func (c *composer) clock() string { return fmt.Sprintf("%02d:%02d", c.between(7, 21), c.IntN(60)) }

// exchange is the conversion of a foreign currency.
func (c *composer) exchange() []pair {
	facts, _, _ := c.conversion()
	return facts
}

// conversion draws another currency and its price in 1/10,000 of the
// document's, and the facts that tell them.
func (c *composer) conversion() (facts []pair, base string, rate int64) {
	base = pick(c.draws, []string{"EUR", "USD", "GBP", "CHF", "JPY"})
	if base == c.ct.currency {
		base = "SEK"
	}
	rate = int64(c.between(6200, 19800))
	text := c.style.money.decimal(rate, 4)
	if c.chance(0.5) {
		text = "1 " + base + " = " + text + " " + c.ct.currency
	}
	return []pair{c.pair(fExchangeRate, text), c.pair(fBaseCurrency, base)}, base, rate
}

// coding are codes of the buyer's accounts.
func (c *composer) coding() []pair {
	var list []pair
	for _, f := range []field{fProjectCode, fCostCenter, fGLCode} {
		if c.chance(0.45) || (f == fGLCode && len(list) == 0) {
			list = append(list, c.pair(f, identifier(c.draws, f, c.date)))
		}
	}
	return list
}

// bank sets where to pay: account or IBAN, SWIFT and the name of the bank.
func (c *composer) bank(p party, width float64) block {
	t, k := c.style.body, p.bank
	list := []pair{}
	if c.chance(0.6) {
		list = append(list, c.stray(pBank, k.name))
	}
	if international := c.chance(0.85); international && k.iban != "" {
		s := k.iban
		if c.chance(0.6) {
			s = grouped(s)
		}
		list = append(list, c.pair(fIBAN, s))
	} else {
		list = append(list, c.pair(fBankAccount, k.account))
		if c.chance(0.6) {
			list = append(list, c.strayKey(p.country.routingNumber, k.routing))
		}
	}
	if c.chance(0.7) {
		list = append(list, c.pair(fSwiftCode, k.swift))
	}
	form := pairsInline
	if c.chance(0.4) {
		form = pairsTabbed
	}
	b := t.pairs(width, form, list)
	if c.chance(0.8) {
		b = append(t.paragraph(width, alignLeft, c.heading(pBankHead)), b...)
	}
	return b.marked(footerSection)
}

// sentence sets a text of a field with an optional heading before it.
func (c *composer) sentence(f field, head, texts phrase, width float64) block {
	pieces := []piece{c.value(f, c.words(texts))}
	if c.chance(0.6) {
		pieces = append([]piece{c.heading(head)}, pieces...)
	}
	return c.style.small.paragraph(width, alignLeft, pieces...)
}

// closing sets notes, terms and stray words at the end of a document.
func (c *composer) closing(note, terms float64, width float64) block {
	var list []block
	if c.chance(note) {
		texts := c.notes
		if c.chance(0.5) {
			texts = pNotes
		}
		list = append(list, c.sentence(fNote, pNotesHead, texts, width))
	}
	if c.chance(terms) {
		list = append(list, c.sentence(fTerms, pTermsHead, pTermsTexts, width))
	}
	if c.chance(0.12) {
		list = append(list, c.style.small.paragraph(width, alignLeft, plain(c.words(pStrayTexts))))
	}
	c.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return join(c.style.gap/2, list...).marked(footerSection)
}

// finePrint draws up to most clauses in small type.
func (c *composer) finePrint(least, most int, width float64, a align) block {
	n := c.between(least, most)
	if n == 0 {
		return nil
	}
	var b strings.Builder
	clauses := c.lang.phrases[pFinePrint]
	for _, k := range c.fork().Perm(len(clauses))[:n] {
		for _, ch := range clauses[k] {
			switch ch {
			case '#':
				b.WriteByte(byte('0' + c.IntN(10)))
			case '@':
				b.WriteString(pick(c.draws, c.ct.cities).name)
			case '*':
				b.WriteString(pick(c.draws, c.ct.lang.names.first) + " " + pick(c.draws, c.ct.lang.names.last))
			default:
				b.WriteRune(ch)
			}
		}
		b.WriteByte(' ')
	}
	return c.style.small.paragraph(width, a, plain(b.String())).marked(footerSection)
}

// finish sets fine print below all else, or at the foot of the page, where
// there is room for it.
func (c *composer) finish() {
	s := c.sheet
	a := alignLeft
	if s.roll() || c.chance(0.4) {
		a = alignCentre
	}
	b := c.finePrint(1, 5, s.full(), a)
	s.space(c.style.gap)
	if !s.fits(b.height()) {
		return
	}
	if !s.roll() && c.chance(0.6) {
		s.y = s.bottom - b.height()
	}
	s.place(b)
}

// marks sets a signature, a stamp or a handwritten note, each in a place of
// its own.
func (c *composer) marks(signature, stamp, handwriting float64, width float64) block {
	var list []block
	if c.chance(signature) {
		name := string([]rune(pick(c.draws, c.ct.lang.names.first))[:1]) + ". " + pick(c.draws, c.ct.lang.names.last)
		key := c.keyWord(c.words(pSignatureKey))
		o := c.signature(width, c.value(fSignature, name))
		reach, _ := o.reach(0)
		t := c.style.small
		line := block{{height: 2, shapes: []shape{rule(0, 1, min(width, max(2*reach, 12*t.size)), 1, thinLine, typeset.Black)}}}
		list = append(list, join(0, c.over(o, reach), line, t.paragraph(width, alignLeft, key...)))
	}
	if c.chance(stamp) {
		words := c.value(fStampText, c.words(pStamps))
		lines := [][]piece{{words}}
		if dated := c.chance(0.6); dated && words.text != "" {
			words.text = c.date.AddDate(0, 0, c.between(1, 30)).Format(c.ct.dateForms[0])
			lines = append(lines, []piece{words})
		}
		list = append(list, c.over(c.stamp(width, lines...), width/2))
	}
	if c.chance(handwriting) {
		note := c.value(fHandwrittenNote, c.words(pHandwritten))
		list = append(list, c.over(c.handwriting(width, []piece{note}), width/2))
	}
	return join(c.style.gap/2, list...).marked(footerSection)
}

// watermark sets a faint word over the width of the page, in a place of its
// own, or, at the level's chance, across the page and below its text.
func (c *composer) watermark(chance float64) {
	if !c.chance(chance) {
		return
	}
	word := c.value(fWatermark, c.words(pWatermarks))
	share := 0.3 + 0.05*float64(c.IntN(6))
	if r := c.hard.marks; r.Float64() < c.hard.recipe.Overlap {
		c.overlays = append(c.overlays, c.faint(word, 2*share, 30+5*float64(r.IntN(5))))
		return
	}
	c.sheet.keep(c.faint(word, share, 0).flowed(c.sheet.full()/2, 1))
}
