package reports

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/metrics"
)

// table is a table of the page. Every cell can name the runs behind it.
type table struct {
	ID, Caption string
	Columns     []column
	Rows        []row
}

type column struct {
	Name, Title, Swatch string
	Number              bool
}

// Runs names the runs behind the row, where they are not a cell of it.
type row struct {
	Best  bool
	Cells []cell
	Runs  string
}

// cell is what a cell shows, and Sort by what it is sorted where that is a
// number.
type cell struct {
	Text, Sub, Title, Sort string
	Badge, Swatch          string
	Head, Number           bool
	Drawing                template.HTML
}

func sortKey(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// number is a cell that sorts by v.
func number(v float64, text, title string) cell {
	return cell{Text: text, Title: title, Sort: sortKey(v), Number: true}
}

// estimateCell shows a figure with its interval and the spread over seeds.
func estimateCell(v metrics.Interval, sd float64, title string) cell {
	c := number(v.Value, score(v.Value), title)
	c.Sub = span(v, score)
	if !math.IsNaN(sd) {
		if c.Sub != "" {
			c.Sub += "\n"
		}
		c.Sub += "sd " + score(sd)
	}
	return c
}

// differenceCell shows a difference with its interval.
func differenceCell(e experiments.Estimate, title string) cell {
	v := interval(e)
	c := number(v.Value, signed(v.Value), title)
	c.Sub = span(v, signed)
	return c
}

// variantTable lists all variants, in the order in which the best is chosen.
func (r *Report) variantTable() *table {
	t := &table{ID: "t-variants", Caption: "Variants of the sweep, best first", Columns: []column{
		{Name: "Variant"}, {Name: "Seeds", Number: true},
	}}
	own := r.data.Sweep.Primary != "test/micro_f1" && r.data.Sweep.Primary != "test/macro_f1"
	name := sentence(metricShort(r.data.Sweep.Primary))
	if own {
		t.Columns = append(t.Columns, column{Name: name, Title: metricName(r.data.Sweep.Primary), Number: true})
	}
	t.Columns = append(t.Columns,
		column{Name: "Micro F1", Title: "on the test split", Number: true},
		column{Name: "Macro F1", Title: "on the test split", Number: true},
		column{Name: "Rare F1", Title: fmt.Sprintf("macro F1 over entity types in fewer than %d training documents", r.data.Thresholds.Few), Number: true},
		column{Name: name + ", 95 %", Title: metricName(r.data.Sweep.Primary) + " with its interval, all variants on one scale", Number: true},
		column{Name: "Time", Title: "mean of a run", Number: true},
	)
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range r.variants {
		for _, x := range []float64{v.primary.Value, v.primary.Low, v.primary.High} {
			if !math.IsNaN(x) {
				low, high = math.Min(low, x), math.Max(high, x)
			}
		}
	}
	for _, v := range r.ranked {
		runs := plural(len(v.runs), "run", "runs") + ": " + v.runIDs()
		head := cell{Text: v.name, Title: runs, Head: true, Swatch: v.tint.name}
		if v == r.best {
			head.Badge = "best"
		}
		cells := []cell{head, number(float64(len(v.runs)), strconv.Itoa(len(v.runs)), runs)}
		if own {
			cells = append(cells, estimateCell(v.primary, v.primarySD, runs))
		}
		spark := cell{Title: withSpan(v.primary, score), Sort: sortKey(v.primary.Value), Number: true, Drawing: sparkline(v, low, high)}
		cells = append(cells, estimateCell(v.micro, v.microSD, runs), estimateCell(v.macro, v.macroSD, runs),
			estimateCell(v.rare, v.rareSD, runs), spark, number(v.seconds, duration(v.seconds), runs))
		t.Rows = append(t.Rows, row{Best: v == r.best, Cells: cells, Runs: v.runIDs()})
	}
	return t
}

// sparkline draws the primary metric of a variant with its interval on a scale
// that all variants share.
func sparkline(v *variant, low, high float64) template.HTML {
	const width, height = 132.0, 18.0
	pad := math.Max((high-low)*0.05, 1e-6)
	x := scale{lo: low - pad, hi: high + pad, from: 4, to: width - 4}
	s := &svgSurface{}
	c := &canvas{surface: s, width: width, height: height}
	c.line(4, height/2, width-4, height/2, stroke{tint: inkGrid, width: 1})
	if known(v.primary) {
		c.whisker(x.at(v.primary.Low), x.at(v.primary.High), height/2, 3, stroke{tint: v.tint, width: 1.6})
	}
	c.glyph(v.glyph, x.at(v.primary.Value), height/2, 4, v.tint, 0)
	return template.HTML(s.document(width, height, withSpan(v.primary, score), true))
}

func (r *Report) variantNotes() []string {
	notes := []string{fmt.Sprintf("Means over seeds with 95 %% intervals over %s; sd is over seeds. Point at a cell for its runs.", r.scoredOn())}
	rare := false
	for _, v := range r.variants {
		rare = rare || !math.IsNaN(v.rare.Value)
	}
	if !rare {
		notes = append(notes, fmt.Sprintf("No entity type with support in the test split is in fewer than %d training documents, so there is no rare F1.", r.data.Thresholds.Few))
	}
	for _, v := range []*variant{r.candidate, r.baseline} {
		if note := violations(v); note != "" {
			notes = append(notes, note)
		}
	}
	return notes
}

// violations says how often a variant breaks BIO; empty where its runs do not
// tell.
func violations(v *variant) string {
	if v == nil {
		return ""
	}
	var means [2]float64
	for i, name := range []string{"test/bio_violations_before_crf", "test/bio_violations"} {
		for _, o := range v.runs {
			x, known := o.Metrics[name]
			if !known {
				return ""
			}
			means[i] += x / float64(len(v.runs))
		}
	}
	return fmt.Sprintf("BIO violations of %s in 1,000 test tokens: %s by the best label of each token, %s in what it predicts.", v.name, trimmed(means[0], 2), trimmed(means[1], 2))
}

func (r *Report) pairTitle() string {
	return fmt.Sprintf("%s: %s; %s: %s", r.candidate.name, r.candidate.runIDs(), r.baseline.name, r.baseline.runIDs())
}

// pairNote explains the tables that set the pair side by side.
func (r *Report) pairNote() string {
	return fmt.Sprintf("%s against %s on %s. ~ may be noise; too few: fewer than %d of these documents hold it, so it is not judged.",
		r.candidate.name, r.baseline.name, r.scoredOn(), experiments.MinDocuments)
}

// pairColumns are the columns of a table that sets two variants side by side.
func (r *Report) pairColumns() []column {
	return []column{
		{Name: "F1", Title: r.candidate.name, Swatch: r.candidate.tint.name, Number: true},
		{Name: "F1", Title: r.baseline.name, Swatch: r.baseline.tint.name, Number: true},
		{Name: "Difference", Title: r.candidate.name + " " + minus + " " + r.baseline.name, Number: true},
		{Name: "p", Title: "two-sided, paired bootstrap over documents, adjusted over the table (Benjamini-Hochberg)", Number: true},
		{Name: "Verdict", Title: "whether the difference is clear"},
	}
}

// verdicts are the marks of a comparison as tables show them.
var verdicts = map[experiments.Mark]string{
	experiments.Better: "better", experiments.Worse: "worse", experiments.Noise: "~", experiments.TooFew: "too few",
}

func pairCells(x *experiments.Row, title string) []cell {
	p := math.NaN()
	if x.Adjusted != nil {
		p = *x.Adjusted
	}
	return []cell{
		estimateCell(interval(x.B), math.NaN(), title), estimateCell(interval(x.A), math.NaN(), title),
		differenceCell(x.Difference, title), number(p, pValue(p), title), {Text: verdicts[x.Mark]},
	}
}

// labelTable lists the entity types under the pair of the report, rarest first.
func (r *Report) labelTable() *table {
	grouped := false
	for _, x := range r.pairing.PerLabel {
		grouped = grouped || x.Group != ""
	}
	split := splitName(r.data.Sweep.Primary)
	t := &table{ID: "t-labels", Caption: "Entity types under two variants", Columns: []column{{Name: "Entity type"}}}
	if grouped {
		t.Columns = append(t.Columns, column{Name: "Group"})
	}
	t.Columns = append(append(t.Columns, column{Name: "Band", Title: "by training documents"},
		column{Name: "Train", Title: "training documents that hold it", Number: true},
		column{Name: sentence(split), Title: split + " documents that hold it", Number: true},
		column{Name: "n", Title: "gold entities in the " + split + " split", Number: true},
	), r.pairColumns()...)
	title := r.pairTitle()
	rows := slices.Clone(r.pairing.PerLabel)
	slices.SortStableFunc(rows, func(a, b experiments.LabelRow) int { return a.TrainDocs - b.TrainDocs })
	for i := range rows {
		x := &rows[i]
		cells := []cell{{Text: x.Name, Head: true}}
		if grouped {
			cells = append(cells, cell{Text: x.Group})
		}
		cells = append(cells, cell{Text: x.Bucket}, number(float64(x.TrainDocs), thousands(x.TrainDocs), ""),
			number(float64(x.Documents), thousands(x.Documents), ""), number(float64(x.Support), thousands(x.Support), ""))
		t.Rows = append(t.Rows, row{Cells: append(cells, pairCells(&x.Row, title)...)})
	}
	return t
}

// bucketTable sets the pair side by side on frequent and on rare entity types.
func (r *Report) bucketTable() *table {
	split := splitName(r.data.Sweep.Primary)
	t := &table{ID: "t-bands", Caption: "Bands of training frequency under two variants", Columns: append([]column{
		{Name: "Band"}, {Name: "Types", Title: "entity types with support", Number: true},
		{Name: sentence(split), Title: split + " documents that hold one", Number: true}, {Name: "n", Title: "gold entities", Number: true},
	}, r.pairColumns()...)}
	for i := range r.pairing.Buckets {
		x := &r.pairing.Buckets[i]
		if x.Labels == 0 {
			continue
		}
		t.Rows = append(t.Rows, row{Cells: append([]cell{
			{Text: x.Name, Head: true}, number(float64(x.Labels), thousands(x.Labels), ""),
			number(float64(x.Documents), thousands(x.Documents), ""), number(float64(x.Support), thousands(x.Support), ""),
		}, pairCells(x, r.pairTitle())...)})
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return t
}

// errorTable counts what went wrong with the entities of the candidate, by
// class; nil where this is not known.
func (r *Report) errorTable() *table {
	m := r.errors
	if m == nil {
		return nil
	}
	t := &table{ID: "t-errors", Caption: "Errors of " + r.candidate.name + " by class, means over its runs", Columns: []column{
		{Name: "Error"}, {Name: "Meaning"}, {Name: "Errors", Number: true}, {Name: "Share", Number: true},
		{Name: "Gold", Title: "gold entities in them, not found", Number: true}, {Name: "Predicted", Title: "predicted entities in them, wrong", Number: true},
	}}
	all := m.ledger.Total()
	title := plural(m.runs, "run", "runs") + ": " + r.candidate.runIDs()
	for class, c := range m.ledger.Classes {
		mean := func(n int) cell { return number(float64(n)/float64(m.runs), meanCount(n, m.runs), title) }
		share := 0.0
		if all.Errors > 0 {
			share = float64(c.Errors) / float64(all.Errors)
		}
		t.Rows = append(t.Rows, row{Runs: r.candidate.runIDs(), Cells: []cell{
			{Text: metrics.ErrorClass(class).String(), Head: true}, {Text: errorMeanings[class]},
			mean(c.Errors), number(share, fmt.Sprintf("%.1f %%", 100*share), ""), mean(c.Gold), mean(c.Pred),
		}})
	}
	return t
}

// errorMeanings is indexed by metrics.ErrorClass.
var errorMeanings = [metrics.ErrorsCount]string{
	metrics.Boundary: "the type is right, the ends are not", metrics.WrongType: "the ends are right, the type is not",
	metrics.BothWrong: "overlaps, with another type and other ends", metrics.Split: "one entity as several", metrics.Merge: "several entities as one",
	metrics.Spurious: "nothing is there", metrics.Missed: "nothing was predicted",
}

// runTable lists the runs that everything else is computed from.
func (r *Report) runTable() *table {
	t := &table{ID: "t-runs", Caption: "Runs behind every figure", Columns: []column{
		{Name: "Run"}, {Name: "Variant"}, {Name: "Seed", Number: true}, {Name: "Micro F1", Number: true}, {Name: "Macro F1", Number: true},
		{Name: "Time", Number: true}, {Name: "Finished (UTC)"}, {Name: "Corpus"}, {Name: "Revision"}, {Name: "Device"},
	}}
	for _, v := range r.variants {
		for _, o := range v.runs {
			cells := []cell{{Text: o.Run, Title: o.Key, Head: true}, {Text: v.name, Swatch: v.tint.name}, number(float64(o.Seed), strconv.FormatUint(o.Seed, 10), "")}
			for _, m := range []string{"test/micro_f1", "test/macro_f1"} {
				x, ok := metricOf(o, m)
				if !ok {
					x = math.NaN()
				}
				cells = append(cells, number(x, score(x), ""))
			}
			t.Rows = append(t.Rows, row{Cells: append(cells, number(o.Seconds, duration(o.Seconds), ""),
				cell{Text: o.Finished.UTC().Format("2006-01-02 15:04")}, cell{Text: short(o.CorpusDigest), Title: o.CorpusDigest},
				cell{Text: o.Revision}, cell{Text: o.Device})})
		}
	}
	return t
}
