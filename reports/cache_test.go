package reports_test

import (
	"bytes"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/reports"
)

// memory is a cache that counts what it had to be given.
type memory struct {
	kept   map[string][]byte
	stored int
}

func (m *memory) Load(key string) ([]byte, bool) { b, ok := m.kept[key]; return b, ok }
func (m *memory) Store(key string, b []byte)     { m.kept[key], m.stored = b, m.stored+1 }

// A report from the cache is the report without one, byte for byte, and a run
// that changes is computed anew.
func TestCache(t *testing.T) {
	d := eight(12, 3, 40).data()
	plain := page(t, d)
	m := &memory{kept: map[string][]byte{}}
	d.Cache = m
	if page(t, d) != plain {
		t.Error("filling the cache changes the page")
	}
	first := m.stored
	if page(t, d) != plain {
		t.Error("the page from the cache differs")
	}
	if m.stored != first || first < len(d.Outcomes) {
		t.Errorf("%d kept at first, %d more the second time", first, m.stored-first)
	}
	// One more entity found in one document of one run.
	o := &d.Outcomes[3]
	o.Test.Docs = append(o.Test.Docs[:0:0], o.Test.Docs...)
	for i := range o.Test.Docs {
		if l := o.Test.Docs[i].Labels; len(l) > 0 && l[0].TP > 0 {
			changed := append(l[:0:0], l...)
			changed[0].TP--
			o.Test.Docs[i].Labels = changed
			break
		}
	}
	d.Cache = nil
	without := page(t, d)
	d.Cache = m
	before := m.stored
	if page(t, d) != without || without == plain {
		t.Error("the page of a changed run does not come from its counts")
	}
	if more := m.stored - before; more < 1 || more > 4 {
		t.Errorf("%d kept after one run changed", more)
	}
	// Other resamples are other intervals.
	d.Resamples++
	before = m.stored
	page(t, d)
	if m.stored-before < len(d.Outcomes) {
		t.Errorf("%d kept with other resamples", m.stored-before)
	}
}

// The texts hold the numbers of the page, and nothing that a name holds is
// markup in them.
func TestTexts(t *testing.T) {
	d := eight(12, 3, 40).data()
	const evil = "<b>_x_|*$&%\\input{x}"
	d.Sweep.Name += evil
	d.Warnings = []string{"warning" + evil}
	r := report(t, d)
	md, tex := string(r.Markdown()), string(r.LaTeX())
	rows, _ := readTable(t, page(t, d), "t-variants")
	for name, cells := range rows {
		f1 := fmt.Sprintf("%.3f", cells[3].value) // macro F1
		found := false
		for _, line := range strings.Split(md, "\n") {
			found = found || strings.HasPrefix(line, "| "+strings.TrimSuffix(name, " best")) && strings.Contains(line, "| "+f1+` \[`)
		}
		if !found {
			t.Errorf("Markdown: no row of %s with %s", name, f1)
		}
	}
	for i := range d.Outcomes {
		if id := d.Outcomes[i].Run; !strings.Contains(md, id) || !strings.Contains(tex, id) {
			t.Errorf("run %s is not named", id)
		}
	}
	if strings.Contains(md, "<b>") || strings.Contains(md, "|*") || !strings.Contains(md, `&lt;b>\_x\_\|\*$&amp;%\\input{x}`) {
		t.Error("Markdown: a name is markup")
	}
	if strings.Contains(strings.ReplaceAll(tex, `\textbackslash{}`, ""), `\input`) && !strings.Contains(tex, "% ") {
		t.Error("LaTeX: a name is a command")
	}
	for i, line := range strings.Split(tex, "\n") {
		if !strings.HasPrefix(line, "%") && strings.Contains(line, "input") {
			t.Errorf("LaTeX: line %d holds %q", i+1, line)
		}
	}
	if !bytes.Equal(r.Markdown(), []byte(md)) || !bytes.Equal(r.LaTeX(), []byte(tex)) {
		t.Error("the texts differ when they are written again")
	}
}

// big is a sweep of 500 runs: 5 x 5 x 5 levels and 4 seeds.
func big() reports.Data {
	s := eight(98, 19, 200)
	s.seeds = []uint64{1, 2, 3, 4}
	s.axes, s.effect = nil, map[string]float64{}
	for _, name := range []string{"head", "loss", "curriculum"} {
		a := config.Axis{Name: name}
		for l, level := range levelNames[name] {
			a.Levels = append(a.Levels, config.Level{Name: level, Set: []config.Setting{{Key: keys[name], Text: level}}})
			s.effect[level] = 0.1 * float64(l)
		}
		s.axes = append(s.axes, a)
	}
	a := config.Axis{Name: "dropout"}
	for i := range 5 {
		a.Levels = append(a.Levels, config.Level{Name: fmt.Sprint(0.05 * float64(i)), Set: []config.Setting{{Key: "model.encoder.dropout", Text: fmt.Sprint(0.05 * float64(i))}}})
	}
	s.axes = append(s.axes, a)
	return s.data()
}

var levelNames = map[string][]string{
	"head": {"linear", "hierarchical", "prototype", "hybrid", "separated"}, "loss": {"ce", "focal", "class_balanced", "combined", "combined/published"},
	"curriculum": {"none"},
}

// BenchmarkReport makes the report of 500 runs, with figures and page in
// memory: cold, and with the intervals of the first time.
func BenchmarkReport(b *testing.B) {
	d := big()
	if len(d.Outcomes) != 500 {
		b.Fatalf("%d runs", len(d.Outcomes))
	}
	d.Resamples = 0
	run := func(b *testing.B, cache reports.Cache) {
		d.Cache = cache
		if _, err := reports.Write(b.TempDir(), d); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("cold", func(b *testing.B) {
		for b.Loop() {
			run(b, nil)
		}
	})
	m := &memory{kept: map[string][]byte{}}
	run(b, m)
	b.Run("cached", func(b *testing.B) {
		for b.Loop() {
			run(b, &memory{kept: maps.Clone(m.kept)})
		}
	})
}
