package nn

import (
	"fmt"
	"io"

	"github.com/invoicelab/invoicelab/safetensors"
)

// Growth says what becomes of the labels of an older model in a newer one.
type Growth struct {
	From   Labels  // of the older
	Entity []int32 // of each entity of the newer: which it was in the older, -1 for a new one
	Group  []int32 // the same of each group
}

// Grow replaces the parameters by those of a checkpoint of a model with other
// labels, made with the same spec: rows and columns that stand for a label, a
// group, or a transition between labels that the older model had are taken from
// there, those of new ones keep their start values, and those of labels that are
// no more are left out. Spec and labels are those that this model was made with.
// A tensor that is missing or does not fit is named, and then nothing is replaced.
// Moments and steps are forgotten.
func (m *Model) Grow(r io.Reader, spec Spec, labels Labels, g Growth) error {
	file, err := safetensors.Read(r)
	if err != nil {
		return fmt.Errorf("nn: grow: %w", err)
	}
	values := make([][]float32, len(m.store.params))
	for i, p := range m.store.params {
		if values[i], err = m.grown(p, file, spec, labels, g); err != nil {
			return fmt.Errorf("nn: grow: %w", err)
		}
	}
	for i, p := range m.store.params {
		m.be.PutF32(p.Value.Data, values[i])
	}
	m.store.restart()
	return nil
}

// grown is the value of one parameter after growth.
func (m *Model) grown(p *Param, file *safetensors.File, spec Spec, labels Labels, g Growth) ([]float32, error) {
	rows, cols := p.Value.Rows, p.Value.Cols
	newer, older := axesOf(p.Name, spec, labels), axesOf(p.Name, spec, g.From)
	fromRows, oldRows := g.sources(newer.rows, older.rows, rows)
	fromCols, oldCols := g.sources(newer.cols, older.cols, cols)
	shape := []int{oldRows, oldCols}
	if p.Vector {
		shape = shape[1:]
	}
	if !file.Has(p.Name) {
		return nil, fmt.Errorf("no tensor %q, which the model has", p.Name)
	}
	if err := file.Check(p.Name, shape); err != nil {
		return nil, err
	}
	t, err := file.Dense(p.Name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.Name, err)
	}
	from, values := t.Float32s(), make([]float32, p.Size())
	m.be.GetF32(values, p.Value.Data)
	for i, r := range fromRows {
		for j, c := range fromCols {
			if r >= 0 && c >= 0 {
				values[i*cols+j] = from[r*oldCols+c]
			}
		}
	}
	return values, nil
}

// element says what a row or column of a parameter stands for.
type element struct {
	kind elementKind
	a, b int32
}

type elementKind uint8

const (
	ofLabel      elementKind = iota // label a
	ofGroup                         // group a, outside for that of O
	ofOutside                       // the O of group a
	ofTransition                    // from label a to label b
	ofCrossing                      // from any label of group a to any of group b
)

// outside is the group of O, and firstSpare - g group g without a member in the schema.
const (
	outside    = -2
	firstSpare = -3
)

// axes are what rows and columns stand for; nil where they have nothing to do with
// labels.
type axes struct{ rows, cols []element }

// axesOf gives the axes of a parameter by its name.
func axesOf(name string, spec Spec, labels Labels) axes {
	all := make([]element, labels.NumLabels())
	for l := range all {
		all[l] = element{kind: ofLabel, a: int32(l)}
	}
	switch name {
	case "head.weight", "head.bias", "head.semantic.out.weight", "head.semantic.out.bias", "wide.table", "crf.start", "crf.end":
		return axes{cols: all}
	case "crf.transitions":
		return axes{rows: all, cols: all}
	case "crf.blocks":
		_, of := blockLayout(labels)
		return axes{rows: of}
	case "head.prototypes":
		return axes{rows: all}
	case "head.group.out.weight", "head.group.out.bias":
		groups := groupElements(ofGroup, spec, labels)
		if spec.Head.Kind == "hybrid" || spec.Head.Kind == "hierarchical" {
			groups = append(groups, element{kind: ofGroup, a: outside})
		}
		return axes{cols: groups}
	case "head.members.weight", "head.members.bias":
		members := all[1:]
		if spec.Head.Kind == "hierarchical/published" {
			members = append(members[:len(members):len(members)], groupElements(ofOutside, spec, labels)...)
		}
		return axes{cols: members}
	}
	return axes{}
}

// groupElements lists the groups of the group stage: those of the schema, then
// those that only the spec has.
func groupElements(kind elementKind, spec Spec, labels Labels) []element {
	list := make([]element, max(labels.Groups, spec.Head.Groups))
	for g := range list {
		list[g] = element{kind: kind, a: int32(g)}
		if g >= labels.Groups {
			list[g].a = firstSpare - int32(g)
		}
	}
	return list
}

// sources gives for each of n places of an axis the place in the older model, -1
// for none, and the length of the older axis. An axis that has nothing to do with
// labels is the same in both.
func (g Growth) sources(newer, older []element, n int) (from []int, length int) {
	from = make([]int, n)
	if newer == nil {
		for i := range from {
			from[i] = i
		}
		return from, n
	}
	if len(newer) != n {
		panic(fmt.Sprintf("nn: Grow: %d names for %d places", len(newer), n))
	}
	at := make(map[element]int, len(older))
	for i, e := range older {
		at[e] = i
	}
	for i, e := range newer {
		from[i] = -1
		if was, ok := g.before(e); ok {
			if place, ok := at[was]; ok {
				from[i] = place
			}
		}
	}
	return from, len(older)
}

// before is what an element was in the older model; it is false for a new one.
func (g Growth) before(e element) (element, bool) {
	label := func(l int32) int32 {
		if l == 0 {
			return 0
		}
		old := g.Entity[(l-1)/2]
		if old < 0 {
			return -1
		}
		return 1 + 2*old + (l-1)%2
	}
	group := func(at int32) int32 {
		if at < 0 { // O, or a group that only the spec has
			return at
		}
		return g.Group[at]
	}
	switch e.kind {
	case ofLabel:
		e.a = label(e.a)
	case ofTransition:
		e.a, e.b = label(e.a), label(e.b)
	case ofGroup, ofOutside:
		e.a = group(e.a)
	case ofCrossing:
		e.a, e.b = group(e.a), group(e.b)
	}
	return e, e.a != -1 && e.b != -1
}
