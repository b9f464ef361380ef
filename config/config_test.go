package config_test

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
)

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "spec.yaml")
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func experiment(t *testing.T, text string) config.Experiment {
	t.Helper()
	e, err := config.LoadExperiment(write(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func sweep(t *testing.T, text string) config.Sweep {
	t.Helper()
	s, err := config.LoadSweep(write(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// variants gives all variants of a sweep.
func variants(t *testing.T, s config.Sweep) []config.Variant {
	t.Helper()
	var all []config.Variant
	for v, err := range s.Variants() {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	return all
}

func TestShippedSpecs(t *testing.T) {
	sizes := map[string]int{
		"convergence":       3,
		"curriculum-stages": 2 * 7,
		"encoders":          3,
		"heads":             6 * 2,
		"learning-rates":    6 * 3,
		"loss-weights":      3 * 3 * 3 * 2,
		"nlu-eval":          8,
		"quick":             8,
		"sroie":             8,
	}
	if got, want := config.SweepNames(), slices.Sorted(maps.Keys(sizes)); !slices.Equal(got, want) {
		t.Errorf("sweeps %v; want %v", got, want)
	}
	for _, name := range config.SweepNames() {
		s, err := config.LoadSweep(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if s.Name != name || s.About == "" {
			t.Errorf("sweep %s calls itself %s, about %q", name, s.Name, s.About)
		}
		n := sizes[name]
		if all := variants(t, s); len(all) != n || s.Size() != n*len(s.Seeds) {
			t.Errorf("sweep %s has %d variants and %d trials", name, len(all), s.Size())
		}
	}
	for _, name := range config.ExperimentNames() {
		if _, err := config.LoadExperiment(name); err != nil {
			t.Error(err)
		}
	}
}

func TestUnknownSpecs(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("mine", nil, 0o666); err != nil {
		t.Fatal(err)
	}
	shipped := strings.Join(config.SweepNames(), ", ")
	for name, want := range map[string]string{
		"quik":      `sweep "quik": not one that ships (` + shipped + `), and not a path such as my/sweep.yaml; did you mean quick?`,
		"mine":      `sweep "mine": not one that ships (` + shipped + `), and not a path such as my/sweep.yaml; to read the file of that name write ./mine`,
		"none.yaml": `sweep none.yaml: no such file or directory`,
	} {
		if _, err := config.LoadSweep(name); err == nil || err.Error() != want {
			t.Errorf("%v; want %s", err, want)
		}
	}
}

func TestDefaultsAndValues(t *testing.T) {
	e := experiment(t, "corpus: {generate: {documents: 50}, schema: core-73}\nmodel: {head: {kind: hybrid}, loss: {beta: 0.99}}\ncurriculum: {shares: [0.25, .5]}\ntrain: {learning_rate: 1e-2}\n")
	if want := (corpus.Recipe{Documents: 50, Seed: 1, Noise: 0.02}); *e.Corpus.Generate != want {
		t.Errorf("recipe %+v; want %+v", *e.Corpus.Generate, want)
	}
	if e.Model.Head.Kind != "hybrid" || e.Model.Head.Dim != 256 || e.Model.Loss.Beta != 0.99 || e.Model.Loss.Gamma != 2 || e.Train.LearningRate != 0.01 || e.Train.Epochs != 10 {
		t.Errorf("experiment %+v", e)
	}
	if !slices.Equal(e.Curriculum.Shares, []float64{0.25, 0.5}) || e.Curriculum.Counts != nil {
		t.Errorf("curriculum %+v", e.Curriculum)
	}
	if e = experiment(t, "corpus: {path: x}"); e.Corpus.Generate != nil {
		t.Error("a recipe out of nothing")
	}
}

// Every written form reads back as the same experiment.
func TestFormsReadBack(t *testing.T) {
	for _, text := range []string{
		"corpus: {path: corpora/my data/№ 1, schema: sroie}\n",
		"corpus: {path: \"true\"}\ntrain: {learning_rate: 1.0e-8, warmup: 0.1}\n",
		"corpus: {generate: {seed: 18446744073709551615, noise: 0.125}, schema: full-197}\ncurriculum: {kind: staged, counts: [20, 40, 60], stage_epochs: [2, 3, 3], rare_share: 0.3}\n",
	} {
		e := experiment(t, text)
		if back := experiment(t, e.YAML()); !reflect.DeepEqual(back, e) {
			t.Errorf("%sreads back as\n%s", e.YAML(), back.YAML())
		}
		back := e
		if text := e.Canonical(); e.Corpus.Path != "" { // left out on purpose; a path is needed to load it
			back = experiment(t, strings.Replace(text, "corpus:\n", "corpus:\n  path: p\n", 1))
			back.Corpus.Path = e.Corpus.Path
		} else {
			back = experiment(t, text)
		}
		if !reflect.DeepEqual(back, e) {
			t.Errorf("canonical form\n%sreads back as\n%s", e.Canonical(), back.YAML())
		}
	}
}

func TestEqualSettingsGiveEqualBytes(t *testing.T) {
	a := experiment(t, "corpus: {path: x, schema: ./a/mine.yaml}\nmodel: {loss: {gamma: 2.0}}\ntrain: {learning_rate: 0.003, epochs: 10}\ncurriculum: {counts: []}\n")
	b := experiment(t, "train: {learning_rate: 3e-3}\ncorpus: {schema: /other/mine.yml, path: elsewhere}\n")
	if a.Canonical() != b.Canonical() {
		t.Errorf("canonical forms differ:\n%s\n%s", a.Canonical(), b.Canonical())
	}
	for _, s := range config.Keys() {
		key := s.Key[strings.LastIndexByte(s.Key, '.')+1:]
		in := s.Key != "corpus.path" && s.Key != "corpus.preset" && !strings.HasPrefix(s.Key, "corpus.generate.") && !s.Later
		if has := strings.Contains(a.Canonical(), " "+key+": "); in && !has {
			t.Errorf("the canonical form has no %s", s.Key)
		} else if s.Later && has {
			t.Errorf("the canonical form has %s, which has its default", s.Key)
		}
	}
	for _, set := range []string{"model.head.kind=hybrid", "train.epochs=11", "curriculum.stage_epochs=[1]", "corpus.schema=sroie", "model.loss.gamma=2.0000000000000004", "model.encoder.wide=[standard]", "train.feature_dropout=0.1"} {
		c := a
		key, value, _ := strings.Cut(set, "=")
		if err := c.Set(key, value); err != nil {
			t.Fatal(err)
		}
		if c.Canonical() == a.Canonical() {
			t.Errorf("%s does not change the canonical form", set)
		}
	}
}

func TestSet(t *testing.T) {
	a := experiment(t, "corpus: {generate: {}, schema: core-73}")
	b := a
	for _, set := range []string{"corpus.generate.documents=99", "curriculum.shares=[0.5]", "model.crf=none", "train.clip=0.5"} {
		key, value, _ := strings.Cut(set, "=")
		if err := b.Set(key, value); err != nil {
			t.Fatal(err)
		}
		if got := b.Value(key); got != value {
			t.Errorf("%s is %s", set, got)
		}
	}
	if err := b.Set("corpus.schema", ""); err != nil || b.Corpus.Schema != "" {
		t.Errorf("an empty text: %v, schema %q", err, b.Corpus.Schema)
	}
	if a.Corpus.Generate.Documents != 600 {
		t.Error("Set changed the recipe of a copy")
	}
	for set, want := range map[string]string{
		"model.hed.kind=linear":       "model.hed.kind: unknown setting; did you mean model.head.kind?",
		"model.head.kind=hybird":      `model.head.kind: "hybird" is not one of linear, hierarchical, hierarchical/published, prototype, hybrid, hybrid/published, separated; did you mean hybrid?`,
		"train.epochs=":               `train.epochs: ""; expected one YAML value`,
		"train.epochs=[":              `train.epochs: "["; expected one YAML value`,
		"train.epochs=3.5":            `train.epochs: "3.5"; expected a whole number 1 to 10000`,
		"train.epochs=*x":             `train.epochs: "*x"; expected one YAML value`,
		"curriculum.counts=[1, -x]":   `curriculum.counts: item 2: "-x"; expected a whole number`,
		"corpus.generate.seed=-1":     `corpus.generate.seed: "-1"; expected a whole number of 0 or more`,
		"corpus.generate.noise=0.501": `corpus.generate.noise: 0.501 is out of range; expected 0 to 0.5`,
	} {
		key, value, _ := strings.Cut(set, "=")
		before := b.YAML()
		if err := b.Set(key, value); err == nil || err.Error() != want {
			t.Errorf("%s: %v; want %s", set, err, want)
		}
		if b.YAML() != before {
			t.Errorf("%s changed the experiment", set)
		}
	}
}

func TestSweepForms(t *testing.T) {
	s := sweep(t, `
name: s
primary: validation/micro_f1
seeds: {count: 3, from: 5}
base: {corpus: {path: x}}
axes:
  - {name: head, key: model.head.kind, values: [linear, hybrid]}
  - name: data
    levels:
      zebra: {}
      apple: {corpus.path: y, curriculum.kind: staged, curriculum.counts: [2, 3]}
      mango: {corpus.path: "", corpus.generate.documents: 30, corpus.schema: sroie}
`)
	if !slices.Equal(s.Seeds, []uint64{5, 6, 7}) || s.Size() != 18 {
		t.Errorf("seeds %v, %d trials", s.Seeds, s.Size())
	}
	var got []string
	for _, v := range variants(t, s) {
		e := v.Experiment
		data := e.Corpus.Path
		if e.Corpus.Generate != nil {
			data += e.Value("corpus.generate.documents")
		}
		got = append(got, strings.Join([]string{s.Axes[0].Levels[v.Levels[0]].Name, s.Axes[1].Levels[v.Levels[1]].Name, e.Model.Head.Kind, data, e.Curriculum.Kind}, " "))
	}
	want := []string{
		"linear zebra linear x none", "linear apple linear y staged", "linear mango linear 30 none",
		"hybrid zebra hybrid x none", "hybrid apple hybrid y staged", "hybrid mango hybrid 30 none",
	}
	if !slices.Equal(got, want) {
		t.Errorf("variants\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if s.Base.Corpus.Generate != nil {
		t.Error("a level changed the base")
	}
	back := sweep(t, s.YAML())
	if back.YAML() != s.YAML() || !reflect.DeepEqual(variants(t, back), variants(t, s)) {
		t.Errorf("%sreads back as\n%s", s.YAML(), back.YAML())
	}
}

func TestCheckAgainstData(t *testing.T) {
	good := config.Data{Entities: 4, Groups: 2, Domains: 3, Training: 100, Validation: 10, Test: 10, Holding: []int{100, 50, 5, 4}, Structure: 100, Visual: 1}
	for _, c := range []struct {
		set    string
		change func(*config.Data)
		want   string
	}{
		{"", func(*config.Data) {}, ""},
		{"model.head.kind=hybrid", func(*config.Data) {}, ""},
		{"model.head.kind=hybrid", func(d *config.Data) { d.Groups, d.Ungrouped = 0, 4 }, "model.head.kind: hybrid has no effect here: the schema has no groups (corpus.schema can give it some)"},
		{"model.head.kind=hybrid", func(d *config.Data) { d.Ungrouped = 1 }, "model.head.kind: hybrid needs a group for every entity: 1 of 4 have none"},
		{"model.head.kind=hierarchical/published", func(d *config.Data) { d.Ungrouped = 1 }, "model.head.kind: hierarchical/published needs a group for every entity: 1 of 4 have none"},
		{"model.head.kind=prototype", func(d *config.Data) { d.Groups, d.Ungrouped = 0, 4 }, ""},
		{"model.head.kind=hybrid model.head.groups=1", func(*config.Data) {}, "model.head.groups: 1 is fewer than the 2 groups of the schema"},
		{"model.head.kind=hybrid model.head.groups=2", func(*config.Data) {}, ""},
		{"model.crf=crf/adaptive", func(*config.Data) {}, ""},
		{"model.crf=crf/adaptive", func(d *config.Data) { d.Groups, d.Ungrouped = 0, 4 }, "model.crf: crf/adaptive has no effect here: the schema has no groups (corpus.schema can give it some)"},
		{"model.head.kind=separated", func(*config.Data) {}, ""},
		{"model.head.kind=separated", func(d *config.Data) { d.Structure = 0 }, "model.head.kind: separated has no effect here: no training document has sets of structure types"},
		{"model.head.kind=separated", func(d *config.Data) { d.Visual = 0 }, "model.head.kind: separated has no effect here: no training document has sets of visual types"},
		{"curriculum.sampler=domain_balanced", func(*config.Data) {}, ""},
		{"curriculum.sampler=domain_balanced", func(d *config.Data) { d.Domains = 1 }, "curriculum.sampler: domain_balanced has no effect here: the training documents have no domains to balance"},
		{"curriculum.sampler=domain_balanced", func(d *config.Data) { d.Holding[3] = 5 }, "curriculum.rare_per_batch: 4 has no effect here: no entity is in fewer than 0.05 (curriculum.rare_share) of the training documents; set it to 0"},
		{"curriculum.sampler=domain_balanced curriculum.rare_per_batch=0", func(d *config.Data) { d.Holding[3] = 5 }, ""},
		{"curriculum.kind=staged curriculum.shares=[0.25,0.5,0.75]", func(*config.Data) {}, ""},
		{"curriculum.kind=staged curriculum.shares=[0.25,0.5,0.75]", func(d *config.Data) { d.Entities, d.Holding = 3, d.Holding[:3] }, "curriculum.shares: a stage of 2 entities after one of 2 has no effect with 3 entities"},
		{"curriculum.kind=staged curriculum.counts=[20,40,60]", func(*config.Data) {}, "curriculum.counts: a stage of 20 entities has no effect with 4 entities: it holds them all"},
		{"curriculum.kind=reverse curriculum.counts=[4]", func(*config.Data) {}, "curriculum.counts: a stage of 4 entities has no effect with 4 entities: it holds them all"},
		{"curriculum.kind=difficulty curriculum.shares=[0.5] curriculum.difficulty=length", func(d *config.Data) { d.Lengths = 1 }, "curriculum.difficulty: length has no effect here: all training documents have the same number of tokens"},
		{"curriculum.kind=difficulty curriculum.shares=[0.5] curriculum.difficulty=length", func(d *config.Data) { d.Lengths = 2 }, ""},
		{"curriculum.counts=[20,40,60]", func(*config.Data) {}, ""}, // switched off
		{"train.patience=3", func(*config.Data) {}, ""},
		{"train.patience=3", func(d *config.Data) { d.Validation = 0 }, "train.patience: 3 has no effect here: there are no validation documents to stop by"},
	} {
		e := experiment(t, "corpus: {path: x}")
		for _, set := range strings.Fields(c.set) {
			key, value, _ := strings.Cut(set, "=")
			if err := e.Set(key, value); err != nil {
				t.Fatal(err)
			}
		}
		d := good
		d.Holding = slices.Clone(good.Holding)
		c.change(&d)
		got := ""
		if err := config.CheckAgainstData(e, d); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: %s\nwant %s", c.set, got, c.want)
		}
	}
	for primary, want := range map[string]string{"test/macro_f1": "", "heldout/micro_f1": "primary: heldout/micro_f1 cannot be measured here: the corpus has no heldout documents",
		"test/semantic_macro_f1": "primary: test/semantic_macro_f1 is test/macro_f1 here: every entity of the schema is semantic"} {
		got := ""
		if err := config.CheckPrimary(primary, good); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %s; want %s", primary, got, want)
		}
	}
}

func TestDataOf(t *testing.T) {
	span := func(e corpus.EntityID, start int) corpus.Span {
		return corpus.Span{Entity: e, Start: start, End: start + 1}
	}
	ds := &corpus.Dataset{
		Schema: &corpus.Schema{Entities: []corpus.Entity{{Name: "a", Group: "g"}, {Name: "b"}, {Name: "c", Group: "g"}}},
		Docs: map[corpus.Split][]corpus.Document{
			corpus.Train:   {{Domain: "x", Spans: []corpus.Span{span(0, 0), span(0, 1), span(2, 2)}}, {Domain: "y", Spans: []corpus.Span{span(0, 0)}}},
			corpus.Test:    {{Domain: "z", Spans: []corpus.Span{span(1, 0)}}},
			corpus.Heldout: {{}, {}},
		},
	}
	want := config.Data{Entities: 3, Groups: 1, Ungrouped: 1, Domains: 2, Training: 2, Test: 1, Heldout: 2, Holding: []int{2, 0, 1}, Lengths: 1}
	if got := config.DataOf(ds); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v; want %+v", got, want)
	}
}

func TestKeys(t *testing.T) {
	all := config.Keys()
	for _, want := range []config.KeyDoc{
		{Key: "model.head.kind", Type: "text", Default: "linear", OneOf: []string{"linear", "hierarchical", "hierarchical/published", "prototype", "hybrid", "hybrid/published", "separated"}},
		{Key: "train.epochs", Type: "whole number", Default: "10", Range: "1 to 10000"},
		{Key: "curriculum.shares", Type: "list of numbers"},
		{Key: "corpus.generate.documents", Type: "whole number", Default: "600", Range: "20 to 1000000"},
	} {
		i := slices.IndexFunc(all, func(k config.KeyDoc) bool { return k.Key == want.Key })
		if i < 0 {
			t.Errorf("no setting %s", want.Key)
			continue
		}
		got := all[i]
		want.Help = got.Help
		if got.Help == "" || got.Type != want.Type || got.Default != want.Default || got.Range != want.Range || strings.Join(got.OneOf, " ") != strings.Join(want.OneOf, " ") {
			t.Errorf("%+v; want %+v", got, want)
		}
	}
	for _, k := range all {
		if k.Help == "" {
			t.Errorf("%s has no help", k.Key)
		}
	}
}

// Whatever a file holds, it gives a sweep or an error, and the sweep reads
// back as itself.
func FuzzLoadSweep(f *testing.F) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	shipped, err := filepath.Glob("specs/sweeps/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range append(files, shipped...) {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := config.LoadSweep(write(t, text))
		if err != nil {
			return
		}
		if back := sweep(t, s.YAML()); back.YAML() != s.YAML() {
			t.Errorf("%sreads back as\n%s", s.YAML(), back.YAML())
		}
	})
}
