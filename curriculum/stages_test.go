package curriculum

import (
	"reflect"
	"sort"
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
	sizes, err := spec.stageSizes(8, "entities")
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
		{Spec{Kind: "reverse"}, "curriculum.kind: reverse needs"},
		{Spec{Kind: "reverse", Counts: []int{4}}, "curriculum.counts: a stage of 4 entities has no effect with 4 entities: it holds them all"},
		{Spec{Kind: "difficulty", Counts: []int{2}}, "curriculum.counts: counts entities, so it has no effect with curriculum.kind difficulty"},
		{Spec{Kind: "difficulty"}, "curriculum.kind: difficulty needs curriculum.shares"},
		{Spec{Kind: "difficulty", Shares: []float64{0.5}, Inactive: "outside"}, "curriculum.inactive: outside has no effect with curriculum.kind difficulty"},
		{Spec{Kind: "difficulty", Shares: []float64{0.1}, Inactive: "mask"}, "curriculum.shares: a stage of 0 documents after one of 0 has no effect with 4 documents"},
		{Spec{Kind: "difficulty", Shares: []float64{0.5}, Inactive: "mask", Difficulty: "length"}, "curriculum.difficulty: length has no effect here"},
		{Spec{Kind: "difficulty", Shares: []float64{0.5}, Inactive: "mask", Difficulty: "rare_labels", RareShare: 0.5}, "curriculum.difficulty: rare_labels has no effect here"},
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

// In reverse the rarest entities come first: spans e 0, c 1, a 2, d 3, b 4.
func TestReverseStages(t *testing.T) {
	docs := docsOf(nil, "bbad", "bdc", "bda")
	p, err := New(Spec{Kind: "reverse", Counts: []int{1, 3}, StageEpochs: []int{2, 3}, Sampler: "uniform", Batch: 2}, docs, 5, 8)
	if err != nil {
		t.Fatal(err)
	}
	for stage, want := range [][]bool{{4: true}, {true, false, true, false, true}, {true, true, true, true, true}} {
		if got := p.Active(stage); !reflect.DeepEqual(got, want) {
			t.Errorf("stage %d: active %v, want %v", stage, got, want)
		}
	}
}

// Two and eight stages: the first holds one more entity, or half of them.
func TestTwoAndEightStages(t *testing.T) {
	docs := docsOf(nil, "abcdefghijklmnop")
	for _, c := range []struct {
		shares []float64
		starts []int // of 24 epochs, half before the last stage
		first  int
	}{
		{[]float64{0.5}, []int{0, 12}, 8},
		{[]float64{0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875}, []int{0, 1, 2, 3, 4, 5, 6, 7}, 2},
	} {
		p, err := New(Spec{Kind: "staged", Shares: c.shares, Sampler: "uniform", Batch: 2}, docs, 16, 24)
		if err != nil {
			t.Fatal(err)
		}
		active := 0
		for _, a := range p.Active(0) {
			if a {
				active++
			}
		}
		if !reflect.DeepEqual(p.starts, c.starts) || active != c.first {
			t.Errorf("%d stages start at %v, the first with %d entities; want %v and %d", p.Stages(), p.starts, active, c.starts, c.first)
		}
	}
}

// Documents by difficulty: every stage has all entities and draws from the easiest
// documents only, the last from all.
func TestDifficultyStages(t *testing.T) {
	docs := docsOf(nil, "ab", "ac", "a", "bbc", "ab", "ab", "", "ab")
	for i, tokens := range []int{9, 2, 8, 7, 3, 3, 5, 4} {
		docs[i].Tokens = tokens
	}
	// c is in 2 of 8 documents; of their spans 1/2 and 1/3 are c.
	for measure, easiest := range map[string][]int{"length": {1, 4, 5, 7}, "rare_labels": {4, 5, 6, 7}} {
		spec := Spec{Kind: "difficulty", Difficulty: measure, Shares: []float64{0.5, 0.875}, StageEpochs: []int{1, 1}, Inactive: "mask", Sampler: "uniform", Batch: 3, RareShare: 0.3}
		p, err := New(spec, docs, 3, 4)
		if err != nil {
			t.Fatal(err)
		}
		var drawn [][]int
		for epoch := range 3 {
			if !reflect.DeepEqual(p.Active(p.Stage(epoch)), []bool{true, true, true}) {
				t.Errorf("%s: epoch %d has entities %v", measure, epoch, p.Active(p.Stage(epoch)))
			}
			var all []int
			for _, b := range p.Batches(5, epoch) {
				all = append(all, b...)
			}
			sort.Ints(all)
			drawn = append(drawn, all)
		}
		// The hardest: 0 with 9 tokens, or 1, half of whose spans are c.
		second := map[string][]int{"length": {1, 2, 3, 4, 5, 6, 7}, "rare_labels": {0, 2, 3, 4, 5, 6, 7}}[measure]
		if want := [][]int{easiest, second, {0, 1, 2, 3, 4, 5, 6, 7}}; !reflect.DeepEqual(drawn, want) {
			t.Errorf("%s: drew %v, want %v", measure, drawn, want)
		}
	}
}
