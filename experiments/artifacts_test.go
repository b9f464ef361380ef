package experiments_test

import (
	"context"
	"errors"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/train"
)

// A run keeps its predictions, its environment and its patch.
func TestRunKeepsArtifacts(t *testing.T) {
	store := create(t, filepath.Join(t.TempDir(), "runs.db"))
	sweep, trials := tiny(t, 1)
	env, err := experiments.ThisEnvironment()
	if err != nil {
		t.Fatal(err)
	}
	opt := options(2)
	opt.Provenance.Environment, opt.Provenance.Patch = &env, []byte("diff --git a/x b/x\n")
	broken := trials[1].Key
	opt.Artifacts = func(_ context.Context, tr experiments.Trial, r train.Result) ([]experiments.Artifact, error) {
		if tr.Key == broken {
			return nil, errBroken
		}
		span := corpus.Span{Entity: 1, Start: 2, End: 4}
		docs := []corpus.Document{{ID: "a", Spans: []corpus.Span{span, {Entity: 0, Start: 5, End: 6}}}, {ID: "b"}}
		tagged := []train.Tagged{{Spans: []train.TaggedSpan{{Span: span, Confidence: 0.75}, {Span: corpus.Span{Entity: 0, Start: 2, End: 4}, Confidence: 0.125}}}, {}}
		file, err := experiments.PackPredictions(corpusSchema("company", "total"), docs, tagged)
		return []experiments.Artifact{file}, err
	}
	sum, err := experiments.Run(t.Context(), store, sweep, trials, opt, quickly, silent)
	if err != nil || sum.Done != 3 || sum.Failed != 1 {
		t.Fatalf("%+v, %v", sum, err)
	}
	want := []experiments.Prediction{
		{Doc: "a", Entities: []experiments.PredictedSpan{{Type: "total", Start: 2, End: 4, Confidence: 0.75, Correct: true}, {Type: "company", Start: 2, End: 4, Confidence: 0.125}},
			Missed: []experiments.GoldSpan{{Type: "company", Start: 5, End: 6}}},
		{Doc: "b", Entities: []experiments.PredictedSpan{}, Missed: []experiments.GoldSpan{}},
	}
	got, err := store.Predictions(t.Context(), trials[0].Key)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("predictions %+v, %v; want %+v", got, err, want)
	}
	if patch, err := store.Patch(t.Context(), trials[0].Key); err != nil || string(patch) != "diff --git a/x b/x\n" {
		t.Errorf("patch %q, %v", patch, err)
	}
	d, err := store.Show(t.Context(), trials[0].Key)
	if err != nil {
		t.Fatal(err)
	}
	if d.Environment == nil || !reflect.DeepEqual(*d.Environment, env) || env.Go != runtime.Version() || len(env.Program) != 64 {
		t.Errorf("environment %+v; want %+v", d.Environment, env)
	}
	if kinds := len(d.Artifacts); kinds != 3 || d.Artifacts["predictions"] == "" {
		t.Errorf("artifacts %v", d.Artifacts)
	}
	failed, err := store.Show(t.Context(), broken)
	if err != nil || failed.State != experiments.StateFailed || failed.Error != errBroken.Error() {
		t.Errorf("%+v, %v", failed, err)
	}
	if _, err := store.Predictions(t.Context(), broken); err == nil || !strings.Contains(err.Error(), "the run is failed") {
		t.Errorf("predictions of a failed run: %v", err)
	}
}

func TestTagsAndNotes(t *testing.T) {
	store := create(t, filepath.Join(t.TempDir(), "runs.db"))
	sweep, trials := tiny(t, 1)
	if err := store.Add(t.Context(), sweep, trials); err != nil {
		t.Fatal(err)
	}
	ctx, a, b := t.Context(), trials[0].Key, trials[1].Key
	if err := errors.Join(
		store.Tag(ctx, []string{a, b}, []string{"paper", "table-1"}, nil),
		store.Tag(ctx, []string{a}, []string{"paper", "best"}, []string{"table-1", "never"}),
		store.Remark(ctx, []string{b}, "one"), store.Remark(ctx, []string{b, a}, "two"),
	); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]struct{ tags, notes string }{a: {"best paper", "two"}, b: {"paper table-1", "one two"}} {
		d, err := store.Show(ctx, key)
		var notes []string
		for _, n := range d.Notes {
			notes = append(notes, n.Text)
		}
		if err != nil || strings.Join(d.Tags, " ") != want.tags || strings.Join(notes, " ") != want.notes {
			t.Errorf("tags %v notes %v, %v; want %+v", d.Tags, notes, err, want)
		}
	}
	for _, err := range []error{store.Tag(ctx, []string{a}, []string{"two words"}, nil), store.Tag(ctx, []string{a}, []string{""}, nil), store.Tag(ctx, []string{"zz"}, []string{"x"}, nil), store.Remark(ctx, []string{a}, " \n")} {
		if err == nil {
			t.Error("a bad tag, note or run was taken")
		}
	}
}
