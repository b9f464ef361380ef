package metrics

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

// FileScore is the score of a file of tagged tokens. Its JSON has the figures
// of entities only, unrounded.
type FileScore struct {
	Micro    FileAverage      `json:"micro"`
	Macro    FileAverage      `json:"macro"` // over the labels with an entity in gold or prediction
	Weighted FileAverage      `json:"weighted"`
	Labels   map[string]Score `json:"labels"`

	Mode      Mode `json:"-"`
	Documents int  `json:"-"`
	Right     int  `json:"-"` // documents in which every entity is found and nothing else
	Tokens    int  `json:"-"`
	// Tagged tokens have a gold tag that is not O; TaggedRight of them are
	// predicted as they are.
	Tagged, TaggedRight int `json:"-"`
	// Violations are I-X tags that follow neither B-X nor I-X.
	GoldViolations, PredictedViolations int              `json:"-"`
	Errors                              Ledger           `json:"-"`
	Confusions                          []NamedConfusion `json:"-"` // most frequent first
}

// NamedConfusion is a Confusion with the names of its types.
type NamedConfusion struct {
	Gold, Predicted string
	Count           int
}

// FileAverage is a Score of all labels together.
type FileAverage struct {
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
	Support   int     `json:"support"`
}

// ScoreFile reads the file at path with ReadScored and scores it.
func ScoreFile(path string, mode Mode) (FileScore, error) {
	f, err := os.Open(path)
	if err != nil {
		return FileScore{}, err
	}
	defer f.Close() // only read
	docs, err := ReadScored(f, path)
	if err != nil {
		return FileScore{}, err
	}
	return ScoreDocs(docs, mode), nil
}

// ScoreDocs scores documents as ReadScored gives them. It panics on a tag that
// is no BIO tag.
func ScoreDocs(docs []Scored, mode Mode) FileScore {
	names := map[string]bool{}
	for _, d := range docs {
		for _, tags := range [][]string{d.Gold, d.Predicted} {
			for _, tag := range tags {
				if name, _, err := ParseTag(tag); err != nil {
					panic("metrics: ScoreDocs: " + err.Error())
				} else if name != "" {
					names[name] = true
				}
			}
		}
	}
	v := newVocabulary()
	v.names = slices.Sorted(maps.Keys(names))
	for i, n := range v.names {
		v.ids[n] = int32(i)
	}
	t := Tally{Labels: v.names}
	score := FileScore{Mode: mode, Documents: len(docs), Labels: map[string]Score{}}
	for i, d := range docs {
		gold, pred := v.labels(d.Gold), v.labels(d.Predicted)
		t.AddDoc(strconv.Itoa(i+1), "", "", gold, pred, mode)
		right, tagged := TokenAccuracy(gold, pred)
		score.TaggedRight += right
		score.Tagged += tagged
		score.Tokens += len(gold)
		score.GoldViolations += Violations(gold)
		score.PredictedViolations += Violations(pred)
		score.Errors.AddDoc(gold, pred, mode)
	}
	for _, c := range score.Errors.Confusions(nil) {
		score.Confusions = append(score.Confusions, NamedConfusion{Gold: v.names[c.Gold], Predicted: v.names[c.Pred], Count: c.Count})
	}
	totals := t.Totals()
	score.Right = t.Right()
	score.Micro = average(micro(totals, nil))
	score.Macro = average(macro(totals, nil, seen))
	score.Weighted = average(weighted(totals, nil))
	for l, c := range totals {
		if seen(c) {
			score.Labels[t.Labels[l]] = c.Score()
		}
	}
	return score
}

func average(s Score) FileAverage {
	return FileAverage{Precision: s.Precision, Recall: s.Recall, F1: s.F1, Support: s.Support}
}

// WriteText writes the scores as a table, in percent.
func (s FileScore) WriteText(w io.Writer) error {
	var aligned bytes.Buffer
	table := tabwriter.NewWriter(&aligned, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "label\tprecision\trecall\tF1\tsupport\tpredicted\tfound\t\n")
	for _, name := range slices.Sorted(maps.Keys(s.Labels)) {
		l := s.Labels[name]
		fmt.Fprintf(table, "%s\t%.2f\t%.2f\t%.2f\t%d\t%d\t%d\t\n", name, 100*l.Precision, 100*l.Recall, 100*l.F1, l.Support, l.Predicted, l.TP)
	}
	for _, a := range []struct {
		name string
		FileAverage
	}{{"micro", s.Micro}, {"macro", s.Macro}, {"weighted", s.Weighted}} {
		fmt.Fprintf(table, "%s\t%.2f\t%.2f\t%.2f\t%d\t\t\t\n", a.name, 100*a.Precision, 100*a.Recall, 100*a.F1, a.Support)
	}
	table.Flush() // a bytes.Buffer never fails
	for line := range strings.Lines(aligned.String()) {
		if _, err := fmt.Fprintln(w, strings.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	tagged := 0.0
	if s.Tagged > 0 {
		tagged = 100 * float64(s.TaggedRight) / float64(s.Tagged)
	}
	_, err := fmt.Fprintf(w, `%s mode; macro over %d labels with an entity in gold or prediction
%d of %d documents wholly right; %d tokens, %.2f %% of the %d with a gold tag other than O right
I tags that continue nothing: %d gold, %d predicted
`, s.Mode, len(s.Labels), s.Right, s.Documents, s.Tokens, tagged, s.Tagged, s.GoldViolations, s.PredictedViolations)
	if err != nil {
		return err
	}
	return s.writeErrors(w)
}

// shownConfusions is how many confusions the text has.
const shownConfusions = 10

func (s FileScore) writeErrors(w io.Writer) error {
	total := s.Errors.Total()
	if total.Errors == 0 {
		return nil
	}
	var classes []string
	for c, n := range s.Errors.Classes {
		if n.Errors > 0 {
			classes = append(classes, fmt.Sprintf("%s %d", ErrorClass(c), n.Errors))
		}
	}
	if _, err := fmt.Fprintf(w, "%d errors (%d entities not found, %d wrong): %s\n", total.Errors, total.Gold, total.Pred, strings.Join(classes, ", ")); err != nil {
		return err
	}
	for _, c := range s.Confusions[:min(len(s.Confusions), shownConfusions)] {
		if _, err := fmt.Fprintf(w, "%s predicted as %s: %d\n", c.Gold, c.Predicted, c.Count); err != nil {
			return err
		}
	}
	return nil
}
