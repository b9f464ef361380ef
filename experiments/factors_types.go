package experiments

// FactorTable is a sweep taken by its factors: what each level and each
// interaction changes, which factor explains how much, and what the best
// variant owes to chance. Figures are of Metric, 0 to 1.
type FactorTable struct {
	Sweep     string   `json:"sweep"`
	Metric    string   `json:"metric"` // with its split
	Level     float64  `json:"level"`
	Resamples int      `json:"resamples"`
	Seed      uint64   `json:"seed"` // of the resampling
	Documents int      `json:"documents"`
	Seeds     []uint64 `json:"seeds"`
	Corpora   []string `json:"corpora"` // digests

	Variants     []Variant      `json:"variants"` // best on Metric first
	Terms        []TermRow      `json:"terms"`
	ResidualSD   *float64       `json:"residual_sd,omitempty"` // over seeds within a variant, less what a seed does to all
	Effects      []FactorEffect `json:"effects"`
	Interactions []FactorEffect `json:"interactions"`
	Missing      []MissingCell  `json:"missing"`
	Best         *Selection     `json:"best,omitempty"`
	Warnings     []string       `json:"warnings"`
}

// Variant is a combination of levels and its finished runs.
type Variant struct {
	Levels map[string]string `json:"levels"`
	Runs   []string          `json:"runs"` // short ids, in order of seeds
	Seeds  []uint64          `json:"seeds"`
	// Mean over the runs; its interval is by t over them, nil with one run.
	Mean          Estimate  `json:"mean"`
	SD            *float64  `json:"sd,omitempty"`
	Interquartile *Estimate `json:"interquartile,omitempty"` // mean, with interval
	Validation    *float64  `json:"validation,omitempty"`    // mean of the metric on the validation split
	Seconds       float64   `json:"seconds"`                 // mean of a run
}

// TermRow is a line of the analysis of variance: value = seed + factors +
// interactions + residual.
type TermRow struct {
	Name    string  `json:"name"`
	Freedom int     `json:"freedom"`
	Share   float64 `json:"share"` // of the variance; with missing cells the shares need not add up to 1
	// ShareUnbiased is Share less what the term explains by chance, omega
	// squared; nil without repeats over seeds.
	ShareUnbiased *float64 `json:"share_unbiased,omitempty"`
	F             *float64 `json:"f,omitempty"`
	P             *float64 `json:"p,omitempty"`
	Adjusted      *float64 `json:"adjusted,omitempty"` // over all factors and interactions (Benjamini-Hochberg)
	// Aliased terms cannot be estimated for want of cells.
	Aliased bool `json:"aliased,omitempty"`
}

// FactorEffect is what a level changes against the first level of its factor,
// over all levels of the others alike; for two factors, by how much more the
// one changes when the other is changed too.
type FactorEffect struct {
	Factors []string `json:"factors"`
	From    []string `json:"from"` // level of each factor
	To      []string `json:"to"`
	// Difference is of fitted means; its interval is over seeds, which are a
	// block, with the documents fixed. nil without repeats over seeds.
	Difference Estimate `json:"difference"`
	P          *float64 `json:"p,omitempty"`
	Adjusted   *float64 `json:"adjusted,omitempty"` // over the effects, or over the interactions
	// Paired compares the runs that have a partner, over documents and seeds;
	// nil for interactions.
	Paired *Comparison `json:"paired,omitempty"`
	// Mark is Better or Worse only when the interval over seeds, the adjusted
	// p and the paired comparison say so.
	Mark Mark     `json:"mark"`
	Runs []string `json:"runs"` // behind the difference
}

// MissingCell is a variant and a seed without a result.
type MissingCell struct {
	Levels map[string]string `json:"levels"`
	Seed   uint64            `json:"seed"`
	Run    string            `json:"run,omitempty"` // short id; empty when it was never planned
	State  string            `json:"state"`         // pending, running, failed or "not planned"
	Error  string            `json:"error,omitempty"`
}

// Selection is the best variant, chosen on the validation split and reported
// on Metric's.
type Selection struct {
	Levels     map[string]string `json:"levels"`
	Runs       []string          `json:"runs"`
	Variants   int               `json:"variants"` // that it was chosen from
	ChosenBy   string            `json:"chosen_by"`
	Validation float64           `json:"validation"`
	Value      float64           `json:"value"` // on Metric
	Mean       float64           `json:"mean"`  // of all variants, on Metric
	// ByChance is how far the best of so many equal variants is expected to
	// lie above their mean on the validation split: the standard error of a
	// variant's mean over seeds times metrics.ExpectedBest. nil with a single
	// seed. Ahead is how far it does.
	ByChance *float64 `json:"by_chance,omitempty"`
	Ahead    float64  `json:"ahead"`
	// BestOnMetric is the variant that Metric itself would choose, and
	// Optimism how far it lies above the chosen: the flattery of choosing on
	// the split that is reported.
	BestOnMetric map[string]string `json:"best_on_metric"`
	Optimism     float64           `json:"optimism"`
}
