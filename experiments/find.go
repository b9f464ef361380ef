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
	"time"
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
	t.Columns = columns
	fields := make([]field, len(columns))
	for i, name := range columns {
		if fields[i], err = s.field(ctx, name); err != nil {
			return t, 0, err
		}
	}
	trials, total, gone, err := s.search(ctx, q)
	if err != nil {
		return t, 0, err
	}
	t.Keys, t.Rows = make([]string, len(trials)), make([][]Cell, len(trials))
	for i, p := range trials {
		t.Keys[i], t.Rows[i] = p.key, make([]Cell, len(columns))
	}
	for i, f := range fields {
		cells, err := s.cells(ctx, f, trials, gone)
		if err != nil {
			return t, 0, err
		}
		for j := range cells {
			t.Rows[j][i] = cells[j]
		}
	}
	return t, total, nil
}

// Keys lists the runs that a search selects.
func (s *Store) Keys(ctx context.Context, q Search) ([]string, error) {
	trials, _, _, err := s.search(ctx, q)
	keys := make([]string, len(trials))
	for i, p := range trials {
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

// search gives the runs of a search, how many there are without offset and
// limit, and the running attempts whose process is gone.
func (s *Store) search(ctx context.Context, q Search) (all []hit, total int, gone string, err error) {
	if q.Offset < 0 || q.Limit < 0 {
		panic("experiments: Search: a negative offset or limit")
	}
	order := make([]field, len(q.Sort))
	for i, by := range q.Sort {
		if order[i], err = s.field(ctx, by.Field); err != nil {
			return nil, 0, "", err
		}
	}
	if gone, err = s.goneList(ctx); err != nil {
		return nil, 0, "", err
	}
	k := compiler{ctx: ctx, store: s, args: []any{gone}}
	query := fmt.Sprintf(standing, "t.id, coalesce(a.id, 0), t.key")
	if q.Sweep != "" || len(q.Runs) > 0 || len(q.Levels) > 0 {
		some, err := s.pick(ctx, q.Filter)
		if err != nil {
			return nil, 0, "", err
		}
		ids := make([]int64, len(some))
		for i, p := range some {
			ids[i] = p.trial
		}
		list, err := json.Marshal(ids)
		if err != nil {
			return nil, 0, "", err
		}
		query += " JOIN json_each(?) wanted ON wanted.value = t.id"
		k.args = append(k.args, string(list))
	}
	if q.Where.root != nil {
		cond, err := k.clause(q.Where.root)
		if err != nil {
			return nil, 0, "", err
		}
		query += " WHERE " + cond
	}
	if q.Sweep != "" || len(q.Runs) > 0 || len(q.Levels) > 0 {
		query += " ORDER BY wanted.key"
	} else {
		query += " ORDER BY t.id"
	}
	err = s.each(ctx, query, k.args, func(rows *sql.Rows) error {
		var p hit
		err := rows.Scan(&p.trial, &p.attempt, &p.key)
		all = append(all, p)
		return err
	})
	if err != nil {
		return nil, 0, "", err
	}
	for i := len(order) - 1; i >= 0; i-- { // stable: the first field is sorted by last
		cells, err := s.cells(ctx, order[i], all, gone)
		if err != nil {
			return nil, 0, "", err
		}
		all = sorted(all, cells, q.Sort[i].Descending)
	}
	total = len(all)
	all = all[min(q.Offset, total):]
	if q.Limit > 0 && len(all) > q.Limit {
		all = all[:q.Limit]
	}
	return all, total, gone, nil
}

// sorted orders runs by their cells; unknown ones and NaN come last.
func sorted(all []hit, cells []Cell, descending bool) []hit {
	at := make([]int, len(all))
	for i := range at {
		at[i] = i
	}
	last := func(c Cell) bool { return !c.Known || c.isNum && math.IsNaN(c.Number) }
	slices.SortStableFunc(at, func(i, j int) int {
		a, b := cells[i], cells[j]
		switch {
		case last(a) || last(b):
			return map[bool]int{true: 1}[last(a)] - map[bool]int{true: 1}[last(b)]
		case descending:
			return b.compare(a)
		}
		return a.compare(b)
	})
	out := make([]hit, len(all))
	for i, j := range at {
		out[i] = all[j]
	}
	return out
}

// cells reads a field of runs.
func (s *Store) cells(ctx context.Context, f field, all []hit, gone string) ([]Cell, error) {
	cells := make([]Cell, len(all))
	place, byAttempt := make(map[int64]int, len(all)), make(map[int64]int, len(all))
	for i, p := range all {
		place[p.trial] = i
		if p.attempt != 0 {
			byAttempt[p.attempt] = i
		}
	}
	switch f.kind {
	case metricField:
		return cells, s.each(ctx, `SELECT m.attempt_id, m.value FROM json_each(?) k JOIN metrics m ON m.attempt_id = k.value AND m.name_id = ?`, []any{idList(byAttempt), f.id}, func(rows *sql.Rows) error {
			var attempt int64
			var value sql.NullFloat64
			err := rows.Scan(&attempt, &value)
			cells[byAttempt[attempt]] = numberCell(fromNull(value))
			return err
		})
	case settingField:
		values := map[int64]Cell{} // by settings
		return cells, s.each(ctx, `SELECT t.id, s.id, s.text FROM json_each(?) k JOIN trials t ON t.id = k.value JOIN settings s ON s.id = t.canonical_id`, []any{idList(place)}, func(rows *sql.Rows) error {
			var trial, id int64
			var text sql.RawBytes
			if err := rows.Scan(&trial, &id, &text); err != nil {
				return err
			}
			c, ok := values[id]
			if !ok {
				c = textCell(settingOf(string(text), f.name))
				values[id] = c
			}
			cells[place[trial]] = c
			return nil
		})
	case manyField:
		err := s.each(ctx, "SELECT DISTINCT t.id, "+f.expr+" FROM json_each(?) k JOIN trials t ON t.id = k.value, "+f.many+" ORDER BY 1, 2",
			append([]any{idList(place)}, f.args...), func(rows *sql.Rows) error {
				var trial int64
				var text string
				err := rows.Scan(&trial, &text)
				c := &cells[place[trial]]
				c.Many = append(c.Many, text)
				return err
			})
		for i, c := range cells {
			cells[i] = Cell{Known: true, Many: c.Many, isMany: true, Text: strings.Join(c.Many, " ")}
		}
		return cells, err
	}
	if f.name == "run" {
		keys, err := s.keys(ctx)
		for i, p := range all {
			cells[i] = Cell{Known: true, Text: keys.short(p.key)}
		}
		return cells, err
	}
	query := fmt.Sprintf(standing, "t.id, "+f.expr) + " WHERE t.id IN (SELECT value FROM json_each(?))"
	return cells, s.each(ctx, query, []any{gone, idList(place)}, func(rows *sql.Rows) error {
		var trial int64
		var number sql.NullFloat64
		var text sql.NullString
		var into any = &text
		if f.kind == numberField || f.kind == timeField {
			into = &number
		}
		if err := rows.Scan(&trial, into); err != nil {
			return err
		}
		c := &cells[place[trial]]
		switch {
		case f.kind == timeField && number.Valid:
			*c = Cell{Known: true, Text: time.UnixMicro(int64(number.Float64)).UTC().Format(time.RFC3339)}
		case number.Valid:
			*c = numberCell(number.Float64)
		case text.Valid && f.name == "seed":
			*c = textCell(text.String)
		case text.Valid:
			*c = Cell{Known: true, Text: text.String}
		}
		return nil
	})
}
