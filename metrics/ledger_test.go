package metrics_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/metrics"
)

// labelsOf reads tags of the types A, B and C.
func labelsOf(text string) []int32 {
	var labels []int32
	for _, tag := range strings.Fields(text) {
		labels = append(labels, map[string]int32{"O": 0, "B-A": 1, "I-A": 2, "B-B": 3, "I-B": 4, "B-C": 5, "I-C": 6}[tag])
	}
	return labels
}

// Each class by hand.
func TestLedgerClasses(t *testing.T) {
	for _, test := range []struct{ gold, pred, want string }{
		{"B-A I-A O", "B-A I-A O", ""},
		{"B-A I-A O", "B-A O O", "boundary 1/1"},
		{"B-A I-A O", "B-B I-B O", "type 1/1"},
		{"B-A I-A O", "O B-B I-B", "both 1/1"},
		{"B-A I-A I-A", "B-A B-A I-A", "split 1/2"},
		{"B-A B-B I-B", "B-A I-A I-A", "merge 2/1"},
		{"O O O", "O B-A O", "spurious 0/1"},
		{"O B-A O", "O O O", "missed 1/0"},
		{"B-A O O", "O O B-A", "spurious 0/1, missed 1/0"},
		// Two that are shifted are two errors of one to one.
		{"B-A I-A B-B I-B O", "O B-A I-A B-B I-B", "boundary 2/2"},
		// One of gold takes in three, of which the last takes in two more.
		{"B-A I-A I-A I-A B-B B-C O", "B-A B-A O B-A I-A I-A O", "split 3/3"},
		// What is found is no part of an error beside it.
		{"B-A B-B I-B", "B-A B-B O", "boundary 1/1"},
		{"B-A I-A B-B", "B-C I-C B-B", "type 1/1"},
	} {
		var l metrics.Ledger
		l.AddDoc(labelsOf(test.gold), labelsOf(test.pred), metrics.Strict)
		var got []string
		for class, c := range l.Classes {
			if c.Errors > 0 {
				got = append(got, fmt.Sprintf("%s %d/%d", metrics.ErrorClass(class), c.Gold, c.Pred))
			}
		}
		if strings.Join(got, ", ") != test.want {
			t.Errorf("%s as %s: %q, want %q", test.gold, test.pred, got, test.want)
		}
	}
}

// On random labels the classes sum to all false negatives and false positives.
func TestLedgerSums(t *testing.T) {
	r := rand.New(rand.NewPCG(101, 102))
	tally := metrics.Tally{Labels: []string{"A", "B", "C"}}
	var l metrics.Ledger
	for d := range 2000 {
		n := 1 + r.IntN(12)
		gold, pred := make([]int32, n), make([]int32, n)
		for i := range gold {
			gold[i], pred[i] = int32(r.IntN(7)), int32(r.IntN(7))
			if r.IntN(2) == 0 {
				pred[i] = gold[i]
			}
		}
		l.AddDoc(gold, pred, metrics.Conll)
		tally.AddDoc(fmt.Sprint(d), "", "", gold, pred, metrics.Conll)
	}
	missed, wrong := 0, 0
	for _, c := range tally.Totals() {
		missed += int(c.Gold - c.TP)
		wrong += int(c.Pred - c.TP)
	}
	if got := l.Total(); got.Gold != missed || got.Pred != wrong {
		t.Errorf("the classes have %d and %d entities, there are %d false negatives and %d false positives", got.Gold, got.Pred, missed, wrong)
	}
	for class, c := range l.Classes {
		if c.Errors == 0 {
			t.Errorf("no error of class %s in 2,000 random documents", metrics.ErrorClass(class))
		}
	}
	confused := 0
	for _, c := range l.Confusions(nil) {
		if c.Gold == c.Pred {
			t.Errorf("%+v is no confusion", c)
		}
		confused += c.Count
	}
	if want := l.Classes[metrics.WrongType].Errors + l.Classes[metrics.BothWrong].Errors; confused != want {
		t.Errorf("%d confusions, want %d", confused, want)
	}
}

func TestConfusions(t *testing.T) {
	var l metrics.Ledger
	for pair, n := range map[string]int{"B-A>B-B": 3, "B-B>B-A": 1, "B-A>B-C": 5, "B-C>B-B": 1} {
		gold, pred, _ := strings.Cut(pair, ">")
		for range n {
			l.AddDoc(labelsOf(gold), labelsOf(pred), metrics.Strict)
		}
	}
	got := l.Confusions(func(gold, pred int32) bool { return gold+pred == 1 }) // A and B
	want := []metrics.Confusion{{0, 1, 3, true}, {1, 0, 1, true}, {0, 2, 5, false}, {2, 1, 1, false}}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
