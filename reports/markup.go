package reports

import (
	"bytes"
	"fmt"
	"strings"
)

// Markdown writes the report as text with tables: finding, warnings, tables,
// captions of the figures with links to their files, methods. Every row ends
// in the ids of its runs where it has any. The same data give the same bytes.
func (r *Report) Markdown() []byte {
	var b bytes.Buffer
	say := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	say("# %s\n\n", markdownText(r.data.Sweep.Name))
	if r.data.Sweep.About != "" {
		say("%s\n\n", markdownText(r.data.Sweep.About))
	}
	finding, detail := r.headline()
	say("**%s** %s\n\n", markdownText(finding), markdownText(detail))
	for _, f := range r.factorFindings() {
		say("- %s\n", markdownText(f))
	}
	if len(r.warnings) > 0 {
		say("\n## To know before trusting the figures\n\n")
		for _, w := range r.warnings {
			say("- %s\n", markdownText(w))
		}
	}
	for _, t := range r.tables() {
		say("\n## %s\n\n", markdownText(t.Caption))
		t.markdown(&b)
	}
	say("\n## Figures\n")
	fs := newFonts()
	for _, f := range Figures() {
		d, err := f.plan(r, fs, WideWidth)
		if reason, left := isAbsent(err); left {
			say("\n%s: left out: %s.\n", f.Short, markdownText(reason))
			continue
		}
		if err != nil {
			continue // the page, which is made first, gives this error
		}
		say("\n### %s\n\n![%s](%s.png)\n\n%s\n", markdownText(d.title), markdownText(f.Short), f.Name, markdownText(d.caption))
	}
	say("\n## Methods\n")
	for _, p := range r.methods() {
		say("\n%s\n", markdownText(p))
	}
	return b.Bytes()
}

// tables lists the tables of the report in the order of the page.
func (r *Report) tables() []*table {
	all := []*table{r.variantTable()}
	if r.pairing != nil {
		all = append(all, r.labelTable())
		if t := r.bucketTable(); t != nil {
			all = append(all, t)
		}
	}
	if t := r.errorTable(); t != nil {
		all = append(all, t)
	}
	return append(all, r.runTable())
}

// text is a cell as plain text; a drawing is left out.
func (c *cell) text() string {
	t := c.Text
	if c.Sub != "" {
		t += " " + strings.ReplaceAll(c.Sub, "\n", "; ")
	}
	if c.Badge != "" {
		t += " (" + c.Badge + ")"
	}
	return strings.TrimSpace(t)
}

// columns tells which columns say something as text, and their heads: where
// two have one name their titles, which name the variant, follow it.
func (t *table) columns() (shown []int, heads []string) {
	for i, k := range t.Columns {
		full := false
		for _, row := range t.Rows {
			full = full || row.Cells[i].text() != ""
		}
		if !full {
			continue
		}
		name := k.Name
		for j, other := range t.Columns {
			if j != i && other.Name == name && k.Title != "" {
				name = k.Name + " (" + k.Title + ")"
				break
			}
		}
		shown, heads = append(shown, i), append(heads, name)
	}
	return shown, heads
}

// markdown writes the table, and its runs where its first column names them.
func (t *table) markdown(b *bytes.Buffer) {
	shown, heads := t.columns()
	line := func(cells []string) { fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | ")) }
	cells, rule := make([]string, len(shown)), make([]string, len(shown))
	for k, i := range shown {
		cells[k] = markdownText(heads[k])
		rule[k] = "---"
		if t.Columns[i].Number {
			rule[k] = "---:"
		}
	}
	runs := t.hasRuns()
	if runs {
		cells, rule = append(cells, "Runs"), append(rule, "---")
	}
	line(cells)
	line(rule)
	for _, row := range t.Rows {
		cells = cells[:0]
		for _, i := range shown {
			cells = append(cells, markdownText(row.Cells[i].text()))
		}
		if runs {
			cells = append(cells, markdownText(row.Runs))
		}
		line(cells)
	}
}

func (t *table) hasRuns() bool {
	for _, row := range t.Rows {
		if row.Runs != "" {
			return true
		}
	}
	return false
}

// markdownText escapes what Markdown or HTML would read as markup.
func markdownText(s string) string {
	var b strings.Builder
	for _, c := range s {
		switch c {
		case '\\', '`', '*', '_', '[', ']', '|', '~', '#':
			b.WriteByte('\\')
			b.WriteRune(c)
		case '<':
			b.WriteString("&lt;")
		case '&':
			b.WriteString("&amp;")
		case '\n', '\r':
			b.WriteByte(' ')
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

// LaTeX writes the tables of the report for a paper: one table environment
// each, with booktabs rules; the page's methods as comments. Tables longer
// than a page need longtable, which is what they are set in.
func (r *Report) LaTeX() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%% %s, made by invoicelab. Needs \\usepackage{booktabs,longtable}.\n", latexComment(r.data.Sweep.Name))
	for _, p := range r.methods() {
		fmt.Fprintf(&b, "%% %s\n", latexComment(p))
	}
	for _, t := range r.tables() {
		t.latex(&b, r.provenance(r.variants...))
	}
	return b.Bytes()
}

func (t *table) latex(b *bytes.Buffer, provenance string) {
	shown, heads := t.columns()
	align := ""
	cells := make([]string, len(shown))
	for k, i := range shown {
		cells[k] = latexText(heads[k])
		if t.Columns[i].Number {
			align += "r"
		} else {
			align += "l"
		}
	}
	fmt.Fprintf(b, "\n\\begin{longtable}{%s}\n\\caption{%s. %s}\\label{tab:%s}\\\\\n\\toprule\n%s \\\\\n\\midrule\\endhead\n",
		align, latexText(t.Caption), latexText(provenance), strings.TrimPrefix(t.ID, "t-"), strings.Join(cells, " & "))
	for _, row := range t.Rows {
		cells = cells[:0]
		for _, i := range shown {
			cells = append(cells, latexText(row.Cells[i].text()))
		}
		fmt.Fprintf(b, "%s \\\\", strings.Join(cells, " & "))
		if row.Runs != "" {
			fmt.Fprintf(b, " %% %s", latexComment(row.Runs))
		}
		b.WriteByte('\n')
	}
	b.WriteString("\\bottomrule\n\\end{longtable}\n")
}

// latexText escapes what LaTeX would read as a command, and writes the signs
// of the report in its commands.
func latexText(s string) string {
	return latexEscapes.Replace(s)
}

var latexEscapes = strings.NewReplacer(
	`\`, `\textbackslash{}`, "{", `\{`, "}", `\}`, "$", `\$`, "&", `\&`, "#", `\#`, "%", `\%`, "_", `\_`,
	"^", `\textasciicircum{}`, "~", `\textasciitilde{}`, "<", `\textless{}`, ">", `\textgreater{}`,
	minus, "$-$", "·", `\textperiodcentered{}`, "×", `$\times$`, "–", "--", "→", `$\to$`, "±", `$\pm$`, "\n", " ", "\r", " ",
)

// latexComment keeps a text within its line.
func latexComment(s string) string {
	return strings.NewReplacer("\n", " ", "\r", " ").Replace(s)
}
