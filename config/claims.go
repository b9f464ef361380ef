package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// ClaimFile is a file of published numbers.
type ClaimFile struct {
	Name   string
	About  string // one line
	Claims []Claim
}

// Claim is a published number and what measures it: exactly one of Measure,
// Compute, Probe and Untestable is set.
type Claim struct {
	ID     string
	Source string // who published it
	System string // of whom it is said
	Metric string // in the words of the source
	Says   string // what it says, one line
	Unit   string
	Note   string // what a reader of the verdict should know; may be empty
	Schema string // shipped schema that it is measured with; may be empty for imported data

	Published Range
	Lower     bool    // lower is better
	Tolerance float64 // added to both ends of the published range
	Decides   float64 // greatest half-width of an interval that decides; 0 for what is counted

	Measure    *Measure
	Compute    *Compute
	Probe      *Probe
	Untestable string // why nothing here can measure it
	Calibrated string // beside the others: why agreement proves nothing

	Line int    // where it stands
	Text string // the claim as YAML
}

// Range is a published figure: Low and High are equal for a single number.
type Range struct{ Low, High float64 }

// ClaimNames lists the shipped files of claims.
func ClaimNames() []string { return shipped("claims") }

// LoadClaims reads a shipped file of claims by name, or a file by path:
//
//	name: mine
//	about: what they said of my data
//	claims:
//	  - id: f1-hybrid
//	    source: their paper, table 2
//	    system: hybrid
//	    metric: macro F1
//	    says: the hybrid head on all entities
//	    published: 91          # or [82, 90]
//	    unit: F1 x100
//	    better: higher         # or lower
//	    tolerance: 1
//	    decides: 2
//	    schema: full-197
//	    measure: {sweep: quick, variant: {head: hybrid, loss: ce, curriculum: none}, metric: test/macro_f1}
//
// docs/claims.md lists what may stand under measure, compute and probe. A wrong
// file gives Problems.
func LoadClaims(nameOrPath string) (ClaimFile, error) {
	src, err := open("claims", nameOrPath)
	if err != nil {
		return ClaimFile{}, err
	}
	return decodeClaims(src)
}

// ParseClaims reads claims from text, which errors call name.
func ParseClaims(name string, text []byte) (ClaimFile, error) {
	return decodeClaims(source{name, text})
}

// claimDecoder decodes the claims of one file. Sweeps that several claims
// name are loaded once.
type claimDecoder struct {
	*decoder
	table  table
	sweeps map[string]*Sweep
	kinds  []DocumentKind
}

func decodeClaims(src source) (ClaimFile, error) {
	d := &claimDecoder{decoder: &decoder{file: src.name}, table: newTable(), sweeps: map[string]*Sweep{}}
	f := ClaimFile{}
	root := d.document(src.text)
	if root == nil {
		return f, d.problems.err()
	}
	fields := d.fields(root, "", []string{"name", "about", "kinds", "claims"}, []string{"name", "claims"})
	if n := fields["name"]; n != nil {
		f.Name = d.name(n, "name")
	}
	if n := fields["about"]; n != nil {
		f.About = d.line(n, "about")
	}
	if n := fields["kinds"]; n != nil {
		d.kinds = d.documentKinds(n)
	}
	list := fields["claims"]
	if list == nil || !d.isList(list, "claims") {
		return f, d.problems.err()
	}
	if len(list.Content) == 0 {
		d.add(list, "claims", "no claim; expected one or more")
	}
	lines := map[string]int{}
	for _, item := range list.Content {
		c := d.claim(item)
		if first, twice := lines[c.ID]; twice && c.ID != "" {
			d.add(item, "claims.id", "claim %s is given twice, first on line %d", c.ID, first)
		}
		lines[c.ID] = item.Line
		f.Claims = append(f.Claims, c)
	}
	return f, d.problems.err()
}

// line gives a text value of one line.
func (d *decoder) line(n *yaml.Node, key string) string {
	s, ok := d.text(n, key)
	if ok && (strings.TrimSpace(s) == "" || strings.Contains(s, "\n")) {
		d.add(n, key, "%s; expected one line of text", quoted(s))
	}
	return s
}

// waysToMeasure are the keys of which a claim has exactly one.
var waysToMeasure = []string{"measure", "compute", "probe", "untestable"}

// claim decodes one item of the list.
func (d *claimDecoder) claim(n *yaml.Node) Claim {
	c := Claim{Line: n.Line}
	keys := append([]string{"id", "source", "system", "metric", "says", "note", "published", "unit", "better", "tolerance", "decides", "schema", "calibrated"}, waysToMeasure...)
	f := d.fields(n, "claims", keys, []string{"id", "source", "system", "metric", "says", "published", "unit", "better"})
	if f["id"] != nil {
		c.ID = d.name(f["id"], "claims.id")
	}
	for _, v := range []struct {
		key  string
		into *string
	}{{"source", &c.Source}, {"system", &c.System}, {"metric", &c.Metric}, {"says", &c.Says}, {"note", &c.Note}, {"unit", &c.Unit}, {"untestable", &c.Untestable}, {"calibrated", &c.Calibrated}} {
		if f[v.key] != nil {
			*v.into = d.line(f[v.key], "claims."+v.key)
		}
	}
	if v := f["published"]; v != nil {
		c.Published = d.published(v)
	}
	if v := f["better"]; v != nil {
		c.Lower = d.choice(v, "claims.better", "higher", "lower") == "lower"
	}
	for _, v := range []struct {
		key  string
		into *float64
	}{{"tolerance", &c.Tolerance}, {"decides", &c.Decides}} {
		if f[v.key] != nil {
			*v.into = d.positive(f[v.key], "claims."+v.key)
		}
	}
	if v := f["schema"]; v != nil {
		c.Schema, _ = d.text(v, "claims.schema")
		if !isPath(c.Schema) && !slices.Contains(SchemaNames(), c.Schema) {
			d.add(v, "claims.schema", "%s is not one that ships (%s)%s", quoted(c.Schema), strings.Join(SchemaNames(), ", "), didYouMean(c.Schema, SchemaNames()))
		}
	}
	d.way(n, &c, f)
	if text, err := yaml.Marshal(n); err == nil {
		c.Text = string(text)
	} else {
		panic("config: claim: " + err.Error()) // it was read as YAML
	}
	return c
}

// way decodes how a claim is measured.
func (d *claimDecoder) way(n *yaml.Node, c *Claim, f map[string]*yaml.Node) {
	var given []string
	for _, key := range waysToMeasure {
		if f[key] != nil {
			given = append(given, key)
		}
	}
	if len(given) != 1 {
		d.add(n, "claims", "claim %s has %s; expected exactly one of %s", cmp.Or(c.ID, "without id"), cmp.Or(strings.Join(given, " and "), "nothing that measures it"), strings.Join(waysToMeasure, ", "))
		return
	}
	if c.Calibrated != "" && given[0] == "untestable" {
		d.add(f["calibrated"], "claims.calibrated", "claim %s is untestable; expected one of them", c.ID)
	}
	sampled := given[0] == "measure" || given[0] == "probe"
	if sampled && f["decides"] == nil {
		d.add(n, "claims.decides", "missing: claim %s is sampled, so that it needs the greatest half-width of an interval that decides it", c.ID)
	}
	if !sampled && f["decides"] != nil {
		d.add(f["decides"], "claims.decides", "has no effect on claim %s, which is not sampled", c.ID)
	}
	switch given[0] {
	case "measure":
		c.Measure = d.measure(f["measure"])
	case "compute":
		c.Compute = d.compute(f["compute"], c.Schema)
	case "probe":
		c.Probe = d.probe(f["probe"])
	}
}

// published decodes a number or a list of two, the lower first.
func (d *decoder) published(n *yaml.Node) Range {
	if n.Kind == yaml.ScalarNode {
		v := d.number(n, "claims.published")
		return Range{v, v}
	}
	if n.Kind != yaml.SequenceNode || len(n.Content) != 2 {
		d.add(n, "claims.published", "%s; expected a number or a list of two, the lower first", describe(n))
		return Range{}
	}
	r := Range{d.number(n.Content[0], "claims.published"), d.number(n.Content[1], "claims.published")}
	if r.Low > r.High {
		d.add(n, "claims.published", "[%s, %s]; expected the lower number first", number(r.Low), number(r.High))
	}
	return r
}

// number decodes a finite number.
func (d *decoder) number(n *yaml.Node, key string) float64 {
	v, what := setting{typ: floatType}.scalar(floatType, n)
	if what != "" {
		d.add(n, key, "%s", what)
		return 0
	}
	if f := v.Float(); f-f == 0 {
		return f
	}
	d.add(n, key, "%s; expected a finite number", n.Value)
	return 0
}

// positive decodes a number of 0 or more.
func (d *decoder) positive(n *yaml.Node, key string) float64 {
	v := d.number(n, key)
	if v < 0 {
		d.add(n, key, "%s is out of range; expected 0 or more", n.Value)
	}
	return v
}

// choice decodes one of a few names.
func (d *decoder) choice(n *yaml.Node, key string, names ...string) string {
	s, ok := d.text(n, key)
	if ok && !slices.Contains(names, s) {
		d.add(n, key, "%s is not one of %s%s", quoted(s), strings.Join(names, ", "), didYouMean(s, names))
		return ""
	}
	return s
}

// String names the claim and its range: "avg-f1-hybrid: 91 F1 x100".
func (c Claim) String() string { return fmt.Sprintf("%s: %s %s", c.ID, c.Published, c.Unit) }

// String writes "91", or "82 to 90".
func (r Range) String() string {
	if r.Low == r.High {
		return number(r.Low)
	}
	return number(r.Low) + " to " + number(r.High)
}
