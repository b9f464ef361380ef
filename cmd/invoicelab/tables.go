package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// terminalWidth is how many columns w has: COLUMNS of the environment where it
// is set to 20 or more, else what the terminal says; 0, which is no limit,
// where w is no terminal.
func terminalWidth(w io.Writer) int {
	const least = 20
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n >= least {
		return n
	}
	if f, ok := w.(*os.File); ok && isTerminal(w) {
		return windowWidth(f)
	}
	return 0
}

// column is a column of a table for a terminal. Figures stand right and are
// never cut; words stand left, and are cut unless they are whole.
type column struct {
	head  string
	words bool
	whole bool
	drop  int // where a table is too wide, columns with the greatest go first; 0 goes last
}

// ornament is the drop of a column that goes before any word is cut.
const ornament = 9

const (
	betweenColumns = 2
	leastWords     = 10 // runes to which a column of words is cut
)

// writeColumns writes an aligned table. Where it is wider than width, 0 for no
// limit, ornaments go first; then words are cut, the widest most; then columns
// are dropped, and a line says which.
func writeColumns(w io.Writer, width int, columns []column, rows [][]string) error {
	widths := make([]int, len(columns))
	for i, c := range columns {
		widths[i] = utf8.RuneCountInString(c.head)
		for _, r := range rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(r[i]))
		}
	}
	shown := make([]int, len(columns))
	for i := range shown {
		shown[i] = i
	}
	total := func() int {
		n := -betweenColumns
		for _, i := range shown {
			n += widths[i] + betweenColumns
		}
		return n
	}
	var dropped []string
	for width > 0 && total() > width && len(shown) > 1 {
		if k := slices.IndexFunc(shown, func(i int) bool { return columns[i].drop == ornament }); k >= 0 {
			shown = slices.Delete(shown, k, k+1)
			continue
		}
		widest := -1
		for _, i := range shown {
			if columns[i].words && !columns[i].whole && widths[i] > leastWords && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest >= 0 {
			widths[widest]--
			continue
		}
		last := 0
		for k := range shown {
			if columns[shown[k]].drop >= columns[shown[last]].drop {
				last = k
			}
		}
		dropped = append(dropped, columns[shown[last]].head)
		shown = slices.Delete(shown, last, last+1)
	}
	var b strings.Builder
	line := func(of func(i int) string) {
		var text strings.Builder
		for k, i := range shown {
			if k > 0 {
				text.WriteString(strings.Repeat(" ", betweenColumns))
			}
			cell := cutText(of(i), widths[i])
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if columns[i].words {
				text.WriteString(cell + pad)
			} else {
				text.WriteString(pad + cell)
			}
		}
		b.WriteString(strings.TrimRight(text.String(), " ") + "\n")
	}
	line(func(i int) string { return columns[i].head })
	for _, r := range rows {
		line(func(i int) string { return r[i] })
	}
	if len(dropped) > 0 {
		slices.Reverse(dropped)
		b.WriteString(foldText("not shown for want of room: "+strings.Join(dropped, ", "), width) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// cutText cuts a text to so many runes, the last of them an ellipsis.
func cutText(text string, width int) string {
	if utf8.RuneCountInString(text) <= width {
		return text
	}
	return string([]rune(text)[:max(width-1, 0)]) + "…"
}

// foldText breaks a line at blanks so that it fits; 0 is no limit. What goes
// on is indented like the text after the first two blanks of the line, if it
// has a label there, else by two.
func foldText(text string, width int) string {
	if width <= 0 || utf8.RuneCountInString(text) <= width {
		return text
	}
	indent := "  "
	if at := strings.Index(text, "  "); at > 0 && at < width/3 {
		label := len(text) - len(strings.TrimLeft(text[at:], " ")) // where the value begins
		indent = strings.Repeat(" ", utf8.RuneCountInString(text[:label]))
	}
	var lines []string
	rest := []rune(text)
	for len(rest) > width {
		cut := width
		for cut > len(indent)+1 && rest[cut] != ' ' {
			cut--
		}
		if rest[cut] != ' ' { // a word that is longer than a line
			cut = width
		}
		lines = append(lines, strings.TrimRight(string(rest[:cut]), " "))
		rest = []rune(indent + strings.TrimLeft(string(rest[cut:]), " "))
	}
	return strings.Join(append(lines, string(rest)), "\n")
}

// bar draws a share, 0 to 1, in so many columns, to an eighth of one.
func bar(share float64, columns int) string {
	if math.IsNaN(share) {
		return ""
	}
	eighths := int(math.Round(min(max(share, 0), 1) * float64(8*columns)))
	text := strings.Repeat("█", eighths/8)
	if part := eighths % 8; part > 0 {
		text += string([]rune("▏▎▍▌▋▊▉")[part-1])
	}
	return text + strings.Repeat("·", columns-utf8.RuneCountInString(text))
}

// spark draws values in order as a line of blocks, from the least to the
// greatest of them; what is not known is a blank. More values than columns
// are thinned, first and last kept.
func spark(values []float64, columns int) string {
	if len(values) > columns {
		thin := make([]float64, columns)
		for i := range thin {
			thin[i] = values[i*(len(values)-1)/(columns-1)]
		}
		values = thin
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			low, high = math.Min(low, v), math.Max(high, v)
		}
	}
	blocks := []rune("▁▂▃▄▅▆▇█")
	var b strings.Builder
	for _, v := range values {
		switch {
		case math.IsNaN(v) || math.IsInf(v, 0):
			b.WriteByte(' ')
		case high == low:
			b.WriteRune(blocks[len(blocks)/2])
		default:
			b.WriteRune(blocks[int(math.Round((v-low)/(high-low)*float64(len(blocks)-1)))])
		}
	}
	return b.String()
}

// progressColumns are those of a bar of progress in a table.
const progressColumns = 10

// progressBar draws how much of a whole is done, and its number.
func progressBar(done, of, columns int) string {
	share := 0.0
	if of > 0 {
		share = float64(done) / float64(of)
	}
	return fmt.Sprintf("%s %d of %d", bar(share, columns), done, of)
}
