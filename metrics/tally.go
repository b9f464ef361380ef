// Package metrics scores labelled sequences by entity, with intervals and
// paired tests. Counts are kept per document and label, because every
// interval and test resamples documents, never tokens.
package metrics

// Count holds the entities of one label: TP found exactly, Pred predicted,
// Gold in the reference. False positives are Pred-TP, false negatives Gold-TP.
type Count struct{ TP, Pred, Gold int32 }

// LabelCount is the Count of label index Label (into Tally.Labels).
type LabelCount struct {
	Label int32
	Count
}

// DocCount holds the counts of one document; labels without any entity in it
// are left out, the others are sorted by Label.
type DocCount struct {
	Doc, Domain, Template string
	Labels                []LabelCount
}

// Tally is the outcome of scoring one split: what every metric, interval and
// test is computed from. Labels names entity types (not BIO labels).
type Tally struct {
	Labels []string
	Docs   []DocCount
}
