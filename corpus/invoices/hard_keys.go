package invoices

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// keyForm is what a document makes of a key word.
type keyForm uint8

const (
	keyPlain keyForm = iota
	keyMissing
	keyShort
	keyVague
)

// keyForm draws what becomes of the next key word, with a second number in
// [0, 1) that decides how. A key word that the rules need stays as it is.
func (c *composer) keyForm(f field) (keyForm, float64) {
	u, how := c.hard.keys.Float64(), c.hard.keys.Float64()
	r := c.hard.recipe
	switch {
	case ruled[f] || c.hard.exchange.concerns(f):
		return keyPlain, how
	case u < r.KeysMissing:
		return keyMissing, how
	case u < r.KeysMissing+r.KeysShort:
		return keyShort, how
	case u < r.KeysMissing+r.KeysShort+r.KeysVague:
		return keyVague, how
	}
	return keyPlain, how
}

// announced writes a key word of a field in the style of the document, as the
// levels of the recipe have it; of noField when the field is not known.
// Nothing announces a value that the document leaves out.
func (c *composer) announced(f field, s string) []piece {
	form, how := c.keyForm(f)
	if s == "" || c.hard.without.has(f) {
		return nil
	}
	switch form {
	case keyMissing:
		return nil
	case keyShort:
		s = shortened(s, how)
	case keyVague:
		if words := vagueWords[c.lang.code][keyClasses[f]]; len(words) > 0 {
			s = words[int(how*float64(len(words)))]
		}
	}
	if c.style.upperKeys {
		s = strings.ToUpper(s)
	}
	return []piece{{text: s + c.style.suffix, emphasis: c.style.look.keys}}
}

// shortened abbreviates a key word: each longer word to its first letters and
// a dot, or several words to their initials.
func shortened(s string, how float64) string {
	words := strings.Fields(s)
	if len(words) > 1 && how < 0.3 {
		var b strings.Builder
		for _, w := range words {
			if ch, _ := utf8.DecodeRuneInString(w); unicode.IsLetter(ch) {
				b.WriteRune(unicode.ToUpper(ch))
			}
		}
		if b.Len() > 1 {
			return b.String()
		}
	}
	keep := 3
	if how > 0.65 {
		keep = 4
	}
	for k, w := range words {
		if chars := []rune(w); len(chars) > keep+1 && unicode.IsLetter(chars[keep]) {
			words[k] = string(chars[:keep]) + "."
		}
	}
	return strings.Join(words, " ")
}

// keyClass is the kind of value that a vague key word leaves open.
type keyClass uint8

const (
	classOther keyClass = iota
	classNumber
	classDate
	classAmount
	classMeasure

	numClasses = int(iota)
)

// keyClasses are the classes of the fields that key words announce; a field
// of classOther keeps its key word.
var keyClasses = [numFields]keyClass{
	fInvoiceNumber: classNumber, fPurchaseOrderNumber: classNumber, fSubscriptionID: classNumber, fServiceNumber: classNumber,
	fMeterNumber: classNumber, fCreditMemoNumber: classNumber, fPatientID: classNumber, fInsuranceClaimNumber: classNumber,
	fCageCode: classNumber, fBankAccount: classNumber, fIBAN: classNumber, fSwiftCode: classNumber, fCostCenter: classNumber,
	fGLCode: classNumber, fRegisterNumber: classNumber, fCashierID: classNumber, fSupplierVAT: classNumber,
	fInvoiceDate: classDate, fDueDate: classDate, fOrderDate: classDate,
	fTotalAmount: classAmount, fSubtotal: classAmount, fDiscount: classAmount, fPaymentReceived: classAmount,
	fAmountPaid: classAmount, fBalanceDue: classAmount, fRefundAmount: classAmount, fTaxAmount: classAmount,
	fLicenseCount: classMeasure, fMeterReadingCurrent: classMeasure, fMeterReadingPrevious: classMeasure, fConsumption: classMeasure,
	fDataUsage: classMeasure, fWeight: classMeasure, fVolume: classMeasure, fRatePerUnit: classMeasure, fExchangeRate: classMeasure,
}
