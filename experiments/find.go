package experiments

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Search selects and orders runs.
type Search struct {
	Filter
	Where  Where
	Sort   []SortBy // the first decides, the next among equals, then the order of the plan
	Offset int      // runs left out at the beginning
	Limit  int      // runs at most; 0 for all
}

// SortBy orders runs by a field. Runs that lack it come last either way.
type SortBy struct {
	Field      string
	Descending bool
}

// ParseSort reads fields joined by commas; "-" before one means descending.
func ParseSort(text string) []SortBy {
	var by []SortBy
	for _, name := range strings.Split(text, ",") {
		if name = strings.TrimSpace(name); name != "" {
			bare, down := strings.CutPrefix(name, "-")
			by = append(by, SortBy{bare, down})
		}
	}
	return by
}

// Cell is the value of a field of a run.
type Cell struct {
	Known  bool
	Text   string
	Number float64  // where IsNumber
	Many   []string // where IsMany; Text is them joined by spaces
	isNum  bool
	isMany bool
}

// String is the value as text, empty where there is none.
func (c Cell) String() string { return c.Text }

// IsNumber says whether the cell is the number Number.
func (c Cell) IsNumber() bool { return c.Known && c.isNum }

// MarshalJSON writes a number, a text, a list of texts, or null; NaN and the
// infinities are texts, as in Figures.
func (c Cell) MarshalJSON() ([]byte, error) {
	switch {
	case !c.Known:
		return []byte("null"), nil
	case c.isMany:
		return json.Marshal(append([]string{}, c.Many...))
	case c.isNum && !math.IsNaN(c.Number) && !math.IsInf(c.Number, 0):
		if json.Valid([]byte(c.Text)) { // as it is written: a seed has more digits than a float64
			return []byte(c.Text), nil
		}
		return json.Marshal(c.Number)
	}
	return json.Marshal(c.Text)
}

func numberCell(v float64) Cell {
	c := Cell{Known: true, Number: v, isNum: true, Text: strconv.FormatFloat(v, 'g', -1, 64)}
	switch {
	case math.IsNaN(v):
		c.Text = "nan"
	case math.IsInf(v, 1):
		c.Text = "inf"
	case math.IsInf(v, -1):
		c.Text = "-inf"
	}
	return c
}

// textCell holds a text, or a number where the text is one.
func textCell(text string) Cell {
	if v, err := strconv.ParseFloat(text, 64); err == nil && !strings.ContainsAny(text, "xX_pPnN") {
		return Cell{Known: true, Number: v, isNum: true, Text: text}
	}
	return Cell{Known: true, Text: text}
}

// compare orders two known cells: numbers before texts.
func (c Cell) compare(d Cell) int {
	switch {
	case c.isNum && d.isNum:
		return cmp.Compare(c.Number, d.Number)
	case c.isNum != d.isNum:
		if c.isNum {
			return -1
		}
		return 1
	}
	return strings.Compare(c.Text, d.Text)
}

// Table is the fields of runs as Find reads them.
type Table struct {
	Keys    []string // of the runs
	Columns []string
	Rows    [][]Cell
}

// Find lists fields of the runs that a search selects.
func (s *Store) Find(ctx context.Context, q Search, columns []string) (Table, error) {
	t, _, err := s.find(ctx, q, columns)
	return t, err
}

// find gives besides how many runs there are without offset and limit.
func (s *Store) find(ctx context.Context, q Search, columns []string) (t Table, total int, err error) {
	s, end, err := s.moment(ctx)
	if err != nil {
		return t, 0, err
	}
	defer end(&err)
	t.Columns = columns
	fields := make([]field, len(columns))
	for i, name := range columns {
		if fields[i], err = s.field(ctx, name); err != nil {
			return t, 0, err
		}
	}
	// What is wanted of all runs comes with the search, that of a few after it.
	var with []field
	if q.Limit == 0 {
		with = fields
	}
	found, err := s.search(ctx, q, with)
	if err != nil {
		return t, 0, err
	}
	cells := found.cells
	if with == nil {
		if cells, err = s.cells(ctx, fields, found.hits, found.gone); err != nil {
			return t, 0, err
		}
	}
	t.Keys, t.Rows = make([]string, len(found.hits)), make([][]Cell, len(found.hits))
	for j, p := range found.hits {
		t.Keys[j], t.Rows[j] = p.key, make([]Cell, len(columns))
		for i := range fields {
			t.Rows[j][i] = cells[i][j]
		}
	}
	return t, found.total, nil
}

// Keys lists the runs that a search selects.
func (s *Store) Keys(ctx context.Context, q Search) (keys []string, err error) {
	s, end, err := s.moment(ctx)
	if err != nil {
		return nil, err
	}
	defer end(&err)
	found, err := s.search(ctx, q, nil)
	keys = make([]string, len(found.hits))
	for i, p := range found.hits {
		keys[i] = p.key
	}
	return keys, err
}

// hit is a trial that a search selects.
type hit struct {
	trial   int64
	attempt int64 // that stands for it; 0 for none
	key     string
}

// finding is what search gives.
type finding struct {
	hits  []hit    // without those that offset and limit leave out
	total int      // with them
	gone  string   // the running attempts whose process is gone, as JSON
	cells [][]Cell // of the hits, a list for each field that was asked for
}

// search gives the runs of a search in its order, and fields of them.
func (s *Store) search(ctx context.Context, q Search, with []field) (f finding, err error) {
	if q.Offset < 0 || q.Limit < 0 {
		panic("experiments: Search: a negative offset or limit")
	}
	fields := make([]field, len(q.Sort), len(q.Sort)+len(with)) // of sorting first
	for i, by := range q.Sort {
		if fields[i], err = s.field(ctx, by.Field); err != nil {
			return f, err
		}
	}
	fields = append(fields, with...)
	if f.gone, err = s.goneList(ctx); err != nil {
		return f, err
	}
	k := compiler{ctx: ctx, store: s, args: []any{f.gone}}
	what := "t.id, coalesce(a.id, 0), t.key"
	var row hit
	into := []any{&row.trial, &row.attempt, &row.key}
	values := make([]any, len(fields))
	for i, fd := range fields {
		if fd.direct() {
			expr, args := fd.column()
			what, into = what+", "+expr, append(into, &values[i])
			k.args = append(k.args, args...)
		}
	}
	query, by := "", "t.id" // after the FROM of standing
	if q.Sweep != "" || len(q.Runs) > 0 || len(q.Levels) > 0 {
		some, err := s.selection(ctx, q.Filter)
		if err != nil {
			return f, err
		}
		query += " JOIN (SELECT t.id AS id, row_number() OVER (ORDER BY " + some.order + ") AS place FROM " + some.from + " WHERE " + some.cond + ") wanted ON wanted.id = t.id"
		k.args, by = append(k.args, some.args...), "wanted.place"
	}
	if q.Where.root != nil {
		cond, err := k.clause(q.Where.root)
		if err != nil {
			return f, err
		}
		query += " WHERE " + cond
	}
	// Of a page in the order of the plan no more is read, and the database counts
	// the runs. What is sorted is read as a whole, and so is what a filter lets
	// through: to count it first would take its time twice.
	paged := q.Limit > 0 && len(fields) == 0 && q.Where.root == nil
	if paged {
		if err := s.reads.QueryRowContext(ctx, fmt.Sprintf(standing, "count(*)")+query, k.args...).Scan(&f.total); err != nil {
			return f, s.fail("read", err)
		}
	}
	query += " ORDER BY " + by
	if paged {
		query += " LIMIT ? OFFSET ?"
		k.args = append(k.args, q.Limit, q.Offset)
	}
	f.cells = make([][]Cell, len(fields))
	err = s.each(ctx, fmt.Sprintf(standing, what)+query, k.args, func(rows *sql.Rows) error {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		f.hits = append(f.hits, row)
		for i, fd := range fields {
			if fd.direct() {
				f.cells[i] = append(f.cells[i], fd.cell(values[i]))
			}
		}
		return nil
	})
	if err != nil {
		return f, err
	}
	for i, fd := range fields {
		if !fd.direct() {
			if f.cells[i], err = s.otherCells(ctx, fd, f.hits); err != nil {
				return f, err
			}
		}
	}
	if paged {
		return f, nil
	}
	f.total = len(f.hits)
	order := sorted(f.cells[:len(q.Sort)], q.Sort, f.total)[min(q.Offset, f.total):]
	if q.Limit > 0 && len(order) > q.Limit {
		order = order[:q.Limit]
	}
	f.hits = arranged(f.hits, order)
	f.cells = f.cells[len(q.Sort):]
	for i := range f.cells {
		f.cells[i] = arranged(f.cells[i], order)
	}
	return f, nil
}

// arranged gives the things of a list at these places.
func arranged[T any](list []T, order []int) []T {
	out := make([]T, len(order))
	for i, j := range order {
		out[i] = list[j]
	}
	return out
}

// sorted gives the places of n runs in the order of their cells, the first
// list first; unknown ones and NaN come last.
func sorted(keys [][]Cell, by []SortBy, n int) []int {
	at := make([]int, n)
	for i := range at {
		at[i] = i
	}
	last := func(c Cell) int {
		if !c.Known || c.isNum && math.IsNaN(c.Number) {
			return 1
		}
		return 0
	}
	if len(by) == 0 {
		return at
	}
	slices.SortStableFunc(at, func(i, j int) int {
		for k := range keys {
			a, b := keys[k][i], keys[k][j]
			if order := last(a) - last(b); order != 0 {
				return order
			}
			if last(a) == 1 {
				continue
			}
			order := a.compare(b)
			if by[k].Descending {
				order = -order
			}
			if order != 0 {
				return order
			}
		}
		return 0
	})
	return at
}
