package dashboard

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/metrics"
)

// Limits of the tables of errors.
const (
	shownConfusions = 60
	shownDocuments  = 100
)

// errorsPage shows what a run got wrong, and where.
type errorsPage struct {
	runHead
	Label      string
	Labels     []string
	Absent     string
	Classes    *table
	Confusions *table
	Documents  *table
	Faulty     int // documents with an error
	Note       string
}

func (s *Server) runErrors(r *http.Request) (answer, error) {
	h, err := s.runOf(r, "/run/errors")
	if err != nil {
		return answer{}, err
	}
	p := errorsPage{runHead: h, Label: r.URL.Query().Get("label")}
	if h.State != experiments.StateDone {
		p.Absent = fmt.Sprintf("The run is %s: what it says of the test split is there when it is done.", h.State)
		return h.of("errors", p), nil
	}
	o, err := s.outcome(r.Context(), h.Key)
	if err != nil {
		return answer{}, err
	}
	label := -1
	if p.Label != "" {
		if label = slices.Index(o.Test.Labels, p.Label); label < 0 {
			return answer{}, absent(fmt.Errorf("run %s: its schema has no entity type %q", h.Run, p.Label))
		}
	}
	p.Labels = slices.Sorted(slices.Values(o.Test.Labels))
	p.Documents, p.Faulty = faultyDocuments(o, h.Key, label)
	p.Classes, p.Confusions, err = s.confusions(r.Context(), h.Key, p.Label)
	if err != nil {
		p.Note = "Kinds of errors and confusions are not known: " + err.Error() + "."
	}
	return h.of("errors", p), nil
}

// faultyDocuments lists the test documents with errors, most first, and counts
// them; label is of the schema, or -1 for all.
func faultyDocuments(o experiments.Outcome, key string, label int) (*table, int) {
	type faulty struct {
		doc                 metrics.DocCount
		gold, missed, wrong int
	}
	var all []faulty
	for _, d := range o.Test.Docs {
		f := faulty{doc: d}
		for _, l := range d.Labels {
			if label < 0 || int(l.Label) == label {
				f.gold += int(l.Gold)
				f.missed += int(l.Gold - l.TP)
				f.wrong += int(l.Pred - l.TP)
			}
		}
		if f.missed+f.wrong > 0 {
			all = append(all, f)
		}
	}
	slices.SortStableFunc(all, func(a, b faulty) int { return cmp.Compare(b.missed+b.wrong, a.missed+a.wrong) })
	t := &table{ID: "documents", Caption: "Test documents with errors, most first", Sortable: true, Columns: []column{{Name: "Document"}, {Name: "Domain"}, {Name: "Template"},
		{Name: "Gold", Number: true}, {Name: "Missed", Number: true}, {Name: "Wrong", Title: "predicted and not there", Number: true}}}
	for _, f := range all[:min(len(all), shownDocuments)] {
		t.Rows = append(t.Rows, []cell{head(f.doc.Doc, link("/document", "id", key, "doc", f.doc.Doc)), text(f.doc.Domain), text(f.doc.Template), whole(f.gold), whole(f.missed), whole(f.wrong)})
	}
	return t, len(all)
}

// errNoMissed is why the errors of older runs cannot be told apart.
var errNoMissed = errors.New("the program that made the run did not record what it missed")

// ledger counts the errors of a run by kind and by pair of types, whose names
// it gives.
func (s *Server) ledger(ctx context.Context, key string) (l metrics.Ledger, names []string, err error) {
	all, err := s.store.Predictions(ctx, key)
	if err != nil {
		return l, nil, err
	}
	ids := map[string]int32{}
	id := func(name string) int32 {
		k, ok := ids[name]
		if !ok {
			k = int32(len(names))
			ids[name], names = k, append(names, name)
		}
		return k
	}
	first := func(a, b metrics.Span) int { return cmp.Compare(a.First, b.First) }
	for _, p := range all {
		if p.Missed == nil {
			return l, nil, errNoMissed
		}
		var gold, pred []metrics.Span
		for _, e := range p.Entities {
			span := metrics.Span{Type: id(e.Type), First: int32(e.Start), Last: int32(e.End - 1)}
			pred = append(pred, span)
			if e.Correct {
				gold = append(gold, span)
			}
		}
		for _, e := range p.Missed {
			gold = append(gold, metrics.Span{Type: id(e.Type), First: int32(e.Start), Last: int32(e.End - 1)})
		}
		slices.SortFunc(gold, first)
		slices.SortFunc(pred, first)
		l.AddSpans(gold, pred)
	}
	return l, names, nil
}

// errorWords say what the kinds of errors are.
var errorWords = map[metrics.ErrorClass]string{
	metrics.Boundary: "right type, other tokens", metrics.WrongType: "right tokens, other type", metrics.BothWrong: "other tokens and other type",
	metrics.Split: "one entity taken for several", metrics.Merge: "several taken for one", metrics.Spurious: "predicted where nothing is", metrics.Missed: "nothing predicted where one is",
}

// confusions are the tables of kinds of errors and of types taken for each
// other; with a label only the pairs that it is part of.
func (s *Server) confusions(ctx context.Context, key, label string) (classes, pairs *table, err error) {
	l, names, err := s.ledger(ctx, key)
	if err != nil {
		return nil, nil, err
	}
	classes = &table{ID: "classes", Caption: "Errors by kind", Columns: []column{{Name: "Kind"}, {Name: "What it is"}, {Name: "Errors", Number: true}, {Name: "Gold lost", Number: true}, {Name: "Wrong", Number: true}}}
	for k, c := range l.Classes {
		class := metrics.ErrorClass(k)
		classes.Rows = append(classes.Rows, []cell{head(class.String(), ""), text(errorWords[class]), whole(c.Errors), whole(c.Gold), whole(c.Pred)})
	}
	pairs = &table{ID: "confusions", Caption: "Types taken for each other", Sortable: true, Columns: []column{{Name: "It is"}, {Name: "Taken for"}, {Name: "Times", Number: true}}}
	for _, c := range l.Confusions(nil) {
		gold, pred := names[c.Gold], names[c.Pred]
		if label != "" && gold != label && pred != label || len(pairs.Rows) == shownConfusions {
			continue
		}
		pairs.Rows = append(pairs.Rows, []cell{head(gold, link("/run/errors", "id", key, "label", gold)), text(pred), whole(c.Count)})
	}
	if len(pairs.Rows) == 0 {
		pairs = nil
	}
	return classes, pairs, nil
}
