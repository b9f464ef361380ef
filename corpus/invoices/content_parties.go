package invoices

import (
	"strings"

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

// companyName composes the name of a company of a trade in the language of
// the country: of a stem or surnames, a noun of the trade and the form of the
// company, until one belongs to the split.
func companyName(r draws, ct *country, t trade, split corpus.Split) string {
	r = r.fork() // as many draws in every country
	n := &ct.lang.names
	for {
		noun, form := pick(r, n.nouns[t]), pick(r, ct.companyForms)
		var own string
		alone := false // the noun is left out
		switch r.IntN(10) {
		case 0, 1:
			own = pick(r, n.last)
		case 2:
			own, alone = pick(r, n.last)+" & "+pick(r, n.last), true
		case 3:
			own = n.stem(r)
			if n.stems == nil {
				own = pick(r, stemFirst) + " " + pick(r, stemFirst)
			}
		case 4:
			own = pick(r, ct.cities).name
		default:
			own = n.stem(r)
		}
		var name string
		switch {
		case alone:
			name = own
		case n.nounFirst:
			name = noun + " " + own
		default:
			name = own + " " + noun
		}
		if form != "" {
			name += " " + form
		}
		if nameSplit(name) == split {
			return name
		}
	}
}

// stem is the proper part of a company's name.
func (n *names) stem(r draws) string {
	switch {
	case n.stems == nil:
		return pick(r, stemFirst) + pick(r, stemSecond)
	case n.nounFirst:
		return pick(r, n.stems)
	default:
		return pick(r, n.stems) + strings.ToLower(pick(r, n.stems))
	}
}

// institution composes the name of a place such as a hospital, which has no
// form of company.
func institution(r draws, ct *country, t trade, split corpus.Split) string {
	r = r.fork() // as many draws in every country
	n := &ct.lang.names
	for {
		own := pick(r, ct.cities).name
		switch r.IntN(4) {
		case 0:
			own = n.saints + " " + pick(r, n.first)
		case 1:
			own = n.stem(r)
		case 2:
			own = pick(r, n.last)
			if n.stems == nil {
				own = pick(r, stemFirst) + " " + pick(r, stemFirst)
			}
		}
		name := own + " " + pick(r, n.nouns[t])
		if n.stems != nil {
			name = pick(r, n.nouns[t]) + " " + own
		}
		if nameSplit(name) == split {
			return name
		}
	}
}

// agencyName is an agency with its place, of the split.
func agencyName(r draws, ct *country, split corpus.Split) string {
	r = r.fork() // as many draws in every country
	for {
		if name := pick(r, ct.lang.names.agencies) + ", " + pick(r, ct.cities).name; nameSplit(name) == split {
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
	r = r.fork() // as many draws in every country
	n := &ct.lang.names
	first, last := pick(r, n.first), pick(r, n.last)
	p := party{name: first + " " + last, country: ct}
	switch r.IntN(8) {
	case 0:
		p.name = last + ", " + first
	case 1:
		p.name = pick(r, n.titles) + " " + p.name
	case 2:
		p.name = first + " " + r.chars(1, "ABCDEFGHJKLMNPRSTW") + ". " + last
	}
	p.street, p.place = ct.address(r, pick(r, ct.cities))
	p.phone = ct.phone(r)
	p.email = hostName(first) + pick(r, []string{".", "_", ""}) + hostName(last) + "@" + pick(r, []string{"mailbox.org", "example.com", "example.net", "postbox." + ct.domain, "webmail." + ct.domain})
	return p
}

// unaccented gives what stands for a letter with an accent in an address of
// the Internet.
var unaccented = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "á", "a", "à", "a", "â", "a", "ç", "c", "é", "e", "è", "e", "ê", "e", "ë", "e",
	"í", "i", "ì", "i", "î", "i", "ï", "i", "ñ", "n", "ó", "o", "ò", "o", "ô", "o", "œ", "oe", "ú", "u", "ù", "u", "û", "u")

// hostName is the first two words of a name in lower case, letters of ASCII
// only.
func hostName(name string) string {
	words := strings.Fields(name)
	if len(words) > 2 {
		words = words[:2]
	}
	var b strings.Builder
	for _, ch := range unaccented.Replace(strings.ToLower(strings.Join(words, ""))) {
		if ch >= 'a' && ch <= 'z' {
			b.WriteRune(ch)
		}
	}
	return b.String()
}

// bankOf draws a bank of the country and an account there.
func bankOf(r draws, ct *country) bank {
	names := ct.lang.names.banks
	k := r.IntN(len(names))
	b := bank{name: names[k]}
	letters := initials(b.name, 4)
	if ct.lang == &english {
		letters = bankCodes[k]
	}
	b.swift = letters + ct.code + r.chars(1, upperLetters) + r.chars(1, "23456789ABCDEFGHJKLM")
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
		b.iban = iban(r, ct.code, letters)
	}
	return b
}
