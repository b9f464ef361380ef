package draw

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"slices"

	"github.com/invoicelab/invoicelab/corpus"
)

// Colours are told apart on white; labels of a kind take them in the order in
// which they are numbered.
var labelColours = []string{
	"#1f5fa8", "#b3400e", "#2e7d32", "#8e24aa", "#00797d", "#a1172d", "#5d4a00", "#3949ab",
	"#c2185b", "#33691e", "#6d4c41", "#00619a", "#7b1fa2", "#a15c00", "#455a64", "#00695c",
}

func labelColour(k int) string { return labelColours[k%len(labelColours)] }

// labelKind is one of the three kinds of labels that a document has.
type labelKind struct {
	name  string // of the class in SVG
	title string // in a legend
	names []string
	regs  []region
}

// region is a rectangle that a label covers.
type region struct {
	label int
	page  int
	box   corpus.Box
}

// labelsOf gives the regions of entities, one for each line of a span; and of
// structure and visual types, one for each run of tokens on a page.
func labelsOf(d *corpus.Document, schema *corpus.Schema) ([3]labelKind, error) {
	entity := labelKind{name: "entity", title: "Entities"}
	for _, e := range schema.Entities {
		entity.names = append(entity.names, e.Name)
	}
	for _, s := range d.Spans {
		if int(s.Entity) >= len(schema.Entities) {
			return [3]labelKind{}, fmt.Errorf("document %s: entity %d is not in schema %s", d.ID, s.Entity, schema.Name)
		}
		for start := s.Start; start < s.End; {
			end := start + 1
			box := d.Tokens[start].Box
			for end < s.End && d.Tokens[end].Line == d.Tokens[start].Line {
				box = union(box, d.Tokens[end].Box)
				end++
			}
			entity.regs = append(entity.regs, region{int(s.Entity), d.Tokens[start].Page, box})
			start = end
		}
	}
	return [3]labelKind{
		entity,
		{"structure", "Structure", corpus.StructureTypes[:], runs(d, d.Structure, len(corpus.StructureTypes))},
		{"visual", "Visual types", corpus.VisualTypes[:], runs(d, d.Visual, len(corpus.VisualTypes))},
	}, nil
}

// runs gives the regions of the types that sets, a set for each token, hold.
func runs(d *corpus.Document, sets []uint16, types int) []region {
	var list []region
	for k := range types {
		bit := uint16(1) << k
		for t := 0; t < len(sets); t++ {
			if sets[t]&bit == 0 {
				continue
			}
			r := region{k, d.Tokens[t].Page, d.Tokens[t].Box}
			for t+1 < len(sets) && sets[t+1]&bit != 0 && d.Tokens[t+1].Page == r.page {
				t++
				r.box = union(r.box, d.Tokens[t].Box)
			}
			list = append(list, r)
		}
	}
	return list
}

// on gives the labels that a page has, in the order of their numbers.
func (k *labelKind) on(page int) []int {
	var seen []int
	for _, r := range k.regs {
		if r.page == page && !slices.Contains(seen, r.label) {
			seen = append(seen, r.label)
		}
	}
	slices.Sort(seen)
	return seen
}

// draw draws the regions on a page as a group of SVG with the kind's name as
// class.
func (k *labelKind) draw(b *bytes.Buffer, page int, width, height float64) {
	fmt.Fprintf(b, `<g class="%s">`+"\n", k.name)
	for _, r := range k.regs {
		if r.page != page {
			continue
		}
		sx, sy := width/1000, height/1000
		style := `fill-opacity="0.13" stroke-width="1"`
		room := 1.5
		switch k.name {
		case "structure":
			style, room = `fill-opacity="0.04" stroke-width="1.2" stroke-dasharray="6 3"`, 4
		case "visual":
			style, room = `fill-opacity="0" stroke-width="2.5"`, 5
		}
		colour := labelColour(r.label)
		fmt.Fprintf(b, `<rect class="%s-%d" x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s" stroke="%s" %s><title>`,
			k.name, r.label, float64(r.box.X0)*sx-room, float64(r.box.Y0)*sy-room, float64(r.box.X1-r.box.X0)*sx+2*room, float64(r.box.Y1-r.box.Y0)*sy+2*room, colour, colour, style)
		xml.EscapeText(b, []byte(k.names[r.label])) // a bytes.Buffer takes everything
		b.WriteString("</title></rect>\n")
	}
	b.WriteString("</g>\n")
}

// union is the smallest box that holds both.
func union(a, b corpus.Box) corpus.Box {
	return corpus.Box{X0: min(a.X0, b.X0), Y0: min(a.Y0, b.Y0), X1: max(a.X1, b.X1), Y1: max(a.Y1, b.Y1)}
}
