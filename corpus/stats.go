package corpus

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// RareShare is the share of training documents below which a label is rare.
const RareShare = 0.05

// LabelTable is the label tracker of a corpus: how often each label occurs in
// each split, and in each domain of the training split.
type LabelTable struct {
	Splits  []Split            `json:"splits"`            // those with documents
	Domains []string           `json:"domains,omitempty"` // of the training split, sorted
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

// LabelRow is one entity type of a LabelTable.
type LabelRow struct {
	Entity  string               `json:"entity"`
	Group   string               `json:"group,omitempty"`
	Splits  map[Split]Frequency  `json:"splits"`
	Domains map[string]Frequency `json:"domains,omitempty"` // of the training split
	Rare    bool                 `json:"rare"`              // in fewer than RareShare of the training documents
	Unseen  bool                 `json:"unseen"`            // in no training document
}

// Frequency is how often one label occurs in a set of documents.
type Frequency struct {
	Tokens    int     `json:"tokens"`
	Spans     int     `json:"spans"`
	Documents int     `json:"documents"` // that have the label
	Share     float64 `json:"share"`     // of the set's documents, 0 to 1
	Imbalance float64 `json:"imbalance"` // spans of the set's most frequent label / spans of this one; 0 when it has none
}

// Tracker counts every label of ds.
func Tracker(ds *Dataset) LabelTable {
	table := LabelTable{Totals: map[Split]SplitSum{}}
	for _, e := range ds.Schema.Entities {
		table.Rows = append(table.Rows, LabelRow{Entity: e.Name, Group: e.Group, Splits: map[Split]Frequency{}})
	}
	var all []*Document
	for _, split := range Splits {
		docs := ds.Docs[split]
		if len(docs) == 0 {
			continue
		}
		table.Splits = append(table.Splits, split)
		all = all[:0]
		sum := SplitSum{Documents: len(docs)}
		for i := range docs {
			all = append(all, &docs[i])
			sum.Tokens += len(docs[i].Tokens)
			sum.Spans += len(docs[i].Spans)
		}
		labelled := 0
		for i, f := range frequencies(ds.Schema, all) {
			table.Rows[i].Splits[split] = f
			labelled += f.Tokens
		}
		if sum.Tokens > 0 {
			sum.Outside = float64(sum.Tokens-labelled) / float64(sum.Tokens)
		}
		table.Totals[split] = sum
	}
	table.addDomains(ds)
	for i := range table.Rows {
		train := table.Rows[i].Splits[Train]
		table.Rows[i].Rare = train.Share < RareShare
		table.Rows[i].Unseen = train.Documents == 0
	}
	return table
}

// addDomains counts the training documents of each domain.
func (t *LabelTable) addDomains(ds *Dataset) {
	domains := map[string][]*Document{}
	docs := ds.Docs[Train]
	for i := range docs {
		if d := docs[i].Domain; d != "" {
			if domains[d] == nil {
				t.Domains = append(t.Domains, d)
			}
			domains[d] = append(domains[d], &docs[i])
		}
	}
	slices.Sort(t.Domains)
	for _, d := range t.Domains {
		for i, f := range frequencies(ds.Schema, domains[d]) {
			if t.Rows[i].Domains == nil {
				t.Rows[i].Domains = map[string]Frequency{}
			}
			t.Rows[i].Domains[d] = f
		}
	}
}

// frequencies counts each entity of schema in docs.
func frequencies(schema *Schema, docs []*Document) []Frequency {
	counts := make([]Frequency, len(schema.Entities))
	last := make([]int, len(schema.Entities)) // 1-based document that had the label last
	for i, d := range docs {
		for _, s := range d.Spans {
			f := &counts[s.Entity]
			f.Spans++
			f.Tokens += s.End - s.Start
			if last[s.Entity] != i+1 {
				last[s.Entity] = i + 1
				f.Documents++
			}
		}
	}
	most := 0
	for _, f := range counts {
		most = max(most, f.Spans)
	}
	for i := range counts {
		f := &counts[i]
		if len(docs) > 0 {
			f.Share = float64(f.Documents) / float64(len(docs))
		}
		if f.Spans > 0 {
			f.Imbalance = float64(most) / float64(f.Spans)
		}
	}
	return counts
}

// WriteText writes the table for a terminal: the splits, the labels, and the
// training documents of each label by domain where the data has domains.
func (t *LabelTable) WriteText(w io.Writer) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "split\tdocuments\ttokens\tspans\toutside\t")
	for _, s := range t.Splits {
		sum := t.Totals[s]
		fmt.Fprintf(out, "%s\t%d\t%d\t%d\t%.1f%%\t\n", s, sum.Documents, sum.Tokens, sum.Spans, 100*sum.Outside)
	}
	fmt.Fprintln(out)
	// A line without cells ends a block of the tabwriter, so each block has
	// columns of its own.
	header := "label\ttrain docs\tshare\tspans\ttokens\timbalance"
	for _, s := range t.Splits {
		if s != Train {
			header += "\t" + string(s) + " docs\tspans"
		}
	}
	fmt.Fprintln(out, header+"\t\t")
	rare, unseen := 0, 0
	for _, r := range t.Rows {
		f := r.Splits[Train]
		line := fmt.Sprintf("%s\t%d\t%.1f%%\t%d\t%d\t", r.Entity, f.Documents, 100*f.Share, f.Spans, f.Tokens)
		if f.Spans > 0 {
			line += fmt.Sprintf("%.1f", f.Imbalance)
		} else {
			line += "-"
		}
		for _, s := range t.Splits {
			if s != Train {
				line += fmt.Sprintf("\t%d\t%d", r.Splits[s].Documents, r.Splits[s].Spans)
			}
		}
		mark := ""
		switch {
		case r.Unseen:
			mark = "unseen"
			unseen++
		case r.Rare:
			mark = "rare"
		}
		if r.Rare {
			rare++
		}
		fmt.Fprintf(out, "%s\t%s\t\n", line, mark)
	}
	fmt.Fprintln(out)
	if len(t.Domains) > 0 {
		fmt.Fprintf(out, "train docs\t%s\t\n", strings.Join(t.Domains, "\t"))
		for _, r := range t.Rows {
			fmt.Fprint(out, r.Entity)
			for _, d := range t.Domains {
				fmt.Fprintf(out, "\t%d", r.Domains[d].Documents)
			}
			fmt.Fprint(out, "\t\n")
		}
		fmt.Fprintln(out)
	}
	fmt.Fprintf(out, "%d labels: %d in fewer than %.0f%% of the training documents, %d of them in none\n", len(t.Rows), rare, 100*RareShare, unseen)
	return out.Flush()
}
