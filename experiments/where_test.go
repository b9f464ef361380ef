package experiments_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/train"
)

// searchable is a store with the 8 trials of tiny: those of head=hybrid
// loss=mixed failed, the others are done with test/macro_f1 = 0.5 + seed/8
// (as result has it). The first is tagged a and b, the second a.
func searchable(t testing.TB) (*experiments.Store, []experiments.Trial) {
	t.Helper()
	store := create(t, filepath.Join(t.TempDir(), "runs.db"))
	sweep, trials := tiny(t, 2)
	_, err := experiments.Run(t.Context(), store, sweep, trials, options(1), func(ctx context.Context, tr experiments.Trial, observe func(train.Event)) (train.Result, error) {
		if tr.Levels["head"] == "hybrid" && tr.Levels["loss"] == "mixed" {
			return train.Result{}, errBroken
		}
		return quickly(ctx, tr, observe)
	}, silent)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(store.Tag(t.Context(), []string{trials[0].Key, trials[1].Key}, []string{"a"}, nil), store.Tag(t.Context(), []string{trials[0].Key}, []string{"b"}, nil)); err != nil {
		t.Fatal(err)
	}
	return store, trials
}

// Trials are numbered in the order of the plan:
//
//	0 linear plain 1   1 linear plain 2   2 linear mixed 1   3 linear mixed 2
//	4 hybrid plain 1   5 hybrid plain 2   6 hybrid mixed 1   7 hybrid mixed 2
func TestWhere(t *testing.T) {
	store, trials := searchable(t)
	for _, c := range []struct{ where, want string }{
		{"", "01234567"},
		{"state = done", "012345"},
		{"state != done", "67"},
		{"not state = done", "67"},
		{"state ~ ^f", "67"},
		{"seed = 2", "1357"},
		{"seed < 2", "0246"},
		{"seed >= 2 and level.head = linear", "13"},
		{"level.head != linear", "4567"},
		{"level.loss = mixed or level.head = hybrid and seed = 1", "23467"},
		{"(level.loss = mixed or level.head = hybrid) and seed = 1", "246"},
		{"model.head.kind = hybrid", "4567"},
		{"model.loss.kind ~ \"^comb\"", "2367"},
		{"model.loss.balanced_share < 0.6 and model.loss.kind = combined", "2367"},
		{"train.epochs = 2.0", "01234567"},
		{"train.epochs > 1e1", ""},
		{"test/macro_f1 > 0.7", "135"},
		{"test/macro_f1 >= 0.75", "135"},
		{"test/macro_f1 != 0.75", "02467"},
		{"not test/macro_f1 > 0.7", "02467"},
		{"test/micro_f1 = nan", "012345"},
		{"test/micro_f1 > 0", ""},
		{"test/micro_f1 != 1", "01234567"},
		{"validation/macro_f1 = inf and validation/micro_f1 = -inf", "012345"},
		{"validation/macro_f1 > 1e300", "012345"},
		{"tag = a", "01"},
		{"tag = b", "0"},
		{"tag != b", "1234567"},
		{"tag ~ .", "01"},
		{"sweep = tiny", "01234567"},
		{"sweep != tiny", ""},
		{"attempts = 1", "01234567"},
		{"seconds = 1.5", "012345"},
		{"error ~ purpose", "67"},
		{"error != x", "01234567"},
		{"finished > 2020-01-01", "01234567"},
		{"finished > 2020-01-01T10:00 and started < 2020-01-01", ""},
		{"run = " + trials[3].Key[:12], "3"},
		{"run != " + trials[3].Key, "0124567"},
		{"corpus = 0123456", "01234567"},
		{"corpus = tiny", "01234567"},
		{"corpus = other", ""},
		{"revision = abc+dirty AND device ~ ^cpu", "01234567"},
		{`device = "cpu avx2 1 thread (test)"`, "012345"},
		{"NOT (seed = 1 OR NOT level.head = hybrid)", "57"},
	} {
		where, err := experiments.ParseWhere(c.where)
		if err != nil {
			t.Errorf("%s: %v", c.where, err)
			continue
		}
		keys, err := store.Keys(t.Context(), experiments.Search{Where: where})
		got := ""
		for _, key := range keys {
			got += fmt.Sprint(slices.IndexFunc(trials, func(tr experiments.Trial) bool { return tr.Key == key }))
		}
		if err != nil || got != c.want {
			t.Errorf("%s: runs %s, %v; want %s", c.where, got, err, c.want)
		}
	}
}

func TestWhereRefuses(t *testing.T) {
	store, _ := searchable(t)
	for _, c := range []struct{ where, want string }{
		{"state", "at the end: expected one of = != < <= > >= ~ after state"},
		{"state =", "at the end: expected a value after state ="},
		{"state = done and", "at the end: expected a field"},
		{"state = done seed = 1", "character 14: seed: expected and, or, or the end"},
		{"(state = done", "at the end: expected )"},
		{"state = done)", "character 13: ): expected and, or, or the end"},
		{`device = "cpu`, "character 10: a quote that does not end"},
		{"state ! done", "character 7: ! is no operator"},
		{"stat = done", "did you mean state?"},
		{"test/macrof1 > 0", "did you mean test/macro_f1?"},
		{"model.head.knd = x", "did you mean model.head.kind?"},
		{"loss = plain", "did you mean level.loss?"},
		{"level.hed = x", "did you mean level.head?"},
		{"test/macro_f1 > high", "test/macro_f1 > high: expected a number"},
		{"test/macro_f1 ~ 5", "~ compares texts"},
		{"started > yesterday", "expected a date or a time"},
		{"tag ~ (", "expected a value"},
		{`tag ~ "("`, "not a regular expression"},
		{"run > ab", "expected = or !="},
	} {
		where, err := experiments.ParseWhere(c.where)
		if err == nil {
			_, err = store.Keys(t.Context(), experiments.Search{Where: where})
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v; want ...%s", c.where, err, c.want)
		}
	}
}

func TestFindSortsAndLists(t *testing.T) {
	store, trials := searchable(t)
	for _, c := range []struct {
		sort  string
		limit int
		want  string
	}{
		{"", 3, "012"},
		{"-test/macro_f1", 0, "13502467"}, // runs that lack it last
		{"test/macro_f1", 0, "02413567"},
		{"-test/macro_f1,-level.head", 4, "1350"},
		{"test/macro_f1,-model.head.kind", 2, "02"},
		{"model.head.kind,-seed", 0, "57461302"},
		{"state,-attempts,-seed", 0, "13502476"},
		{"test/micro_f1", 0, "01234567"}, // NaN is last, and they keep their order
	} {
		table, err := store.Find(t.Context(), experiments.Search{Sort: experiments.ParseSort(c.sort), Limit: c.limit}, []string{"run"})
		got := ""
		for _, key := range table.Keys {
			got += fmt.Sprint(slices.IndexFunc(trials, func(tr experiments.Trial) bool { return tr.Key == key }))
		}
		if err != nil || got != c.want {
			t.Errorf("sort %s: runs %s, %v; want %s", c.sort, got, err, c.want)
		}
	}
	table, err := store.Find(t.Context(), experiments.Search{Filter: experiments.Filter{Sweep: "tiny", Levels: map[string]string{"loss": "mixed"}}, Sort: experiments.ParseSort("-seed")},
		[]string{"seed", "state", "tag", "sweep", "level.head", "model.loss.kind", "model.loss.balanced_share", "test/macro_f1", "test/micro_f1", "seconds"})
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(table.Rows)
	want := `[[2,"done",[],["tiny"],["linear"],"combined",0.5,0.75,"nan",1.5],` +
		`[2,"failed",[],["tiny"],["hybrid"],"combined",0.5,null,null,SECONDS],` +
		`[1,"done",[],["tiny"],["linear"],"combined",0.5,0.625,"nan",1.5],` +
		`[1,"failed",[],["tiny"],["hybrid"],"combined",0.5,null,null,SECONDS]]`
	for _, i := range []int{1, 3} { // a failed run has the seconds that it took
		want = strings.Replace(want, "SECONDS", table.Rows[i][9].String(), 1)
	}
	if err != nil || string(got) != want {
		t.Errorf("%s, %v\nwant\n%s", got, err, want)
	}
	if _, err := store.Find(t.Context(), experiments.Search{}, []string{"sed"}); err == nil || !strings.Contains(err.Error(), "did you mean seed?") {
		t.Errorf("%v", err)
	}
}
