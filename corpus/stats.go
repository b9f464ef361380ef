package corpus

import "io"

// Frequency is how often one label occurs in a set of documents.
type Frequency struct {
	Tokens    int     `json:"tokens"`
	Spans     int     `json:"spans"`
	Documents int     `json:"documents"`
	Share     float64 `json:"share"`     // of the documents of the set, 0..1
	Imbalance float64 `json:"imbalance"` // spans of the most frequent label / spans of this one; 0 when it has none
}

// LabelRow is one entity type of a LabelTable.
type LabelRow struct {
	Entity  string               `json:"entity"`
	Group   string               `json:"group,omitempty"`
	Splits  map[Split]Frequency  `json:"splits"`
	Domains map[string]Frequency `json:"domains,omitempty"` // in the training split
	Rare    bool                 `json:"rare"`              // in fewer than RareShare of the training documents
	Unseen  bool                 `json:"unseen"`            // in no training document
}

// RareShare is the share of training documents below which a label is rare.
const RareShare = 0.05

// LabelTable is the label tracker of a corpus: how often each label occurs.
type LabelTable struct {
	Splits  []Split            `json:"splits"`
	Domains []string           `json:"domains,omitempty"` // sorted
	Totals  map[Split]SplitSum `json:"totals"`
	Rows    []LabelRow         `json:"rows"` // in schema order
}

// SplitSum sums up one split.
type SplitSum struct {
	Documents int     `json:"documents"`
	Tokens    int     `json:"tokens"`
	Spans     int     `json:"spans"`
	Outside   float64 `json:"outside"` // share of tokens without a label
}

// Tracker counts every label of ds.
func Tracker(ds *Dataset) LabelTable { return LabelTable{} }

// WriteText writes the table for a terminal.
func (t *LabelTable) WriteText(w io.Writer) error { return nil }
