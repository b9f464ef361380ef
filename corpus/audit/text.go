package audit

import (
	"fmt"
	"io"
	"maps"
	"slices"
)

// WriteText writes the findings kind by kind, faults first, at most most of a
// kind (0 for all) with a count of the rest, then what was not checked, and
// one line that sums up.
func (r *Report) WriteText(w io.Writer, most int) error {
	for _, severity := range []Severity{Fault, Note} {
		for _, kind := range Kinds {
			shown, all := 0, 0
			for _, f := range r.Findings {
				if f.Kind != kind || f.Severity != severity {
					continue
				}
				all++
				if most > 0 && shown == most {
					continue
				}
				shown++
				prefix := ""
				if severity == Note {
					prefix = "note: "
				}
				if _, err := fmt.Fprintf(w, "%s%s (%s)\n", prefix, f, kind); err != nil {
					return err
				}
			}
			if all > 0 && severity == Fault {
				all = max(all, r.Counts[kind]-r.notes(kind))
			}
			if all > shown {
				if _, err := fmt.Fprintf(w, "... and %d more of kind %s\n", all-shown, kind); err != nil {
					return err
				}
			}
		}
	}
	for _, what := range r.Unchecked {
		if _, err := fmt.Fprintf(w, "not checked: %s\n", what); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "%s: %s, %s\n", count(r.Documents, "document"), count(r.Faults, "fault"), count(r.Notes, "note"))
	return err
}

// notes is the number of notes of a kind among the findings that are kept.
func (r *Report) notes(kind Kind) int {
	n := 0
	for _, f := range r.Findings {
		if f.Kind == kind && f.Severity == Note {
			n++
		}
	}
	return n
}

// Checks lists the checks that were made and how often, in order of names.
func (r *Report) Checks() []string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(r.Checked)) {
		list = append(list, fmt.Sprintf("%s: %d", name, r.Checked[name]))
	}
	return list
}

// count writes a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
