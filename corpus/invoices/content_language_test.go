package invoices

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// languages are all that occur in locales.
func languages() []*language {
	var list []*language
	for _, l := range locales {
		if !slices.Contains(list, l.lang) {
			list = append(list, l.lang)
		}
	}
	return list
}

// Every language has words for all that English has words for.
func TestLanguagesAreComplete(t *testing.T) {
	list := languages()
	if len(list) != 5 {
		t.Errorf("%d languages", len(list))
	}
	for _, l := range list {
		for f := range numFields {
			if len(english.keys[f]) > 0 != (len(l.keys[f]) > 0) || len(english.columns[f]) > 0 != (len(l.columns[f]) > 0) {
				t.Errorf("%s: %s has %d key words and %d titles of columns, English has %d and %d",
					l.code, fieldNames[f], len(l.keys[f]), len(l.columns[f]), len(english.keys[f]), len(english.columns[f]))
			}
		}
		for p := range numPhrases {
			if len(l.phrases[p]) == 0 {
				t.Errorf("%s: phrase %d has no words", l.code, p)
			}
		}
		for trade := range numTrades {
			if len(l.names.nouns[trade]) == 0 {
				t.Errorf("%s: trade %d has no nouns", l.code, trade)
			}
		}
		if len(l.procedures) != len(procedures) || len(l.goods) < 4 || len(l.names.banks) == 0 || len(l.names.agencies) == 0 {
			t.Errorf("%s: %d procedures of %d, %d catalogs, %d banks, %d agencies", l.code, len(l.procedures), len(procedures), len(l.goods), len(l.names.banks), len(l.names.agencies))
		}
		asks := l.phrases[pPayRequest]
		for k, s := range asks {
			if strings.Contains(s, "{number}") != (k < len(asks)-1) || !strings.Contains(s, "{total}") || !strings.Contains(s, "{due}") || regexp.MustCompile(`\}[^ ]`).MatchString(s) {
				t.Errorf("%s: request %d: %q", l.code, k, s)
			}
		}
	}
}

// In no language is a period of service called like one of billing, or a lot
// like a batch: no wording of one field is one of a field that a rule tells
// apart from it.
func TestKeyWordsOfRuledFieldsDiffer(t *testing.T) {
	for _, l := range languages() {
		for _, pair := range [][2]field{
			{fServicePeriod, fBillingPeriod}, {fLotNumber, fBatchNumber}, {fLotNumber, fSerialNumber}, {fBatchNumber, fSerialNumber},
			{fTrackingNumber, fWaybillNumber}, {fAccountNumber, fInvoiceNumber}, {fProjectCode, fContractNumber}, {fPreviousBalance, fCarriedForward},
			{fMeterReadingCurrent, fMeterReadingPrevious}, {fAmountPaid, fPaymentReceived}, {fSubtotal, fTotalAmount}, {fInvoiceDate, fDueDate},
		} {
			for _, a := range l.keys[pair[0]] {
				if slices.ContainsFunc(l.keys[pair[1]], func(b string) bool { return strings.EqualFold(a, b) }) {
					t.Errorf("%s: %q is a key word of %s and of %s", l.code, a, fieldNames[pair[0]], fieldNames[pair[1]])
				}
			}
		}
	}
}

// The share of other languages is the one asked for, and each country keeps
// its languages.
func TestLocales(t *testing.T) {
	r := newDraws(1, "locales")
	for _, share := range []float64{0, 0.4, 1} {
		other := 0
		for range 2000 {
			l := drawLocale(r, share)
			if l.lang != &english {
				other++
			}
			if ct := countryOf(l.country); l.lang != &english && l.lang != ct.lang {
				t.Fatalf("a document from %s in %s", l.country, l.lang.code)
			}
			if o := l.other(); o.country == l.country || (o.lang == &english) != (l.lang == &english) {
				t.Fatalf("the twin of %s in %s is %s in %s", l.country, l.lang.code, o.country, o.lang.code)
			}
		}
		if got := float64(other) / 2000; got < share-0.045 || got > share+0.045 { // 4 standard deviations
			t.Errorf("%.3f of the documents are in another language, want %.1f", got, share)
		}
	}
}
