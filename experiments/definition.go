package experiments

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
)

// Definition gives a sweep as it was last planned, with all its settings.
func (s *Store) Definition(ctx context.Context, name string) (sweep config.Sweep, err error) {
	s, end, err := s.moment(ctx)
	if err != nil {
		return sweep, err
	}
	defer end(&err)
	id, err := s.sweepID(ctx, name)
	if err != nil {
		return config.Sweep{}, err
	}
	var text string
	if err := s.reads.QueryRowContext(ctx, `SELECT definition FROM sweeps WHERE id = ?`, id).Scan(&text); err != nil {
		return config.Sweep{}, s.fail("read", err)
	}
	sweep, err = config.ParseSweep("sweep "+name+" in "+s.path, []byte(text))
	if err != nil {
		return sweep, fmt.Errorf("store %s: %w", s.path, err)
	}
	return sweep, nil
}

// Manifest describes the corpus of that digest.
func (s *Store) Manifest(ctx context.Context, digest string) (corpus.Manifest, error) {
	var m corpus.Manifest
	var text string
	err := s.reads.QueryRowContext(ctx, `SELECT manifest FROM corpora WHERE digest = ?`, digest).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return m, fmt.Errorf("store %s: no corpus of digest %s", s.path, digest)
	}
	if err != nil {
		return m, s.fail("read", err)
	}
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return m, fmt.Errorf("store %s: manifest of corpus %s: %w", s.path, digest, err)
	}
	return m, nil
}
