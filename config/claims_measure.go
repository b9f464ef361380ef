package config

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/invoicelab/invoicelab/metrics"
)

// Measure is a query over runs.
type Measure struct {
	Sweep   Sweep // shipped or of a file, or one experiment with seeds
	Single  bool  // it is one experiment
	Variant []int // indices of the level of each axis
	Against []int // of the other variant of a difference or ratio; nil for none
	Compare Comparing

	Split  string  // "test", "heldout" or "validation"
	Figure string  // "macro_f1", "structure/macro_f1", ...
	Reach  float64 // with a value: epochs until Figure comes to this share of its best
	Labels LabelSet
	Mode   metrics.Mode
	Import string  // importer that makes the corpus from other people's files; may be empty
	Costs  float64 // seconds of one core that a trial took where the claim was written; 0 when not told
}

// Comparing says what becomes of two variants.
type Comparing int

// What becomes of two variants.
const (
	Alone      Comparing = iota // there is one
	Difference                  // variant minus the other
	Ratio                       // percent by which the variant is more than the other
)

// LabelSet chooses entity types: all, those that fewer than the share Below,
// or at least the share From, of the training documents hold, or Names.
type LabelSet struct {
	Below, From float64
	Names       []string
}

// All says whether the set is all labels.
func (l LabelSet) All() bool { return l.Below == 0 && l.From == 0 && l.Names == nil }

// Holds says whether the set has the label that this share of the training
// documents holds.
func (l LabelSet) Holds(name string, share float64) bool {
	switch {
	case l.Names != nil:
		return slices.Contains(l.Names, name)
	case l.Below > 0:
		return share < l.Below
	}
	return share >= l.From
}

// String names the set: "labels in under 5 % of training documents".
func (l LabelSet) String() string {
	switch {
	case l.Names != nil:
		return strings.Join(l.Names, " ")
	case l.Below > 0:
		return fmt.Sprintf("labels in under %s %% of training documents", number(100*l.Below))
	case l.From > 0:
		return fmt.Sprintf("labels in %s %% of training documents or more", number(100*l.From))
	}
	return "all labels"
}

// measure decodes a query over runs.
func (d *claimDecoder) measure(n *yaml.Node) *Measure {
	m := &Measure{}
	f := d.fields(n, "measure", []string{"sweep", "experiment", "set", "seeds", "variant", "against", "compare", "metric", "labels", "mode", "reach", "import", "costs"}, []string{"metric"})
	if len(f) == 0 {
		return m
	}
	ok := d.runs(n, m, f)
	if v := f["metric"]; v != nil {
		d.metric(v, m, f["reach"] != nil)
	}
	if v := f["reach"]; v != nil {
		if m.Reach = d.number(v, "measure.reach"); m.Reach <= 0 || m.Reach > 1 {
			d.add(v, "measure.reach", "%s is out of range; expected a share of the best, above 0 and up to 1", v.Value)
		}
	}
	if v := f["labels"]; v != nil {
		m.Labels = d.labels(v)
	}
	if v := f["mode"]; v != nil {
		mode, err := metrics.ParseMode(d.choice(v, "measure.mode", metrics.Strict.String(), metrics.Conll.String()))
		if err == nil {
			m.Mode = mode
		}
	}
	if v := f["import"]; v != nil {
		m.Import = d.name(v, "measure.import")
	}
	if v := f["costs"]; v != nil {
		m.Costs = d.positive(v, "measure.costs")
	}
	if perDocument := slices.Contains(metrics.Names(), m.Figure) && m.Reach == 0; !perDocument {
		for _, key := range []string{"labels", "mode"} {
			if f[key] != nil {
				d.add(f[key], "measure."+key, "has no effect on %s, of which no counts are kept", quoted(m.Split+"/"+m.Figure))
			}
		}
	}
	if ok {
		d.sides(n, m, f)
	}
	return m
}

// runs decodes which sweep has the runs.
func (d *claimDecoder) runs(n *yaml.Node, m *Measure, f map[string]*yaml.Node) bool {
	switch sweep, experiment := f["sweep"], f["experiment"]; {
	case (sweep == nil) == (experiment == nil):
		d.add(n, "measure", "expected either sweep or experiment")
		return false
	case sweep != nil:
		for _, key := range []string{"set", "seeds"} {
			if f[key] != nil {
				d.add(f[key], "measure."+key, "has no effect with sweep, which says it; expected experiment")
			}
		}
		name, ok := d.text(sweep, "measure.sweep")
		if !ok {
			return false
		}
		s := d.sweeps[name]
		if s == nil {
			loaded, err := LoadSweep(name)
			if err != nil {
				d.add(sweep, "measure.sweep", "%s", strings.ReplaceAll(err.Error(), "\n", "; "))
				return false
			}
			s = &loaded
			d.sweeps[name] = s
		}
		m.Sweep = *s
		return true
	default:
		m.Single = true
		e, ok := d.settings(experiment, f["set"], "measure")
		if !ok {
			return false
		}
		m.Sweep = Sweep{Name: "single", Primary: PrimaryNames()[0], Seeds: []uint64{1}, Base: e}
		if v := f["seeds"]; v != nil {
			m.Sweep.Seeds = d.seeds(v)
		}
		return true
	}
}

// settings decodes the name of an experiment and what is set otherwise.
func (d *claimDecoder) settings(name, set *yaml.Node, key string) (Experiment, bool) {
	text, ok := d.text(name, key+".experiment")
	if !ok {
		return Experiment{}, false
	}
	e, err := LoadExperiment(text)
	if err != nil {
		d.add(name, key+".experiment", "%s", strings.ReplaceAll(err.Error(), "\n", "; "))
		return e, false
	}
	if set == nil {
		return e, true
	}
	before := len(d.problems)
	lines := map[string]int{"": set.Line}
	for _, k := range d.assignments(set, key+".set") {
		s, what := d.table.lookup(k.key)
		if what == "" {
			v, wrong := s.parse(k.value)
			if what = wrong; what == "" {
				e = e.clone()
				if strings.HasPrefix(k.key, "corpus.") { // another corpus takes the place of the one of the file
					e.Corpus = otherCorpus(e.Corpus, k.key)
				}
				s.field(&e, true).Set(v)
				lines[k.key] = k.value.Line
				continue
			}
		}
		d.add(k.value, k.key, "%s", what)
	}
	if len(d.problems) == before {
		for _, f := range e.faults() {
			d.problems = append(d.problems, Problem{File: d.file, Line: f.line(lines), Key: f.keys[0], What: f.what})
		}
	}
	return e, len(d.problems) == before
}

// otherCorpus is c without what the key of another corpus excludes.
func otherCorpus(c Corpus, key string) Corpus {
	switch key {
	case "corpus.path":
		c.Preset, c.Generate = "", nil
	case "corpus.preset":
		c.Path, c.Generate = "", nil
	}
	return c
}

// assignments lists a mapping of dotted keys to values in its order.
func (d *decoder) assignments(n *yaml.Node, key string) []keyed {
	if !d.isMapping(n, key) {
		return nil
	}
	var list []keyed
	lines := map[string]int{}
	for i := 0; i < len(n.Content); i += 2 {
		k := n.Content[i]
		if first, twice := lines[k.Value]; twice {
			d.add(k, k.Value, "given twice, first on line %d", first)
			continue
		}
		lines[k.Value] = k.Line
		list = append(list, keyed{k.Value, n.Content[i+1]})
	}
	return list
}

// metric decodes "test/macro_f1".
func (d *decoder) metric(n *yaml.Node, m *Measure, reach bool) {
	text, ok := d.text(n, "measure.metric")
	if !ok {
		return
	}
	split, figure, qualified := strings.Cut(text, "/")
	splits := []string{"test", "heldout"}
	if reach {
		splits = []string{"validation"}
	}
	if !qualified || !slices.Contains(splits, split) {
		d.add(n, "measure.metric", "%s; expected %s/METRIC%s", quoted(text), strings.Join(splits, "/METRIC or "), map[bool]string{true: ", which epochs have"}[reach])
		return
	}
	known := slices.Clone(metrics.Names())
	if !reach {
		known = append(known, "semantic_micro_f1", "semantic_macro_f1", "structure/macro_f1", "structure/micro_f1", "visual/macro_f1", "visual/micro_f1")
	}
	if !slices.Contains(known, figure) {
		d.add(n, "measure.metric", "%s is not one of %s%s", quoted(figure), strings.Join(known, ", "), didYouMean(figure, known))
		return
	}
	m.Split, m.Figure = split, figure
}

// labels decodes a list of names, {below: share} or {from: share}.
func (d *decoder) labels(n *yaml.Node) LabelSet {
	var l LabelSet
	if n.Kind == yaml.SequenceNode {
		for _, c := range n.Content {
			l.Names = append(l.Names, d.name(c, "measure.labels"))
		}
		if len(l.Names) == 0 {
			d.add(n, "measure.labels", "an empty list; leave the key out for all labels")
		}
		return l
	}
	f := d.fields(n, "measure.labels", []string{"below", "from"}, nil)
	if n.Kind == yaml.MappingNode && len(n.Content) != 2 {
		d.add(n, "measure.labels", "expected either below or from, a share of the training documents, or a list of names")
	}
	for _, v := range []struct {
		key  string
		into *float64
	}{{"below", &l.Below}, {"from", &l.From}} {
		if c := f[v.key]; c != nil {
			if *v.into = d.number(c, "measure.labels."+v.key); *v.into <= 0 || *v.into > 1 {
				d.add(c, "measure.labels."+v.key, "%s is out of range; expected a share of the training documents, above 0 and up to 1", c.Value)
			}
		}
	}
	return l
}
