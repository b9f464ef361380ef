package invoices

import (
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
)

// hardness is what the levels of a recipe do to one document while it is
// composed. Every level draws from a stream of its own, and as often with a
// level of 0 as with any other, so that a level changes nothing but what it is
// about.
type hardness struct {
	recipe  *corpus.Recipe
	keys    draws    // key words
	forms   draws    // forms of identifiers
	texts   draws    // distractors
	marks   draws    // overlaps
	wraps   draws    // wrapped values
	without fieldSet // fields of which the document has no value
	changed field    // of which the key words are others; noField for none

	exchange exchange
}

func newHardness(recipe *corpus.Recipe, name string, o order) hardness {
	h := hardness{recipe: recipe, without: o.without, changed: o.twin.field, exchange: o.exchange}
	for _, s := range []struct {
		to   *draws
		name string
	}{{&h.keys, "keys"}, {&h.forms, "forms"}, {&h.texts, "distractors"}, {&h.marks, "overlap"}, {&h.wraps, "wrapped"}} {
		*s.to = newDraws(recipe.Seed, name+"/"+s.name)
	}
	return h
}

// broken says whether a value of several words is broken between two lines.
func (c *composer) broken(s string) bool {
	return c.hard.wraps.Float64() < c.hard.recipe.Wrapped && strings.Contains(s, " ")
}

// ruled are the fields that the resolution rules tell apart by the words near
// a value: without their key words nobody could.
var ruled = [numFields]bool{
	fServicePeriod: true, fBillingPeriod: true, fPreviousBalance: true, fCarriedForward: true,
	fLotNumber: true, fBatchNumber: true, fSerialNumber: true,
	fWaybillNumber: true, fTrackingNumber: true, fAccountNumber: true,
	fProjectCode: true, fContractNumber: true,
}

// written is the text of a value as this document has it: nothing for a field
// that it leaves out, at times an identifier of a form that tells nothing.
func (c *composer) written(f field, s string) string {
	switch x := c.hard.exchange; {
	case c.hard.without.has(f):
		return ""
	case f == fDocType && x.waybill():
		return c.lang.phrases[pWaybillTitle][0]
	case x.concerns(f) && x.pair.Evidence == "form":
		return decidingForm(c.hard.forms.fork(), x.field(f))
	case x.concerns(f) && neutral[f]:
		return neutralNumber(c.hard.forms.fork())
	}
	if f == fNote || f == fTerms {
		if c.hard.texts.Float64() < c.hard.recipe.Distractors/8 {
			s += " " + c.distractingSentence()
		}
		return s
	}
	if neutral[f] {
		vague, form := c.hard.forms.Float64() < c.hard.recipe.Ambiguous, c.hard.forms.fork()
		if vague {
			return neutralNumber(form)
		}
	}
	return s
}

// neutral are the identifiers that may take a form that several labels share.
// Lot, batch and serial numbers are not among them: the rules know them by
// their form alone. Codes of a fixed form (CAGE, SWIFT, IBAN) are not either.
var neutral = [numFields]bool{
	fInvoiceNumber: true, fPurchaseOrderNumber: true, fAccountNumber: true, fSubscriptionID: true,
	fWaybillNumber: true, fTrackingNumber: true, fMeterNumber: true, fCreditMemoNumber: true,
	fPatientID: true, fInsuranceClaimNumber: true, fContractNumber: true, fProjectCode: true,
	fCostCenter: true, fGLCode: true, fRegisterNumber: true, fCashierID: true,
	fBankAccount: true, fServiceNumber: true,
}

// neutralNumber is an identifier of which no rule knows the form: fewer than
// eight digits, no letters and dash before four digits.
func neutralNumber(r draws) string {
	switch r.IntN(4) {
	case 0:
		return r.digits(5)
	case 1:
		return r.digits(3) + "/" + r.digits(3)
	case 2:
		return r.chars(1, upperLetters) + r.digits(5)
	default:
		return r.digits(r.between(6, 7))
	}
}
