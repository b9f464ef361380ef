package experiments

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
	"unicode"
)

// Note is a remark on a run.
type Note struct {
	Written time.Time `json:"written"`
	Text    string    `json:"text"`
}

// maxTag is the length of a tag, in characters, at most.
const maxTag = 64

// CheckTag refuses what cannot be a tag: it is 1 to 64 letters, digits and
// _ . - + / : characters, so that filters and lists need no quotes round it.
func CheckTag(tag string) error {
	bad := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_.-+/:", r)
	}
	if tag == "" || len([]rune(tag)) > maxTag || strings.ContainsFunc(tag, bad) {
		return fmt.Errorf("tag %q: expected 1 to %d letters, digits or _.-+/: characters", tag, maxTag)
	}
	return nil
}

// Tag adds tags to runs and takes others off, for all runs or for none. To add
// a tag that is there, or take off one that is not, changes nothing.
func (s *Store) Tag(ctx context.Context, runs, add, remove []string) error {
	for _, tag := range add {
		if err := CheckTag(tag); err != nil {
			return err
		}
	}
	return s.inTx(ctx, "tag", func(tx *sql.Tx) error {
		trials, err := s.within(tx).trialIDs(ctx, runs)
		if err != nil {
			return err
		}
		a := newAdder(tx)
		for _, id := range trials {
			for _, tag := range add {
				a.exec(`INSERT INTO trial_tags (trial_id, tag) VALUES (?, ?) ON CONFLICT DO NOTHING`, id, tag)
			}
			for _, tag := range remove {
				a.exec(`DELETE FROM trial_tags WHERE trial_id = ? AND tag = ?`, id, tag)
			}
		}
		return a.err
	})
}

// Remark adds a note to runs.
func (s *Store) Remark(ctx context.Context, runs []string, text string) error {
	if strings.TrimSpace(text) == "" {
		return fmt.Errorf("note: the text is empty")
	}
	return s.inTx(ctx, "note", func(tx *sql.Tx) error {
		trials, err := s.within(tx).trialIDs(ctx, runs)
		if err != nil {
			return err
		}
		a := newAdder(tx)
		now := time.Now().UnixMicro()
		for _, id := range trials {
			a.exec(`INSERT INTO trial_notes (trial_id, written, text) VALUES (?, ?, ?)`, id, now, text)
		}
		return a.err
	})
}

// trialIDs finds the trials that prefixes of keys name.
func (s *Store) trialIDs(ctx context.Context, runs []string) ([]int64, error) {
	keys, err := s.keys(ctx)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(runs))
	for i, prefix := range runs {
		key, err := keys.find(prefix)
		if err != nil {
			return nil, err
		}
		if err := s.reads.QueryRowContext(ctx, `SELECT id FROM trials WHERE key = ?`, key).Scan(&ids[i]); err != nil {
			return nil, s.fail("read", err)
		}
	}
	return ids, nil
}

// notes reads the notes on a trial, the oldest first.
func (s *Store) notes(ctx context.Context, trial int64) ([]Note, error) {
	var notes []Note
	err := s.each(ctx, `SELECT written, text FROM trial_notes WHERE trial_id = ? ORDER BY id`, []any{trial}, func(rows *sql.Rows) error {
		var n Note
		var written int64
		err := rows.Scan(&written, &n.Text)
		n.Written = time.UnixMicro(written).UTC()
		notes = append(notes, n)
		return err
	})
	return notes, err
}

// addTags fills in the tags of trials.
func (s *Store) addTags(ctx context.Context, all []picked) error {
	index := byTrial(all)
	return s.each(ctx, `SELECT t.trial_id, t.tag FROM json_each(?) k CROSS JOIN trial_tags t ON t.trial_id = k.value ORDER BY t.trial_id, t.tag`, []any{idList(index)}, func(rows *sql.Rows) error {
		var trial int64
		var tag string
		err := rows.Scan(&trial, &tag)
		if err == nil {
			p := &all[index[trial]]
			p.Tags = append(p.Tags, tag)
		}
		return err
	})
}
