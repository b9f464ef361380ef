package experiments

import (
	"database/sql"
	"maps"
	"slices"
	"strings"
	"sync"
)

// bulkParams is how many parameters a statement of bulk inserts has at most.
// SQLite allows 32766; longer statements gain nothing.
const bulkParams = 1 << 10

// bulk inserts rows of some columns, many by one statement: preparing and
// running a statement for each takes five times as long. values holds the rows
// one after the other.
func (a *adder) bulk(insert string, columns int, values []any) {
	if len(values)%columns != 0 {
		panic("experiments: bulk: rows are not whole: " + insert)
	}
	row := "(" + strings.Repeat("?, ", columns-1) + "?)"
	for chunk := range slices.Chunk(values, bulkParams/columns*columns) {
		a.exec(insert+" VALUES "+row+strings.Repeat(", "+row, len(chunk)/columns-1), chunk...)
	}
}

// values inserts named values of an attempt into metrics or parts, in the
// order of their names.
func (a *adder) values(table string, attempt int64, values map[string]float64) {
	names := slices.Sorted(maps.Keys(values))
	ids := a.names(names)
	rows := make([]any, 0, 3*len(names))
	for i, name := range names {
		rows = append(rows, attempt, ids[i], realOrNull(values[name]))
	}
	a.bulk(`INSERT INTO `+table+` (attempt_id, name_id, value)`, 3, rows)
}

// knownNames are the ids of names that the store's file is known to hold. Names
// are never deleted, so an id that was committed once stays true.
type knownNames struct {
	mu  sync.RWMutex
	ids map[string]int64
}

// load reads the names that the transaction can see. Those are committed
// unless the transaction inserted them itself, so it is called before it does.
func (k *knownNames) load(tx *sql.Tx) error {
	rows, err := tx.Query(`SELECT id, name FROM names`)
	if err != nil {
		return err
	}
	defer rows.Close()
	ids := map[string]int64{}
	for rows.Next() {
		var id int64
		var name string
		if err := rows.Scan(&id, &name); err != nil {
			return err
		}
		ids[name] = id
	}
	k.mu.Lock()
	k.ids = ids
	k.mu.Unlock()
	return rows.Err()
}

func (k *knownNames) find(name string) (int64, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	id, ok := k.ids[name]
	return id, ok
}

// names gives the ids of names, storing new ones.
func (a *adder) names(names []string) []int64 {
	ids := make([]int64, len(names))
	for i, name := range names {
		ids[i] = a.name(name)
	}
	return ids
}
