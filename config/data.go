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
	}
	domains, lengths := map[string]bool{}, map[int]bool{}
	for _, doc := range ds.Docs[corpus.Train] {
		domains[doc.Domain], lengths[len(doc.Tokens)] = true, true
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
// at hand: groups without groups, a domain sampler without domains, stages
// that hold every label, rare documents where no label is rare, and early
// stopping without validation documents.
func CheckAgainstData(e Experiment, d Data) error {
	refuse := func(key, format string, args ...any) error {
		return Problem{Key: key, What: fmt.Sprintf(format, args...)}
	}
	if e.Model.Head.Kind == "hybrid" {
		switch {
		case d.Groups == 0:
			return refuse("model.head.kind", "hybrid has no effect here: the schema has no groups (corpus.schema can give it some)")
		case d.Ungrouped > 0:
			return refuse("model.head.kind", "hybrid needs a group for every entity: %d of %d have none", d.Ungrouped, d.Entities)
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

// metricSplits and metricNames are the parts of a metric's name: "test/macro_f1".
var (
	metricSplits = []string{"test", "validation", "heldout"}
	metricNames  = []string{"micro_f1", "macro_f1", "weighted_f1"}
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

// CheckPrimary refuses a primary metric on a split that has no documents.
func CheckPrimary(primary string, d Data) error {
	split, _, _ := strings.Cut(primary, "/")
	n := map[string]int{"test": d.Test, "validation": d.Validation, "heldout": d.Heldout}[split]
	if n == 0 {
		return Problem{Key: "primary", What: fmt.Sprintf("%s cannot be measured here: the corpus has no %s documents", primary, cmp.Or(split, "such"))}
	}
	return nil
}
