package invoices_test

import (
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
)

// labelWords lists the words under each label, sorted: what stays when lines
// break elsewhere. It leaves out the labels that page breaks, neighbours and
// distractors change.
func labelWords(schema *corpus.Schema, d *corpus.Document) map[string][]string {
	v := values(&corpus.Dataset{Schema: schema}, d)
	for _, volatile := range []string{"TABLE", "PAGE_NUMBER", "CARRIED_FORWARD", "NOTE", "TERMS_AND_CONDITIONS"} {
		delete(v, volatile)
	}
	for name, texts := range v {
		v[name] = strings.Fields(strings.Join(texts, " "))
		slices.Sort(v[name])
	}
	return v
}
