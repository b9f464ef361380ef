package corpus

import (
	"iter"
	"slices"
)

// RareShare is the share of training documents below which a label is rare.
const RareShare = 0.05

// Division is what a LabelTable divides the documents by, beside their splits.
type Division string

// The divisions.
const (
	ByDomain   Division = "domain"
	ByTemplate Division = "template"
)

// LabelTable is the label tracker of a corpus: how often each label occurs in
// each split, and in each domain or template family of all splits.
type LabelTable struct {
	Splits []Split            `json:"splits"` // those with documents
	Totals map[Split]SplitSum `json:"totals"`
	By     Division           `json:"by"`
	Parts  []PartSum          `json:"parts,omitempty"` // sorted by name; none where the data has no domains or families
	Rows   []LabelRow         `json:"rows"`            // in schema order
}

// SplitSum sums up one split.
type SplitSum struct {
	Documents int     `json:"documents"`
	Tokens    int     `json:"tokens"`
	Spans     int     `json:"spans"`
	Outside   float64 `json:"outside"` // share of tokens without a label
}

// PartSum sums up one domain or template family.
type PartSum struct {
	Name      string  `json:"name"`
	Documents int     `json:"documents"`
	Share     float64 `json:"share"` // of all documents
}

// LabelRow is one entity type of a LabelTable.
type LabelRow struct {
	Entity string               `json:"entity"`
	Group  string               `json:"group,omitempty"`
	Splits map[Split]Frequency  `json:"splits"`
	Parts  map[string]Frequency `json:"parts,omitempty"`
	Rare   bool                 `json:"rare"`   // in fewer than RareShare of the training documents
	Unseen bool                 `json:"unseen"` // in no training document
}

// Frequency is how often one label occurs in a set of documents.
type Frequency struct {
	Tokens    int     `json:"tokens"`
	Spans     int     `json:"spans"`
	Documents int     `json:"documents"` // that have the label
	Share     float64 `json:"share"`     // of the set's documents, 0 to 1
	Imbalance float64 `json:"imbalance"` // spans of the set's most frequent label / spans of this one; 0 when it has none
}

// tally counts the labels of a set of documents.
type tally struct {
	sum    SplitSum
	labels []Frequency
	last   []int // 1-based document that had the label last
}

func newTally(labels int) *tally {
	return &tally{labels: make([]Frequency, labels), last: make([]int, labels)}
}

func (t *tally) add(d *Document) {
	t.sum.Documents++
	t.sum.Tokens += len(d.Tokens)
	t.sum.Spans += len(d.Spans)
	for _, s := range d.Spans {
		f := &t.labels[s.Entity]
		f.Spans++
		f.Tokens += s.End - s.Start
		if t.last[s.Entity] != t.sum.Documents {
			t.last[s.Entity] = t.sum.Documents
			f.Documents++
		}
	}
}

// finish fills in the shares.
func (t *tally) finish() {
	most, labelled := 0, 0
	for _, f := range t.labels {
		most = max(most, f.Spans)
		labelled += f.Tokens
	}
	for i := range t.labels {
		f := &t.labels[i]
		if t.sum.Documents > 0 {
			f.Share = float64(f.Documents) / float64(t.sum.Documents)
		}
		if f.Spans > 0 {
			f.Imbalance = float64(most) / float64(f.Spans)
		}
	}
	if t.sum.Tokens > 0 {
		t.sum.Outside = float64(t.sum.Tokens-labelled) / float64(t.sum.Tokens)
	}
}

// Tracker counts every label of the documents of a corpus, labelled under
// schema, in one pass. The error is one of reading.
func Tracker(schema *Schema, documents iter.Seq2[Entry, error], by Division) (LabelTable, error) {
	splits, parts := map[Split]*tally{}, map[string]*tally{}
	all := 0
	for e, err := range documents {
		if err != nil {
			return LabelTable{}, err
		}
		all++
		if splits[e.Split] == nil {
			splits[e.Split] = newTally(len(schema.Entities))
		}
		splits[e.Split].add(e.Document)
		part := e.Document.Domain
		if by == ByTemplate {
			part = e.Document.Template
		}
		if part == "" {
			continue
		}
		if parts[part] == nil {
			parts[part] = newTally(len(schema.Entities))
		}
		parts[part].add(e.Document)
	}
	table := LabelTable{Totals: map[Split]SplitSum{}, By: by}
	for _, e := range schema.Entities {
		table.Rows = append(table.Rows, LabelRow{Entity: e.Name, Group: e.Group, Splits: map[Split]Frequency{}})
	}
	for _, split := range Splits {
		t := splits[split]
		if t == nil {
			continue
		}
		t.finish()
		table.Splits = append(table.Splits, split)
		table.Totals[split] = t.sum
		for i, f := range t.labels {
			table.Rows[i].Splits[split] = f
		}
	}
	for name, t := range parts {
		t.finish()
		table.Parts = append(table.Parts, PartSum{name, t.sum.Documents, float64(t.sum.Documents) / float64(all)})
		for i, f := range t.labels {
			if table.Rows[i].Parts == nil {
				table.Rows[i].Parts = map[string]Frequency{}
			}
			table.Rows[i].Parts[name] = f
		}
	}
	slices.SortFunc(table.Parts, func(a, b PartSum) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	for i := range table.Rows {
		train := table.Rows[i].Splits[Train]
		table.Rows[i].Rare = train.Share < RareShare
		table.Rows[i].Unseen = train.Documents == 0
	}
	return table, nil
}
