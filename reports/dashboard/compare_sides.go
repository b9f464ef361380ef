package dashboard

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/invoicelab/invoicelab/experiments"
)

// sidesView is a comparison of two sides as a page shows it: the same figures,
// tests and marks as the command compare prints.
type sidesView struct {
	Title, Verdict, Mark string
	Facts                []fact
	Sides                *table
	Tests                *table
	Reach                string
	Settings             *table
	Parts                []*table
	Labels               *table
	Pairs                *table
	Notes                []string
	Warnings             []string
}

// verdictWords say what the marks of a comparison mean.
var verdictWords = map[experiments.Mark]string{
	experiments.Better: "B is better than A", experiments.Worse: "B is worse than A",
	experiments.Noise: "The difference may be noise", experiments.TooFew: "Too few documents to tell the sides apart",
}

// markClass is the class of a mark, markText its short form in tables.
var markClass = map[experiments.Mark]string{experiments.Better: "better", experiments.Worse: "worse", experiments.Noise: "noise", experiments.TooFew: "noise"}
var markText = map[experiments.Mark]string{experiments.Better: "better", experiments.Worse: "worse", experiments.Noise: "~ noise", experiments.TooFew: "too few"}

func viewSides(c experiments.Comparison) *sidesView {
	v := &sidesView{Title: c.Metric, Verdict: verdictWords[c.Mark] + ": " + signed(c.Difference.Value), Mark: markClass[c.Mark], Warnings: c.Warnings}
	v.Facts = []fact{{Name: "Metric, points of 100", Text: c.Metric}, {Name: "Documents", Text: thousands(c.Documents)}, {Name: "Entity types", Text: thousands(c.Labels)},
		{Name: "Pairs", Text: thousands(len(c.Pairs))}, {Name: "Seeds", Text: seedText(c.Seeds)}, {Name: "Resamples", Text: thousands(c.Resamples)}}
	v.Sides = sideTable(c)
	v.Tests = testTable(c)
	v.Reach = reachText(c)
	if len(c.Settings) > 0 {
		v.Settings = &table{ID: "changed", Caption: "Settings that differ", Columns: []column{{Name: "Setting"}, {Name: "A"}, {Name: "B"}}}
		for _, s := range c.Settings {
			v.Settings.Rows = append(v.Settings.Rows, []cell{head(s.Key, ""), text(orNone(s.A)), text(orNone(s.B))})
		}
	}
	for _, part := range []struct {
		id, title string
		rows      []experiments.Row
	}{{"bands", "By training documents of the labels", c.Buckets}, {"groups", "By group of labels", c.Groups}, {"domains", "By domain", c.Domains}, {"templates", "By template", c.Templates}, {"heldout", "On held-out templates", heldoutRows(c)}} {
		if len(part.rows) > 0 {
			v.Parts = append(v.Parts, rowTable(c, part.id, part.title, part.rows))
		}
	}
	v.Labels = labelRows(c)
	v.Pairs = pairTable(c)
	for _, l := range []struct {
		about string
		names []string
	}{{"Found by B only", c.Gained}, {"Found by A only", c.Lost}, {"No gold entity in these documents", c.Missing}} {
		if len(l.names) > 0 {
			v.Notes = append(v.Notes, fmt.Sprintf("%s: %s (%d).", l.about, strings.Join(l.names, ", "), len(l.names)))
		}
	}
	v.Notes = append(v.Notes, fmt.Sprintf("A difference is B minus A, in points of 100. ~ may be noise: an interval over documents, over pairs or over both holds zero, or the p adjusted over the table (Benjamini-Hochberg) is above %s. Too few: fewer than %d documents, nothing is claimed.",
		strconv.FormatFloat(1-c.Level, 'g', 2, 64), experiments.MinDocuments))
	return v
}

func heldoutRows(c experiments.Comparison) []experiments.Row {
	if c.Heldout == nil {
		return nil
	}
	return append([]experiments.Row{c.Heldout.All}, c.Heldout.Templates...)
}

func orNone(value string) string {
	if value == "" {
		return "(none)"
	}
	return value
}

func sideTable(c experiments.Comparison) *table {
	t := &table{ID: "sides", Caption: "The two sides", Columns: []column{{Name: "Side"}, {Name: "Mean", Title: "with its interval over documents", Number: true},
		{Name: "Over runs", Title: "interval of the mean over runs", Number: true}, {Name: "sd over seeds", Number: true}, {Name: "Runs", Number: true}, {Name: "Time of a run", Number: true}}}
	for i, s := range []experiments.SideResult{c.A, c.B} {
		sd := dash
		if s.SeedSD != nil {
			sd = points(*s.SeedSD)
		}
		t.Rows = append(t.Rows, []cell{head("AB"[i:i+1]+"  "+s.Name, ""), estimate(s.Mean, points), {Text: orDash(span(s.OverRuns, points)), Number: true}, {Text: sd, Number: true},
			whole(len(s.Runs)).titled(strings.Join(s.Runs, ", ")), number(s.Seconds, seconds(s.Seconds))})
	}
	over := dash
	if c.Over != nil {
		over = span(&c.Over.Interval, signed)
	}
	t.Rows = append(t.Rows, []cell{head("B − A", ""), estimate(c.Difference, signed), {Text: over, Number: true}, text(""), whole(len(c.Pairs)), text("")})
	return t
}

func orDash(s string) string {
	if s == "" {
		return dash
	}
	return s
}

// testTable lists the tests that the verdict rests on.
func testTable(c experiments.Comparison) *table {
	t := &table{ID: "tests", Caption: "What the verdict rests on", Columns: []column{{Name: "What may change"}, {Name: "Interval of B − A"}, {Name: "p", Number: true}, {Name: "Test"}}}
	add := func(what, interval string, p *float64, test string) {
		t.Rows = append(t.Rows, []cell{head(what, ""), text(orDash(interval)), {Text: pValue(p), Number: true}, text(test)})
	}
	add("Other documents, same runs", span(c.Difference.Interval, signed), &c.P, fmt.Sprintf("paired bootstrap over %s documents", thousands(c.Documents)))
	add("Documents swapped between the sides", "", &c.Randomisation, "randomisation")
	if o := c.Over; o != nil {
		add("Other runs, same documents", span(&o.Interval, signed), &o.P, fmt.Sprintf("paired t over %s", count(o.Pairs, "pair")))
		exact(t, "Wilcoxon", o.WilcoxonP, o.WilcoxonLeast)
		exact(t, "Mann-Whitney", o.MannWhitneyP, o.MannWhitneyLeast)
		t.Rows = append(t.Rows, []cell{head("Interquartile mean of the pairs", ""), text(signed(o.Interquartile.Value) + " " + bracketed(span(o.Interquartile.Interval, signed))), {Text: dash, Number: true}, text("")})
	}
	if b := c.Both; b != nil {
		add("Other runs and other documents", span(&b.Interval, signed), &b.P, fmt.Sprintf("t, %.1f degrees of freedom; standard error %s over runs, %s over documents", b.Freedom, points(b.SeedSE), points(b.DocumentSE)))
	}
	return t
}

// exact adds an exact test over the pairs, or why there is none.
func exact(t *table, name string, p *float64, least float64) {
	about := "exact " + name
	if p == nil {
		about += " cannot come below " + pValue(&least) + " with so few"
	}
	t.Rows = append(t.Rows, []cell{head("Other runs, by ranks", ""), text(dash), {Text: pValue(p), Number: true}, text(about)})
}

// reachText says what so many pairs can find.
func reachText(c experiments.Comparison) string {
	r := c.Reach
	if r == nil {
		return ""
	}
	text := fmt.Sprintf("With %s a true difference of %s is found in %.0f of 100 such comparisons", count(len(c.Pairs), "pair"), points(r.Smallest), 100*r.Power)
	switch {
	case r.Effect == 0:
		return text + "."
	case r.Pairs == nil:
		return fmt.Sprintf("%s; no number of pairs up to %s finds one of %s: that takes more documents.", text, thousands(experiments.MostPairs), points(r.Effect))
	}
	return fmt.Sprintf("%s; one of %s needs %s.", text, points(r.Effect), count(*r.Pairs, "pair"))
}

// rowColumns are the columns of tables of parts, after the name.
func rowColumns() []column {
	return []column{{Name: "Docs", Title: "documents that hold one", Number: true}, {Name: "n", Title: "gold entities", Number: true}, {Name: "A", Number: true}, {Name: "B", Number: true},
		{Name: "B − A", Number: true}, {Name: "adj. p", Title: "adjusted over the table (Benjamini-Hochberg)", Number: true}, {Name: "Verdict"}}
}

func rowCells(r experiments.Row) []cell {
	p := cell{Text: pValue(r.Adjusted), Number: true}
	if r.Adjusted != nil {
		p = number(*r.Adjusted, pValue(r.Adjusted))
	}
	return []cell{whole(r.Documents), whole(r.Support), number(r.A.Value, points(r.A.Value)), number(r.B.Value, points(r.B.Value)), estimate(r.Difference, signed), p, text(markText[r.Mark]).marked(markClass[r.Mark])}
}

func rowTable(c experiments.Comparison, id, title string, rows []experiments.Row) *table {
	t := &table{ID: id, Caption: c.Metric + " " + strings.ToLower(title[:1]) + title[1:], Sortable: true, Columns: append([]column{{Name: "Part"}}, rowColumns()...)}
	for _, r := range rows {
		t.Rows = append(t.Rows, append([]cell{head(r.Name, "")}, rowCells(r)...))
	}
	return t
}

func labelRows(c experiments.Comparison) *table {
	if len(c.PerLabel) == 0 {
		return nil
	}
	t := &table{ID: "labels", Caption: "F1 by entity type", Sortable: true, Tall: true, Columns: append([]column{{Name: "Entity type"}, {Name: "Group"}, {Name: "Train", Title: "training documents that hold it", Number: true}}, rowColumns()...)}
	for _, r := range c.PerLabel {
		t.Rows = append(t.Rows, append([]cell{head(r.Name, ""), text(r.Group), whole(r.TrainDocs)}, rowCells(r.Row)...))
	}
	return t
}

// shownPairs is how many pairs of runs a page lists.
const shownPairs = 200

func pairTable(c experiments.Comparison) *table {
	t := &table{ID: "pairs", Caption: "Pairs of runs", Sortable: true, Columns: []column{{Name: "Run of A"}, {Name: "Run of B"}, {Name: "Seed", Number: true}, {Name: "A", Number: true}, {Name: "B", Number: true}, {Name: "B − A", Number: true}, {Name: "Other factors"}}}
	for _, p := range c.Pairs[:min(len(c.Pairs), shownPairs)] {
		t.Rows = append(t.Rows, []cell{head(p.A, runLink("/run", p.A)), {Text: p.B, Link: runLink("/run", p.B)}, {Text: strconv.FormatUint(p.Seed, 10), Number: true},
			number(p.ValueA, points(p.ValueA)), number(p.ValueB, points(p.ValueB)), number(p.ValueB-p.ValueA, signed(p.ValueB-p.ValueA)), text(allLevels(p.Levels))})
	}
	return t
}
