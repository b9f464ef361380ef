package nn_test

import (
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/invoicelab/invoicelab/kernels/cpu"
	"github.com/invoicelab/invoicelab/nn"
)

// wideTiny is tiny with 3 wide attributes a token, over a table of 6 rows.
func wideTiny(head, loss, crf string) (nn.Spec, nn.Labels, nn.Inputs, nn.Batch) {
	spec, labels, in := tiny(head, loss, crf)
	in.Wide, in.WideRows = 3, 6
	b := tinyBatch()
	b.Wide = []int32{
		0, 1, -1, 2, 2, 5, -1, -1, -1, 0, 4, 1,
		5, 0, 0,
		1, -1, 2, 4, 2, 0,
		-1, 5, 1, 1, 1, 1, 0, 2, 4}
	b.WideRows = []int32{0, 1, 2, 4, 5}
	return spec, labels, in, b
}

func TestGradientWide(t *testing.T) {
	for _, level := range []string{"go", cpu.Levels()[0]} {
		be := open(t, level, 2)
		for _, head := range headKinds {
			t.Run(level+"/"+head, func(t *testing.T) {
				spec, labels, in, b := wideTiny(head, "combined", "crf/bio")
				spec.Loss.Consistency = 0.6
				checkGradient(t, be, spec, labels, in, b)
			})
		}
	}
}

// Attributes of a table that training has not touched have no say; those of one that it
// has do. A step moves the rows of the batch alone, and leaves no gradient.
func TestWideRows(t *testing.T) {
	be := open(t, "", 1)
	spec, labels, in, b := wideTiny("linear", "ce", "crf/bio")
	spec.Encoder.Dropout = 0
	m := build(t, be, spec, labels, in, 5)
	table := m.Params()[slices.IndexFunc(m.Params(), func(p *nn.Param) bool { return p.Name == "wide.table" })]
	for _, v := range values(be, table.Value) {
		if v != 0 {
			t.Fatal("a row does not start at zero")
		}
	}
	with := m.Posterior(b).Marginals()
	without := b
	without.Wide = make([]int32, len(b.Wide))
	for i := range without.Wide {
		without.Wide[i] = -1
	}
	if !slices.Equal(with, m.Posterior(without).Marginals()) {
		t.Error("an untouched table changes the marginals")
	}
	if _, err := m.Step(b, nn.StepOptions{LR: 0.1}); err != nil {
		t.Fatal(err)
	}
	v, c := values(be, table.Value), labels.NumLabels()
	for row := range in.WideRows {
		moved := slices.ContainsFunc(v[row*c:(row+1)*c], func(v float32) bool { return v != 0 })
		if moved != (row != 3) {
			t.Errorf("row %d moved: %v", row, moved)
		}
	}
	for _, g := range values(be, table.Grad) {
		if g != 0 {
			t.Fatal("a gradient is left")
		}
	}
	if slices.Equal(m.Posterior(b).Marginals(), m.Posterior(without).Marginals()) {
		t.Error("the table has no say after a step")
	}
}

// Two batches make the step of one that holds the documents of both, with rows that only
// one of them uses.
func TestWideStepAll(t *testing.T) {
	be := open(t, "", 1)
	spec, labels, in, b := wideTiny("linear", "ce", "crf/bio")
	spec.Encoder.Dropout, spec.Head.Dropout = 0, 0
	part := func(from, to int) nn.Batch {
		p := nn.Batch{Features: b.Features[from*3 : to*3], Wide: b.Wide[from*3 : to*3], Labels: b.Labels[from:to]}
		for _, o := range b.Offsets {
			if int(o) >= from && int(o) <= to {
				p.Offsets = append(p.Offsets, o-int32(from))
			}
		}
		for _, n := range b.Neighbours[from*3 : to*3] {
			if n >= 0 {
				n -= int32(from)
			}
			p.Neighbours = append(p.Neighbours, n)
		}
		p.Rows, p.WideRows = unique(p.Features), unique(p.Wide)
		return p
	}
	models := [2]*nn.Model{}
	for i, batches := range [][]nn.Batch{{b}, {part(0, 5), part(5, 10)}} {
		models[i] = build(t, be, spec, labels, in, 5)
		scramble(be, models[i], 6)
		if _, err := models[i].StepAll(batches, nn.StepOptions{LR: 0.01, Clip: 0.5}); err != nil {
			t.Fatal(err)
		}
	}
	for i, p := range models[0].Params() {
		other := values(be, models[1].Params()[i].Value)
		for k, v := range values(be, p.Value) {
			if math.Abs(float64(v-other[k])) > 1e-4 { // of a step of 0.01
				t.Errorf("%s[%d] is %g after one batch and %g after two", p.Name, k, v, other[k])
				break
			}
		}
	}
}

// unique lists the ids that are not -1, sorted.
func unique(ids []int32) []int32 {
	set := map[int32]bool{}
	for _, id := range ids {
		if id >= 0 {
			set[id] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}
