package config

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Compute is a figure that is counted.
type Compute struct {
	What ComputeKind

	// Of Parameters.
	Experiment Experiment // its model, under the schema of the claim
	Part       string     // beginning of the names of the parts that are counted: "head", "crf.transitions"
	Biases     bool       // vectors are counted, too

	Kinds    []DocumentKind // of Coverage
	ByWeight bool           // of Coverage: kinds count by their share of the documents
	Labels   []string       // of Unseen
}

// ComputeKind is what is counted.
type ComputeKind int

// What is counted.
const (
	Parameters ComputeKind = iota // parameters of a part of a model
	Coverage                      // percent of the kinds of documents all of whose special labels the schema has
	Unseen                        // F1 of labels that the schema lacks, which is 0 by definition
)

var computeNames = []string{Parameters: "parameters", Coverage: "coverage", Unseen: "unseen"}

// String is the name of the kind in a file of claims.
func (k ComputeKind) String() string { return computeNames[k] }

// DocumentKind is a kind of documents, its share of them, and the labels that
// only such documents have.
type DocumentKind struct {
	Name  string
	Share float64
	Needs []string
}

// documentKinds decodes the kinds of documents of a file.
func (d *decoder) documentKinds(n *yaml.Node) []DocumentKind {
	if !d.isList(n, "kinds") {
		return nil
	}
	var all []DocumentKind
	for _, item := range n.Content {
		keys := []string{"name", "share", "needs"}
		f := d.fields(item, "kinds", keys, keys)
		k := DocumentKind{}
		if f["name"] != nil {
			k.Name = d.name(f["name"], "kinds.name")
		}
		if f["share"] != nil {
			k.Share = d.positive(f["share"], "kinds.share")
		}
		if v := f["needs"]; v != nil {
			k.Needs = d.nameList(v, "kinds.needs")
		}
		all = append(all, k)
	}
	return all
}

// nameList decodes a list of one or more names.
func (d *decoder) nameList(n *yaml.Node, key string) []string {
	if !d.isList(n, key) {
		return nil
	}
	if len(n.Content) == 0 {
		d.add(n, key, "an empty list; expected one name or more")
	}
	var names []string
	for _, c := range n.Content {
		names = append(names, d.name(c, key))
	}
	return names
}

// compute decodes a figure that is counted under a schema.
func (d *claimDecoder) compute(n *yaml.Node, schema string) *Compute {
	c := &Compute{}
	f := d.fields(n, "compute", []string{"what", "experiment", "set", "part", "biases", "by", "labels"}, []string{"what"})
	if f["what"] == nil {
		return c
	}
	if schema == "" {
		d.add(n, "compute", "needs the schema of the claim; expected one of %s", strings.Join(SchemaNames(), ", "))
	}
	what := d.choice(f["what"], "compute.what", computeNames...)
	allowed := map[string][]string{"parameters": {"experiment", "set", "part", "biases"}, "coverage": {"by"}, "unseen": {"labels"}}[what]
	for _, key := range []string{"experiment", "set", "part", "biases", "by", "labels"} {
		if f[key] != nil && what != "" && !slices.Contains(allowed, key) {
			d.add(f[key], "compute."+key, "has no effect on %s", what)
		}
	}
	switch what {
	case "parameters":
		c.What = Parameters
		d.parameters(n, c, f)
	case "coverage":
		c.What, c.Kinds = Coverage, d.kinds
		if len(d.kinds) == 0 {
			d.add(n, "compute", "coverage needs kinds at the top of the file")
		}
		if v := f["by"]; v != nil {
			c.ByWeight = d.choice(v, "compute.by", "kinds", "documents") == "documents"
		}
	case "unseen":
		c.What = Unseen
		if f["labels"] == nil {
			d.add(n, "compute.labels", "missing")
		} else {
			c.Labels = d.nameList(f["labels"], "compute.labels")
		}
	}
	return c
}

// parameters decodes what is counted of a model.
func (d *claimDecoder) parameters(n *yaml.Node, c *Compute, f map[string]*yaml.Node) {
	for _, key := range []string{"experiment", "part", "biases"} {
		if f[key] == nil {
			d.add(n, "compute."+key, "missing")
			return
		}
	}
	c.Experiment, _ = d.settings(f["experiment"], f["set"], "compute")
	c.Part = d.name(f["part"], "compute.part")
	c.Biases = d.truth(f["biases"], "compute.biases")
}

// truth decodes true or false.
func (d *decoder) truth(n *yaml.Node, key string) bool {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" {
		d.add(n, key, "%s; expected true or false", describe(n))
		return false
	}
	return strings.EqualFold(n.Value, "true")
}
