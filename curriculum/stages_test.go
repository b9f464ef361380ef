package curriculum

import (
	"reflect"
	"strings"
	"testing"
)

// docsOf makes one document per string; each letter a to z is a span of entity 0 to 25.
func docsOf(domains []string, docs ...string) []Doc {
	var out []Doc
	for i, s := range docs {
		d := Doc{}
		if domains != nil {
			d.Domain = domains[i]
		}
		for _, c := range s {
			d.Entities = append(d.Entities, int32(c-'a'))
		}
		out = append(out, d)
	}
	return out
}

func TestStagesFollowTrainingFrequency(t *testing.T) {
	// Spans: b 4, d 3, a 2, c 1, e 0.
	docs := docsOf(nil, "bbad", "bdc", "bda")
	p, err := New(Spec{Kind: "staged", Counts: []int{1, 3}, StageEpochs: []int{2, 3}, Sampler: "uniform", Batch: 2}, docs, 5, 8)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]bool{
		{false, true, false, false, false},
		{true, true, false, true, false},
		{true, true, true, true, true},
	}
	for stage, active := range want {
		if got := p.Active(stage); !reflect.DeepEqual(got, active) {
			t.Errorf("stage %d: active %v, want %v", stage, got, active)
		}
	}
	var stages []int
	for epoch := range 8 {
		stages = append(stages, p.Stage(epoch))
	}
	if want := []int{0, 0, 1, 1, 1, 2, 2, 2}; !reflect.DeepEqual(stages, want) {
		t.Errorf("stages by epoch %v, want %v", stages, want)
	}
	if p.LastStart() != 5 || p.Stages() != 3 {
		t.Errorf("last stage starts at %d of %d stages, want 5 of 3", p.LastStart(), p.Stages())
	}
}

func TestStagesAsSharesAndWithoutCurriculum(t *testing.T) {
	docs := docsOf(nil, "abcdefgh")
	spec := Spec{Kind: "staged", Shares: []float64{0.25, 0.5, 0.75}, Sampler: "uniform", Batch: 2}
	sizes, err := spec.stageSizes(8)
	if err != nil || !reflect.DeepEqual(sizes, []int{2, 4, 6}) {
		t.Errorf("sizes %v, %v, want 2 4 6", sizes, err)
	}
	p, err := New(spec, docs, 8, 12) // half of 12 epochs in 3 stages of 2
	if err != nil || p.LastStart() != 6 {
		t.Errorf("last stage starts at %d, %v, want 6", p.LastStart(), err)
	}
	p, err = New(Spec{Kind: "none", Sampler: "uniform", Batch: 2}, docs, 8, 12)
	if err != nil || p.Stages() != 1 || p.LastStart() != 0 || p.Stage(11) != 0 {
		t.Errorf("without a curriculum: %d stages from %d, %v", p.Stages(), p.LastStart(), err)
	}
}

func TestSettingsWithoutEffectAreRefusedByName(t *testing.T) {
	four := docsOf(nil, "abcd", "abcd", "abc", "ab")
	for _, c := range []struct {
		spec Spec
		want string
	}{
		{Spec{Kind: "staged", Counts: []int{20, 40, 60}}, "curriculum.counts: a stage of 20 entities has no effect with 4 entities: it holds them all"},
		{Spec{Kind: "staged", Shares: []float64{0.5, 0.55}}, "curriculum.shares: a stage of 2 entities after one of 2 has no effect with 4 entities"},
		{Spec{Kind: "staged", Shares: []float64{0.1}}, "curriculum.shares: a stage of 0 entities"},
		{Spec{Kind: "staged", Shares: []float64{1}}, "curriculum.shares: 1 is not between 0 and 1"},
		{Spec{Kind: "staged"}, "curriculum.kind: staged needs"},
		{Spec{Kind: "staged", Counts: []int{2}, StageEpochs: []int{10}}, "curriculum.stage_epochs: 10 epochs before the last stage leave none"},
		{Spec{Kind: "staged", Counts: []int{2}, StageEpochs: []int{1, 1}}, "curriculum.stage_epochs: 2 lengths for 1 stages"},
		{Spec{Kind: "none", Sampler: "domain_balanced"}, "curriculum.sampler: domain_balanced has no effect here"},
	} {
		c.spec.Batch = 2
		_, err := New(c.spec, four, 4, 10)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%+v:\n got %v\nwant %s...", c.spec, err, c.want)
		}
	}
	ab := docsOf([]string{"x", "y"}, "a", "a")
	_, err := New(Spec{Kind: "none", Sampler: "domain_balanced", Batch: 2, RarePerBatch: 1, RareShare: 0.05}, ab, 1, 10)
	if err == nil || !strings.HasPrefix(err.Error(), "curriculum.rare_per_batch: 1 has no effect here") {
		t.Errorf("no rare entity: %v", err)
	}
}
