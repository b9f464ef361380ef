package invoices_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/invoicelab/invoicelab/corpus"
)

// Every structure and visual type occurs, and each agrees with what the BIO
// labels say of the same tokens.
func TestStructureAndVisualTypes(t *testing.T) {
	ds := cleanCorpus(t)
	counts := map[string]int{}
	separator := regexp.MustCompile(`^(-+|=+|\*+|\.+)$`)
	entityOf := map[string]bool{"TABLE": true, "ITEM_GROUP_HEADER": true, "ITEM_GROUP_SUBTOTAL": true, "PAGE_NUMBER": true, "CARRIED_FORWARD": true}
	inTable := map[string]bool{"ITEM_DESCRIPTION": true, "ITEM_SKU": true, "ITEM_TOTAL_COST": true, "ITEM_UNIT_COST": true, "PO_LINE_ITEM": true}
	totals := map[string]bool{"SUBTOTAL": true, "TAX_AMOUNT": true, "DISCOUNT": true, "REFUND_AMOUNT": true}
	everyDocument(ds, func(_ corpus.Split, d *corpus.Document) {
		if len(d.Structure) != len(d.Tokens) || len(d.Visual) != len(d.Tokens) {
			t.Fatalf("%s: %d tokens, %d and %d sets of types", d.ID, len(d.Tokens), len(d.Structure), len(d.Visual))
		}
		has := func(k int, name string) bool {
			if n := slices.Index(corpus.StructureTypes[:], name); n >= 0 {
				return d.Structure[k]>>n&1 != 0
			}
			return d.Visual[k]>>slices.Index(corpus.VisualTypes[:], name)&1 != 0
		}
		labels := make([]string, len(d.Tokens))
		for _, s := range d.Spans {
			for k := s.Start; k < s.End; k++ {
				labels[k] = ds.Schema.Entities[s.Entity].Name
			}
		}
		for k := range d.Tokens {
			for _, name := range corpus.StructureTypes {
				if has(k, name) {
					counts[name]++
				}
			}
			for _, name := range corpus.VisualTypes {
				if has(k, name) {
					counts[name]++
				}
				if has(k, name) != (labels[k] == name) {
					t.Fatalf("%s (%s): token %d %q: label %q, %s is %v", d.ID, d.Template, k, d.Tokens[k].Text, labels[k], name, has(k, name))
				}
			}
			wrong := ""
			switch l := labels[k]; {
			case entityOf[l] && !has(k, l):
				wrong = "is not " + l
			case inTable[l] && !has(k, "TABLE"):
				wrong = "is in no table"
			case totals[l] && !has(k, "TOTALS_SECTION"):
				wrong = "is not among the totals"
			case has(k, "ROW_SEPARATOR") != separator.MatchString(d.Tokens[k].Text) && len(d.Tokens[k].Text) > 4: // a card has **** before its number
				wrong = "should or should not be a separator"
			case has(k, "COLUMN_HEADER") && (!has(k, "TABLE") || l != "TABLE"):
				wrong = "is a title of a column outside of a table"
			case has(k, "PAGE_NUMBER") && !has(k, "FOOTER_SECTION"):
				wrong = "is a number of a page outside of the footer"
			case has(k, "TABLE") && has(k, "HEADER_SECTION"):
				wrong = "is in a table and in the header"
			case l == "DOC_TYPE" && !has(k, "HEADER_SECTION"):
				wrong = "is a title outside of the header"
			}
			if wrong != "" {
				t.Fatalf("%s (%s): token %d %q, %s: %s", d.ID, d.Template, k, d.Tokens[k].Text, labels[k], wrong)
			}
		}
	})
	for _, name := range append(slices.Clone(corpus.StructureTypes[:]), corpus.VisualTypes[:]...) {
		if counts[name] < 40 {
			t.Errorf("%s covers %d tokens of 5,000 documents", name, counts[name])
		}
	}
}

// Every character is one of Windows-1252, which the core fonts of PDF have.
func TestCharacters(t *testing.T) {
	const beyond = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
	everyDocument(cleanCorpus(t), func(_ corpus.Split, d *corpus.Document) {
		for k := range d.Tokens {
			for _, ch := range d.Tokens[k].Text {
				if !(ch > ' ' && ch <= '~' || ch >= 0xA1 && ch <= 0xFF || slices.Contains([]rune(beyond), ch)) {
					t.Fatalf("%s: %q has %q", d.ID, d.Tokens[k].Text, ch)
				}
			}
		}
	})
}
