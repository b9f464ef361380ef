package dashboard

import (
	"context"
	"net/http"
	"strings"

	"github.com/invoicelab/invoicelab/experiments"
)

// shownRuns is how many runs the page of documents offers.
const shownRuns = 50

// documentsPage leads to the documents of runs.
type documentsPage struct{ Runs *table }

func (s *Server) documents(r *http.Request) (answer, error) {
	t, err := s.latestRuns(r.Context())
	if err != nil {
		return answer{}, err
	}
	return answer{name: "documents", title: "Documents", section: "documents", data: documentsPage{t}}, nil
}

// latestRuns lists the runs that were finished last, with the errors of each.
func (s *Server) latestRuns(ctx context.Context) (*table, error) {
	where, err := experiments.ParseWhere("state = done")
	if err != nil {
		return nil, err
	}
	columns := []string{"run", "sweep", "corpus", "seed", "finished"}
	found, err := s.store.Page(ctx, experiments.Search{Where: where, Sort: []experiments.SortBy{{Field: "finished", Descending: true}}, Limit: shownRuns}, columns)
	if err != nil || len(found.Rows) == 0 {
		return nil, err
	}
	t := &table{ID: "finished", Caption: "Runs finished last", Sortable: true, Columns: []column{{Name: "Run"}, {Name: "Sweep"}, {Name: "Corpus"}, {Name: "Seed", Number: true}, {Name: "Finished (UTC)"}}}
	for i, row := range found.Rows {
		t.Rows = append(t.Rows, []cell{head(row[0].String(), runLink("/run/errors", found.Keys[i])), text(row[1].String()), text(short(row[2].String())).titled(row[2].String()),
			{Text: row[3].String(), Number: true}, text(strings.TrimSuffix(strings.Replace(row[4].String(), "T", " ", 1), "Z"))})
	}
	return t, nil
}
