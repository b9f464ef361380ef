package dashboard

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/invoicelab/invoicelab/experiments"
)

// Sizes of a page of runs.
const (
	usualRuns = 50
	mostRuns  = 500
	// mostColumns keeps a page of mostRuns rows well under a megabyte.
	mostColumns = 14
)

// runsPage is a stretch of the runs that a filter lets through.
type runsPage struct {
	Where, Sweep, Sort string
	Sweeps             []string
	Problem            string // with the filter, the order or the columns
	Table              *table
	Total, From, To    int
	First, Back        string // links; empty where there is nothing
	Next, Last         string
	Sizes              []sizeLink
	Fields             []fieldGroup
	Chosen             int
	Help               string
	Hidden             []hidden
}

type sizeLink struct {
	Size int
	Link string // empty for the one that is shown
}

// fieldGroup is fields to choose columns from.
type fieldGroup struct {
	Name   string
	Fields []fieldChoice
}

type fieldChoice struct {
	Name string
	On   bool
}

// hidden is a field of a form that is sent along.
type hidden struct{ Name, Value string }

// runsQuery is what a page of runs is asked for.
type runsQuery struct {
	where, sweep, sort string
	columns            []string // empty for the usual
	size, page         int      // pages from 1
}

func parseRunsQuery(q url.Values) (runsQuery, error) {
	a := runsQuery{where: strings.TrimSpace(q.Get("where")), sweep: q.Get("sweep"), sort: q.Get("sort"), size: usualRuns, page: 1}
	for _, c := range q["column"] {
		for _, name := range strings.Split(c, ",") {
			if name = strings.TrimSpace(name); name != "" && !slices.Contains(a.columns, name) {
				a.columns = append(a.columns, name)
			}
		}
	}
	if len(a.columns) > mostColumns {
		return a, wrong("%d columns: at most %d fit on a page", len(a.columns), mostColumns)
	}
	for _, n := range []struct {
		name string
		most int
		to   *int
	}{{"size", mostRuns, &a.size}, {"page", 1 << 30, &a.page}} {
		text := q.Get(n.name)
		if text == "" {
			continue
		}
		v, err := strconv.Atoi(text)
		if err != nil || v < 1 || v > n.most {
			return a, wrong("%s %q: expected 1 to %d", n.name, text, n.most)
		}
		*n.to = v
	}
	return a, nil
}

// link is the address of the query with that sort and page.
func (a runsQuery) link(sort string, page, size int) string {
	q := url.Values{}
	for name, value := range map[string]string{"where": a.where, "sweep": a.sweep, "sort": sort} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(a.columns) > 0 {
		q.Set("column", strings.Join(a.columns, ","))
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	if size != usualRuns {
		q.Set("size", strconv.Itoa(size))
	}
	if len(q) == 0 {
		return "/runs"
	}
	return "/runs?" + q.Encode()
}

func (s *Server) runs(r *http.Request) (answer, error) {
	a, err := parseRunsQuery(r.URL.Query())
	p := runsPage{Where: a.where, Sweep: a.sweep, Sort: a.sort, Help: experiments.WhereHelp}
	if err != nil {
		p.Problem = err.Error()
		a.columns = nil
	}
	sweeps, err := s.store.Sweeps(r.Context())
	if err != nil {
		return answer{}, err
	}
	usual := usualColumns(sweeps, a.sweep)
	for _, sweep := range sweeps {
		p.Sweeps = append(p.Sweeps, sweep.Name)
	}
	columns := a.columns
	if len(columns) == 0 {
		columns = usual
	}
	if p.Problem == "" {
		p.Problem, err = s.fillRuns(r.Context(), &p, a, columns)
		if err != nil {
			return answer{}, err
		}
	}
	if p.Fields, err = s.fieldGroups(r.Context(), columns); err != nil {
		return answer{}, err
	}
	p.Chosen = len(columns)
	out := answer{name: "runs", title: "Runs", section: "runs", data: p}
	if p.Problem != "" {
		out.status = http.StatusBadRequest
	}
	return out, nil
}

// usualColumns are those of a page of runs that names none.
func usualColumns(sweeps []experiments.SweepInfo, sweep string) []string {
	columns := []string{"run", "state", "sweep"}
	primary := []string{}
	for _, s := range sweeps {
		if sweep == s.Name {
			columns = []string{"run", "state"}
			for _, a := range s.Axes[:min(len(s.Axes), 4)] {
				columns = append(columns, "level."+a.Name)
			}
		}
		if (sweep == s.Name || sweep == "") && s.Done > 0 && len(primary) == 0 {
			primary = append(primary, s.Primary)
		}
	}
	return append(append(append(columns, "seed"), primary...), "seconds", "finished", "tag")
}

// fillRuns reads a stretch of the runs. What is wrong with the question is
// given as a line to show.
func (s *Server) fillRuns(ctx context.Context, p *runsPage, a runsQuery, columns []string) (problem string, err error) {
	where, err := experiments.ParseWhere(a.where)
	if err != nil {
		return err.Error(), nil
	}
	q := experiments.Search{Filter: experiments.Filter{Sweep: a.sweep}, Where: where, Sort: experiments.ParseSort(a.sort), Limit: a.size, Offset: (a.page - 1) * a.size}
	found, err := s.store.Page(ctx, q, columns)
	if err != nil {
		if status := statusOf(err); status == http.StatusBadRequest || status == http.StatusNotFound {
			return err.Error(), nil
		}
		return "", err
	}
	p.Total = found.Total
	last := max(1, (found.Total+a.size-1)/a.size)
	if len(found.Rows) > 0 {
		p.From, p.To = found.Offset+1, found.Offset+len(found.Rows)
	}
	if a.page > 1 {
		p.First, p.Back = a.link(a.sort, 1, a.size), a.link(a.sort, min(a.page-1, last), a.size)
	}
	if a.page < last {
		p.Next, p.Last = a.link(a.sort, a.page+1, a.size), a.link(a.sort, last, a.size)
	}
	for _, size := range []int{usualRuns, 200, mostRuns} {
		l := sizeLink{Size: size}
		if size != a.size {
			l.Link = a.link(a.sort, 1, size)
		}
		p.Sizes = append(p.Sizes, l)
	}
	if a.size != usualRuns {
		p.Hidden = append(p.Hidden, hidden{"size", strconv.Itoa(a.size)})
	}
	p.Table = runTable(found, a)
	return "", nil
}

// runTable shows runs; the first of the columns links to the run.
func runTable(found experiments.Page, a runsQuery) *table {
	t := &table{ID: "runs", Caption: "Runs", Tall: true}
	by := experiments.ParseSort(a.sort)
	for i, name := range found.Columns {
		c := column{Name: columnName(name), Title: name, Link: a.link("-"+name, 1, a.size)}
		if len(by) > 0 && by[0].Field == name {
			c.Order, c.Link = "ascending", a.link("-"+name, 1, a.size)
			if by[0].Descending {
				c.Order, c.Link = "descending", a.link(name, 1, a.size)
			}
		} else if textual[name] || strings.HasPrefix(name, "level.") {
			c.Link = a.link(name, 1, a.size)
		}
		c.Number = slices.ContainsFunc(found.Rows, func(row []experiments.Cell) bool { return row[i].IsNumber() })
		t.Columns = append(t.Columns, c)
	}
	for i, row := range found.Rows {
		cells := make([]cell, len(row))
		for j, c := range row {
			cells[j] = runCell(found.Columns[j], c)
			if j == 0 {
				cells[j].Head, cells[j].Link, cells[j].Pick = true, runLink("/run", found.Keys[i]), found.Keys[i]
				if cells[j].Text == "" {
					cells[j].Text = short(found.Keys[i])
				}
			}
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}

// textual are the fields that sort from a to z at first; figures begin with
// the greatest.
var textual = map[string]bool{"run": true, "key": true, "sweep": true, "state": true, "tag": true, "revision": true, "go": true, "device": true, "host": true, "corpus": true, "error": true, "seed": true}

func columnName(field string) string { return strings.TrimPrefix(field, "level.") }

// runCell shows a field of a run.
func runCell(name string, c experiments.Cell) cell {
	out := cell{Text: c.String(), Number: c.IsNumber()}
	switch {
	case !c.Known:
		out.Text = dash
	case name == "state":
		out.Mark = c.String()
	case name == "tag":
		out.Text, out.Tags = "", c.Many
	case name == "seconds":
		out.Text, out.Title = seconds(c.Number), c.String()
	case name == "started" || name == "finished":
		out.Text, out.Title = strings.TrimSuffix(strings.Replace(c.String(), "T", " ", 1), "Z"), c.String()
	case name == "key" || name == "corpus":
		out.Text, out.Title = short(c.String()), c.String()
	case name == "error":
		out.Text, out.Title = firstLine(c.String()), c.String()
	case c.IsNumber() && strings.Contains(name, "/"):
		out.Text, out.Title = figure(c.Number), c.String()
	}
	return out
}

// fieldGroups lists every field that a column can show, those in columns
// ticked. Metrics go by their split, settings by their first part.
func (s *Server) fieldGroups(ctx context.Context, columns []string) ([]fieldGroup, error) {
	names, err := s.store.Columns(ctx, true)
	if err != nil {
		return nil, err
	}
	var groups []fieldGroup
	for _, name := range names {
		group := "Run"
		switch {
		case strings.HasPrefix(name, "level."):
			group = "Levels of axes"
		case strings.Contains(name, "/"):
			group = "Metrics: " + name[:strings.Index(name, "/")]
		case strings.Contains(name, "."):
			group = "Settings: " + name[:strings.Index(name, ".")]
		}
		i := slices.IndexFunc(groups, func(g fieldGroup) bool { return g.Name == group })
		if i < 0 {
			i, groups = len(groups), append(groups, fieldGroup{Name: group})
		}
		groups[i].Fields = append(groups[i].Fields, fieldChoice{name, slices.Contains(columns, name)})
	}
	return groups, nil
}
