package experiments

import (
	"fmt"
	"sort"
	"strings"
)

// shortLen is how many characters of a key a short id has, at least: 10 hex
// digits keep 10,000 keys apart in all but one store of 20,000.
const shortLen = 10

// shortOf is the short id of a key as long as no other key begins alike.
func shortOf(key string) string { return key[:shortLen] }

// keyring knows all keys of a store, sorted.
type keyring []string

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
