package reports

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/metrics"
)

// headline says in a sentence which variant is best and by how much, or that
// this cannot be told; detail says what the sentence rests on.
func (r *Report) headline() (finding, detail string) {
	split, metric := splitName(r.data.Sweep.Primary), metricShort(r.data.Sweep.Primary)
	reaches := fmt.Sprintf("%s reaches a %s of %s on the %s split", r.best.name, metric, withSpan(r.best.primary, score), split)
	if len(r.variants) == 1 {
		return reaches + ".", "The sweep has one finished variant, so nothing is compared."
	}
	detail = fmt.Sprintf("Best of %d variants by mean %s. ", len(r.variants), metricName(r.chosenBy))
	if r.chosenBy == r.data.Sweep.Primary {
		detail += "The metric that is reported also chose the best, which flatters it. "
	}
	if r.lead == nil {
		return reaches + ".", detail + fmt.Sprintf("It could not be compared with the next, %s: %s.", r.next.name, r.leadReason)
	}
	d := r.lead.diff
	switch r.lead.mark {
	case experiments.Better:
		finding = fmt.Sprintf("%s is best: its %s of %s on the %s split is %s above the next, %s",
			r.best.name, metric, withSpan(r.best.primary, score), split, withSpan(d, score), r.next.name)
	case experiments.Worse:
		finding = fmt.Sprintf("%s was chosen by %s, but on the %s split %s is ahead: %s %s",
			r.best.name, metricName(r.chosenBy), split, r.next.name, withSpan(d, signed), metric)
	default:
		finding = fmt.Sprintf("No clear difference at the top: %s has a %s of %s on the %s split, %s from the next, %s",
			r.best.name, metric, withSpan(r.best.primary, score), split, withSpan(d, signed), r.next.name)
		if d.Excludes(0) {
			detail += "The interval over documents excludes zero, but the pairs of runs do not agree well enough. "
		}
	}
	if !r.countable() {
		return finding + ".", detail + fmt.Sprintf("Intervals are 95 %% over %s, by t.", plural(r.lead.n, "pair of runs", "pairs of runs"))
	}
	detail += fmt.Sprintf("Intervals are 95 %% over %s at the seeds that were run", r.scoredOn())
	if r.lead.over != nil {
		detail += fmt.Sprintf("; over the %s the difference is %s", plural(r.lead.n, "pair of runs", "pairs of runs"), withSpan(*r.lead.over, signed))
	}
	return finding + ".", detail + "."
}

// factorFindings says for each effect in a sentence what it comes to.
func (r *Report) factorFindings() []string {
	var out []string
	for i := range r.effects {
		e := &r.effects[i]
		switch {
		case e.all == nil:
			out = append(out, fmt.Sprintf("%s: not compared (%s).", e.name(), e.reason))
		case e.all.mark == experiments.Better, e.all.mark == experiments.Worse:
			out = append(out, fmt.Sprintf("%s: %s, %s over %s.", e.name(), e.all.mark, withSpan(e.all.widest(), signed),
				plural(e.all.n, "pair of runs", "pairs of runs")))
		default:
			out = append(out, fmt.Sprintf("%s: no clear difference, %s over %s.", e.name(), withSpan(e.all.widest(), signed),
				plural(e.all.n, "pair of runs", "pairs of runs")))
		}
	}
	return out
}

// labelTitle is the finding of the per-label figure: who is ahead how often,
// and how often beyond doubt.
func (r *Report) labelTitle() string {
	var ahead, clear [2]int // of the baseline, of the candidate
	for _, row := range r.pairing.PerLabel {
		switch d := row.Difference.Value; {
		case d > 0:
			ahead[1]++
		case d < 0:
			ahead[0]++
		}
		switch row.Mark {
		case experiments.Better:
			clear[1]++
		case experiments.Worse:
			clear[0]++
		}
	}
	return fmt.Sprintf("%s is ahead on %d of %s (%s), %s on %d (%s)",
		r.candidate.name, ahead[1], plural(len(r.pairing.PerLabel), "entity type", "entity types"), clearly(clear[1]),
		r.baseline.name, ahead[0], clearly(clear[0]))
}

func clearly(n int) string {
	if n == 0 {
		return "none clearly"
	}
	return fmt.Sprintf("%d clearly", n)
}

// frequencyTitle is the finding of the frequency figure: the bands in which the
// pair clearly differs.
func (r *Report) frequencyTitle() string {
	var clear []string
	for _, row := range r.pairing.Buckets {
		if row.Mark == experiments.Better || row.Mark == experiments.Worse {
			clear = append(clear, fmt.Sprintf("%s %s (%s training documents)", signed(row.Difference.Value), metricShort(r.data.Sweep.Primary), row.Name))
		}
	}
	if len(clear) == 0 {
		return fmt.Sprintf("%s and %s do not clearly differ in any band of frequency", r.candidate.name, r.baseline.name)
	}
	return fmt.Sprintf("%s against %s: %s", r.candidate.name, r.baseline.name, strings.Join(clear, ", "))
}

// effectTitle is the finding of the forest plot.
func (r *Report) effectTitle() string {
	metric := metricShort(r.data.Sweep.Primary)
	var clear, unclear, settled []string // settled: axes with a clear effect
	for i := range r.effects {
		e := &r.effects[i]
		switch {
		case e.all == nil:
		case e.all.mark == experiments.Better:
			clear = append(clear, fmt.Sprintf("%s over %s (%s)", e.to, e.from, signed(e.all.diff.Value)))
			settled = append(settled, e.axis)
		case e.all.mark == experiments.Worse:
			clear = append(clear, fmt.Sprintf("%s over %s (%s)", e.from, e.to, signed(-e.all.diff.Value)))
			settled = append(settled, e.axis)
		case !slices.Contains(unclear, e.axis):
			unclear = append(unclear, e.axis)
		}
	}
	if len(clear) == 0 {
		return "No factor makes a clear difference in " + metric
	}
	unclear = slices.DeleteFunc(unclear, func(axis string) bool { return slices.Contains(settled, axis) })
	title := "What raises " + metric + ": " + strings.Join(clear, ", ")
	if len(unclear) > 0 {
		title += "; no clear difference by " + strings.Join(unclear, " or ")
	}
	return title
}

// curveTitle is the finding of the learning curves.
func (r *Report) curveTitle(panels []curvePanel) string {
	if panels[0].name != validationCurve {
		return "The losses of " + plural(len(r.variants), "variant", "variants")
	}
	var top *curve
	at := 0
	for i := range panels[0].curves {
		c := &panels[0].curves[i]
		for k := range c.mean {
			if top == nil || c.mean[k] > top.mean[at] {
				top, at = c, k
			}
		}
	}
	return fmt.Sprintf("%s gets highest on the validation split: macro F1 %s after epoch %d of %d",
		top.variant.name, score(top.mean[at]), top.epochs[at]+1, top.epochs[len(top.epochs)-1]+1)
}

// scoredOn names the documents that figures are of.
func (r *Report) scoredOn() string {
	split := "test"
	n := len(r.best.runs[0].Test.Docs)
	if strings.HasPrefix(r.data.Sweep.Primary, string(corpus.Heldout)+"/") {
		split, n = "held-out", len(r.best.runs[0].Heldout.Docs)
	}
	return plural(n, split+" document", split+" documents")
}

// missingLabels says how many entity types have no support.
func (r *Report) missingLabels() string {
	if n := len(r.pairing.Missing); n > 0 {
		return fmt.Sprintf(" Left out: %s without a gold entity there.", plural(n, "entity type", "entity types"))
	}
	return ""
}

// provenance closes a caption: runs, seeds, corpus.
func (r *Report) provenance(variants ...*variant) string {
	runs := 0
	var seeds []uint64
	for _, v := range variants {
		runs += len(v.runs)
		for _, o := range v.runs {
			seeds = append(seeds, o.Seed)
		}
	}
	slices.Sort(seeds)
	seeds = slices.Compact(seeds)
	return fmt.Sprintf("%s, %s; corpus %s, digest %s; %s resamples.", plural(runs, "run", "runs"), plural(len(seeds), "seed", "seeds"),
		r.data.Corpus.Name, short(r.best.runs[0].CorpusDigest), thousands(r.data.Resamples))
}

// fewestSeeds is the smallest number of runs of a variant.
func (r *Report) fewestSeeds() int {
	n := len(r.variants[0].runs)
	for _, v := range r.variants {
		n = min(n, len(v.runs))
	}
	return n
}

// warn gathers what a reader must know before trusting the figures. Each is
// said once.
func (r *Report) warn() {
	add := func(w string) {
		if w != "" && !slices.Contains(r.warnings, w) {
			r.warnings = append(r.warnings, w)
		}
	}
	for _, w := range r.data.Warnings {
		add(w)
	}
	for _, m := range r.data.Missing {
		add("no result: " + m)
	}
	var digests []string
	for i := range r.data.Outcomes {
		digests = append(digests, r.data.Outcomes[i].CorpusDigest)
	}
	slices.Sort(digests)
	if digests = slices.Compact(digests); len(digests) > 1 {
		add(fmt.Sprintf("the runs are of %d corpora: %s", len(digests), strings.Join(digests, ", ")))
	}
	if len(digests) == 1 && r.data.Corpus.Digest != "" && digests[0] != r.data.Corpus.Digest {
		add(fmt.Sprintf("the runs are of corpus %s, but the corpus described here is %s", short(digests[0]), short(r.data.Corpus.Digest)))
	}
	if n := r.fewestSeeds(); n == 1 {
		add("a variant has a single seed: how far another seed would move it is not known")
	}
	if r.pairing != nil {
		for _, w := range r.pairing.Warnings {
			add(r.candidate.name + " against " + r.baseline.name + ": " + w)
		}
	}
	revisions, devices := map[string]bool{}, map[string]bool{}
	for i := range r.data.Outcomes {
		revisions[r.data.Outcomes[i].Revision], devices[r.data.Outcomes[i].Device] = true, true
	}
	if len(revisions) > 1 {
		add(fmt.Sprintf("the runs are of %d revisions of the source: %s", len(revisions), strings.Join(slices.Sorted(maps.Keys(revisions)), ", ")))
	}
	if len(devices) > 1 {
		add(fmt.Sprintf("the runs are of %d devices: %s", len(devices), strings.Join(slices.Sorted(maps.Keys(devices)), "; ")))
	}
	var few []string
	for i := range r.effects {
		if e := &r.effects[i]; e.all != nil && e.all.n < metrics.WilcoxonPairs {
			few = append(few, e.name())
		}
	}
	if len(few) > 0 {
		add(fmt.Sprintf("fewer than %d pairs of runs, too few for an exact test over them: %s", metrics.WilcoxonPairs, strings.Join(few, ", ")))
	}
}
