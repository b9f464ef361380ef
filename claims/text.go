package claims

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"text/tabwriter"
)

// figure writes a number with as many digits as tell something: whole ones
// from 1,000 on, else two decimals at the most.
func figure(v float64) string {
	if math.Abs(v) >= 1000 || v == math.Trunc(v) {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strings.TrimRight(strconv.FormatFloat(v, 'f', 2, 64), "0")
}

// published writes "91", "82 to 90".
func (r Row) published() string {
	if r.Published[0] == r.Published[1] {
		return figure(r.Published[0])
	}
	return figure(r.Published[0]) + " to " + figure(r.Published[1])
}

// cells are what was measured, its interval and how often.
func (r Row) cells() (value, interval, n string) {
	if r.Measured == nil {
		return "-", "-", "-"
	}
	value, interval, n = figure(r.Measured.Value), "-", "-"
	if e := r.Measured.Interval; e != nil {
		interval = fmt.Sprintf("[%s, %s]", figure(e[0]), figure(e[1]))
	}
	if r.Exact {
		interval = "counted"
	}
	if r.N > 0 {
		n = fmt.Sprintf("%d %s", r.N, r.Of)
	}
	return value, interval, n
}

// WriteText writes the ledger as a table, with the reasons below it.
func (l Ledger) WriteText(w io.Writer) error {
	var b bytes.Buffer
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "claim\tpublished\tmeasured\t95 % interval\tn\tunit\tverdict")
	for _, r := range l.Rows {
		value, interval, n := r.cells()
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.Name(), r.published(), value, interval, n, r.Unit, r.Verdict)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	b.WriteString("\n")
	for _, r := range l.Rows {
		fmt.Fprintf(&b, "%s: %s: %s\n", r.Name(), r.Verdict, r.Reason)
	}
	fmt.Fprintf(&b, "\n%s\n", l.summary())
	_, err := b.WriteTo(w)
	return err
}

// summary counts the verdicts: "12 claims: 3 missing, 9 reproduced".
func (l Ledger) summary() string {
	var parts []string
	count := l.Count()
	for _, v := range Verdicts() {
		if count[v] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count[v], v))
		}
	}
	return fmt.Sprintf("%d claims: %s", len(l.Rows), strings.Join(parts, ", "))
}

// WriteMarkdown writes the ledger as tables, one for each source, and what
// each row rests on.
func (l Ledger) WriteMarkdown(w io.Writer) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s.\n", l.summary())
	source := ""
	for _, r := range l.Rows {
		if r.Source != source {
			source = r.Source
			fmt.Fprintf(&b, "\n**%s**\n\n| claim | what | published | measured | 95 %% interval | n | verdict |\n|---|---|---|---|---|---|---|\n", cell(source))
		}
		value, interval, n := r.cells()
		fmt.Fprintf(&b, "| %s | %s, %s (%s) | %s | %s | %s | %s | **%s**: %s |\n", cell(r.Name()), cell(r.System), cell(r.Metric), cell(r.Unit), r.published(), value, interval, n, r.Verdict, cell(r.because()))
	}
	b.WriteString("\n**What the rows rest on**\n\n| claim | figure | schema | runs | corpus | revision |\n|---|---|---|---|---|---|\n")
	for _, r := range l.Rows {
		if r.Measured == nil {
			continue
		}
		what := r.Variant
		if what == "" {
			what = r.Method
		} else {
			what += " (" + r.Method + ")"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", cell(r.Name()), cell(what), cell(r.Schema), strings.Join(r.Runs, " "), short(r.Corpora), cell(short(r.Revisions)))
	}
	_, err := b.WriteTo(w)
	return err
}

// because is the reason with the note.
func (r Row) because() string {
	if r.Note == "" {
		return r.Reason
	}
	return r.Reason + ". " + r.Note
}

// short cuts digests and revisions to what tells them apart in a store.
func short(hashes []string) string {
	const digits = 12
	var parts []string
	for _, h := range hashes {
		commit, dirty, changed := strings.Cut(h, "+")
		if changed {
			dirty = "+" + dirty
		}
		parts = append(parts, commit[:min(len(commit), digits)]+dirty)
	}
	return strings.Join(parts, " ")
}

// cell keeps a text within a cell of a Markdown table.
func cell(s string) string { return strings.NewReplacer("|", `\|`, "\n", " ").Replace(s) }
