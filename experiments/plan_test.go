package experiments_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/experiments"
)

func TestPlanIsTheProductInOrder(t *testing.T) {
	_, trials := tiny(t, 2)
	var got []string
	for _, trial := range trials {
		got = append(got, fmt.Sprint(trial.Levels["head"], " ", trial.Levels["loss"], " ", trial.Seed, " ", trial.Experiment.Model.Head.Kind, " ", trial.Experiment.Model.Loss.Kind, " ", trial.Experiment.Model.Loss.Balanced))
	}
	want := []string{
		"linear plain 1 linear ce 0.6", "linear plain 2 linear ce 0.6", "linear mixed 1 linear combined 0.5", "linear mixed 2 linear combined 0.5",
		"hybrid plain 1 hybrid ce 0.6", "hybrid plain 2 hybrid ce 0.6", "hybrid mixed 1 hybrid combined 0.5", "hybrid mixed 2 hybrid combined 0.5",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("plan:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

var update = flag.Bool("update", false, "write testdata/keys.golden anew")

// A key must not change by accident: every run in every store would be
// orphaned. When settings are added or their defaults change on purpose, write
// the golden file anew with -update.
func TestKeysAreStable(t *testing.T) {
	_, trials := tiny(t, 1)
	var b strings.Builder
	for _, trial := range trials {
		fmt.Fprintf(&b, "%s %s %s seed %d\n", trial.Key, trial.Levels["head"], trial.Levels["loss"], trial.Seed)
	}
	b.WriteString("\n" + trials[0].Canonical)
	const golden = "testdata/keys.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("keys and settings are\n%s\nwant\n%s", b.String(), want)
	}
}

func TestKeyDependsOnWhatCounts(t *testing.T) {
	sweep, _ := tiny(t, 1)
	key := func(change func(*config.Sweep), data func(*experiments.Corpus)) string {
		s := sweep
		change(&s)
		trials, err := experiments.Plan(s, func(c config.Corpus) (experiments.Corpus, error) {
			d, err := describe(c)
			data(&d)
			return d, err
		})
		if err != nil {
			t.Fatal(err)
		}
		return trials[0].Key
	}
	same, as := func(*config.Sweep) {}, func(*experiments.Corpus) {}
	base := key(same, as)
	for name, k := range map[string]string{
		"another folder":         key(func(s *config.Sweep) { s.Base.Corpus.Path = "elsewhere/tiny" }, as),
		"another name of corpus": key(same, func(c *experiments.Corpus) { c.Manifest.Name = "big" }),
		"another name of sweep":  key(func(s *config.Sweep) { s.Name = "big" }, as),
	} {
		if k != base {
			t.Errorf("%s changes the key", name)
		}
	}
	for name, k := range map[string]string{
		"a setting": key(func(s *config.Sweep) { s.Base.Train.Epochs = 3 }, as),
		"a seed":    key(func(s *config.Sweep) { s.Seeds = []uint64{7} }, as),
		"a digest":  key(same, func(c *experiments.Corpus) { c.Manifest.Digest = strings.Repeat("f", 64) }),
		"a group":   key(same, func(c *experiments.Corpus) { c.Schema = corpusSchema("company", "address", "date", "total") }),
	} {
		if k == base {
			t.Errorf("%s does not change the key", name)
		}
	}
}

func TestPlanRefuses(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"equal combinations", strings.Replace(sweepText, "{model.loss.kind: combined, model.loss.balanced_share: 0.5}", "{}", 1),
			"sweep tiny (head=linear loss=mixed): the same settings and data as head=linear loss=plain; give levels that differ"},
		{"stages without effect", strings.Replace(sweepText, "train: {epochs: 2}", "train: {epochs: 8}, curriculum: {kind: staged, counts: [1, 2, 4]}", 1),
			"sweep tiny (head=linear loss=plain): curriculum.counts: a stage of 4 entities has no effect with 4 entities: it holds them all"},
		{"sampler without domains", strings.Replace(sweepText, "train: {epochs: 2}", "curriculum: {sampler: domain_balanced}", 1),
			"sweep tiny (head=linear loss=plain): curriculum.sampler: domain_balanced has no effect here: the training documents have no domains to balance"},
		{"primary without documents", strings.Replace(sweepText, "test/macro_f1", "heldout/macro_f1", 1),
			"sweep tiny (head=linear loss=plain): primary: heldout/macro_f1 cannot be measured here: the corpus has no heldout documents"},
	} {
		_, err := experiments.Plan(loadSweep(t, fmt.Sprintf(c.text, 1)), describe)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: %v\nwant %s", c.name, err, c.want)
		}
	}
}

func TestPlanWithoutAxes(t *testing.T) {
	s := loadSweep(t, "name: one\nprimary: test/micro_f1\nseeds: [9]\nbase: {corpus: {path: x, schema: sroie}}\n")
	trials := plan(t, s)
	if len(trials) != 1 || trials[0].Seed != 9 || len(trials[0].Levels) != 0 {
		t.Errorf("trials %+v", trials)
	}
}
