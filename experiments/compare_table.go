package experiments

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// tableColumn is a column of a text table.
type tableColumn struct {
	head string
	left bool // aligned left; figures are aligned right
	// drop is 0 for a column that always stays; of the others the one with
	// the greatest drop goes first when the table is too wide.
	drop int
}

// textTable is an aligned table. The first column and those of words
// are cut, with an ellipsis, when dropping columns does not make the table fit.
type textTable struct {
	columns []tableColumn
	rows    [][]string
}

const (
	columnGap = 2  // blanks between columns
	leastName = 12 // runes of a column of words that are never cut
)

// write writes the table in at most width columns, 0 for no limit.
func (t textTable) write(w io.Writer, width int) error {
	widths := make([]int, len(t.columns))
	for i, c := range t.columns {
		widths[i] = utf8.RuneCountInString(c.head)
		for _, r := range t.rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(r[i]))
		}
	}
	shown := make([]bool, len(t.columns))
	total := -columnGap
	for i := range shown {
		shown[i] = true
		total += widths[i] + columnGap
	}
	for width > 0 && total > width {
		last := 0
		for i, c := range t.columns {
			if shown[i] && c.drop > t.columns[last].drop {
				last = i
			}
		}
		if t.columns[last].drop == 0 {
			// Words are cut, the widest most.
			widest := -1
			for i, c := range t.columns {
				if shown[i] && (c.left || i == 0) && widths[i] > leastName && (widest < 0 || widths[i] > widths[widest]) {
					widest = i
				}
			}
			if widest < 0 {
				break
			}
			widths[widest]--
			total--
			continue
		}
		shown[last] = false
		total -= widths[last] + columnGap
	}
	heads := make([]string, len(t.columns))
	for i, c := range t.columns {
		heads[i] = c.head
	}
	for _, r := range append([][]string{heads}, t.rows...) {
		var line strings.Builder
		for i, cell := range r {
			if !shown[i] {
				continue
			}
			if line.Len() > 0 {
				line.WriteString(strings.Repeat(" ", columnGap))
			}
			cell = cutTo(cell, widths[i])
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if t.columns[i].left {
				line.WriteString(cell + pad)
			} else {
				line.WriteString(pad + cell)
			}
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(line.String(), " ")); err != nil {
			return err
		}
	}
	return nil
}

// cutTo shortens text to n runes, the last of them an ellipsis.
func cutTo(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:n-1]) + "…"
}

// wrap breaks text at blanks into lines of at most width runes, 0 for no
// limit; lines after the first begin with indent. A longer word has a line of
// its own.
func wrap(text string, width int, indent string) string {
	var out strings.Builder
	line := 0
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case width > 0 && line+1+n > width:
			out.WriteString("\n" + indent)
			line = utf8.RuneCountInString(indent)
		default:
			out.WriteByte(' ')
			line++
		}
		out.WriteString(word)
		line += n
	}
	return out.String()
}
