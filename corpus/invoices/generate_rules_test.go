package invoices_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/invoicelab/invoicelab/corpus"
)

// The checks of every document: at most one INVOICE_NUMBER; a waybill has
// ORIGIN and DESTINATION; an invoice has SUPPLIER_ADDRESS and BUYER_ADDRESS.
func TestChecksOfEveryDocument(t *testing.T) {
	ds := cleanCorpus(t)
	kinds := map[string]int{}
	everyDocument(ds, func(_ corpus.Split, d *corpus.Document) {
		v := values(ds, d)
		kinds[d.Kind]++
		if n := len(v["INVOICE_NUMBER"]); n > 1 {
			t.Errorf("%s (%s): %d invoice numbers", d.ID, d.Template, n)
		}
		want := map[string][]string{"WAYBILL": {"ORIGIN", "DESTINATION"}, "INVOICE": {"SUPPLIER_ADDRESS", "BUYER_ADDRESS"}, "CREDIT_NOTE": {"CREDIT_MEMO_NUMBER"}, "RECEIPT": nil}
		needs, ok := want[d.Kind]
		if !ok {
			t.Errorf("%s: kind %q", d.ID, d.Kind)
		}
		for _, name := range needs {
			if len(v[name]) == 0 {
				t.Errorf("%s (%s): %s without %s", d.ID, d.Template, d.Kind, name)
			}
		}
	})
	for _, kind := range []string{"INVOICE", "WAYBILL", "RECEIPT", "CREDIT_NOTE"} {
		if kinds[kind] < 50 {
			t.Errorf("%d documents of kind %s", kinds[kind], kind)
		}
	}
}

// The disambiguation rules that text and kind alone decide: an address is the
// sender's or receiver's place on a waybill and nowhere else; formats of
// serial, lot, project and contract numbers do not contradict their labels.
func TestDisambiguationRules(t *testing.T) {
	ds := cleanCorpus(t)
	onWaybills := []string{"ORIGIN", "DESTINATION"}
	elsewhere := []string{"SUPPLIER_ADDRESS", "BUYER_ADDRESS"}
	serial := regexp.MustCompile(`[A-Z]{2}\d{10}`)
	lot := regexp.MustCompile(`LOT-\d+`)
	batch := regexp.MustCompile(`BATCH-\d+`)
	project := regexp.MustCompile(`[A-Z]{2,4}-\d{4}`)
	contract := regexp.MustCompile(`\d{8,}`)
	tracking := regexp.MustCompile(`1Z[A-Z0-9]{16}`)
	everyDocument(ds, func(_ corpus.Split, d *corpus.Document) {
		last := d.Tokens[len(d.Tokens)-1].Page
		for _, s := range d.Spans {
			name, text := ds.Schema.Entities[s.Entity].Name, spanText(d, s)
			wrong := false
			switch {
			case slices.Contains(onWaybills, name):
				wrong = d.Kind != "WAYBILL"
			case slices.Contains(elsewhere, name):
				wrong = d.Kind == "WAYBILL"
			case name == "SERIAL_NUMBER":
				wrong = !serial.MatchString(text)
			case name == "LOT_NUMBER":
				wrong = serial.MatchString(text) || batch.MatchString(text)
			case name == "BATCH_NUMBER":
				wrong = serial.MatchString(text) || lot.MatchString(text)
			case name == "PROJECT_CODE":
				wrong = !project.MatchString(text) || contract.MatchString(text)
			case name == "CONTRACT_NUMBER":
				wrong = project.MatchString(text)
			case name == "WAYBILL_NUMBER":
				wrong = tracking.MatchString(text)
			case name == "CARRIED_FORWARD": // stands where one page ends or the next begins
				wrong = last == 0
			}
			if wrong {
				t.Errorf("%s (%s, %s): %q is labelled %s against the rules", d.ID, d.Template, d.Kind, text, name)
			}
		}
	})
}
