package draw

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"html"
	"io"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/typeset"
)

// HTML writes a page for a browser that needs nothing else: the pages of a
// document, over them the boxes of its entities and of its structure and
// visual types, and what was read of every word; each can be switched on and
// off. The legend counts the labels. It is an error if schema lacks an entity
// of the spans.
func HTML(w io.Writer, d *corpus.Document, split corpus.Split, schema *corpus.Schema, pages []typeset.Page) error {
	kinds, err := labelsOf(d, schema)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	title := html.EscapeString(d.ID)
	fmt.Fprintf(&b, htmlHead, title)
	fmt.Fprintf(&b, "<header><h1>%s</h1><p>", title)
	for k, about := range []string{d.Domain, d.Template, d.Kind, string(split), fmt.Sprintf("%d tokens", len(d.Tokens)), fmt.Sprintf("%d entities", len(d.Spans))} {
		if about == "" {
			continue
		}
		if k > 0 {
			b.WriteString(" · ")
		}
		b.WriteString(html.EscapeString(about))
	}
	b.WriteString("</p></header>\n<main>\n")
	for k := range pages {
		height := svgWidth * pages[k].Height / pages[k].Width
		fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.1f %.1f" width="%.0f" role="img" aria-label="page %d of %d">`+"\n", svgWidth, height, svgWidth, k+1, len(pages))
		svgPage(&b, &pages[k], svgWidth)
		for j := len(kinds) - 1; j >= 0; j-- { // entities last, so that the pointer finds them
			kinds[j].draw(&b, k, svgWidth, height)
		}
		readings(&b, d, k, svgWidth, height)
		b.WriteString("</svg>\n")
	}
	b.WriteString("</main>\n<aside>\n")
	for j := range kinds {
		kinds[j].legend(&b, j == 0)
	}
	b.WriteString(`<fieldset><legend><label><input type="checkbox" data-shows="reading"> What was read</label></legend></fieldset>` + "\n</aside>\n" + htmlScript + "</body></html>\n")
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("document %s: %w", d.ID, err)
	}
	return nil
}

// legend lists the labels that the document has with their number of regions,
// under the switch of their kind.
func (k *labelKind) legend(b *bytes.Buffer, on bool) {
	checked := ""
	if on {
		checked = " checked"
	}
	fmt.Fprintf(b, `<fieldset><legend><label><input type="checkbox" data-shows="%s"%s> %s</label></legend>`+"\n", k.name, checked, k.title)
	count := make([]int, len(k.names))
	for _, r := range k.regs {
		count[r.label]++
	}
	some := false
	for label, n := range count {
		if n == 0 {
			continue
		}
		some = true
		colour := labelColour(label)
		fmt.Fprintf(b, `<div data-label="%s-%d" style="color:%s"><i style="background:%s"></i>%s<b>%d</b></div>`+"\n", k.name, label, colour, colour, html.EscapeString(k.names[label]), n)
	}
	if !some {
		b.WriteString("<div>none</div>\n")
	}
	b.WriteString("</fieldset>\n")
}

// readings sets the text of every token in its box, on white.
func readings(b *bytes.Buffer, d *corpus.Document, page int, width, height float64) {
	b.WriteString(`<g class="reading" font-family="` + svgFamilies[0] + `" fill="#0b3d91">` + "\n")
	for k := range d.Tokens {
		t := &d.Tokens[k]
		if t.Page != page {
			continue
		}
		sx, sy := width/1000, height/1000
		x, y, w, h := float64(t.Box.X0)*sx, float64(t.Box.Y0)*sy, float64(t.Box.X1-t.Box.X0)*sx, float64(t.Box.Y1-t.Box.Y0)*sy
		size := min(h, w/typeset.Sans.Estimate(t.Text, 1))
		fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="#fffbe6" stroke="#c9b458" stroke-width="0.5"/><text x="%.1f" y="%.1f" font-size="%.1f">`,
			x, y, w, h, x, y+h/2+0.35*size, size)
		xml.EscapeText(b, []byte(t.Text)) // a bytes.Buffer takes everything
		fmt.Fprintf(b, "<title>token %d, line %d</title></text>\n", k, t.Line)
	}
	b.WriteString("</g>\n")
}

const htmlHead = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>%s</title>
<style>
body { margin: 0; background: #e6e8eb; color: #222; font: 14px/1.35 "Liberation Sans", Helvetica, Arial, sans-serif;
  display: grid; grid-template-columns: minmax(0, 1fr) 280px; gap: 0 20px; }
header { grid-column: 1 / 3; background: #263238; color: #fff; padding: 10px 20px; }
h1 { font-size: 18px; margin: 0; } header p { margin: 2px 0 0; color: #cfd8dc; }
main { padding: 20px 0 20px 20px; } svg { display: block; width: 100%%; max-width: 900px; height: auto; margin: 0 auto 20px; box-shadow: 0 1px 6px #0006; }
aside { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow: auto; padding: 20px 20px 20px 0; }
fieldset { background: #fff; border: 1px solid #cfd4d8; border-radius: 6px; margin: 0 0 14px; padding: 4px 12px 8px; }
legend { font-weight: bold; padding: 0 4px; }
aside div { display: flex; align-items: center; gap: 8px; font-size: 12.5px; padding: 1px 0; cursor: default; }
aside i { width: 10px; height: 10px; border-radius: 2px; flex: none; } aside b { margin-left: auto; font-weight: normal; color: #777; }
.off { display: none; } .found { fill-opacity: 0.55; stroke-width: 3; }
@media (max-width: 800px) { body { display: block; } main, aside { padding: 10px; } aside { position: static; max-height: none; } }
</style></head><body>
`

// htmlScript switches kinds of labels on and off, and shows where a label is
// when the pointer is on its line of the legend.
const htmlScript = `<script>
for (const box of document.querySelectorAll("input[data-shows]")) {
  const show = () => document.querySelectorAll("svg ." + box.dataset.shows).forEach(g => g.classList.toggle("off", !box.checked));
  box.addEventListener("change", show);
  show();
}
for (const line of document.querySelectorAll("[data-label]")) {
  const mark = on => () => document.querySelectorAll("svg ." + line.dataset.label).forEach(r => r.classList.toggle("found", on));
  line.addEventListener("pointerenter", mark(true));
  line.addEventListener("pointerleave", mark(false));
}
</script>
`
