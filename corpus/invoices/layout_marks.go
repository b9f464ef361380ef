package invoices

// marks are the structure and visual types that cover a word: bits 0 to 9
// are corpus.StructureTypes, bits 10 to 13 corpus.VisualTypes. The layout
// sets them by where it places a row, never by the field of a word.
//
// What each type covers:
//
//   - TABLE: every token of a table of items, charges or readings, whatever
//     else it is; in BIO, TABLE is left to the tokens that have no other label.
//   - COLUMN_HEADER: the titles of the columns, on every page.
//   - ITEM_GROUP_HEADER, ITEM_GROUP_SUBTOTAL, CARRIED_FORWARD: the whole row,
//     key words and amount; the entity of that name is its value alone.
//   - PAGE_NUMBER: the words of the number of the page.
//   - ROW_SEPARATOR: a row of typed hyphens, equals signs, dots or asterisks,
//     which an OCR reads as one token. A drawn rule gives no token.
//   - HEADER_SECTION: what stands before the body of a document, that is
//     before its first table, its letter or its summary: letterhead, title,
//     facts and parties.
//   - TOTALS_SECTION: the pairs from the subtotal to the balance.
//   - FOOTER_SECTION: what closes a document: notes, terms, payment details,
//     marks of the office, fine print, and the foot of every page.
//   - SIGNATURE, STAMP_TEXT, HANDWRITTEN_NOTE, WATERMARK: what an OCR reads of
//     them.
type marks uint16

const (
	tableMark marks = 1 << iota
	groupHeader
	groupSubtotal
	pageNumber
	carriedForward
	columnHeader
	rowSeparator
	headerSection
	footerSection
	totalsSection
	signatureMark
	stampMark
	handwrittenMark
	watermarkMark

	structureMarks = signatureMark - 1
	firstVisual    = 10 // bit of signatureMark
)

// marked adds marks to all rows of a block.
func (b block) marked(m marks) block {
	for k := range b {
		b[k].marks |= m
	}
	return b
}

// marks gives the structure and the visual types of the words, in their
// order.
func (s *sheet) marks() (structure, visual []uint16) {
	structure, visual = make([]uint16, len(s.words)), make([]uint16, len(s.words))
	for k := range s.words {
		m := s.words[k].marks
		structure[k], visual[k] = uint16(m&structureMarks), uint16(m>>firstVisual)
	}
	return structure, visual
}
