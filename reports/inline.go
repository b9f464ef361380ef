package reports

import (
	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/experiments"
)

// Widths of drawings in points: of files and wide pages, and of phones. Each
// is laid out anew, so that type keeps its size.
const (
	WideWidth   = 640.0
	NarrowWidth = 330.0
)

// Drawing is a figure as a page shows it: the title says the finding, the
// caption what was counted. SVG holds neither; its marks carry classes that
// Style colours.
type Drawing struct {
	Title, Caption string
	SVG            []byte
}

// Inline draws the figure for a page, at that width in points: WideWidth,
// NarrowWidth or one between. The error is an *Absent when r does not hold
// what the figure shows. Every text in the SVG is escaped.
func (f Figure) Inline(r *Report, width float64) (Drawing, error) {
	d, svg, err := f.inline(r, newFonts(), width)
	if err != nil {
		return Drawing{}, err
	}
	return Drawing{Title: d.title, Caption: d.caption, SVG: svg}, nil
}

// FigureNamed finds a figure by its name.
func FigureNamed(name string) (Figure, bool) {
	for _, f := range Figures() {
		if f.Name == name {
			return f, true
		}
	}
	return Figure{}, false
}

// Style is the style sheet of drawings inside a page: colours as variables,
// for light and for dark, and the classes that marks carry. The sheet of a
// page follows it.
func Style() string { return styleOf("") }

// TableScript is the script by which the tables of a page sort and filter: its
// function table takes an element, whose cells tell their numbers in data-v.
// The field that filters is an <input data-for="ID"> inside a class tools.
func TableScript() string { return "\"use strict\";\n" + tableScript }

// Group is the data of runs that no sweep holds together: each side is a
// level of one axis, "variant". Figures that set two variants side by side
// show the last side as candidate and the first as baseline. primary is a
// metric with its split, such as "test/macro_f1". Two runs of one side need
// different seeds.
func Group(name, about, primary string, sides []experiments.Side, m corpus.Manifest) Data {
	const axis = "variant"
	d := Data{Corpus: m, Sweep: config.Sweep{Name: name, About: about, Primary: primary, Axes: []config.Axis{{Name: axis}}}}
	d.Sweep.Base = config.Default()
	for _, s := range sides {
		d.Sweep.Axes[0].Levels = append(d.Sweep.Axes[0].Levels, config.Level{Name: s.Name})
		for _, o := range s.Outcomes {
			o.Levels = map[string]string{axis: s.Name}
			d.Outcomes = append(d.Outcomes, o)
		}
	}
	if len(sides) > 1 {
		d.Baseline, d.Candidate = sides[0].Name, sides[len(sides)-1].Name
	}
	return d
}
