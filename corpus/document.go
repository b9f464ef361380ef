package corpus

import "fmt"

// Box is an axis-aligned rectangle in page units, 0..1000 on both axes, y
// downwards.
type Box struct{ X0, Y0, X1, Y1 int16 }

// Token is one word of a document, in reading order.
type Token struct {
	Text    string
	Box     Box
	Page    int      // 0-based
	Line    int      // 0-based line of layout, counted through the document
	Columns []string // further columns of a conll file; nil elsewhere
}

// Span is one entity: tokens Start to End, End exclusive. Spans of a document
// are sorted by Start and do not overlap.
type Span struct {
	Entity     EntityID
	Start, End int
}

// Document is a labelled document.
type Document struct {
	ID       string
	Domain   string // empty when the data has no domains
	Template string // template family; empty when the data has none
	Kind     string // INVOICE, WAYBILL, RECEIPT, ...; empty when not known
	Boxed    bool   // tokens have boxes
	Tokens   []Token
	Spans    []Span

	// Structure and Visual hold, for each token, the set of StructureTypes and
	// VisualTypes that cover it: bit k is type k. Nil where the data has none.
	Structure, Visual []uint16
}

// StructureTypes are the outputs of the structure head, in the order of the
// bits of Document.Structure; the first five are entity types too.
var StructureTypes = [10]string{
	"TABLE", "ITEM_GROUP_HEADER", "ITEM_GROUP_SUBTOTAL", "PAGE_NUMBER", "CARRIED_FORWARD",
	"COLUMN_HEADER", "ROW_SEPARATOR", "HEADER_SECTION", "FOOTER_SECTION", "TOTALS_SECTION",
}

// VisualTypes are the outputs of the visual head, in the order of the bits of
// Document.Visual. All are entity types too.
var VisualTypes = [4]string{"SIGNATURE", "STAMP_TEXT", "HANDWRITTEN_NOTE", "WATERMARK"}

// Labels gives the BIO label of each token under the numbering of Schema.
func (d *Document) Labels() []int32 {
	labels := make([]int32, len(d.Tokens))
	for _, s := range d.Spans {
		if s.Start < 0 || s.End > len(labels) || s.Start >= s.End {
			panic(fmt.Sprintf("corpus: Labels: document %s: span %v of %d tokens", d.ID, s, len(labels)))
		}
		labels[s.Start] = 1 + 2*int32(s.Entity)
		for t := s.Start + 1; t < s.End; t++ {
			labels[t] = 2 + 2*int32(s.Entity)
		}
	}
	return labels
}
