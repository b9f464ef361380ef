package dashboard_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/metrics"
	"github.com/invoicelab/invoicelab/reports/dashboard"
	"github.com/invoicelab/invoicelab/train"
)

// evil is markup that leaves a trace where it runs.
const evil = `"><script>window.hacked=1</script><img src=x onerror="window.hacked=1"><svg onload=window.hacked=1>`

// shop is a corpus of a few receipts on disk, with markup in a word and in the
// name of a document.
func shop(t *testing.T) (*corpus.Dataset, string) {
	t.Helper()
	schema := &corpus.Schema{Name: "shop", Entities: []corpus.Entity{{Name: "NAME", Group: "who", Head: "semantic"}, {Name: "TOTAL", Group: "what", Head: "semantic"}}}
	ds := &corpus.Dataset{Schema: schema, Manifest: corpus.Manifest{Name: "shop", Source: "test"}, Docs: map[corpus.Split][]corpus.Document{}}
	for i := range 36 {
		split := []corpus.Split{corpus.Train, corpus.Validation, corpus.Test}[i%3]
		d := corpus.Document{ID: fmt.Sprintf("receipt-%02d", i), Domain: "retail", Template: "till", Boxed: true}
		if i == 2 {
			d.ID = "evil" + evil
		}
		for k, word := range []string{"Corner", "Shop", evil, "Total", "12.50"} {
			d.Tokens = append(d.Tokens, corpus.Token{Text: word, Line: k / 2, Box: corpus.Box{X0: int16(100 + 300*(k%2)), Y0: int16(100 + 80*(k/2)), X1: int16(350 + 300*(k%2)), Y1: int16(130 + 80*(k/2))}})
		}
		d.Spans = []corpus.Span{{Entity: 0, Start: 0, End: 2}, {Entity: 1, Start: 4, End: 5}}
		ds.Docs[split] = append(ds.Docs[split], d)
	}
	ds.Seal()
	dir := filepath.Join(t.TempDir(), "shop")
	if err := ds.Write(dir); err != nil {
		t.Fatal(err)
	}
	return ds, dir
}

// shopSweep is four variants of two seeds on the corpus in dir.
func shopSweep(t *testing.T, ds *corpus.Dataset, dir string) (config.Sweep, []experiments.Trial) {
	t.Helper()
	s, err := config.ParseSweep("shop.yaml", []byte(fmt.Sprintf(`
name: shop
about: two heads, two losses
primary: test/macro_f1
seeds: {count: 3}
base: {corpus: {path: %q}, train: {epochs: 3}}
axes:
  - {name: head, key: model.head.kind, values: [linear, prototype]}
  - {name: loss, key: model.loss.kind, values: [ce, focal]}
`, dir)))
	if err != nil {
		t.Fatal(err)
	}
	trials, err := experiments.Plan(s, func(config.Corpus) (experiments.Corpus, error) { return experiments.Describe(ds), nil })
	if err != nil {
		t.Fatal(err)
	}
	return s, trials
}

// missed says whether a made-up run misses the total of document i: the
// prototype head misses fewer.
func missed(trial experiments.Trial, i int) bool {
	every := 2
	if trial.Levels["head"] == "prototype" {
		every = 5
	}
	return (i+int(trial.Seed))%every == 0
}

// shopRunner makes a result up: TOTAL is missed in some documents, and taken
// for NAME in them.
func shopRunner(ds *corpus.Dataset, fail func(experiments.Trial) error) experiments.Runner {
	return func(ctx context.Context, t experiments.Trial, observe func(train.Event)) (train.Result, error) {
		for epoch := range 3 {
			observe(train.Event{Step: &train.StepEvent{Step: epoch + 1, Epoch: epoch, Losses: map[string]float64{"total": 1 / float64(epoch+1)}, LearningRate: 0.1, GradNorm: 1}})
			observe(train.Event{Epoch: &train.EpochEvent{Epoch: epoch, Steps: epoch + 1, Losses: map[string]float64{"total": 1 / float64(epoch+1)}, Validation: map[string]float64{"macro_f1": 0.3 * float64(epoch+1)}, Best: true, Seconds: float64(epoch)}})
		}
		if fail != nil {
			if err := fail(t); err != nil {
				return train.Result{}, err
			}
		}
		tally := metrics.Tally{Labels: ds.Schema.Names()}
		for i, d := range ds.Docs[corpus.Test] {
			total := metrics.Count{TP: 1, Pred: 1, Gold: 1}
			name := total
			if missed(t, i) {
				total.TP, total.Pred, name.Pred = 0, 0, 2
			}
			tally.Docs = append(tally.Docs, metrics.DocCount{Doc: d.ID, Domain: d.Domain, Template: d.Template, Labels: []metrics.LabelCount{{Label: 0, Count: name}, {Label: 1, Count: total}}})
		}
		macro, err := tally.Metric("macro_f1")
		if err != nil {
			return train.Result{}, err
		}
		return train.Result{Metrics: map[string]float64{"test/macro_f1": macro, "validation/macro_f1": 0.9}, Test: tally, BestEpoch: 2, Epochs: 3, Steps: 3, Tokens: 100,
			TrainDocs: map[string]int{"NAME": 12, "TOTAL": 12}, Checkpoint: []byte("weights of " + t.Key), Parts: map[string]float64{"head": 0.5}, Parameters: 7}, nil
	}
}

// shopArtifacts keeps what shopRunner says of the test documents.
func shopArtifacts(ds *corpus.Dataset) func(context.Context, experiments.Trial, train.Result) ([]experiments.Artifact, error) {
	return func(_ context.Context, t experiments.Trial, _ train.Result) ([]experiments.Artifact, error) {
		var tagged []train.Tagged
		for i, d := range ds.Docs[corpus.Test] {
			var spans []train.TaggedSpan
			for k, s := range d.Spans {
				if k == 1 && missed(t, i) {
					s.Entity = 0
				}
				spans = append(spans, train.TaggedSpan{Span: s, Confidence: 0.5})
			}
			tagged = append(tagged, train.Tagged{Spans: spans})
		}
		file, err := experiments.PackPredictions(ds.Schema, ds.Docs[corpus.Test], tagged)
		return []experiments.Artifact{file}, err
	}
}

// shopStore is a store of the sweep "shop" and of one with markup in every
// text that a spec, a run or a person can put there.
func shopStore(t *testing.T) *experiments.Store {
	t.Helper()
	ds, dir := shop(t)
	store, err := experiments.Create(filepath.Join(t.TempDir(), "shop.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	run := func(s config.Sweep, trials []experiments.Trial, fail func(experiments.Trial) error) {
		_, err := experiments.Run(t.Context(), store, s, trials, experiments.RunOptions{Workers: 1, Artifacts: shopArtifacts(ds),
			Provenance: experiments.Provenance{Revision: "abc", GoVersion: "go1.26", Device: "cpu"}}, shopRunner(ds, fail), func(experiments.Progress) {})
		if err != nil {
			t.Fatal(err)
		}
	}
	s, trials := shopSweep(t, ds, dir)
	run(s, trials, nil)
	s.Name, s.About, s.Axes[0].Levels[0].Name = "evil"+evil, evil, "level"+evil
	for i := range trials {
		trials[i].Key = fmt.Sprintf("%064x", i+1)
		levels := map[string]string{}
		for axis, level := range trials[i].Levels {
			levels[axis] = level
		}
		if levels["head"] == "linear" {
			levels["head"] = "level" + evil
		}
		trials[i].Levels = levels
	}
	run(s, trials, func(x experiments.Trial) error {
		if x.Seed == 3 {
			return errors.New("loss is not finite " + evil)
		}
		return nil
	})
	if err := store.Tag(t.Context(), []string{trials[0].Key}, []string{"paper"}, nil); err != nil {
		t.Fatal(err)
	}
	if err := store.Remark(t.Context(), []string{trials[0].Key}, "look "+evil); err != nil {
		t.Fatal(err)
	}
	return store
}

// serve shows a store on this machine.
func serve(t testing.TB, o dashboard.Options) *httptest.Server {
	t.Helper()
	board := dashboard.New(o)
	server := httptest.NewServer(board)
	t.Cleanup(func() { server.Close(); board.Close() })
	return server
}

// keysOf lists the runs that a filter lets through.
func keysOf(t testing.TB, store *experiments.Store, filter string) []string {
	t.Helper()
	where, err := experiments.ParseWhere(filter)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := store.Keys(t.Context(), experiments.Search{Where: where})
	if err != nil || len(keys) == 0 {
		t.Fatalf("%s: %d runs, %v", filter, len(keys), err)
	}
	return keys
}

// TestMain works off the sweep of the corpus that the variable names when this
// binary is the child of TestProgressOfAnotherProcess.
func TestMain(m *testing.M) {
	if path := os.Getenv(childVariable); path != "" {
		child(path)
		return
	}
	code := m.Run()
	endChromium()
	os.Exit(code)
}
