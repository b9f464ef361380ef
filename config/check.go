package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/curriculum"
	"github.com/invoicelab/invoicelab/train"
)

// fault is something that only shows when several settings are seen together.
type fault struct {
	keys []string // the settings concerned, the one to name first
	what string
}

// line finds the line to show: that of the first of the keys that was given,
// else that of the innermost mapping around the first key.
func (f fault) line(lines map[string]int) int {
	for _, k := range f.keys {
		if line, ok := lines[k]; ok {
			return line
		}
	}
	for k := f.keys[0]; strings.Contains(k, "."); {
		k = k[:strings.LastIndexByte(k, '.')]
		if line, ok := lines[k]; ok {
			return line
		}
	}
	return lines[""]
}

// Check looks at settings that depend on each other and gives the first fault.
// Values by themselves were checked when they were set.
func (e Experiment) Check() error {
	for _, f := range e.faults() {
		return Problem{Key: f.keys[0], What: f.what}
	}
	return nil
}

// faults lists what does not fit together. What stands in a part that is
// switched off (stages under curriculum.kind none) is not looked at: a sweep
// switches such parts on in some of its trials.
func (e Experiment) faults() []fault {
	var all []fault
	add := func(keys string, format string, args ...any) {
		all = append(all, fault{strings.Fields(keys), fmt.Sprintf(format, args...)})
	}
	switch c := e.Corpus; {
	case c.Preset != "" && c.Path != "":
		add("corpus.preset corpus.path", "excludes corpus.path, but both are given")
	case c.Preset != "" && c.Generate != nil:
		add("corpus.preset corpus.generate", "excludes corpus.generate, but both are given")
	case c.Preset != "":
		if !isPath(c.Preset) && !slices.Contains(PresetNames(), c.Preset) {
			add("corpus.preset", "%s is not one that ships (%s) and not a path such as my/corpus.yaml%s", quoted(c.Preset), strings.Join(PresetNames(), ", "), didYouMean(c.Preset, PresetNames()))
		}
	case c.Path == "" && c.Generate == nil:
		add("corpus.path corpus.preset corpus.generate", "no data; expected corpus.preset (%s, or the path of a corpus file), corpus.path (a folder of a corpus) or corpus.generate (a recipe)", strings.Join(PresetNames(), ", "))
	case c.Path != "" && c.Generate != nil:
		add("corpus.path corpus.generate", "excludes corpus.generate, but both are given")
	case c.Generate != nil && c.Schema == "":
		add("corpus.schema corpus.generate", "missing; generated invoices need a schema: %s, or the path of a schema file", strings.Join(SchemaNames(), ", "))
	}
	if name := e.Corpus.Schema; name != "" && !isPath(name) && !slices.Contains(SchemaNames(), name) {
		add("corpus.schema", "%s is not one that ships (%s) and not a path such as my/schema.yaml%s", quoted(name), strings.Join(SchemaNames(), ", "), didYouMean(name, SchemaNames()))
	}
	for _, s := range []struct {
		key   string
		texts []string
	}{{"model.encoder.templates", e.Model.Encoder.Templates}, {"model.encoder.wide", e.Model.Encoder.Wide}} {
		if err := train.CheckTemplates(s.texts); err != nil {
			add(s.key, "%v", err)
		}
	}
	if e.Model.Encoder.Kind == "sparse" {
		all = append(all, e.sparseFaults()...)
	}
	all = append(all, e.featuresFaults()...)
	if e.Model.Head.Kind == "hybrid/published" && e.Model.Loss.SeparationKind != "squared" {
		add("model.loss.separation model.head.kind", "%s has no effect with model.head.kind hybrid/published, whose separation is the signed cosine", e.Model.Loss.SeparationKind)
	}
	if e.Curriculum.Staged() {
		all = append(all, e.stageFaults()...)
	}
	if c := e.Curriculum; c.Sampler == "domain_balanced" && c.RarePerBatch > c.Batch {
		add("curriculum.rare_per_batch curriculum.batch", "%d is more than the %d documents of a batch (curriculum.batch)", c.RarePerBatch, c.Batch)
	}
	return all
}

// featuresFaults names what has no effect where hidden states are given, and hidden states
// where they are not.
func (e Experiment) featuresFaults() []fault {
	var all []fault
	if !e.Model.Encoder.Given() {
		for _, s := range []struct{ key, value string }{
			{"model.encoder.features", e.Model.Encoder.Features},
			{"model.encoder.features_digest", e.Model.Encoder.FeaturesDigest},
		} {
			if s.value != "" {
				all = append(all, fault{[]string{s.key, "model.encoder.kind"}, fmt.Sprintf("%s has no effect with model.encoder.kind %s; expected features", s.value, e.Model.Encoder.Kind)})
			}
		}
		return all
	}
	usual := Default()
	for _, key := range []string{"model.encoder.layers", "model.encoder.window", "model.encoder.buckets", "model.encoder.templates", "model.encoder.wide", "train.word_dropout", "train.feature_dropout"} {
		if v := e.Value(key); v != usual.Value(key) {
			all = append(all, fault{[]string{key, "model.encoder.kind"}, fmt.Sprintf("%s has no effect with model.encoder.kind features; expected %s, the default", v, usual.Value(key))})
		}
	}
	return all
}

// sparseFaults names what the sparse encoder has no place for: it is a CRF on
// feature templates, with one convex objective.
func (e Experiment) sparseFaults() []fault {
	var all []fault
	for _, s := range []struct{ key, given, expected string }{
		{"model.head.kind", e.Model.Head.Kind, "linear"},
		{"model.loss.kind", e.Model.Loss.Kind, "ce"},
		{"model.loss.consistency_weight", number(e.Model.Loss.Consistency), "0"},
		{"curriculum.kind", e.Curriculum.Kind, "none"},
		{"curriculum.sampler", e.Curriculum.Sampler, "uniform"},
		{"train.feature_dropout", number(e.Train.FeatureDropout), "0"},
	} {
		if s.given != s.expected {
			all = append(all, fault{[]string{s.key, "model.encoder.kind"}, fmt.Sprintf("%s has no effect with model.encoder.kind sparse; expected %s", s.given, s.expected)})
		}
	}
	switch e.Model.CRF {
	case "none":
		all = append(all, fault{[]string{"model.crf", "model.encoder.kind"}, "none: model.encoder.kind sparse is a CRF; expected crf or crf/bio"})
	case "crf/adaptive":
		all = append(all, fault{[]string{"model.crf", "model.encoder.kind"}, "crf/adaptive: model.encoder.kind sparse has transitions of its own; expected crf or crf/bio"})
	}
	if len(e.Model.Encoder.Wide) > 0 {
		all = append(all, fault{[]string{"model.encoder.wide", "model.encoder.kind"}, "has no effect with model.encoder.kind sparse, all of whose templates score labels directly; expected []"})
	}
	return all
}

// idle says why the weights of stages have no effect, or nothing.
func (e Experiment) idle(l curriculum.WeightList) string {
	loss, head := e.Model.Loss, e.Model.Head.Kind
	same, has := loss.Entity, true
	switch l.Component {
	case "group":
		same, has = loss.Group, strings.HasPrefix(head, "hybrid") || strings.HasPrefix(head, "hierarchical")
	case "separation":
		same, has = loss.Separation, strings.HasPrefix(head, "hybrid") || head == "prototype"
	case "crf":
		same, has = loss.CRF, e.Model.CRF != "none"
		if !has {
			return "with model.crf none"
		}
	}
	switch {
	case !has:
		return "with model.head.kind " + head
	case !slices.ContainsFunc(l.Values, func(v float64) bool { return v != same }):
		return "where model.loss." + l.Component + "_weight is the same"
	}
	return ""
}

// list shows a list as YAML has it.
func list[T int | float64](values []T) string { return valueText(reflect.ValueOf(values)) }

func (e Experiment) stageFaults() []fault {
	var all []fault
	add := func(keys string, format string, args ...any) {
		all = append(all, fault{strings.Fields(keys), fmt.Sprintf(format, args...)})
	}
	c, staged := e.Curriculum, "entities"
	if c.Kind == "difficulty" {
		staged = "documents"
		if len(c.Counts) > 0 {
			add("curriculum.counts curriculum.kind", "counts entities, so it has no effect with curriculum.kind difficulty; expected curriculum.shares, of the documents")
			return all
		}
		if len(c.Shares) == 0 {
			add("curriculum.kind", "difficulty needs curriculum.shares")
			return all
		}
	}
	if len(c.Counts) == 0 && len(c.Shares) == 0 {
		add("curriculum.kind", "%s needs curriculum.counts or curriculum.shares", c.Kind)
		return all
	}
	if len(c.Counts) > 0 && len(c.Shares) > 0 {
		add("curriculum.counts curriculum.shares", "excludes curriculum.shares, but both are given")
		return all
	}
	for i, n := range c.Counts {
		if n < 1 || i > 0 && n <= c.Counts[i-1] {
			add("curriculum.counts", "%s; expected whole numbers from 1 up, each greater than the one before", list(c.Counts))
			break
		}
	}
	for i, s := range c.Shares {
		if s <= 0 || s >= 1 || i > 0 && s <= c.Shares[i-1] {
			add("curriculum.shares", "%s; expected numbers between 0 and 1, each greater than the one before (the last stage, with all %s, is not listed)", list(c.Shares), staged)
			break
		}
	}
	stages := len(c.Counts) + len(c.Shares)
	if len(c.StageEpochs) > 0 && len(c.StageEpochs) != stages {
		add("curriculum.stage_epochs", "%d numbers; expected %d, one for each stage but the last", len(c.StageEpochs), stages)
		return all
	}
	for _, l := range c.WeightLists() {
		if len(l.Values) != stages+1 {
			add(l.Key, "%d numbers; expected %d, one for each stage", len(l.Values), stages+1)
		} else if what := e.idle(l); what != "" {
			add(l.Key, "%s has no effect %s", list(l.Values), what)
		}
	}
	sum := stages // at least one epoch a stage
	if len(c.StageEpochs) > 0 {
		sum = 0
		for _, n := range c.StageEpochs {
			sum += n
			if n < 1 {
				add("curriculum.stage_epochs", "%s; expected whole numbers of 1 or more", list(c.StageEpochs))
				return all
			}
		}
	}
	if sum >= e.Train.Epochs {
		add("curriculum.stage_epochs train.epochs curriculum.kind", "the stages before the last take %d epochs, which leaves none of the %d epochs (train.epochs) for the last", sum, e.Train.Epochs)
	}
	return all
}
