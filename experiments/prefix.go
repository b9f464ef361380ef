package experiments

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sort"
	"strings"
)

// shortLen is how many characters of a key a short id has, at least: 10 hex
// digits keep 10,000 keys apart in all but one store of 20,000.
const shortLen = 10

// shortOf is the short id of a key as long as no other key begins alike.
func shortOf(key string) string { return key[:shortLen] }

// keyring knows keys of a store, sorted: all of them, or those about a few.
type keyring []string

// fewKeys is up to how many keys are looked up one by one: more are found
// faster among all.
const fewKeys = 256

// keys reads all keys.
func (s *Store) keys(ctx context.Context) (keyring, error) {
	// As one text: a row for each takes ten times as long.
	var all sql.NullString
	err := s.reads.QueryRowContext(ctx, `SELECT group_concat(key, ' ') FROM (SELECT key FROM trials ORDER BY key)`).Scan(&all)
	return strings.Fields(all.String), s.fail("read", err)
}

// keysAbout reads the keys that find and short of these keys, or beginnings of
// keys, depend on: the one before, and three from there on.
func (s *Store) keysAbout(ctx context.Context, prefixes []string) (keyring, error) {
	if len(prefixes) > fewKeys {
		return s.keys(ctx)
	}
	var keys keyring
	for _, p := range prefixes {
		low := strings.ToLower(strings.TrimSpace(p))
		err := s.each(ctx, `SELECT key FROM (SELECT key FROM trials WHERE key < ?1 ORDER BY key DESC LIMIT 1) UNION ALL SELECT key FROM (SELECT key FROM trials WHERE key >= ?1 ORDER BY key LIMIT 3)`,
			[]any{low}, func(rows *sql.Rows) error {
				keys = append(keys, "")
				return rows.Scan(&keys[len(keys)-1])
			})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys), nil
}

// short is the shortest prefix of key, of shortLen characters or more, that no
// other key begins with.
func (k keyring) short(key string) string {
	n := shortLen
	i := sort.SearchStrings(k, key)
	for _, j := range []int{i - 1, i + 1} {
		if j >= 0 && j < len(k) {
			for n < len(key) && strings.HasPrefix(k[j], key[:n]) {
				n++
			}
		}
	}
	return key[:n]
}

// find gives the one key that begins with prefix, which may be in upper case.
func (k keyring) find(prefix string) (string, error) {
	low := strings.ToLower(strings.TrimSpace(prefix))
	if low == "" {
		return "", &NotFoundError{fmt.Sprintf("run %q: expected the beginning of a run's id", prefix)}
	}
	i := sort.SearchStrings(k, low)
	if i == len(k) || !strings.HasPrefix(k[i], low) {
		return "", &NotFoundError{fmt.Sprintf("run %s: no run of the store begins so", prefix)}
	}
	if i+1 < len(k) && strings.HasPrefix(k[i+1], low) {
		return "", &NotFoundError{fmt.Sprintf("run %s: several runs begin so (%s, %s); give more of the id", prefix, k.short(k[i]), k.short(k[i+1]))}
	}
	return k[i], nil
}

// NotFoundError is the name of a run or a sweep that the store does not have,
// or of several.
type NotFoundError struct{ what string }

func (e *NotFoundError) Error() string { return e.what }
