package audit

import (
	"math/big"
	"regexp"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
)

// form is what an identifier of a label must look like.
type form struct {
	label string
	about string
	ok    func(s string) bool
}

var (
	ibanForm  = regexp.MustCompile(`^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$`)
	swiftForm = regexp.MustCompile(`^[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?$`)
	cageForm  = regexp.MustCompile(`^\d[0-9A-HJ-NP-Z]{3}\d$`)
	upsForm   = regexp.MustCompile(`^1Z[A-Z0-9]{15}\d$`)
)

// identifierForms lists the labels whose form is public: ISO 13616 (IBAN),
// ISO 9362 (BIC), CAGE codes (no I, no O), UPS tracking numbers.
var identifierForms = []form{
	{"IBAN", "its check digits fit (ISO 13616)", validIBAN},
	{"SWIFT_CODE", "8 or 11 characters of ISO 9362", swiftForm.MatchString},
	{"CAGE_CODE", "5 characters, a digit at each end, no I or O", cageForm.MatchString},
	{"TRACKING_NUMBER", "a number that starts with 1Z has the check digit of UPS", func(s string) bool { return !strings.HasPrefix(s, "1Z") || validUPS(s) }},
}

// forms checks the identifiers of a document.
func (a *auditor) forms(at place, d *corpus.Document) {
	for _, s := range d.Spans {
		name := a.schema.Entities[s.Entity].Name
		for _, f := range identifierForms {
			if f.label != name {
				continue
			}
			a.report.Checked["forms of identifiers"]++
			value := strings.ReplaceAll(text(d, s), " ", "")
			if !f.ok(value) {
				a.find(Form, Fault, at, d.ID, "%s %q is malformed; expected that %s", name, value, f.about)
			}
		}
	}
}

// validIBAN: the number, with its first four characters at the end and letters
// as two digits (A = 10), leaves 1 modulo 97.
func validIBAN(s string) bool {
	if !ibanForm.MatchString(s) {
		return false
	}
	var digits strings.Builder
	for _, ch := range s[4:] + s[:4] {
		if ch >= 'A' {
			digits.WriteString(big.NewInt(int64(ch - 'A' + 10)).String())
		} else {
			digits.WriteRune(ch)
		}
	}
	n, ok := new(big.Int).SetString(digits.String(), 10)
	return ok && new(big.Int).Mod(n, big.NewInt(97)).Int64() == 1
}

// validUPS: of the 15 characters after 1Z, letters count (code - 63) mod 10,
// those at even places double; the last digit makes the sum a multiple of 10.
func validUPS(s string) bool {
	if !upsForm.MatchString(s) {
		return false
	}
	sum := 0
	for k, ch := range []byte(s[2:17]) {
		v := int(ch - '0')
		if ch >= 'A' {
			v = int(ch-63) % 10
		}
		if k%2 == 1 {
			v *= 2
		}
		sum += v
	}
	return (sum+int(s[17]-'0'))%10 == 0
}
