package nn_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/nn"
)

// A model of 3 entities grows to 5: entity 0 of the new one was 2, entity 2 was 0,
// entity 3 was 1; of its groups 0 was 1 and 1 was 0; the rest is new.
var (
	before = nn.Labels{Entities: 3, GroupOf: []int32{0, 1, 1}, Groups: 2, Structure: 5, Visual: 2, Counts: []float64{9, 1, 2, 3, 4, 5, 6}}
	after  = nn.Labels{Entities: 5, GroupOf: []int32{0, 2, 1, 0, 1}, Groups: 3, Structure: 5, Visual: 2, Counts: []float64{9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1}}
	grows  = nn.Growth{From: before, Entity: []int32{2, -1, 0, 1, -1}, Group: []int32{1, 0, -1}}
	// labelWas and groupWas say the same of each label, and of each group and O.
	labelWas = []int{0, 5, 6, -1, -1, 1, 2, 3, 4, -1, -1}
	groupWas = []int{1, 0, -1, 2}
	// membersWas is labelWas without O, then the O of each group.
	membersWas = []int{4, 5, -1, -1, 0, 1, 2, 3, -1, -1, 7, 6, -1}
)

func TestGrow(t *testing.T) {
	be := open(t, "go", 1)
	for _, head := range headKinds {
		for _, crf := range []string{"none", "crf", "crf/bio"} {
			spec, _, in := tiny(head, "combined", crf)
			in.Wide, in.WideRows = 2, 5
			old := build(t, be, spec, before, in, 1)
			next := float32(0)
			for _, p := range old.Params() {
				v := values(be, p.Value)
				for i := range v {
					next++
					v[i] = next
				}
				be.PutF32(p.Value.Data, v)
			}
			var file bytes.Buffer
			if err := old.Save(&file, nil); err != nil {
				t.Fatal(err)
			}
			fresh, grown := build(t, be, spec, after, in, 2), build(t, be, spec, after, in, 2)
			if err := grown.Grow(&file, spec, after, grows); err != nil {
				t.Fatalf("%s, %s: %v", head, crf, err)
			}
			for i, p := range grown.Params() {
				was := old.Params()[i]
				got, start, from := values(be, p.Value), values(be, fresh.Params()[i].Value), values(be, was.Value)
				place := func(axis, n int) []int {
					switch {
					case n == len(labelWas) && axis != n:
						return labelWas
					case n == len(groupWas) && axis != n:
						return groupWas
					case n == 3 && axis == 2: // no group for O
						return groupWas[:3]
					case n == 10 && axis == 6: // no member for O
						return membersWas[:10]
					case n == 13 && axis == 8: // one in every group
						return membersWas
					}
					all := make([]int, n)
					for k := range all {
						all[k] = k
					}
					return all
				}
				rows, cols := place(was.Value.Rows, p.Value.Rows), place(was.Value.Cols, p.Value.Cols)
				for r := range rows {
					for c := range cols {
						at := r*p.Value.Cols + c
						want := start[at]
						if rows[r] >= 0 && cols[c] >= 0 {
							want = from[rows[r]*was.Value.Cols+cols[c]]
						}
						if got[at] != want {
							t.Fatalf("%s, %s: %s [%d, %d] is %v, want %v", head, crf, p.Name, r, c, got[at], want)
						}
					}
				}
			}
		}
	}
}

// TestGrowBlocks checks the transitions of crf/adaptive after growth: those between
// labels that the older model had are its own, a new label has the shared ones
// of its group, and new ones within a group start anew.
func TestGrowBlocks(t *testing.T) {
	be := open(t, "go", 1)
	spec, _, in := tiny("linear", "ce", "crf/adaptive")
	old := build(t, be, spec, before, in, 1)
	for _, p := range old.Params() {
		v := values(be, p.Value)
		for i := range v {
			v[i] = float32(i + 10)
		}
		be.PutF32(p.Value.Data, v)
	}
	var file bytes.Buffer
	if err := old.Save(&file, nil); err != nil {
		t.Fatal(err)
	}
	grown := build(t, be, spec, after, in, 2)
	if err := grown.Grow(&file, spec, after, grows); err != nil {
		t.Fatal(err)
	}
	was, now := denseTransitions(t, be, old), denseTransitions(t, be, grown)
	for i, from := range labelWas {
		for j, to := range labelWas {
			if from >= 0 && to >= 0 && now[i*11+j] != was[from*7+to] {
				t.Errorf("%d to %d is %g, was %g", i, j, now[i*11+j], was[from*7+to])
			}
		}
	}
	// Label 9 is B of the new entity 4 in group 1, which was group 0 of label 1; label 1 is in group 0, which was
	// group 1 of label 3.
	if now[9*11+1] != was[1*7+3] || now[9*11] != was[1*7] || now[9] != was[1] {
		t.Errorf("from the new label %g and %g, to it %g; want %g, %g, %g", now[9*11+1], now[9*11], now[9], was[1*7+3], was[1*7], was[1])
	}
	if now[9*11+10] != 2 || now[9*11+9] != -0.5 {
		t.Errorf("within the new entity %g and %g", now[9*11+10], now[9*11+9])
	}
}

// TestGrowGroups grows a group stage with more outputs than the schema has groups.
func TestGrowGroups(t *testing.T) {
	be := open(t, "go", 1)
	for head, want := range map[string][]float32{
		"hybrid/published": {1, 0, -9, 3, 4}, // by new group: 2 is new; 3 and 4 have a member in neither schema
		"hybrid":           {1, 0, -9, 3, 4, 5},
	} {
		spec, _, in := tiny(head, "ce", "none")
		spec.Head.Groups = 5
		old := build(t, be, spec, before, in, 1)
		var file bytes.Buffer
		for _, p := range old.Params() {
			if p.Name == "head.group.out.bias" {
				be.PutF32(p.Value.Data, []float32{0, 1, 2, 3, 4, 5}[:p.Size()])
			}
		}
		if err := old.Save(&file, nil); err != nil {
			t.Fatal(err)
		}
		grown := build(t, be, spec, after, in, 2)
		if err := grown.Grow(&file, spec, after, grows); err != nil {
			t.Fatalf("%s: %v", head, err)
		}
		for _, p := range grown.Params() {
			if p.Name != "head.group.out.bias" {
				continue
			}
			for i, v := range values(be, p.Value) {
				if v != max(want[i], 0) { // a new one starts at 0
					t.Errorf("%s: output %d is %g, want %g", head, i, v, want[i])
				}
			}
		}
	}
}

func TestGrowRefuses(t *testing.T) {
	be := open(t, "go", 1)
	spec, _, in := tiny("linear", "ce", "crf")
	var file bytes.Buffer
	if err := build(t, be, spec, before, in, 1).Save(&file, nil); err != nil {
		t.Fatal(err)
	}
	wide := spec
	wide.Encoder.Hidden = 8
	for want, s := range map[string]nn.Spec{"head.weight": spec, "embed.table": wide} {
		g := grows
		if want == "head.weight" {
			g.From.Entities = 4 // not what the file holds
		}
		m := build(t, be, s, after, in, 2)
		start := values(be, m.Params()[0].Value)
		if err := m.Grow(bytes.NewReader(file.Bytes()), s, after, g); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want ...%s...", err, want)
		}
		for i, v := range values(be, m.Params()[0].Value) {
			if v != start[i] {
				t.Fatal("a model that was refused has changed another")
			}
		}
	}
}
