package invoices

import (
	"strings"
	"unicode"

	"github.com/invoicelab/invoicelab/corpus"
)

// party is a company or a person on a document.
type party struct {
	name    string
	street  string
	place   string // postal code, city, state as the country writes them
	country *country
	phone   string
	email   string
	website string
	vat     string
	bank    bank
}

// bank is the account that a party wants its money on.
type bank struct {
	name, account, routing, iban, swift string
}

// Shares of company names that belong to the splits; see nameSplit. They are
// not the shares of documents: they only keep the search for a name short.
const (
	trainNames      = 0.60
	validationNames = 0.74
	testNames       = 0.87
)

// nameSplit is the one split whose documents may hold a company name.
func nameSplit(name string) corpus.Split {
	switch u := uniform(0, "corpus/company/"+name); {
	case u < trainNames:
		return corpus.Train
	case u < validationNames:
		return corpus.Validation
	case u < testNames:
		return corpus.Test
	default:
		return corpus.Heldout
	}
}

// companyName composes a name of a stem or surnames, a noun of the trade and
// the form of the company, until one belongs to the split.
func companyName(r draws, ct *country, nouns []string, split corpus.Split) string {
	for {
		noun, form := pick(r, nouns), pick(r, ct.companyForms)
		var name string
		switch r.IntN(10) {
		case 0, 1:
			name = pick(r, lastNames) + " " + noun
		case 2:
			name = pick(r, lastNames) + " & " + pick(r, lastNames)
		case 3:
			name = pick(r, stemFirst) + " " + pick(r, stemFirst) + " " + noun
		case 4:
			name = pick(r, ct.cities).name + " " + noun
		default:
			name = pick(r, stemFirst) + pick(r, stemSecond) + " " + noun
		}
		if form != "" {
			name += " " + form
		}
		if nameSplit(name) == split {
			return name
		}
	}
}

// institution composes the name of a place such as a hospital, which has no
// form of company.
func institution(r draws, ct *country, nouns []string, split corpus.Split) string {
	for {
		stem := pick(r, ct.cities).name
		switch r.IntN(4) {
		case 0:
			stem = "St. " + pick(r, firstNames)
		case 1:
			stem = pick(r, stemFirst) + pick(r, stemSecond)
		case 2:
			stem = pick(r, stemFirst) + " " + pick(r, stemFirst)
		}
		if name := stem + " " + pick(r, nouns); nameSplit(name) == split {
			return name
		}
	}
}

// agencyName is an agency with its place, of the split.
func agencyName(r draws, ct *country, split corpus.Split) string {
	for {
		if name := pick(r, agencies) + ", " + pick(r, ct.cities).name; nameSplit(name) == split {
			return name
		}
	}
}

// companyOf fills in everything that belongs to a company of a name. All of
// it derives from the name and the country: the same supplier has the same
// address and the same bank on all its documents.
func companyOf(name string, ct *country) party {
	r := newDraws(0, "corpus/party/"+ct.code+"/"+name)
	p := party{name: name, country: ct}
	p.street, p.place = ct.address(r, pick(r, ct.cities))
	p.phone = ct.phone(r)
	host := hostName(name) + "." + ct.domain
	p.website = "www." + host
	p.email = pick(r, []string{"info", "accounts", "billing", "sales", "office", "ar", "invoices", "contact", "service"}) + "@" + host
	p.vat = ct.vat(r)
	p.bank = bankOf(r, ct)
	return p
}

// person is a private customer or a patient.
func person(r draws, ct *country) party {
	first, last := pick(r, firstNames), pick(r, lastNames)
	p := party{name: first + " " + last, country: ct}
	switch r.IntN(8) {
	case 0:
		p.name = last + ", " + first
	case 1:
		p.name = pick(r, []string{"Mr.", "Mrs.", "Ms", "Dr."}) + " " + p.name
	case 2:
		p.name = first + " " + r.chars(1, "ABCDEFGHJKLMNPRSTW") + ". " + last
	}
	p.street, p.place = ct.address(r, pick(r, ct.cities))
	p.phone = ct.phone(r)
	p.email = strings.ToLower(first+pick(r, []string{".", "_", ""})) + hostName(last) + "@" + pick(r, []string{"mailbox.org", "example.com", "example.net", "postbox." + ct.domain, "webmail." + ct.domain})
	return p
}

// hostName is the first two words of a name in lower case, letters of ASCII
// only.
func hostName(name string) string {
	words := strings.Fields(name)
	if len(words) > 2 {
		words = words[:2]
	}
	var b strings.Builder
	for _, ch := range strings.ToLower(strings.Join(words, "")) {
		switch {
		case ch < unicode.MaxASCII && unicode.IsLetter(ch):
			b.WriteRune(ch)
		case ch == 'ö':
			b.WriteString("oe")
		case ch == 'ü':
			b.WriteString("ue")
		}
	}
	return b.String()
}

// bankOf draws a bank of the country and an account there.
func bankOf(r draws, ct *country) bank {
	names := []string{"First National Bank", "Union Trust Bank", "Harbor Savings Bank", "Commerce Bank", "Merchants Bank", "Citizens Credit Bank",
		"Northern Bank", "Provincial Bank", "Westland Bank", "Mercantile Bank"}
	codes := []string{"FNBT", "UTBK", "HSBK", "COMB", "MERC", "CCBK", "NBKX", "PRVB", "WLBK", "MRCB"}
	k := r.IntN(len(names))
	b := bank{name: names[k]}
	b.swift = codes[k] + ct.code + r.chars(1, upperLetters) + r.chars(1, "23456789ABCDEFGHJKLM")
	if r.chance(0.4) {
		b.swift += pick(r, []string{"XXX", r.digits(3), "BR1"})
	}
	switch ct.code {
	case "GB":
		b.account, b.routing = r.serial(8), r.digits(2)+"-"+r.digits(2)+"-"+r.digits(2)
	case "AU":
		b.account, b.routing = r.serial(9), r.digits(3)+"-"+r.digits(3)
	case "CA":
		b.account, b.routing = r.serial(7), r.digits(5)
	default:
		b.account, b.routing = r.digits(r.between(8, 12)), r.digits(9)
	}
	if ct.iban {
		b.iban = iban(r, ct.code, codes[k])
	}
	return b
}
