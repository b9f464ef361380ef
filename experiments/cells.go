package experiments

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// direct says whether a value of the field is an expression over trials t,
// their standing attempt a and corpora c. Other fields take queries of their
// own.
func (f field) direct() bool {
	switch f.kind {
	case textField, numberField, timeField, metricField:
		return true
	case prefixField:
		return f.name != "run"
	}
	return false
}

// metricOfAttempt gives the row of a metric, by the id of its name, of the
// standing attempt a. The rows of one metric lie together in that index alone.
const metricOfAttempt = "metrics m INDEXED BY metrics_by_name WHERE m.attempt_id = a.id AND m.name_id = ?"

// column is the expression of a direct field, and its parameters. A metric
// that is NaN, stored as NULL, comes as the text nan.
func (f field) column() (expr string, args []any) {
	if f.kind == metricField {
		return "(SELECT coalesce(m.value, 'nan') FROM " + metricOfAttempt + ")", []any{f.id}
	}
	return f.expr, nil
}

// cell is the value that column gives.
func (f field) cell(value any) Cell {
	number, isNumber := value.(float64)
	if whole, ok := value.(int64); ok {
		number, isNumber = float64(whole), true
	}
	switch {
	case value == nil:
		return Cell{}
	case isNumber && f.kind == timeField:
		return Cell{Known: true, Text: time.UnixMicro(int64(number)).UTC().Format(time.RFC3339)}
	case isNumber:
		return numberCell(number)
	}
	text, _ := value.(string)
	if f.kind == metricField {
		return numberCell(fromNull(sql.NullFloat64{}))
	}
	if f.name == "seed" {
		return textCell(text)
	}
	return Cell{Known: true, Text: text}
}

// cells reads fields of runs: a list for each field. The direct ones take one
// query.
func (s *Store) cells(ctx context.Context, fields []field, all []hit, gone string) ([][]Cell, error) {
	cells := make([][]Cell, len(fields))
	var direct []int
	what, args := "h.key", []any{gone, ""}
	for i, f := range fields {
		if !f.direct() {
			var err error
			if cells[i], err = s.otherCells(ctx, f, all); err != nil {
				return nil, err
			}
			continue
		}
		cells[i] = make([]Cell, len(all))
		direct = append(direct, i)
		expr, more := f.column()
		what += ", " + expr
		args = append(args, more...)
	}
	if len(direct) == 0 || len(all) == 0 {
		return cells, nil
	}
	ids := make([][2]int64, len(all))
	for i, p := range all {
		ids[i] = [2]int64{p.trial, p.attempt}
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	args[1] = string(list)
	var place int
	values := make([]any, len(direct))
	into := []any{&place}
	for k := range values {
		into = append(into, &values[k])
	}
	return cells, s.each(ctx, `WITH gone(id) AS (SELECT value FROM json_each(?)), h(key, trial, attempt) AS MATERIALIZED (SELECT key, json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?))
		SELECT `+what+` FROM h JOIN trials t ON t.id = h.trial JOIN corpora c ON c.id = t.corpus_id LEFT JOIN attempts a ON a.id = h.attempt`, args, func(rows *sql.Rows) error {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for k, i := range direct {
			cells[i][place] = fields[i].cell(values[k])
		}
		return nil
	})
}

// otherCells reads a field that is not direct.
func (s *Store) otherCells(ctx context.Context, f field, all []hit) ([]Cell, error) {
	cells := make([]Cell, len(all))
	if f.name == "run" {
		of := make([]string, len(all))
		for i, p := range all {
			of[i] = p.key
		}
		keys, err := s.keysAbout(ctx, of)
		for i, p := range all {
			cells[i] = Cell{Known: true, Text: keys.short(p.key)}
		}
		return cells, err
	}
	place := make(map[int64]int, len(all))
	for i, p := range all {
		place[p.trial] = i
	}
	if f.kind == settingField {
		values := map[int64]Cell{} // by settings
		return cells, s.each(ctx, `SELECT t.id, s.id, s.text FROM json_each(?) k CROSS JOIN trials t ON t.id = k.value JOIN settings s ON s.id = t.canonical_id`, []any{idList(place)}, func(rows *sql.Rows) error {
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
	}
	// A row for each value, with all its trials as one text, is read ten times
	// faster than a row for each trial. A few trials are looked up; among many,
	// all are gone through.
	query, args := "SELECT "+f.expr+", group_concat("+f.by+") FROM "+f.many, slices.Clone(f.args)
	switch {
	case len(all) <= fewKeys:
		query, args = query+" AND "+f.by+" IN (SELECT value FROM json_each(?)) GROUP BY 1", append(args, idList(place))
	case f.each != "":
		query = f.each
	default:
		query += " GROUP BY 1"
	}
	err := s.each(ctx, query, args, func(rows *sql.Rows) error {
		var text string
		var trials sql.NullString
		if err := rows.Scan(&text, &trials); err != nil || !trials.Valid {
			return err
		}
		ids, err := numbers(trials.String)
		if err != nil {
			return err
		}
		for _, trial := range ids {
			if i, ok := place[trial]; ok {
				cells[i].Many = append(cells[i].Many, text)
			}
		}
		return nil
	})
	for i, c := range cells {
		c.Many = slices.Compact(c.Many) // in the order of GROUP BY; twice where two sweeps agree
		cells[i] = Cell{Known: true, Many: c.Many, isMany: true, Text: strings.Join(c.Many, " ")}
	}
	return cells, err
}
