package experiments

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Verdict is what became of a published number at a time. The store keeps all
// of them; what they mean is package claims' affair.
type Verdict struct {
	Claim      string // "guide/avg-f1-hybrid"
	Definition string // of the claim, as YAML
	Judged     time.Time
	Verdict    string      // one of the seven names
	Measured   *float64    // in the unit of the claim; nil where nothing was measured
	Interval   *[2]float64 // nil where there is none
	N          int         // runs, or repeats
	Runs       []string    // keys of the trials that it rests on
	Revision   string      // of the program that judged
	Body       []byte      // JSON, all that is told of it
}

// AddVerdicts stores verdicts, all or none.
func (s *Store) AddVerdicts(ctx context.Context, verdicts []Verdict) error {
	return s.inTx(ctx, "store verdicts", func(tx *sql.Tx) error {
		a := newAdder(tx)
		for _, v := range verdicts {
			if !json.Valid(v.Body) {
				panic("experiments: AddVerdicts: the body of " + v.Claim + " is no JSON")
			}
			sum := sha256.Sum256([]byte(v.Claim + "\n" + v.Definition))
			claim := a.insert(`INSERT INTO claims (name, hash, definition) VALUES (?, ?, ?) ON CONFLICT (hash) DO UPDATE SET hash = hash RETURNING id`,
				v.Claim, hex.EncodeToString(sum[:]), v.Definition)
			var value, low, high any
			if v.Measured != nil {
				value = *v.Measured
			}
			if v.Interval != nil {
				low, high = v.Interval[0], v.Interval[1]
			}
			id := a.insert(`INSERT INTO verdicts (claim_id, judged, verdict, value, low, high, n, revision, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
				claim, v.Judged.UnixMicro(), v.Verdict, value, low, high, v.N, v.Revision, string(v.Body))
			for _, key := range v.Runs {
				a.exec(`INSERT INTO verdict_trials (verdict_id, trial_id) SELECT ?, id FROM trials WHERE key = ?`, id, key)
			}
		}
		return a.err
	})
}

// Verdicts lists the last verdict on every claim, in the order in which they
// were judged.
func (s *Store) Verdicts(ctx context.Context) (all []Verdict, err error) {
	s, end, err := s.moment(ctx)
	if err != nil {
		return nil, err
	}
	defer end(&err)
	place := map[int64]int{}
	err = s.each(ctx, `SELECT v.id, c.name, c.definition, v.judged, v.verdict, v.value, v.low, v.high, v.n, v.revision, v.body FROM verdicts v JOIN claims c ON c.id = v.claim_id
		WHERE v.id IN (SELECT max(v.id) FROM verdicts v JOIN claims c ON c.id = v.claim_id GROUP BY c.name) ORDER BY v.id`, nil, func(rows *sql.Rows) error {
		var v Verdict
		var id, judged int64
		var value, low, high sql.NullFloat64
		var body string
		if err := rows.Scan(&id, &v.Claim, &v.Definition, &judged, &v.Verdict, &value, &low, &high, &v.N, &v.Revision, &body); err != nil {
			return err
		}
		v.Judged, v.Body = time.UnixMicro(judged).UTC(), []byte(body)
		if value.Valid {
			v.Measured = &value.Float64
		}
		if low.Valid && high.Valid {
			v.Interval = &[2]float64{low.Float64, high.Float64}
		}
		place[id] = len(all)
		all = append(all, v)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, s.each(ctx, `SELECT r.verdict_id, t.key FROM json_each(?) k JOIN verdict_trials r ON r.verdict_id = k.value JOIN trials t ON t.id = r.trial_id ORDER BY r.verdict_id, t.id`,
		[]any{idList(place)}, func(rows *sql.Rows) error {
			var id int64
			var key string
			err := rows.Scan(&id, &key)
			v := &all[place[id]]
			v.Runs = append(v.Runs, key)
			return err
		})
}

// Probe is something measured otherwise than by runs: times, memory, a label
// added to a model.
type Probe struct {
	Key      string // hex of sha256 over all that it depends on
	Kind     string
	Made     time.Time
	Seconds  float64 // that it took
	Revision string
	Device   string
	Body     []byte // JSON
}

// AddProbe stores a measurement; one of the same key is replaced.
func (s *Store) AddProbe(ctx context.Context, p Probe) error {
	if !json.Valid(p.Body) {
		panic("experiments: AddProbe: the body of a " + p.Kind + " is no JSON")
	}
	return s.inTx(ctx, "store a measurement", func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO probes (key, kind, made, seconds, revision, device, body) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (key) DO UPDATE SET kind = excluded.kind, made = excluded.made, seconds = excluded.seconds, revision = excluded.revision, device = excluded.device, body = excluded.body`,
			p.Key, p.Kind, p.Made.UnixMicro(), p.Seconds, p.Revision, p.Device, string(p.Body))
		return err
	})
}

// Probe reads the measurement of a key; found is false when there is none.
func (s *Store) Probe(ctx context.Context, key string) (p Probe, found bool, err error) {
	var made int64
	var body string
	err = s.reads.QueryRowContext(ctx, `SELECT key, kind, made, seconds, revision, device, body FROM probes WHERE key = ?`, key).
		Scan(&p.Key, &p.Kind, &made, &p.Seconds, &p.Revision, &p.Device, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return p, false, nil
	}
	if err != nil {
		return p, false, s.fail("read", fmt.Errorf("measurement %s: %w", shortOf(key), err))
	}
	p.Made, p.Body = time.UnixMicro(made).UTC(), []byte(body)
	return p, true, nil
}
