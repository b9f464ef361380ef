package config

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/curriculum"
)

// Data is what the checks of settings against data need to know of a corpus.
type Data struct {
	Entities   int   // of the schema
	Groups     int   // with a member
	Ungrouped  int   // entities without a group
	Domains    int   // of the training documents
	Training   int   // documents
	Validation int   // documents
	Test       int   // documents
	Heldout    int   // documents
	Holding    []int // training documents that hold each entity, in schema order
	Lengths    int   // different numbers of tokens of the training documents
	Structure  int   // training documents with sets of structure types
	Visual     int   // training documents with sets of visual types
	OtherHeads bool  // some entity is of the structure or the visual head
}

// DataOf sums up a corpus.
func DataOf(ds *corpus.Dataset) Data {
	d := Data{
		Entities:   len(ds.Schema.Entities),
		Groups:     len(ds.Schema.Groups()),
		Training:   len(ds.Docs[corpus.Train]),
		Validation: len(ds.Docs[corpus.Validation]),
		Test:       len(ds.Docs[corpus.Test]),
		Heldout:    len(ds.Docs[corpus.Heldout]),
		Holding:    make([]int, len(ds.Schema.Entities)),
	}
	for _, e := range ds.Schema.Entities {
		if e.Group == "" {
			d.Ungrouped++
		}
		d.OtherHeads = d.OtherHeads || e.Head != "" && e.Head != "semantic"
	}
	domains, lengths := map[string]bool{}, map[int]bool{}
	for _, doc := range ds.Docs[corpus.Train] {
		domains[doc.Domain], lengths[len(doc.Tokens)] = true, true
		if doc.Structure != nil {
			d.Structure++
		}
		if doc.Visual != nil {
			d.Visual++
		}
		seen := map[corpus.EntityID]bool{}
		for _, s := range doc.Spans {
			if !seen[s.Entity] {
				seen[s.Entity] = true
				d.Holding[s.Entity]++
			}
		}
	}
	d.Domains, d.Lengths = len(domains), len(lengths)
	return d
}

// CheckAgainstData refuses, by name, settings that have no effect on the data
// at hand: groups without groups, structure and visual types where documents have none, a domain sampler without domains, stages
// that hold every label, rare documents where no label is rare, and early
// stopping without validation documents.
func CheckAgainstData(e Experiment, d Data) error {
	refuse := func(key, format string, args ...any) error {
		return Problem{Key: key, What: fmt.Sprintf(format, args...)}
	}
	for _, s := range []struct {
		key, value string
		groups     bool
	}{
		{"model.head.kind", e.Model.Head.Kind, e.Model.Head.NeedsGroups()},
		{"model.crf", e.Model.CRF, e.Model.CRF == "crf/adaptive"},
	} {
		switch {
		case s.groups && d.Groups == 0:
			return refuse(s.key, "%s has no effect here: the schema has no groups (corpus.schema can give it some)", s.value)
		case s.groups && d.Ungrouped > 0:
			return refuse(s.key, "%s needs a group for every entity: %d of %d have none", s.value, d.Ungrouped, d.Entities)
		}
	}
	if e.Model.Head.NeedsGroups() && e.Model.Head.Groups > 0 && e.Model.Head.Groups < d.Groups {
		return refuse("model.head.groups", "%d is fewer than the %d groups of the schema", e.Model.Head.Groups, d.Groups)
	}
	if e.Model.Head.Kind == "separated" {
		for _, s := range []struct {
			name      string
			documents int
		}{{"structure", d.Structure}, {"visual", d.Visual}} {
			if s.documents == 0 {
				return refuse("model.head.kind", "separated has no effect here: no training document has sets of %s types", s.name)
			}
		}
	}
	if err := e.Curriculum.CheckData(curriculum.Data{Documents: d.Training, Domains: d.Domains, Holding: d.Holding, Lengths: d.Lengths}); err != nil {
		key, what, _ := strings.Cut(err.Error(), ": ")
		return Problem{Key: key, What: what}
	}
	if e.Train.Patience > 0 && d.Validation == 0 {
		return refuse("train.patience", "%d has no effect here: there are no validation documents to stop by", e.Train.Patience)
	}
	return nil
}

// metricSplits and metricNames are the parts of a metric's name: "test/macro_f1". By
// those over the semantic labels alone every head is comparable with the separated one, whose
// structure and visual types are scored otherwise.
var (
	metricSplits = []string{"test", "validation", "heldout"}
	metricNames  = []string{"micro_f1", "macro_f1", "weighted_f1", "semantic_macro_f1", "semantic_micro_f1"}
)

// PrimaryNames lists the metrics that a sweep can be judged by.
func PrimaryNames() []string {
	var all []string
	for _, s := range metricSplits {
		for _, m := range metricNames {
			all = append(all, s+"/"+m)
		}
	}
	return all
}

// CheckPrimary refuses a primary metric on a split that has no documents, and one over
// the semantic labels where there are no others: nobody records it.
func CheckPrimary(primary string, d Data) error {
	split, _, _ := strings.Cut(primary, "/")
	n := map[string]int{"test": d.Test, "validation": d.Validation, "heldout": d.Heldout}[split]
	if n == 0 {
		return Problem{Key: "primary", What: fmt.Sprintf("%s cannot be measured here: the corpus has no %s documents", primary, cmp.Or(split, "such"))}
	}
	_, name, _ := strings.Cut(primary, "/")
	if plain, semantic := strings.CutPrefix(name, "semantic_"); semantic && !d.OtherHeads {
		return Problem{Key: "primary", What: fmt.Sprintf("%s is %s/%s here: every entity of the schema is semantic", primary, split, plain)}
	}
	return nil
}
