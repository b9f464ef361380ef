package experiments

import "github.com/invoicelab/invoicelab/metrics"

// Side is one of two variants to compare and its runs.
type Side struct {
	Name     string
	Outcomes []Outcome
}

// CompareOptions says what is compared. Zero fields stand for defaults.
type CompareOptions struct {
	Metric     string // "test/macro_f1" (the default), "heldout/micro_f1", ...; a name without split is of test
	Resamples  int    // of documents, default 10,000, at least 100
	Seed       uint64 // of the resampling
	Level      float64
	Threads    int
	Thresholds metrics.Thresholds // of buckets; default metrics.LongTail
	Brief      bool               // the metric only: no tables of labels, parts or held-out templates
	// Effect is the true difference that Reach counts pairs for; the one that
	// was measured when 0.
	Effect float64

	shared *shared // with other comparisons of the same sweep; nil for one by itself
}

// Figures that a comparison rests on.
const (
	// MinDocuments is the fewest documents with which a label, or a part of
	// the documents, is called significant: a percentile interval over fewer
	// is far too narrow, and a tenth of a resample holds none of them.
	MinDocuments = 10
	// minResamples keeps the 2.5 % quantile off the least resample.
	minResamples = 100
)

// Mark says what a difference comes to.
type Mark string

// The marks of a difference B - A.
const (
	Better Mark = "better" // B is above A, by all that can be tested here
	Worse  Mark = "worse"  // B is below A
	Noise  Mark = "noise"  // may be noise; "~" in text
	TooFew Mark = "too few documents"
)

// Estimate is a figure with the low and high end of its interval over
// documents; Interval is nil where there are too few documents for one.
type Estimate struct {
	Value    float64     `json:"value"`
	Interval *[2]float64 `json:"interval,omitempty"`
}

// Comparison is what two variants come to on the same documents. Figures are
// 0 to 1, means over the pairs; a difference is B minus A.
type Comparison struct {
	Metric    string   `json:"metric"` // with its split
	Level     float64  `json:"level"`
	Resamples int      `json:"resamples"`
	Seed      uint64   `json:"seed"`
	Documents int      `json:"documents"`
	Labels    int      `json:"labels"`                // with gold support in the split
	Missing   []string `json:"unsupported,omitempty"` // labels without
	Seeds     []uint64 `json:"seeds"`
	Corpora   []string `json:"corpora"` // digests

	A SideResult `json:"a"`
	B SideResult `json:"b"`

	Settings []SettingChange `json:"settings"` // that differ between the sides of a pair
	Pairs    []Pair          `json:"pairs"`

	Difference Estimate `json:"difference"`
	P          float64  `json:"p"` // paired bootstrap over documents, two-sided
	// Randomisation is the two-sided p of swapping documents between the sides.
	Randomisation float64   `json:"randomisation"`
	Over          *OverRuns `json:"over,omitempty"` // nil with fewer than 2 pairs
	// Both is over pairs and documents at once; nil with fewer than 2 pairs.
	Both  *OverBoth `json:"both,omitempty"`
	Reach *Reach    `json:"reach,omitempty"` // nil with fewer than 2 pairs
	Mark  Mark      `json:"mark"`            // Better or Worse only when documents (both tests), pairs and both at once say so

	PerLabel  []LabelRow `json:"per_label"`
	Gained    []string   `json:"gained"` // labels that no run of A finds once and some run of B does
	Lost      []string   `json:"lost"`   // the reverse
	Buckets   []Row      `json:"buckets"`
	Groups    []Row      `json:"groups,omitempty"`
	Domains   []Row      `json:"domains,omitempty"`
	Templates []Row      `json:"templates,omitempty"`
	Heldout   *Heldout   `json:"heldout,omitempty"` // nil without held-out documents

	Thresholds metrics.Thresholds `json:"thresholds"` // of Buckets

	Warnings []string `json:"warnings"`
}

// SideResult is the figure of one side.
type SideResult struct {
	Name string   `json:"name"`
	Runs []string `json:"runs"` // short ids of the paired runs
	Mean Estimate `json:"mean"`
	// SeedSD is the standard deviation over seeds, pooled within equal
	// factors; nil when no factors have 2 seeds.
	SeedSD *float64 `json:"seed_sd,omitempty"`
	// OverRuns is the t interval of the mean over the runs, Interquartile the
	// interquartile mean with its interval; nil with fewer than 2 runs.
	OverRuns      *[2]float64 `json:"over_runs,omitempty"`
	Interquartile *Estimate   `json:"interquartile,omitempty"`
	Confidence    *Confidence `json:"confidence,omitempty"` // see Calibrate
	Seconds       float64     `json:"seconds"`              // mean of a run
}

// Pair is a run of each side with equal seed and other factors.
type Pair struct {
	A      string            `json:"a"` // short ids
	B      string            `json:"b"`
	Seed   uint64            `json:"seed"`
	Levels map[string]string `json:"levels"` // of the factors that do not tell the sides apart
	ValueA float64           `json:"value_a"`
	ValueB float64           `json:"value_b"`
}

// OverRuns tests the pairs' differences, with the documents fixed: how far the
// mean difference would move with other seeds.
type OverRuns struct {
	Pairs     int        `json:"pairs"`
	SD        float64    `json:"sd"` // of the differences
	Interval  [2]float64 `json:"interval"`
	P         float64    `json:"p"`                  // paired t, two-sided
	WilcoxonP *float64   `json:"wilcoxon,omitempty"` // exact, two-sided; nil where it cannot reach 0.05
	// MannWhitneyP takes the runs of the sides as if they were not paired:
	// exact, two-sided; nil where it cannot reach 0.05.
	MannWhitneyP *float64 `json:"mann_whitney,omitempty"`
	// The least p that the exact tests can reach with so many pairs.
	WilcoxonLeast    float64  `json:"wilcoxon_least"`
	MannWhitneyLeast float64  `json:"mann_whitney_least"`
	Interquartile    Estimate `json:"interquartile"` // of the differences, with its interval
}

// OverBoth is how far the mean difference would move with other seeds and
// other documents at once (metrics.Hierarchical).
type OverBoth struct {
	Interval   [2]float64 `json:"interval"`
	P          float64    `json:"p"`
	SE         float64    `json:"se"`
	SeedSE     float64    `json:"seed_se"`
	DocumentSE float64    `json:"document_se"`
	SharedSE   float64    `json:"shared_se"` // of DocumentSE, what more pairs do not shrink
	Freedom    float64    `json:"freedom"`
	Percentile [2]float64 `json:"percentile"` // of resampled pairs and documents; too narrow with few pairs
}

// Reach says what so many pairs can find, and how many would be needed.
type Reach struct {
	Power    float64 `json:"power"`
	Smallest float64 `json:"smallest"` // least true difference that these pairs find with that power
	Effect   float64 `json:"effect"`   // true difference that Pairs are counted for
	// Pairs find Effect with that power; nil when no number up to MostPairs
	// does, because the documents are too few for it, or Effect is 0.
	Pairs *int `json:"pairs,omitempty"`
}

// MostPairs is the greatest number of pairs that a Reach looks at.
const MostPairs = 10_000

// SettingChange is a setting that differs between the sides of every pair, or,
// when Some, of some pairs only. Values over all pairs are joined by " | ".
type SettingChange struct {
	Key  string `json:"key"`
	A    string `json:"a"`
	B    string `json:"b"`
	Some bool   `json:"some,omitempty"`
}

// Row compares the sides on a part of the labels or of the documents.
type Row struct {
	Name       string   `json:"name"`
	Labels     int      `json:"labels"`    // with gold support in the part
	Documents  int      `json:"documents"` // that hold one of them
	Support    int      `json:"support"`   // gold entities
	A          Estimate `json:"a"`
	B          Estimate `json:"b"`
	Difference Estimate `json:"difference"`
	// P is two-sided, over pairs and documents at once, with a single pair over
	// documents; nil where there are too few documents.
	P        *float64 `json:"p,omitempty"`
	Adjusted *float64 `json:"adjusted,omitempty"` // P adjusted over the rows of the table (Benjamini-Hochberg)
	// OverPairs is the t interval of the difference over the pairs, with the
	// documents fixed; nil with fewer than 2 pairs.
	OverPairs *[2]float64 `json:"over_pairs,omitempty"`
	// Both is the interval over pairs and documents at once; nil with fewer
	// than 2 pairs or too few documents.
	Both *[2]float64 `json:"both,omitempty"`
	Mark Mark        `json:"mark"` // Better or Worse only when all intervals and the adjusted p say so
}

// LabelRow compares the sides on the F1 of one entity type.
type LabelRow struct {
	Row
	Group     string `json:"group,omitempty"`
	Bucket    string `json:"bucket"`
	TrainDocs int    `json:"train_docs"` // training documents that hold it
}

// Heldout compares the sides on template families that training never saw.
type Heldout struct {
	All       Row     `json:"all"`
	Templates []Row   `json:"templates"`
	GapA      float64 `json:"gap_a"` // figure on test minus figure on held-out templates
	GapB      float64 `json:"gap_b"`
}
