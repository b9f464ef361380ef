package formats

import (
	"fmt"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
)

// pageWords gathers the words of one page and counts what was changed.
type pageWords struct {
	doc  corpus.Document
	line int // of the next word
	page extent
	sum  *wordChanges
}

// wordChanges counts what an importer changed.
type wordChanges struct {
	words    int
	empty    int // words without text, left out
	hollow   int // entities without a word, left out
	clamped  int // boxes cut at the page
	replaced int // words that were not UTF-8, or held U+FFFD before
}

// notes sums up the changes.
func (c wordChanges) notes() []string {
	notes := []string{fmt.Sprintf("%d words", c.words)}
	for _, n := range []struct {
		count int
		what  string
	}{
		{c.empty, "words without text left out"},
		{c.hollow, "entities without a word left out"},
		{c.clamped, "boxes of words cut at the page"},
		{c.replaced, "words hold U+FFFD, which stands for bytes that are not UTF-8"},
	} {
		if n.count > 0 {
			notes = append(notes, fmt.Sprintf("%d %s", n.count, n.what))
		}
	}
	return notes
}

// add appends a word with its box; white space round it is dropped.
func (p *pageWords) add(text string, box corpus.Box, inside bool) {
	text = strings.TrimSpace(strings.ToValidUTF8(text, "\ufffd"))
	if text == "" {
		p.sum.empty++
		return
	}
	if strings.Contains(text, "\ufffd") {
		p.sum.replaced++
	}
	if !inside {
		p.sum.clamped++
	}
	p.sum.words++
	p.doc.Tokens = append(p.doc.Tokens, corpus.Token{Text: text, Box: box, Line: p.line})
}

// span labels the words since start; without any, it counts.
func (p *pageWords) span(entity corpus.EntityID, start int) {
	if len(p.doc.Tokens) == start {
		p.sum.hollow++
		return
	}
	p.doc.Spans = append(p.doc.Spans, corpus.Span{Entity: entity, Start: start, End: len(p.doc.Tokens)})
}

// endLine begins another line where the last has words.
func (p *pageWords) endLine() {
	if n := len(p.doc.Tokens); n > 0 && p.doc.Tokens[n-1].Line == p.line {
		p.line++
	}
}
