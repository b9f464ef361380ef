package config

import (
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"
)

// Probe is a figure that the program measures of itself.
type Probe struct {
	What       ProbeKind
	Experiment Experiment
	Seed       uint64

	Smaller   string   // of Latency and Memory: schema of the model that the one with the claim's schema is held against
	Documents int      // of Latency and Memory: documents that are labelled in a repeat
	Repeats   int      // of Latency and Memory
	Labels    []string // of Extend: entities that the model is trained without, then given
	Examples  int      // of Extend: documents that a label is learned from
	Enough    float64  // of Extend: share of the F1 of a label learned in training from which it counts as added
	Rules     string   // of Resolution: shipped rules or a file of rules

	Costs float64 // seconds of one core that it took where the claim was written; 0 when not told
}

// ProbeKind is what is measured.
type ProbeKind int

// What is measured.
const (
	Latency    ProbeKind = iota // percent more time for a document than with the smaller schema
	Memory                      // percent more memory at the most
	Extend                      // share of labels that are added to a trained model by a prototype
	Resolution                  // percent fewer errors on ambiguous values by rules than by the more frequent label
)

var probeNames = []string{Latency: "latency", Memory: "memory", Extend: "extend", Resolution: "resolution"}

// String is the name of the kind in a file of claims.
func (k ProbeKind) String() string { return probeNames[k] }

// probeKeys are the keys of each kind, all of them required.
var probeKeys = [][]string{
	Latency:    {"experiment", "smaller", "documents", "repeats"},
	Memory:     {"experiment", "smaller", "documents", "repeats"},
	Extend:     {"experiment", "labels", "examples", "enough"},
	Resolution: {"experiment", "rules"},
}

var floatType = reflect.TypeFor[float64]()

// probe decodes a figure that the program measures of itself.
func (d *claimDecoder) probe(n *yaml.Node) *Probe {
	p := &Probe{Seed: 1}
	all := []string{"what", "experiment", "set", "seed", "smaller", "documents", "repeats", "labels", "examples", "enough", "rules", "costs"}
	f := d.fields(n, "probe", all, []string{"what"})
	if f["what"] == nil {
		return p
	}
	what := d.choice(f["what"], "probe.what", probeNames...)
	for k, name := range probeNames {
		if name == what {
			p.What = ProbeKind(k)
		}
	}
	if what == "" {
		return p
	}
	allowed := map[string]bool{"what": true, "set": true, "seed": true, "costs": true}
	for _, key := range probeKeys[p.What] {
		allowed[key] = true
		if f[key] == nil {
			d.add(n, "probe."+key, "missing")
		}
	}
	for _, key := range all {
		if f[key] != nil && !allowed[key] {
			d.add(f[key], "probe."+key, "has no effect on %s; expected %s", what, strings.Join(probeKeys[p.What], ", "))
		}
	}
	if f["experiment"] != nil {
		p.Experiment, _ = d.settings(f["experiment"], f["set"], "probe")
	}
	if v := f["seed"]; v != nil {
		p.Seed, _ = d.whole(v, "probe.seed")
	}
	if v := f["smaller"]; v != nil {
		p.Smaller = d.choice(v, "probe.smaller", SchemaNames()...)
	}
	for _, v := range []struct {
		key  string
		into *int
	}{{"documents", &p.Documents}, {"repeats", &p.Repeats}, {"examples", &p.Examples}} {
		if c := f[v.key]; c != nil {
			number, ok := d.whole(c, "probe."+v.key)
			if ok && (number < 1 || number > maxRepeats) {
				d.add(c, "probe."+v.key, "%s is out of range; expected 1 to %d", c.Value, maxRepeats)
			}
			*v.into = int(number)
		}
	}
	if v := f["labels"]; v != nil {
		p.Labels = d.nameList(v, "probe.labels")
	}
	if v := f["enough"]; v != nil {
		p.Enough = d.positive(v, "probe.enough")
	}
	if v := f["rules"]; v != nil {
		p.Rules, _ = d.text(v, "probe.rules")
		if _, err := LoadRules(p.Rules); err != nil && p.Rules != "" {
			d.add(v, "probe.rules", "%s", strings.ReplaceAll(err.Error(), "\n", "; "))
		}
	}
	if v := f["costs"]; v != nil {
		p.Costs = d.positive(v, "probe.costs")
	}
	return p
}

// maxRepeats keeps a probe within hours.
const maxRepeats = 10_000
