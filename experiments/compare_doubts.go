package experiments

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/metrics"
)

// doubts lists what makes the comparison of these pairs doubtful.
func (c *Comparison) doubts(pairs []pair) []string {
	var doubts []string
	doubt := func(format string, args ...any) { doubts = append(doubts, fmt.Sprintf(format, args...)) }
	var outcomes []Outcome
	for _, p := range pairs {
		outcomes = append(outcomes, p.a, p.b)
		if p.a.Key == p.b.Key {
			doubt("run %s is on both sides", p.a.Run)
		}
	}
	first := pairs[0].a
	if len(c.Corpora) > 1 {
		doubt("the pairs were run on %d corpora: %s", len(c.Corpora), strings.Join(c.Corpora, ", "))
	}
	if revisions := sortedSet(outcomes, func(o Outcome) string { return o.Revision }); len(revisions) > 1 {
		doubt("the runs are of %d revisions of the source: %s", len(revisions), strings.Join(revisions, ", "))
	} else if strings.HasSuffix(revisions[0], "+dirty") {
		doubt("the source was changed and not committed: %s", revisions[0])
	}
	if devices := sortedSet(outcomes, func(o Outcome) string { return o.Device }); len(devices) > 1 {
		doubt("the runs are of %d devices: %s", len(devices), strings.Join(devices, "; "))
	}
	if slices.ContainsFunc(outcomes, func(o Outcome) bool { return !maps.Equal(o.TrainDocs, first.TrainDocs) }) {
		doubt("the runs differ in training documents by label; buckets are those of run %s", first.Run)
	}
	if len(first.TrainDocs) == 0 {
		doubt("run %s has no counts of training documents: every label counts as rare", first.Run)
	}
	if len(c.Settings) == 0 {
		doubt("the sides have the same settings")
	}
	for _, s := range c.Settings {
		if s.Some {
			doubt("%s differs in some pairs and not in others", s.Key)
		}
	}
	if c.Documents < MinDocuments {
		doubt("%d documents are too few: nothing is called better or worse with fewer than %d", c.Documents, MinDocuments)
	}
	switch n := len(pairs); {
	case n < 2:
		doubt("1 pair of runs: how far seeds move the difference is not known, so it may be noise")
	case n < metrics.WilcoxonPairs:
		doubt("%d pairs of runs are few: the exact Wilcoxon test needs %d pairs to reach %v", n, metrics.WilcoxonPairs, significant)
	}
	if len(c.Seeds) == 1 && len(pairs) > 1 {
		doubt("all pairs have seed %d: the interval over pairs is over other factors only", c.Seeds[0])
	}
	return doubts
}
