package experiments

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// WriteText writes the comparison as aligned tables no wider than width
// columns; 0 is no limit. Figures are points of 100. Columns that do not fit
// are left out, least needed first; names are cut last.
func (c Comparison) WriteText(w io.Writer, width int) error { return c.Write(w, Text, width) }

// Write writes the comparison in that format; width is for Text only, as in
// WriteText. The other formats leave nothing out.
func (c Comparison) Write(w io.Writer, format Format, width int) error {
	text := comparisonText{Comparison: c, page: page{format: format, out: &bytes.Buffer{}, width: width}}
	text.line("%s in points of 100 on %d documents with %d labels, %s, %s", c.Metric, c.Documents, c.Labels, count(len(c.Pairs), "pair"), seedList(c.Seeds))
	text.sides()
	text.verdict()
	text.settings()
	text.pairs()
	text.rows("by training documents of the labels", c.Buckets, c.bucketName)
	text.rows("by group of labels", c.Groups, nil)
	text.rows("by domain", c.Domains, nil)
	text.rows("by template", c.Templates, nil)
	if h := c.Heldout; h != nil {
		text.rows("on held-out templates", append([]Row{h.All}, h.Templates...), nil)
		text.line("gap from %s to held-out templates: A %s, B %s", testSplit, points(h.GapA), points(h.GapB))
	}
	if len(c.PerLabel) > 0 {
		text.labels()
	}
	if c.A.Confidence != nil && c.B.Confidence != nil {
		text.gap()
		text.line("confidence: A of %s; B of %s", c.A.Confidence, c.B.Confidence)
	}
	text.notes()
	return text.writeTo(w)
}

type comparisonText struct {
	Comparison
	page
}

// level is the column head of an interval.
func (t comparisonText) level() string {
	return strconv.FormatFloat(100*t.Level, 'g', 4, 64) + " % interval"
}

func (t comparisonText) sides() {
	table := textTable{columns: []tableColumn{{head: "", left: true}, {head: "mean"}, {head: t.level()}, {head: "over runs", drop: 3}, {head: "sd over seeds", drop: 1}, {head: "n"}, {head: "seconds a run", drop: 2}}}
	for i, s := range []SideResult{t.A, t.B} {
		sd := "-"
		if s.SeedSD != nil {
			sd = points(*s.SeedSD)
		}
		table.rows = append(table.rows, []string{string("AB"[i]) + "  " + s.Name, points(s.Mean.Value), interval(s.Mean, points), overRuns(s), sd, strconv.Itoa(len(s.Runs)), fmt.Sprintf("%.1f", s.Seconds)})
	}
	table.rows = append(table.rows, []string{"B - A", signed(t.Difference.Value), interval(t.Difference, signed), overPairs(t.Over), "", strconv.Itoa(len(t.Pairs)), ""})
	t.table("", table)
}

// overRuns is the t interval of a side's mean over its runs.
func overRuns(s SideResult) string {
	return interval(Estimate{Interval: s.OverRuns}, points)
}

func overPairs(o *OverRuns) string {
	if o == nil {
		return "-"
	}
	return interval(Estimate{Interval: &o.Interval}, signed)
}

// verdict is the one sentence that the comparison comes to, and the tests that
// it rests on.
func (t comparisonText) verdict() {
	said := map[Mark]string{
		Better: "B is better than A",
		Worse:  "B is worse than A",
		Noise:  "~ the difference may be noise",
		TooFew: "too few documents to tell the sides apart",
	}[t.Mark]
	t.gap()
	t.line("%s: %s", said, signed(t.Difference.Value))
	t.line("- other documents, same runs: %s, p %s (paired bootstrap, %d resamples, n %d documents); swapping documents p %s", interval(t.Difference, signed), pValue(t.P), t.Resamples, t.Documents, pValue(t.Randomisation))
	if o := t.Over; o != nil {
		t.line("- other runs, same documents: %s to %s, p %s (paired t%s%s, n %d pairs); interquartile mean %s, %s", signed(o.Interval[0]), signed(o.Interval[1]), pValue(o.P),
			exactTest("Wilcoxon", o.WilcoxonP, o.WilcoxonLeast), exactTest("Mann-Whitney", o.MannWhitneyP, o.MannWhitneyLeast), o.Pairs, signed(o.Interquartile.Value), interval(o.Interquartile, signed))
		b := t.Both
		t.line("- other runs and other documents: %s to %s, p %s (t, %.1f degrees of freedom; standard error %s over runs, %s over documents)", signed(b.Interval[0]), signed(b.Interval[1]), pValue(b.P), b.Freedom, points(b.SeedSE), points(b.DocumentSE))
	}
	t.reachLine()
}

// exactTest is the p of an exact test, or why there is none.
func exactTest(name string, p *float64, least float64) string {
	if p == nil {
		return fmt.Sprintf("; exact %s cannot come below %s at this n", name, pValue(least))
	}
	return fmt.Sprintf("; exact %s p %s", name, pValue(*p))
}

// reachLine says what so many pairs can find, and how many more are needed.
func (t comparisonText) reachLine() {
	r := t.Reach
	if r == nil {
		return
	}
	needed := ""
	switch {
	case r.Effect == 0:
	case r.Pairs == nil:
		needed = fmt.Sprintf("; no number of pairs up to %d finds one of %s: that takes more documents", MostPairs, points(r.Effect))
	case *r.Pairs <= t.Over.Pairs:
		needed = fmt.Sprintf("; one of %s needs %s, which are here", points(r.Effect), count(*r.Pairs, "pair"))
	default:
		needed = fmt.Sprintf("; one of %s needs %s, %d more", points(r.Effect), count(*r.Pairs, "pair"), *r.Pairs-t.Over.Pairs)
	}
	t.line("- with %s a true difference of %s is found in %.0f of 100 such comparisons%s", count(t.Over.Pairs, "pair"), points(r.Smallest), 100*r.Power, needed)
}

// pairs lists the runs behind every figure; a terminal shows them as notes.
func (t comparisonText) pairs() {
	if t.format == Text {
		return
	}
	table := textTable{columns: []tableColumn{{head: "seed"}, {head: "run A", left: true}, {head: "run B", left: true}, {head: "A"}, {head: "B"}, {head: "B - A"}, {head: "other factors", left: true}}}
	for _, p := range t.Pairs {
		table.rows = append(table.rows, []string{strconv.FormatUint(p.Seed, 10), p.A, p.B, points(p.ValueA), points(p.ValueB), signed(p.ValueB - p.ValueA), factors(p.Levels)})
	}
	t.table("pairs of runs", table)
}

func (t comparisonText) settings() {
	if len(t.Settings) == 0 {
		return
	}
	table := textTable{columns: []tableColumn{{head: "setting", left: true}, {head: "A", left: true}, {head: "B", left: true}}}
	for _, s := range t.Settings {
		a, b := orNone(s.A), orNone(s.B)
		if t.format == Text {
			a, b = cutTo(a, settingWidth), cutTo(b, settingWidth)
		}
		table.rows = append(table.rows, []string{s.Key, a, b})
	}
	t.table("", table)
}

// settingWidth is the most runes of a setting's value that a terminal shows.
const settingWidth = 24

func orNone(value string) string {
	if value == "" {
		return "(none)"
	}
	return value
}

// rowColumns are the columns of every table of Rows, after the name.
func (t comparisonText) rowColumns() []tableColumn {
	return []tableColumn{{head: "docs", drop: 1}, {head: "support", drop: 3}, {head: "A"}, {head: "B"}, {head: "B - A"}, {head: t.level(), drop: 2}, {head: "adj. p"}, {head: "", left: true}}
}

// tooFew marks a row with too few documents.
func tooFew() string { return fmt.Sprintf("n<%d", MinDocuments) }

func (t comparisonText) rowCells(r Row) []string {
	adjusted := "-"
	if r.Adjusted != nil {
		adjusted = pValue(*r.Adjusted)
	}
	symbol := map[Mark]string{Better: "+", Worse: "-", Noise: "~", TooFew: tooFew()}[r.Mark]
	return []string{strconv.Itoa(r.Documents), strconv.Itoa(r.Support), points(r.A.Value), points(r.B.Value), signed(r.Difference.Value), interval(r.Difference, signed), adjusted, symbol}
}

func (t comparisonText) rows(title string, rows []Row, rename func(string) string) {
	if len(rows) == 0 {
		return
	}
	table := textTable{columns: append([]tableColumn{{head: "", left: true}, {head: "labels", drop: 4}}, t.rowColumns()...)}
	for _, r := range rows {
		name := r.Name
		if rename != nil {
			name = rename(name)
		}
		table.rows = append(table.rows, append([]string{name, strconv.Itoa(r.Labels)}, t.rowCells(r)...))
	}
	t.table(t.Metric+" "+title, table)
}

// bucketName adds the bounds of a bucket to its name.
func (c Comparison) bucketName(name string) string {
	switch name {
	case "many":
		return fmt.Sprintf("many (%d or more)", c.Thresholds.Many)
	case "few":
		return fmt.Sprintf("few (under %d)", c.Thresholds.Few)
	}
	return fmt.Sprintf("%s (%d to %d)", name, c.Thresholds.Few, c.Thresholds.Many-1)
}

func (t comparisonText) labels() {
	table := textTable{columns: append([]tableColumn{{head: "label", left: true}, {head: "group", left: true, drop: 4}, {head: "train docs"}}, t.rowColumns()...)}
	for _, r := range t.PerLabel {
		table.rows = append(table.rows, append([]string{r.Name, r.Group, strconv.Itoa(r.TrainDocs)}, t.rowCells(r.Row)...))
	}
	t.table("F1 by label", table)
	for _, l := range []struct {
		about string
		names []string
	}{
		{"found by B only", t.Gained}, {"found by A only", t.Lost}, {"no gold entity in these documents", t.Missing},
	} {
		if len(l.names) > 0 {
			t.line("%s: %s (%d)", l.about, strings.Join(l.names, ", "), len(l.names))
		}
	}
}

// notes explains the marks and lists the warnings.
func (t comparisonText) notes() {
	t.gap()
	t.line("~ may be noise: the interval over documents, over pairs or over both holds zero, or the p adjusted over the table (Benjamini-Hochberg) is above %s; + B better; - B worse; %s: fewer than %d documents, nothing is claimed", strconv.FormatFloat(1-t.Level, 'g', 2, 64), tooFew(), MinDocuments)
	t.line("columns A are of runs %s; columns B of %s; differences of the pairs in that order", strings.Join(t.A.Runs, ", "), strings.Join(t.B.Runs, ", "))
	t.warnings(t.Warnings)
}

// points writes a figure of 0 to 1 in points of 100.
func points(x float64) string { return strconv.FormatFloat(100*x, 'f', 2, 64) }

// signed is points with a sign; what rounds to zero has none.
func signed(x float64) string {
	s := fmt.Sprintf("%+.2f", 100*x)
	if s == "+0.00" || s == "-0.00" {
		return "0.00"
	}
	return s
}

func interval(e Estimate, figure func(float64) string) string {
	if e.Interval == nil {
		return "-"
	}
	return figure(e.Interval[0]) + " to " + figure(e.Interval[1])
}

func pValue(p float64) string {
	if p < 0.001 {
		return "<0.001"
	}
	return strconv.FormatFloat(p, 'f', 3, 64)
}

func count(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}

func seedList(seeds []uint64) string {
	parts := make([]string, len(seeds))
	for i, s := range seeds {
		parts[i] = strconv.FormatUint(s, 10)
	}
	if len(seeds) == 1 {
		return "seed " + parts[0]
	}
	return "seeds " + strings.Join(parts, ", ")
}
