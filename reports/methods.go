package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/experiments"
)

// setting writes a setting of the sweep: its value, or the values that the
// axes give it.
func (r *Report) setting(key string) string {
	var values []string
	for _, a := range r.data.Sweep.Axes {
		for _, l := range a.Levels {
			for _, s := range l.Set {
				if s.Key == key && !slices.Contains(values, s.Text) {
					values = append(values, s.Text)
				}
			}
		}
	}
	if len(values) == 0 {
		return r.data.Sweep.Base.Value(key)
	}
	return strings.Join(values, " or ")
}

// methods writes the paragraphs that say how the figures came about, from the
// settings.
func (r *Report) methods() []string {
	var p []string
	s := r.setting
	c := r.data.Corpus
	var splits []string
	for _, split := range corpus.Splits {
		if n, ok := c.Splits[split]; ok && n.Documents > 0 {
			splits = append(splits, fmt.Sprintf("%s %s (%s entities)", thousands(n.Documents), splitWord(string(split)), thousands(n.Entities)))
		}
	}
	data := fmt.Sprintf("Data: corpus %s, source %s, digest %s", c.Name, c.Source, r.best.runs[0].CorpusDigest)
	if len(splits) > 0 {
		data += "; documents: " + strings.Join(splits, ", ")
	}
	p = append(p, data+".")

	var axes []string
	for _, a := range r.data.Sweep.Axes {
		var levels []string
		for _, l := range a.Levels {
			levels = append(levels, l.Name)
		}
		axes = append(axes, a.Name+" ("+strings.Join(levels, ", ")+")")
	}
	design := fmt.Sprintf("Design: %s with a finished run, %s in all", plural(len(r.variants), "variant", "variants"), plural(len(r.data.Outcomes), "run", "runs"))
	if len(axes) > 0 {
		design += ", the product of " + strings.Join(axes, " × ")
	}
	p = append(p, design+fmt.Sprintf(", each with seeds %s. Primary metric, named in advance: %s.", r.seedList(), metricName(r.data.Sweep.Primary)))

	p = append(p, fmt.Sprintf("Training: every model was trained from nothing for at most %s epochs in batches of %s documents, with AdamW at a peak learning rate of %s, "+
		"a warm-up of %s of all steps and cosine decay, weight decay %s and gradient norms clipped at %s. "+
		"Encoder: hidden size %s, %s context layers, dropout %s. Head: %s. Decoder: %s. Loss: %s. Curriculum: %s; sampler: %s. "+
		"The epoch with the best validation macro F1 was kept.",
		s("train.epochs"), s("curriculum.batch"), s("train.learning_rate"), s("train.warmup"), s("train.weight_decay"), s("train.clip"),
		s("model.encoder.hidden"), s("model.encoder.layers"), s("model.encoder.dropout"), s("model.head.kind"), s("model.crf"),
		s("model.loss.kind"), s("curriculum.kind"), s("curriculum.sampler")))

	p = append(p, "Scoring: strict. An entity counts as found when its type, first and last token match the gold annotation. "+
		"Macro F1 is the mean over entity types with gold support in the split; division by zero gives 0.")
	p = append(p, fmt.Sprintf("Uncertainty: intervals are 95 %% percentile intervals of %s bootstrap resamples of documents (seed %d), with the runs fixed; "+
		"differences resample the same documents on both sides. A difference is called better or worse only when its intervals over documents, over "+
		"pairs of runs (by t) and over both at once exclude zero and the p of the bootstrap, of swapping documents between the sides and of the t test over both are at most 0.05. "+
		"An effect of a factor must besides exclude zero over seeds (analysis of variance, seed as block) with its p adjusted over the effects. Over entity types p is adjusted by Benjamini and Hochberg's method, and types in fewer than %d test documents are not judged. "+
		"Rare entity types are those in fewer than %d training documents. Variants are ranked by %s.",
		thousands(r.data.Resamples), r.data.Seed, experiments.MinDocuments, r.data.Thresholds.Few, metricName(r.chosenBy)))
	return p
}

// seedList lists the seeds of all runs; a long list is given by its ends.
func (r *Report) seedList() string {
	var seeds []uint64
	for i := range r.data.Outcomes {
		seeds = append(seeds, r.data.Outcomes[i].Seed)
	}
	slices.Sort(seeds)
	seeds = slices.Compact(seeds)
	const most = 10
	if len(seeds) > most {
		return fmt.Sprintf("%d to %d (%d)", seeds[0], seeds[len(seeds)-1], len(seeds))
	}
	out := make([]string, len(seeds))
	for i, s := range seeds {
		out[i] = fmt.Sprint(s)
	}
	return strings.Join(out, ", ")
}
