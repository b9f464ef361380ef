package invoices

import (
	"fmt"
	"strings"
	"time"

	"github.com/invoicelab/invoicelab/corpus"
)

// family is one template family: a kind of document of one domain, with its
// own blocks and their arrangement. Documents of a family differ in style,
// optional blocks, key words and content.
type family struct {
	name, domain, kind string
	weight             int          // share of all documents in units of 1/10,000
	home               corpus.Split // the one split of its documents; empty for Train, Validation and Test
	draw               func(c *composer)
}

// families lists all template families. The weights of a domain sum to its
// published share.
//
// A family whose home is Heldout or Test has documents in that split alone;
// both have sisters in their domain that are trained on, and together those
// hold every entity type. The test split has documents of the trained
// families, too: the difference between the two kinds of test documents is
// what a new template costs, and Document.Template tells them apart. Every
// domain has a family in Heldout or in Test, those with three or more have
// one in Heldout, and all but healthcare have one in Test.
//
// A freight invoice is of kind WAYBILL, as the resolution rules say.
var families = []family{
	{"modern", "general", kindInvoice, 1150, "", (*composer).modern},
	{"classic", "general", kindInvoice, 1000, "", (*composer).classic},
	{"receipt", "general", kindReceipt, 560, "", (*composer).receipt},
	{"credit_note", "general", kindCreditNote, 220, "", (*composer).creditNote},
	{"letter", "general", kindInvoice, 300, "", (*composer).letter},
	{"project_invoice", "general", kindInvoice, 250, "", (*composer).projectInvoice},
	{"export_invoice", "general", kindInvoice, 160, "", (*composer).exportInvoice},
	{"sidebar", "general", kindInvoice, 120, corpus.Test, (*composer).sidebar},
	{"compact", "general", kindInvoice, 240, corpus.Heldout, (*composer).compact},
	{"subscription_invoice", "saas", kindInvoice, 560, "", (*composer).subscription},
	{"usage_invoice", "saas", kindInvoice, 360, "", (*composer).usage},
	{"renewal", "saas", kindInvoice, 110, corpus.Test, (*composer).renewal},
	{"cloud_bill", "saas", kindInvoice, 170, corpus.Heldout, (*composer).cloudBill},
	{"mobile_bill", "telecom", kindInvoice, 460, "", (*composer).mobile},
	{"internet_bill", "telecom", kindInvoice, 360, "", (*composer).internet},
	{"telecom_credit", "telecom", kindCreditNote, 110, "", (*composer).telecomCredit},
	{"business_lines", "telecom", kindInvoice, 110, corpus.Test, (*composer).businessLines},
	{"family_bill", "telecom", kindInvoice, 160, corpus.Heldout, (*composer).familyBill},
	{"waybill", "logistics", kindWaybill, 280, "", (*composer).waybill},
	{"freight_invoice", "logistics", kindWaybill, 500, "", (*composer).freight},
	{"air_waybill", "logistics", kindWaybill, 90, corpus.Test, (*composer).airWaybill},
	{"courier", "logistics", kindWaybill, 130, corpus.Heldout, (*composer).courier},
	{"electric", "utilities", kindInvoice, 370, "", (*composer).electric},
	{"gas", "utilities", kindInvoice, 220, "", (*composer).gas},
	{"dual_fuel", "utilities", kindInvoice, 170, "", (*composer).dualFuel},
	{"heating", "utilities", kindInvoice, 90, corpus.Test, (*composer).heating},
	{"water", "utilities", kindInvoice, 150, corpus.Heldout, (*composer).water},
	{"hospital_bill", "healthcare", kindInvoice, 430, "", (*composer).hospital},
	{"therapy", "healthcare", kindInvoice, 190, "", (*composer).therapy},
	{"clinic_invoice", "healthcare", kindInvoice, 180, corpus.Heldout, (*composer).clinic},
	{"contract_invoice", "government", kindInvoice, 290, "", (*composer).contract},
	{"voucher", "government", kindInvoice, 110, corpus.Test, (*composer).voucher},
	{"pos_receipt", "retail_pos", kindReceipt, 290, "", (*composer).pointOfSale},
	{"fuel_receipt", "retail_pos", kindReceipt, 110, corpus.Test, (*composer).fuelReceipt},
}

// Kinds of documents.
const (
	kindInvoice    = "INVOICE"
	kindReceipt    = "RECEIPT"
	kindCreditNote = "CREDIT_NOTE"
	kindWaybill    = "WAYBILL"
)

// style is what a document's make-up has in common throughout.
type style struct {
	body, small, large, title text
	gap                       float64 // points between blocks
	suffix                    string  // after key words
	upperKeys                 bool
	meta, totals              pairForm
	dateForm                  string
	money                     moneyForm
	mirrored                  bool   // left and right change sides
	articles                  int    // form of article numbers
	typed                     string // sign that is typed between the rows of tables; empty for none
	look                      look
}

// composer draws the content of one document and sets it on a sheet. Its own
// draws decide the content. Conventions of the country and the make-up come
// from streams of their own, so that a twin can have other ones and the same
// content.
type composer struct {
	draws
	look  draws // of the make-up
	hard  hardness
	split corpus.Split
	style style
	sheet *sheet
	loc   *locale
	ct    *country
	lang  *language
	date  time.Time // of the document
	notes phrase    // that fit the domain
	last  int32     // id of the latest piece

	facts, sentences int       // distractors that are still to come
	overlays         []overlay // to be laid over other text
}

// compose makes a document of a family. Company names are of the split.
func compose(d drawn, recipe *corpus.Recipe, o order) *composer {
	c := &composer{draws: d.draws, split: d.split, notes: notesOf(d.family.domain)}
	c.hard = newHardness(recipe, d.name, o)
	c.look = newDraws(recipe.Seed, d.name+o.twin.suffix(TwinLayout, "/layout"))
	c.loc = drawLocale(newDraws(recipe.Seed, d.name+"/country"), recipe.Languages)
	if o.twin.Part == TwinLocale {
		c.loc = c.loc.other()
	}
	c.ct, c.lang = countryOf(c.loc.country), c.loc.lang
	c.date = time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, c.IntN(7*365))
	c.style = c.drawStyle(newDraws(recipe.Seed, d.name+o.twin.suffix(TwinLocale, "/locale")))
	c.facts, c.sentences = c.hard.distractBudget()
	d.family.draw(c)
	c.sentences += c.facts
	c.distract(c.sentences)
	c.finish()
	c.layOver()
	return c
}

// drawStyle draws the make-up; forms of dates and amounts come from locale.
func (c *composer) drawStyle(locale draws) style {
	size := 8.5 + 0.25*float64(c.look.between(0, 9))
	lead := 1.22 + 0.02*float64(c.look.between(0, 16))
	st := style{
		body:      text{size: size, line: size * lead},
		small:     text{size: size * 0.85, line: size * 0.85 * lead},
		large:     text{size: size * 1.5, line: size * 1.5 * lead},
		title:     text{size: size * 2, line: size * 2 * lead},
		gap:       float64(c.look.between(11, 30)),
		suffix:    pick(c.look, []string{":", ":", ":", "", "", " :", "."}),
		upperKeys: c.look.chance(0.15),
		meta:      []pairForm{pairsInline, pairsTabbed, pairsSpread, pairsGrid, pairsAbove}[c.look.weighted(25, 30, 15, 20, 10)],
		totals:    []pairForm{pairsSpread, pairsRight, pairsTabbed}[c.look.weighted(60, 25, 15)],
		dateForm:  pick(locale, c.ct.dateForms),
		mirrored:  c.look.chance(0.4),
		articles:  c.IntN(5),
	}
	if c.lang == &english {
		st.dateForm = strings.ReplaceAll(st.dateForm, " de ", " ")
	}
	st.money = c.drawMoney(locale)
	return st
}

// open starts the sheet; most papers follow the country.
func (c *composer) open(small float64) {
	p := paperA4
	if c.ct.letterPaper {
		p = paperLetter
	}
	if c.look.chance(small) {
		p = paperA5Landscape
		if c.ct.letterPaper {
			p = paperHalfLetter
		}
	}
	c.sheet = newSheet(p, float64(c.look.between(36, 60)))
	c.style.dress(drawLook(c.look, false))
	c.sheet.wear(c.style.look)
	c.sheet.section = headerSection
	page := c.plainFooter()
	always := c.chance(0.07)
	company := c.look.chance(0.5)
	c.sheet.footer = func(n int) block {
		if n == 0 && !always && !c.sheet.continues {
			return nil
		}
		return page(n, company)
	}
}

// plainFooter gives the footer with the number of the page in the form of
// this document.
func (c *composer) plainFooter() func(page int, centred bool) block {
	form := c.look.IntN(4)
	page, of := c.words(pPage), c.words(pOf)
	return func(number int, centred bool) block {
		n := fmt.Sprint(number + 1)
		var s string
		switch form {
		case 0:
			s = page + " " + n + " " + of + " " + pageCount
		case 1:
			s = page + " " + n
		case 2:
			s = n + " / " + pageCount
		default:
			s = page + ": " + n + " " + of + " " + pageCount
		}
		a := alignRight
		if centred {
			a = alignCentre
		}
		return c.style.small.paragraph(c.sheet.full(), a, c.value(fPageNumber, s)).marked(pageNumber)
	}
}

// value is text of a field, one entity of its own.
func (c *composer) value(f field, s string) piece {
	c.last++
	s = c.written(f, s)
	return piece{text: s, field: c.hard.exchange.field(f), id: c.last}
}

// plain is text without a field.
func plain(s string) piece { return piece{text: s} }

// heading is a word that announces a block.
func (c *composer) heading(p phrase) piece {
	s := c.words(p)
	if c.style.upperKeys {
		s = strings.ToUpper(s)
	}
	v := c.value(fGenericLabel, s+c.style.suffix)
	v.emphasis = c.style.look.heads
	return v
}

// keyWord writes a key word in the style of the document.
func (c *composer) keyWord(s string) []piece { return c.announced(noField, s) }

// key draws a key word of a field; that of a twin of the field's label is
// another one.
func (c *composer) key(f field) []piece {
	words := c.lang.keys[f]
	k := c.IntN(len(words))
	if f == c.hard.changed {
		k = another(words, k)
	}
	if c.hard.exchange.concerns(f) {
		f, k = c.hard.exchange.field(f), 0 // the plain form
		words = c.lang.keys[f]
	}
	return c.announced(f, words[k])
}

// another is the index of the next word of a list that differs from word k,
// k where there is none.
func another(words []string, k int) int {
	for n := range words {
		if j := (k + n) % len(words); words[j] != words[k] {
			return j
		}
	}
	return k
}

// pair is a value with one of the key words of its field.
func (c *composer) pair(f field, s string) pair {
	p := pair{c.key(f), []piece{c.value(f, s)}}
	p.value[0].broken = c.broken(p.value[0].text)
	return p
}

// stray is a key word and a value that no field covers.
func (c *composer) stray(key phrase, s string) pair { return c.strayKey(c.words(key), s) }

// strayKey is stray with a key word that is the same in all languages.
func (c *composer) strayKey(key, s string) pair {
	return pair{c.keyWord(key), []piece{plain(s)}}
}

// day writes a date in the form of the document.
func (c *composer) day(t time.Time) string { return c.lang.date(t, c.style.dateForm) }

// amount writes an amount of a field as totals have it, a currency code as
// CURRENCY.
func (c *composer) amount(f field, a cents) []piece {
	m := c.style.money
	switch m.place {
	case moneySymbol:
		return []piece{c.value(f, m.withSymbol(a))}
	case moneyCodeBefore:
		return []piece{c.value(fCurrency, m.code), c.value(f, m.number(a))}
	case moneyCodeAfter:
		return []piece{c.value(f, m.number(a)), c.value(fCurrency, m.code)}
	default:
		return []piece{c.value(f, m.number(a))}
	}
}

// amountPair is an amount with a key word of its field.
func (c *composer) amountPair(f field, a cents) pair { return pair{c.key(f), c.amount(f, a)} }

// sides sets two blocks side by side, in the order that the style has; each
// is made for its width, and drawn the same on either side.
func (c *composer) sides(left, right func(width float64) block) {
	content := c.draws
	l, r := content.fork(), content.fork()
	full := c.sheet.full()
	half := (full - 24) / 2
	c.draws = l
	a := left(half)
	c.draws = r
	b := right(half)
	c.draws = content
	if c.style.mirrored {
		a, b = b, a
	}
	c.sheet.side(a, b, half+24)
	if c.hard.texts.chance(0.35) {
		c.distract(1)
	}
}
