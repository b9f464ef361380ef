package corpus

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode/utf8"
)

// Sorting is the order of the labels in the text of a LabelTable.
type Sorting string

// The orders.
const (
	SortFrequency Sorting = "frequency" // those on most training documents first
	SortSchema    Sorting = "schema"
)

// WriteText writes the table for a terminal of width columns: the splits, the
// labels, and the documents of each label by domain or template family. What
// does not fit beside the labels is left out (tokens, the bar, other splits)
// or goes on below (domains, families).
func (t *LabelTable) WriteText(w io.Writer, width int, sorting Sorting) error {
	rows := slices.Clone(t.Rows)
	if sorting == SortFrequency {
		slices.SortStableFunc(rows, func(a, b LabelRow) int {
			fa, fb := a.Splits[Train], b.Splits[Train]
			return cmp.Or(cmp.Compare(fb.Documents, fa.Documents), cmp.Compare(fb.Spans, fa.Spans))
		})
	}
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "split\tdocuments\ttokens\tspans\toutside\t")
	for _, s := range t.Splits {
		sum := t.Totals[s]
		fmt.Fprintf(out, "%s\t%d\t%d\t%d\t%.1f%%\t\n", s, sum.Documents, sum.Tokens, sum.Spans, 100*sum.Outside)
	}
	fmt.Fprintln(out)
	// A line without cells ends a block of the tabwriter, so each block has
	// columns of its own.
	t.writeLabels(out, rows, width)
	fmt.Fprintln(out)
	if len(t.Parts) > 0 {
		t.writeParts(out, rows, width)
	}
	rare, unseen := 0, 0
	for _, r := range rows {
		if r.Rare {
			rare++
		}
		if r.Unseen {
			unseen++
		}
	}
	fmt.Fprintf(out, "%d labels: %d on under %.0f%% of training documents, %d on none\n", len(rows), rare, 100*RareShare, unseen)
	fmt.Fprintln(out, "under the name of a split: documents that have the label")
	return out.Flush()
}

// column is a column of the labels.
type column struct {
	title    string
	cell     func(r *LabelRow) string
	optional int // order in which columns are left out, 0 for never
}

// writeLabels writes the rows with the columns that fit.
func (t *LabelTable) writeLabels(out io.Writer, rows []LabelRow, width int) {
	columns := []column{
		{"label", func(r *LabelRow) string { return r.Entity }, 0},
		{string(Train), func(r *LabelRow) string { return fmt.Sprint(r.Splits[Train].Documents) }, 0},
		{"share", func(r *LabelRow) string { return fmt.Sprintf("%.1f%%", 100*r.Splits[Train].Share) }, 0},
		{"", func(r *LabelRow) string { return bar(r.Splits[Train].Share) }, 2},
		{"spans", func(r *LabelRow) string { return fmt.Sprint(r.Splits[Train].Spans) }, 5},
		{"tokens", func(r *LabelRow) string { return fmt.Sprint(r.Splits[Train].Tokens) }, 1},
		{"imbalance", func(r *LabelRow) string {
			if r.Splits[Train].Spans == 0 {
				return "-"
			}
			return fmt.Sprintf("%.1f", r.Splits[Train].Imbalance)
		}, 4},
	}
	for _, s := range t.Splits {
		if s != Train {
			columns = append(columns, column{string(s), func(r *LabelRow) string { return fmt.Sprint(r.Splits[s].Documents) }, 3})
		}
	}
	columns = append(columns, column{"", func(r *LabelRow) string {
		switch {
		case r.Unseen:
			return "unseen"
		case r.Rare:
			return "rare"
		}
		return ""
	}, 0})
	for leave := 1; leave <= 5 && widthOf(columns, rows) > width; leave++ {
		columns = slices.DeleteFunc(columns, func(c column) bool { return c.optional == leave })
	}
	write := func(cell func(c *column) string) {
		for i := range columns {
			fmt.Fprintf(out, "%s\t", cell(&columns[i]))
		}
		fmt.Fprintln(out)
	}
	write(func(c *column) string { return c.title })
	for i := range rows {
		write(func(c *column) string { return c.cell(&rows[i]) })
	}
}

// gap is the space between columns.
const gap = 2

// widthOf is the width of the columns side by side.
func widthOf(columns []column, rows []LabelRow) int {
	width := 0
	for _, c := range columns {
		most := utf8.RuneCountInString(c.title)
		for i := range rows {
			most = max(most, utf8.RuneCountInString(c.cell(&rows[i])))
		}
		width += most + gap
	}
	return width
}

// barWidth is the length of a bar for a share of 1, in characters.
const barWidth = 6

// bar draws a share, 0 to 1, in steps of an eighth of a character; a share
// above 0 shows at least one.
func bar(share float64) string {
	eighths := int(share*barWidth*8 + 0.5)
	if share > 0 {
		eighths = max(1, eighths)
	}
	s := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		s += string([]rune("▏▎▍▌▋▊▉")[rest-1])
	}
	return s + strings.Repeat(" ", barWidth-utf8.RuneCountInString(s))
}

// writeParts writes the documents of each label in each domain or family, in
// as many blocks as the width makes necessary.
func (t *LabelTable) writeParts(out io.Writer, rows []LabelRow, width int) {
	label := len("documents")
	for _, r := range rows {
		label = max(label, utf8.RuneCountInString(r.Entity))
	}
	for from := 0; from < len(t.Parts); {
		end, used := from, label+gap
		for end < len(t.Parts) {
			w := max(utf8.RuneCountInString(t.Parts[end].Name), len(fmt.Sprint(t.Parts[end].Documents)), len("100.0%")) + gap
			if end > from && used+w > width {
				break
			}
			used += w
			end++
		}
		block := t.Parts[from:end]
		line := func(name string, cell func(p PartSum) string) {
			fmt.Fprintf(out, "%s\t", name)
			for _, p := range block {
				fmt.Fprintf(out, "%s\t", cell(p))
			}
			fmt.Fprintln(out)
		}
		line("", func(p PartSum) string { return p.Name })
		line("documents", func(p PartSum) string { return fmt.Sprint(p.Documents) })
		line("share", func(p PartSum) string { return fmt.Sprintf("%.1f%%", 100*p.Share) })
		for _, r := range rows {
			line(r.Entity, func(p PartSum) string { return fmt.Sprint(r.Parts[p.Name].Documents) })
		}
		fmt.Fprintln(out)
		from = end
	}
}
