package experiments

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/invoicelab/invoicelab/config"
)

// Add stores a sweep and those of its trials that the store does not have, in
// one transaction. It becomes the latest plan of its name.
func (s *Store) Add(ctx context.Context, sweep config.Sweep, trials []Trial) error {
	return s.inTx(ctx, "add sweep "+sweep.Name, func(tx *sql.Tx) error {
		sweepID, isNew, err := addSweep(tx, sweep, trials)
		if err != nil {
			return err
		}
		a := newAdder(tx)
		for ord, t := range trials {
			trial := a.trial(t)
			if isNew {
				a.exec(`INSERT INTO sweep_trials (sweep_id, ord, trial_id) VALUES (?, ?, ?)`, sweepID, ord, trial)
				for i, axis := range sweep.Axes {
					a.exec(`INSERT INTO trial_levels (sweep_id, ord, axis, level)
						SELECT ?, ?, ?, level FROM sweep_levels WHERE sweep_id = ? AND axis = ? AND level_name = ?`,
						sweepID, ord, i, sweepID, i, t.Levels[axis.Name])
				}
			}
		}
		return a.err
	})
}

// addSweep stores the definition, or notes that an equal one was planned again.
func addSweep(tx *sql.Tx, sweep config.Sweep, trials []Trial) (id int64, isNew bool, err error) {
	definition := sweep.YAML()
	h := sha256.New()
	h.Write([]byte(definition))
	for _, t := range trials {
		h.Write([]byte(t.Key))
	}
	plan := hex.EncodeToString(h.Sum(nil))
	now := time.Now().UnixMicro()
	err = tx.QueryRow(`UPDATE sweeps SET planned = max(?, planned + 1) WHERE name = ? AND plan = ? RETURNING id`, now, sweep.Name, plan).Scan(&id)
	if err != sql.ErrNoRows {
		return id, false, err
	}
	a := newAdder(tx)
	id = a.insert(`INSERT INTO sweeps (name, plan, definition, about, primary_metric, planned) VALUES (?, ?, ?, ?, ?, ?) RETURNING id`,
		sweep.Name, plan, definition, sweep.About, sweep.Primary, now)
	for i, axis := range sweep.Axes {
		for j, level := range axis.Levels {
			a.exec(`INSERT INTO sweep_levels (sweep_id, axis, level, axis_name, level_name) VALUES (?, ?, ?, ?, ?)`, id, i, j, axis.Name, level.Name)
		}
	}
	for i, seed := range sweep.Seeds {
		a.exec(`INSERT INTO sweep_seeds (sweep_id, ord, seed) VALUES (?, ?, ?)`, id, i, int64(seed))
	}
	return id, true, a.err
}

// adder inserts rows in one transaction and keeps the first error; after it,
// nothing more is done.
type adder struct {
	tx    *sql.Tx
	err   error
	ids   map[string]int64 // of rows shared by many trials, by kind and content
	known *knownNames      // of the store; nil looks every name up
	own   bool             // names may have been inserted in this transaction
}

func newAdder(tx *sql.Tx) *adder { return &adder{tx: tx, ids: map[string]int64{}} }

func (a *adder) exec(query string, args ...any) {
	if a.err == nil {
		_, a.err = a.tx.Exec(query, args...)
	}
}

// insert runs a query that returns an id.
func (a *adder) insert(query string, args ...any) int64 {
	var id int64
	if a.err == nil {
		a.err = a.tx.QueryRow(query, args...).Scan(&id)
	}
	return id
}

// shared remembers the id of a row that many trials point to.
func (a *adder) shared(kind, content string, insert func() int64) int64 {
	id, ok := a.ids[kind+content]
	if !ok {
		id = insert()
		a.ids[kind+content] = id
	}
	return id
}

// adder is newAdder for rows with many names.
func (s *Store) adder(tx *sql.Tx) *adder {
	a := newAdder(tx)
	a.known = s.known
	return a
}

// name gives the id of a name, storing a new one.
func (a *adder) name(name string) int64 {
	if a.known != nil && a.err == nil {
		if id, ok := a.known.find(name); ok {
			return id
		}
		if !a.own { // no name of this transaction's own is among those that it sees
			a.own, a.err = true, a.known.load(a.tx)
			if id, ok := a.known.find(name); ok {
				return id
			}
		}
	}
	return a.shared("name", name, func() int64 {
		return a.insert(`INSERT INTO names (name) VALUES (?) ON CONFLICT (name) DO UPDATE SET name = name RETURNING id`, name)
	})
}

func (a *adder) trial(t Trial) int64 {
	canonical := a.settings(t.Canonical)
	settings := a.settings(t.Experiment.YAML())
	corpusID := a.shared("corpus", t.Corpus.Digest, func() int64 {
		manifest, err := json.Marshal(t.Corpus)
		if err != nil {
			panic("experiments: Add: manifest: " + err.Error()) // it holds texts and whole numbers only
		}
		return a.insert(`INSERT INTO corpora (digest, name, manifest) VALUES (?, ?, ?)
			ON CONFLICT (digest) DO UPDATE SET name = excluded.name, manifest = excluded.manifest RETURNING id`,
			t.Corpus.Digest, t.Corpus.Name, string(manifest))
	})
	schemaID := a.schema(t)
	return a.insert(`INSERT INTO trials (key, seed, canonical_id, settings_id, corpus_id, schema_id) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (key) DO UPDATE SET settings_id = excluded.settings_id RETURNING id`,
		t.Key, int64(t.Seed), canonical, settings, corpusID, schemaID)
}

func (a *adder) settings(text string) int64 {
	return a.shared("settings", text, func() int64 {
		sum := sha256.Sum256([]byte(text))
		return a.insert(`INSERT INTO settings (hash, text) VALUES (?, ?) ON CONFLICT (hash) DO UPDATE SET hash = hash RETURNING id`, hex.EncodeToString(sum[:]), text)
	})
}

func (a *adder) schema(t Trial) int64 {
	hash := config.SchemaHash(t.Schema)
	return a.shared("schema", hash, func() int64 {
		var id int64
		if a.err == nil {
			a.err = a.tx.QueryRow(`SELECT id FROM schemas WHERE hash = ?`, hash).Scan(&id)
			if a.err == nil {
				return id
			}
			if a.err == sql.ErrNoRows {
				a.err = nil
			}
		}
		id = a.insert(`INSERT INTO schemas (hash, name) VALUES (?, ?) RETURNING id`, hash, t.Schema.Name)
		for i, e := range t.Schema.Entities {
			a.exec(`INSERT INTO schema_entities (schema_id, ord, name, grp, head) VALUES (?, ?, ?, ?, ?)`, id, i, e.Name, e.Group, e.Head)
		}
		return id
	})
}
