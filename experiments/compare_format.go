package experiments

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// Format is a way to write a comparison.
type Format int

// The formats. Text fits a terminal; Markdown has pipe tables; LaTeX is the
// body of a document, with nothing beyond the tabular environment.
const (
	Text Format = iota
	Markdown
	LaTeX
)

// page collects lines and tables in one format.
type page struct {
	format Format
	out    *bytes.Buffer
	width  int // columns of Text; 0 is no limit
}

func (p page) writeTo(w io.Writer) error {
	_, err := w.Write(p.out.Bytes())
	return err
}

// line writes a paragraph.
func (p page) line(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	switch p.format {
	case Text:
		fmt.Fprintln(p.out, wrap(text, p.width, "  "))
	case Markdown:
		if item, is := strings.CutPrefix(text, "- "); is {
			fmt.Fprintf(p.out, "- %s\n", escapeMarkdown(item))
			return
		}
		fmt.Fprintf(p.out, "%s\n\n", escapeMarkdown(text))
	case LaTeX:
		fmt.Fprintf(p.out, "%s\n\n", escapeLaTeX(text))
	}
}

// warnings are footnotes.
func (p page) warnings(warnings []string) {
	for i, warning := range warnings {
		p.line("[%d] %s", i+1, warning)
	}
}

// gap parts what follows from what was written.
func (p page) gap() {
	if p.format != LaTeX {
		fmt.Fprintln(p.out)
	}
}

func (p page) table(title string, table textTable) {
	p.gap()
	if title != "" {
		p.line("%s", title)
	}
	switch p.format {
	case Text:
		table.write(p.out, p.width) // a bytes.Buffer never fails
	case Markdown:
		table.markdown(p.out)
	case LaTeX:
		table.latex(p.out)
	}
}

func (t textTable) markdown(out *bytes.Buffer) {
	heads, rules := make([]string, len(t.columns)), make([]string, len(t.columns))
	for i, c := range t.columns {
		heads[i], rules[i] = c.head, "---:"
		if c.left {
			rules[i] = ":---"
		}
	}
	row := func(cells []string, escape func(string) string) {
		for _, cell := range cells {
			fmt.Fprintf(out, "| %s ", escape(cell))
		}
		out.WriteString("|\n")
	}
	row(heads, escapeMarkdown)
	row(rules, func(s string) string { return s })
	for _, r := range t.rows {
		row(r, escapeMarkdown)
	}
	out.WriteByte('\n')
}

func (t textTable) latex(out *bytes.Buffer) {
	out.WriteString("\\begin{tabular}{")
	heads := make([]string, len(t.columns))
	for i, c := range t.columns {
		heads[i] = c.head
		if c.left {
			out.WriteByte('l')
		} else {
			out.WriteByte('r')
		}
	}
	out.WriteString("}\n\\hline\n")
	row := func(cells []string) {
		for i, cell := range cells {
			if i > 0 {
				out.WriteString(" & ")
			}
			out.WriteString(escapeLaTeX(cell))
		}
		out.WriteString(" \\\\\n")
	}
	row(heads)
	out.WriteString("\\hline\n")
	for _, r := range t.rows {
		row(r)
	}
	out.WriteString("\\hline\n\\end{tabular}\n\n")
}

// escapeMarkdown keeps names as they are: a table's bars and what would be
// read as emphasis, code, HTML or a link.
func escapeMarkdown(text string) string {
	return strings.NewReplacer(`\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "<", "&lt;", "[", `\[`, "]", `\]`, "~", `\~`).Replace(text)
}

func escapeLaTeX(text string) string {
	return strings.NewReplacer(`\`, `\textbackslash{}`, "&", `\&`, "%", `\%`, "$", `\$`, "#", `\#`, "_", `\_`, "{", `\{`, "}", `\}`,
		"~", `$\sim$`, "^", `\textasciicircum{}`, "<", `$<$`, ">", `$>$`, "|", `$|$`, "…", `\dots{}`).Replace(text)
}
