package metrics

import (
	"cmp"
	"fmt"
	"slices"
)

// ErrorClass is what went wrong with entities. Classes exclude each other.
type ErrorClass int

// The classes. An error is made of the entities of gold and prediction that
// are not found exactly and overlap each other.
const (
	Boundary    ErrorClass = iota // one of each, of the same type, with other ends
	WrongType                     // one of each, with the same ends, of other types
	BothWrong                     // one of each, with other ends and of other types
	Split                         // more predicted than gold
	Merge                         // more gold than predicted
	Spurious                      // predicted where nothing of gold is
	Missed                        // gold where nothing is predicted
	ErrorsCount = int(Missed) + 1
)

// ErrorNames is indexed by ErrorClass.
var ErrorNames = [...]string{Boundary: "boundary", WrongType: "type", BothWrong: "both", Split: "split", Merge: "merge", Spurious: "spurious", Missed: "missed"}

// String is the name of the class.
func (c ErrorClass) String() string { return ErrorNames[c] }

// ErrorCount counts the errors of a class and the entities in them: Gold those
// of gold that were not found, Pred those predicted that are wrong.
type ErrorCount struct {
	Errors int `json:"errors"`
	Gold   int `json:"gold"`
	Pred   int `json:"predicted"`
}

// Ledger counts errors by class, and which type was taken for which. Over all
// classes Gold sums to the false negatives and Pred to the false positives.
type Ledger struct {
	Classes    [ErrorsCount]ErrorCount
	confusions map[[2]int32]int
}

// Confusion says how often entities of type Gold were predicted as type Pred,
// with the same tokens or some of them.
type Confusion struct {
	Gold, Pred int32
	Count      int
	Ambiguous  bool // the pair is one that a resolution rule is about
}

// AddDoc adds a document's errors. gold and pred are label ids as in
// Tally.AddDoc.
func (l *Ledger) AddDoc(gold, pred []int32, mode Mode) {
	if len(gold) != len(pred) {
		panic(fmt.Sprintf("metrics: Ledger: %d gold labels, %d predicted", len(gold), len(pred)))
	}
	l.AddSpans(Spans(nil, gold, mode), Spans(nil, pred, mode))
}

// AddSpans adds a document's errors by its entities, sorted by First. Those of
// a side must not overlap each other.
func (l *Ledger) AddSpans(gold, pred []Span) {
	g := slices.Clone(gold)
	found := func(others []Span) func(Span) bool {
		return func(s Span) bool { return slices.Contains(others, s) }
	}
	wrong := slices.DeleteFunc(slices.Clone(pred), found(g))
	g = slices.DeleteFunc(g, found(pred))
	// Entities of a side do not overlap each other, so one pass from the left
	// gathers what hangs together.
	for len(g) > 0 || len(wrong) > 0 {
		i, j, last := 0, 0, int32(-1)
		switch {
		case len(wrong) == 0 || len(g) > 0 && g[0].First <= wrong[0].First:
			i, last = 1, g[0].Last
		default:
			j, last = 1, wrong[0].Last
		}
		for grown := true; grown; {
			grown = false
			if i < len(g) && g[i].First <= last {
				last, i, grown = max(last, g[i].Last), i+1, true
			}
			if j < len(wrong) && wrong[j].First <= last {
				last, j, grown = max(last, wrong[j].Last), j+1, true
			}
		}
		l.cluster(g[:i], wrong[:j])
		g, wrong = g[i:], wrong[j:]
	}
}

// cluster classes entities that overlap each other. As many of gold as are
// predicted, of which the first overlaps the first and so on, are as many
// errors of one to one; of as many in another order some are split.
func (l *Ledger) cluster(gold, pred []Span) {
	overlap := func(k int) bool { return gold[k].First <= pred[k].Last && pred[k].First <= gold[k].Last }
	if len(gold) == len(pred) {
		inOrder := true
		for k := range gold {
			inOrder = inOrder && overlap(k)
		}
		if inOrder {
			for k := range gold {
				l.pair(gold[k], pred[k])
			}
			return
		}
	}
	class := Split
	switch {
	case len(gold) == 0:
		class = Spurious
	case len(pred) == 0:
		class = Missed
	case len(gold) > len(pred):
		class = Merge
	}
	l.add(class, len(gold), len(pred))
}

func (l *Ledger) pair(gold, pred Span) {
	sameEnds := gold.First == pred.First && gold.Last == pred.Last
	switch {
	case gold.Type == pred.Type:
		l.add(Boundary, 1, 1)
		return
	case sameEnds:
		l.add(WrongType, 1, 1)
	default:
		l.add(BothWrong, 1, 1)
	}
	if l.confusions == nil {
		l.confusions = map[[2]int32]int{}
	}
	l.confusions[[2]int32{gold.Type, pred.Type}]++
}

func (l *Ledger) add(class ErrorClass, gold, pred int) {
	c := &l.Classes[class]
	c.Errors++
	c.Gold += gold
	c.Pred += pred
}

// Total sums the classes.
func (l Ledger) Total() (t ErrorCount) {
	for _, c := range l.Classes {
		t.Errors += c.Errors
		t.Gold += c.Gold
		t.Pred += c.Pred
	}
	return t
}

// Confusions lists the pairs of types that were taken for each other: those
// that ambiguous accepts first, then by count, then by type. ambiguous is nil
// where no pair is known to be so.
func (l Ledger) Confusions(ambiguous func(gold, pred int32) bool) []Confusion {
	list := make([]Confusion, 0, len(l.confusions))
	for pair, n := range l.confusions {
		list = append(list, Confusion{Gold: pair[0], Pred: pair[1], Count: n, Ambiguous: ambiguous != nil && ambiguous(pair[0], pair[1])})
	}
	slices.SortFunc(list, func(a, b Confusion) int {
		if a.Ambiguous != b.Ambiguous {
			if a.Ambiguous {
				return -1
			}
			return 1
		}
		return cmp.Or(b.Count-a.Count, cmp.Compare(a.Gold, b.Gold), cmp.Compare(a.Pred, b.Pred))
	})
	return list
}
