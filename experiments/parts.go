package experiments

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/invoicelab/invoicelab/metrics"
)

// Parts is one run in parts, each with its interval over documents. Figures
// are 0 to 1, of Metric, but those of labels, which are F1.
type Parts struct {
	Run       string      `json:"run"`
	Metric    string      `json:"metric"`
	Level     float64     `json:"level"`
	Resamples int         `json:"resamples"`
	Documents int         `json:"documents"`
	Right     int         `json:"right"` // documents in which every entity is found and nothing else
	All       PartRow     `json:"all"`
	Buckets   []PartRow   `json:"buckets"`
	Groups    []PartRow   `json:"groups"`
	Domains   []PartRow   `json:"domains"`
	Templates []PartRow   `json:"templates"`
	Heldout   []PartRow   `json:"heldout"`       // by template family that training never saw
	Gap       *Estimate   `json:"gap,omitempty"` // test less held-out; nil without such documents
	Labels    []PartRow   `json:"labels"`
	Missing   []string    `json:"unsupported,omitempty"` // labels without a gold entity
	Confident *Confidence `json:"confidence,omitempty"`
	Warnings  []string    `json:"warnings"`
}

// PartRow is the figure of a part. Its interval is nil with fewer than
// MinDocuments documents.
type PartRow struct {
	Name      string   `json:"name"`
	Documents int      `json:"documents"`
	Support   int      `json:"support"`
	Figure    Estimate `json:"figure"`
}

// PartsOf takes a run to parts by the metric of the test split that opt names
// (its Effect and Brief are not looked at). predictions reads what a run said
// of its documents.
func PartsOf(o Outcome, opt CompareOptions, predictions func(run string) ([]Prediction, error)) (Parts, error) {
	split, metric, opt, err := opt.filled()
	if err != nil {
		return Parts{}, err
	}
	if split != testSplit {
		return Parts{}, fmt.Errorf("metric %q: the parts of a run are of the split %s", opt.Metric, testSplit)
	}
	named := split + "/" + metric
	metric, semantic := strings.CutPrefix(metric, semanticPrefix)
	if semantic {
		o = o.semantic()
	}
	p := Parts{Run: o.Run, Metric: named, Level: opt.Level, Resamples: opt.Resamples, Documents: len(o.Test.Docs), Right: o.Test.Right(), Missing: metrics.Summarise(o.Test).Unsupported, Warnings: []string{}}
	r := metrics.Resampling{Resamples: opt.Resamples, Level: opt.Level, Seed: opt.Seed, Threads: opt.Threads, Stream: "parts"}
	whole, err := metrics.PartsOfLabels(o.Test, metric, []string{"all"}, func(string) string { return "all" }, r)
	if err != nil {
		return Parts{}, err
	}
	if len(whole) == 0 {
		return Parts{}, fmt.Errorf("run %s: the %d %s documents hold no entity", o.Run, p.Documents, split)
	}
	p.All = partRows(whole)[0]
	domain := func(d metrics.DocCount) string { return d.Domain }
	for _, part := range []struct {
		to *[]PartRow
		of func() ([]metrics.Part, error)
	}{
		{&p.Buckets, func() ([]metrics.Part, error) {
			return metrics.PartsOfLabels(o.Test, metric, metrics.BucketNames[:], func(l string) string { return opt.Thresholds.Of(o.TrainDocs[l]).String() }, r)
		}},
		{&p.Groups, func() ([]metrics.Part, error) {
			return metrics.PartsOfLabels(o.Test, metric, groupNames(o.Groups), func(l string) string { return o.Groups[l] }, r)
		}},
		{&p.Domains, func() ([]metrics.Part, error) {
			return metrics.PartsOfDocuments(o.Test, metric, o.Test.Domains(), domain, under(r, "domain"))
		}},
		{&p.Templates, func() ([]metrics.Part, error) {
			return metrics.PartsOfDocuments(o.Test, metric, o.Test.Templates(), templateOf, under(r, "template"))
		}},
		{&p.Heldout, func() ([]metrics.Part, error) {
			return metrics.PartsOfDocuments(o.Heldout, metric, o.Heldout.Templates(), templateOf, under(r, heldoutSplit))
		}},
		{&p.Labels, func() ([]metrics.Part, error) { return metrics.PartsByLabel(o.Test, r) }},
	} {
		rows, err := part.of()
		if err != nil {
			return Parts{}, fmt.Errorf("run %s: %w", o.Run, err)
		}
		*part.to = partRows(rows)
	}
	if len(o.Heldout.Docs) > 0 {
		gap, err := metrics.Gap(o.Test, o.Heldout, metric, under(r, "gap"))
		if err != nil {
			return Parts{}, fmt.Errorf("run %s: %w", o.Run, err)
		}
		if !math.IsNaN(gap.Value) {
			p.Gap = &Estimate{Value: gap.Value}
			if min(p.Documents, len(o.Heldout.Docs)) >= MinDocuments && !math.IsNaN(gap.Low) {
				p.Gap.Interval = ends(gap)
			}
		}
	}
	if p.Confident, err = confidence([]string{o.Run}, predictions); err != nil {
		p.Warnings = append(p.Warnings, fmt.Sprintf("nothing is said of confidence: %v", err))
	}
	return p, nil
}

func partRows(parts []metrics.Part) []PartRow {
	rows := make([]PartRow, len(parts))
	for i, p := range parts {
		rows[i] = PartRow{Name: p.Name, Documents: p.Documents, Support: p.Support, Figure: Estimate{Value: p.Value.Value}}
		if p.Documents >= MinDocuments && !math.IsNaN(p.Value.Low) {
			rows[i].Figure.Interval = ends(p.Value)
		}
	}
	return rows
}

// Write writes the parts in that format; width is for Text only, 0 is no
// limit. Figures are points of 100.
func (p Parts) Write(w io.Writer, format Format, width int) error {
	t := page{format: format, out: &bytes.Buffer{}, width: width}
	t.line("run %s: %s in points of 100; %d of %d documents wholly right", p.Run, p.Metric, p.Right, p.Documents)
	for _, part := range []struct {
		title string
		rows  []PartRow
	}{
		{"", []PartRow{p.All}}, {p.Metric + " by training documents of the labels", p.Buckets}, {p.Metric + " by group of labels", p.Groups}, {p.Metric + " by domain", p.Domains},
		{p.Metric + " by template", p.Templates}, {p.Metric + " on held-out templates", p.Heldout}, {"F1 by label", p.Labels},
	} {
		if len(part.rows) == 0 {
			continue
		}
		table := textTable{columns: []tableColumn{{head: "", left: true}, {head: "docs"}, {head: "support", drop: 1}, {head: "figure"}, {head: strconv.FormatFloat(100*p.Level, 'g', 4, 64) + " % interval"}}}
		for _, r := range part.rows {
			span := interval(r.Figure, points)
			if r.Figure.Interval == nil {
				span = tooFew()
			}
			table.rows = append(table.rows, []string{r.Name, strconv.Itoa(r.Documents), strconv.Itoa(r.Support), points(r.Figure.Value), span})
		}
		t.table(part.title, table)
	}
	t.gap()
	if p.Gap != nil {
		t.line("gap from known to held-out templates: %s, %s", signed(p.Gap.Value), interval(*p.Gap, signed))
	}
	if p.Confident != nil {
		t.line("confidence of %s", p.Confident)
	}
	t.line("intervals are over documents (bootstrap, %d resamples); %s: too few documents for one", p.Resamples, tooFew())
	t.warnings(p.Warnings)
	return t.writeTo(w)
}

// String says the figures in a line.
func (c *Confidence) String() string {
	return fmt.Sprintf("%s: calibration error %s, area under risk %s; %s %% kept at %s %% wrong", count(c.Entities, "prediction"), points(c.ECE), points(c.Area), percent(c.Coverage), percent(c.AtRisk))
}
