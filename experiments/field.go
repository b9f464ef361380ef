package experiments

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/nearest"
)

// fieldKind says where the values of a field are.
type fieldKind uint8

const (
	textField    fieldKind = iota // a text for each trial or attempt: expr
	numberField                   // a number for each trial or attempt: expr
	timeField                     // microseconds: expr
	prefixField                   // a text compared by its first characters: expr
	manyField                     // any number of texts for a trial: expr over many
	metricField                   // of the attempt, by id
	settingField                  // of the trial's canonical settings
)

// field is what filters, sorting and columns know of a run.
type field struct {
	name string
	kind fieldKind
	expr string // SQL over trials t, its standing attempt a, corpora c
	all  string // of textField and manyField: a query of all its values, and perhaps more
	many string // of manyField: FROM and WHERE of the rows of all trials
	by   string // of manyField: the column of many with the trial's id
	args []any  // of many, of all and of each
	each string // of manyField, where there is a faster way than to sort many: a query of values with the trials that have each
	id   int64  // of metricField: the name
}

// stateExpr is the State of a trial, over standing.
const stateExpr = "CASE a.state WHEN 'done' THEN 'done' WHEN 'failed' THEN 'failed' WHEN 'running' THEN CASE WHEN a.id IN gone THEN 'pending' ELSE 'running' END WHEN 'stopped' THEN CASE WHEN a.halted IS NULL THEN 'pending' ELSE 'halted' END ELSE 'pending' END"

// runFields are the fields that every store has.
var runFields = []field{
	{name: "run", kind: prefixField, expr: "t.key"},
	{name: "key", kind: prefixField, expr: "t.key"},
	{name: "sweep", kind: manyField, expr: "s.name", many: "sweep_trials st JOIN sweeps s ON s.id = st.sweep_id WHERE 1", by: "st.trial_id", all: "SELECT DISTINCT name FROM sweeps"},
	{name: "seed", kind: textField, expr: "printf('%llu', t.seed)", all: "SELECT DISTINCT printf('%llu', seed) FROM trials"},
	{name: "state", kind: textField, expr: stateExpr, all: "VALUES ('done'), ('failed'), ('halted'), ('running'), ('pending')"},
	{name: "tag", kind: manyField, expr: "g.tag", many: "trial_tags g WHERE 1", by: "g.trial_id", all: "SELECT DISTINCT tag FROM trial_tags"},
	{name: "attempts", kind: numberField, expr: "(SELECT count(*) FROM attempts n WHERE n.trial_id = t.id)"},
	{name: "seconds", kind: numberField, expr: "a.seconds"},
	{name: "started", kind: timeField, expr: "a.started"},
	{name: "finished", kind: timeField, expr: "a.finished"},
	{name: "revision", kind: textField, expr: "a.revision", all: "SELECT DISTINCT revision FROM attempts"},
	{name: "go", kind: textField, expr: "a.go_version", all: "SELECT DISTINCT go_version FROM attempts"},
	{name: "device", kind: textField, expr: "a.device", all: "SELECT DISTINCT device FROM attempts"},
	{name: "host", kind: textField, expr: "a.host", all: "SELECT DISTINCT host FROM attempts"},
	{name: "corpus", kind: prefixField, expr: "c.digest"},
	{name: "error", kind: textField, expr: "nullif(a.error, '')", all: "SELECT DISTINCT error FROM attempts WHERE error != ''"},
}

// levelPrefix begins the fields that are levels of an axis.
const levelPrefix = "level."

// field finds a field by name, or says what was probably meant.
func (s *Store) field(ctx context.Context, name string) (field, error) {
	if i := slices.IndexFunc(runFields, func(f field) bool { return f.name == name }); i >= 0 {
		return runFields[i], nil
	}
	axes, err := s.texts(ctx, `SELECT DISTINCT axis_name FROM sweep_levels ORDER BY axis_name`)
	if err != nil {
		return field{}, err
	}
	if axis, ok := strings.CutPrefix(name, levelPrefix); ok && slices.Contains(axes, axis) {
		return field{name: name, kind: manyField, expr: "l.level_name", args: []any{axis}, by: "st.trial_id", all: "SELECT DISTINCT level_name FROM sweep_levels WHERE axis_name = ?",
			each: `SELECT l.level_name, (SELECT group_concat(st.trial_id) FROM trial_levels tl JOIN sweep_trials st ON st.sweep_id = tl.sweep_id AND st.ord = tl.ord
				WHERE tl.sweep_id = l.sweep_id AND tl.axis = l.axis AND tl.level = l.level) FROM sweep_levels l WHERE l.axis_name = ? ORDER BY 1`,
			many: `sweep_levels l JOIN trial_levels tl ON tl.sweep_id = l.sweep_id AND tl.axis = l.axis AND tl.level = l.level
				JOIN sweep_trials st ON st.sweep_id = tl.sweep_id AND st.ord = tl.ord WHERE l.axis_name = ?`}, nil
	}
	if strings.Contains(name, "/") {
		var id int64
		err := s.reads.QueryRowContext(ctx, `SELECT id FROM names WHERE name = ?`, name).Scan(&id)
		if err == nil {
			return field{name: name, kind: metricField, id: id}, nil
		}
		if err != sql.ErrNoRows {
			return field{}, s.fail("read", err)
		}
	}
	var known []string
	for _, k := range config.Keys() {
		if k.Key == name {
			return field{name: name, kind: settingField}, nil
		}
		known = append(known, k.Key)
	}
	for _, f := range runFields {
		known = append(known, f.name)
	}
	for _, a := range axes {
		known = append(known, levelPrefix+a)
	}
	measured, err := s.texts(ctx, `SELECT name FROM names WHERE name LIKE '%/%' ORDER BY name`)
	if err != nil {
		return field{}, err
	}
	known = append(known, measured...)
	hint := "; runs --help lists the fields"
	if near, ok := nearest.Name(name, known); ok {
		hint = "; did you mean " + near + "?"
	} else if slices.Contains(axes, name) {
		hint = "; did you mean " + levelPrefix + name + "?"
	}
	return field{}, &FieldError{fmt.Sprintf("field %s: the store has no such field%s", name, hint)}
}

// Columns lists the fields of a store's runs: those that every run has, levels,
// with settings all of these, and the final metrics.
func (s *Store) Columns(ctx context.Context, settings bool) (names []string, err error) {
	s, end, err := s.moment(ctx)
	if err != nil {
		return nil, err
	}
	defer end(&err)
	for _, f := range runFields {
		names = append(names, f.name)
	}
	axes, err := s.texts(ctx, `SELECT DISTINCT axis_name FROM sweep_levels ORDER BY axis_name`)
	if err != nil {
		return nil, err
	}
	for _, a := range axes {
		names = append(names, levelPrefix+a)
	}
	if settings {
		for _, k := range config.Keys() {
			names = append(names, k.Key)
		}
	}
	metrics, err := s.texts(ctx, `SELECT n.name FROM names n WHERE EXISTS (SELECT 1 FROM metrics m INDEXED BY metrics_by_name WHERE m.name_id = n.id) ORDER BY n.name`)
	return append(names, metrics...), err
}

// FieldError is a filter, order or column that names what the store does not
// have, or compares it with what it cannot be.
type FieldError struct{ what string }

func (e *FieldError) Error() string { return e.what }

// texts reads one column of texts.
func (s *Store) texts(ctx context.Context, query string, args ...any) ([]string, error) {
	var all []string
	err := s.each(ctx, query, args, func(rows *sql.Rows) error {
		all = append(all, "")
		return rows.Scan(&all[len(all)-1])
	})
	return all, err
}

// settingOf reads a setting out of canonical YAML (config.Experiment.Canonical):
// keys are indented by two spaces a level, values stand on the line of their
// key. A setting that is newer than the text has its default.
func settingOf(canonical, key string) string {
	names := strings.Split(key, ".")
	depth := 0
	for line := range strings.Lines(canonical) {
		text := strings.TrimLeft(line, " ")
		indent := (len(line) - len(text)) / 2
		if indent < depth {
			break // the group ended without the key
		}
		if indent != depth {
			continue
		}
		name, value, ok := strings.Cut(strings.TrimRight(text, "\n"), ":")
		if !ok || name != names[depth] {
			continue
		}
		if value = strings.TrimSpace(value); depth == len(names)-1 {
			return unquoted(value)
		} else if value != "" {
			return value // "generate: null": the group is absent
		}
		depth++
	}
	for _, k := range config.Keys() {
		if k.Key == key {
			return k.Default
		}
	}
	panic("experiments: settingOf: no setting " + key)
}

// unquoted is a value of canonical YAML without its quotes.
func unquoted(value string) string {
	if text, err := strconv.Unquote(value); err == nil && strings.HasPrefix(value, `"`) {
		return text
	}
	return value
}
