package invoices

import (
	"strings"
	"time"
)

// language holds the words of one language. Every text of a document but
// names and numbers comes from one of these tables, so that key words,
// headings and sentences are of one language. All characters are those of
// Windows-1252, which the core fonts of PDF have.
type language struct {
	code        string
	months      [12]string
	shortMonths [12]string
	keys        [numFields][]string  // key words of values
	columns     [numFields][]string  // titles of columns
	phrases     [numPhrases][]string // everything else
	names       names
	goods       []catalog // of general suppliers; the first three are sold over a counter, too
	groceries   catalog
	dishes      catalog
	contract    catalog
	procedures  []string // names of the procedures, in their order
}

// trade is a line of business.
type trade uint8

const (
	tradeGoods trade = iota
	tradeClients
	tradeSoftware
	tradeTelecom
	tradeFreight
	tradeEnergy
	tradeGas
	tradeWater
	tradeHeat
	tradeHospital
	tradeClinic
	tradeDefence
	tradeShop
	tradeFuel

	numTrades = int(iota)
)

// names are what the names of companies and persons of a country are made of.
type names struct {
	nounFirst bool     // Transports Moreau, not Moreau Transport
	stems     []string // of companies; nil to compose them of two parts
	nouns     [numTrades][]string
	saints    string // what stands before the name of a saint
	first     []string
	last      []string
	titles    []string
	banks     []string
	agencies  []string // buyers of public contracts
}

// locale is a country with the language of a document from there.
type locale struct {
	country string
	lang    *language
	weight  int      // among the locales of English, or of the other languages
	taxes   []string // what the sales tax is called; nil for the words of country or language
	vat     []string // key words of the tax number; nil for the words of country or language
}

// locales are the pairs of country and language that occur. The first of a
// country tells the language of its names.
var locales = []locale{
	{"US", &english, 34, nil, nil},
	{"GB", &english, 19, nil, nil},
	{"CA", &english, 9, nil, nil},
	{"AU", &english, 8, nil, nil},
	{"DE", &german, 24, nil, nil},
	{"DE", &english, 7, englishVATNames, englishVATKeys},
	{"AT", &german, 8, nil, []string{"UID-Nr.", "UID", "ATU-Nr.", "Unsere UID-Nr."}},
	{"CH", &german, 8, []string{"MWST", "MwSt."}, []string{"MWST-Nr.", "UID", "MWST-Nummer"}},
	{"FR", &french, 24, nil, nil},
	{"FR", &english, 5, englishVATNames, englishVATKeys},
	{"ES", &spanish, 18, nil, nil},
	{"ES", &english, 3, englishVATNames, englishVATKeys},
	{"IT", &italian, 18, nil, nil},
	{"IT", &english, 3, englishVATNames, englishVATKeys},
	{"NL", &english, 9, englishVATNames, englishVATKeys},
	{"AT", &english, 2, englishVATNames, englishVATKeys},
	{"CH", &english, 2, englishVATNames, englishVATKeys},
}

// What a tax on sales is called, in English, by companies of other tongues.
var (
	englishVATNames = []string{"VAT", "VAT", "Value Added Tax"}
	englishVATKeys  = []string{"VAT No", "VAT ID", "VAT Reg No", "VAT Number"}
)

// drawLocale draws the country and the language of a document: with chance
// foreign another language than English, and within each by the weights.
func drawLocale(r draws, foreign float64) *locale {
	other := r.chance(foreign)
	sum := 0
	for k := range locales {
		if (locales[k].lang != &english) == other {
			sum += locales[k].weight
		}
	}
	at := r.IntN(sum)
	for k := range locales {
		if (locales[k].lang != &english) != other {
			continue
		}
		if at < locales[k].weight {
			return &locales[k]
		}
		at -= locales[k].weight
	}
	panic("corpus: drawLocale: no locale")
}

// other is the locale of a twin: another country, of the same language where
// there is one.
func (l *locale) other() *locale {
	var found *locale
	for k := range locales {
		o := &locales[k]
		if o.country == l.country || (o.lang == &english) != (l.lang == &english) {
			continue
		}
		if o.lang == l.lang {
			return o
		}
		if found == nil {
			found = o
		}
	}
	return found
}

// countryOf is the country of a code.
func countryOf(code string) *country {
	for k := range countries {
		if countries[k].code == code {
			return &countries[k]
		}
	}
	panic("corpus: countryOf: no country " + code)
}

// date writes a date in a layout of package time, months by their names in
// the language.
func (l *language) date(t time.Time, layout string) string {
	s := t.Format(layout)
	month := t.Month().String()
	switch {
	case l == &english:
	case strings.Contains(layout, "January"):
		s = strings.Replace(s, month, l.months[t.Month()-1], 1)
	case strings.Contains(layout, "Jan"):
		s = strings.Replace(s, month[:3], l.shortMonths[t.Month()-1], 1)
	}
	return s
}

// notesOf are the notes of a domain.
func notesOf(domain string) phrase {
	switch domain {
	case "saas", "telecom":
		return pServiceNotes
	case "utilities":
		return pSupplyNotes
	case "healthcare":
		return pCareNotes
	}
	return pGoodsNotes
}

// drawMoney draws how amounts are written: mostly as the country does.
func (c *composer) drawMoney(locale draws) moneyForm {
	m := moneyForm{point: ".", sep: ",", symbol: c.ct.symbol, code: c.ct.currency}
	if locale.chance(c.ct.numbers) {
		m.point, m.sep = c.ct.point, c.ct.sep
	}
	if !locale.chance(0.85) {
		m.sep = ""
	}
	m.place = moneyPlace(locale.weighted(30, 35, 20, 15))
	m.inTable = locale.chance(0.25)
	m.gap = locale.chance(0.7) && m.point == "," || c.ct.code == "CH"
	return m
}

// words draws a wording of a phrase in the language of the document.
func (c *composer) words(p phrase) string { return pick(c.draws, c.lang.phrases[p]) }
