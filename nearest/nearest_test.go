package nearest

import "testing"

func TestName(t *testing.T) {
	names := []string{"linear", "hybrid", "class_balanced", "ce"}
	for given, want := range map[string]string{"hybird": "hybrid", "Linear": "linear", "balanced": "class_balanced", "cs": "ce", "zzzzzz": "", "": ""} {
		if got, ok := Name(given, names); got != want || ok != (want != "") {
			t.Errorf("Name(%q) = %q, %v; want %q", given, got, ok, want)
		}
	}
}

// Distances counted by hand.
func TestEdits(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"kitten", "sitting", 3}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"ab", "ba", 1}, {"abcd", "acbd", 1}} {
		if got := edits(c.a, c.b); got != c.want {
			t.Errorf("edits(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
