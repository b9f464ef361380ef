package reports

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
)

// The parts of the page. Style and script stand inside it, and its content
// policy admits these two by their hashes and nothing else, so that text from
// a spec which holds markup can neither run nor load anything.
var (
	//go:embed page.gohtml
	pageTemplate string
	//go:embed page.css
	pageStyle string
	//go:embed page.js
	pageScript string
	//go:embed table.js
	tableScript string
)

// fact is a figure of the head of the page.
type fact struct{ Name, Text, Title string }

// pageFigure is a figure as the page shows it, or why it is absent.
type pageFigure struct {
	Name, Short, Title, Caption, Absent string
	Wide, Narrow                        template.HTML
}

// page is what the template needs.
type page struct {
	Title, About    string
	Policy          string
	Style           template.CSS
	Script          template.JS
	Facts           []fact
	Finding, Detail string
	Factors         []string
	Warnings        []string
	WarningCount    string
	Variants        *table
	Notes           []string
	Figures         []pageFigure
	Labels          *table
	PairNote        string
	Buckets         *table
	Errors          *table
	Methods         []string
	Settings        string
	Runs            *table
	Footnotes       []string
}

// HTML writes the report as one page that needs nothing else: no network, no
// other file. The same data give the same bytes.
func (r *Report) HTML() ([]byte, error) {
	style := styleOf(pageStyle)
	script := strings.TrimSpace(TableScript() + pageScript)
	p := page{
		Title: r.data.Sweep.Name, About: r.data.Sweep.About,
		Policy: fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'", hashOf(style), hashOf(script)),
		Style:  template.CSS(style), Script: template.JS(script),
		Facts:    r.facts(),
		Factors:  r.factorFindings(),
		Warnings: r.warnings, WarningCount: plural(len(r.warnings), "thing", "things"),
		Variants: r.variantTable(), Notes: r.variantNotes(),
		Methods: r.methods(), Settings: r.data.Sweep.Base.Canonical(),
		Runs: r.runTable(), Footnotes: r.footnotes(),
	}
	p.Finding, p.Detail = r.headline()
	fs := newFonts()
	for _, f := range Figures() {
		d, wide, err := f.inline(r, fs, WideWidth)
		if reason, left := isAbsent(err); left {
			p.Figures = append(p.Figures, pageFigure{Name: f.Name, Short: f.Short, Absent: reason})
			continue
		}
		if err != nil {
			return nil, err
		}
		_, narrow, err := f.inline(r, fs, NarrowWidth)
		if err != nil {
			return nil, err
		}
		p.Figures = append(p.Figures, pageFigure{
			Name: f.Name, Short: f.Short, Title: d.title, Caption: d.caption,
			Wide: template.HTML(wide), Narrow: template.HTML(narrow), // every text in them is escaped when drawn
		})
	}
	if r.pairing != nil {
		p.Labels, p.PairNote = r.labelTable(), r.pairNote()
		p.Buckets = r.bucketTable()
	}
	p.Errors = r.errorTable()
	t, err := template.New("page").Parse(pageTemplate)
	if err != nil {
		panic("reports: page.gohtml: " + err.Error()) // it is part of the program
	}
	var b bytes.Buffer
	if err := t.Execute(&b, p); err != nil {
		return nil, fmt.Errorf("reports: page: %w", err)
	}
	return b.Bytes(), nil
}

// hashOf is the source expression by which a content policy admits text.
func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// styleOf puts the colours of the drawings before the style sheet: variables
// for light and dark, and the classes that drawings use.
func styleOf(sheet string) string {
	var light, dark, classes strings.Builder
	for _, t := range tints() {
		fmt.Fprintf(&light, "--%s:%s;", t.name, hexColour(t))
		fmt.Fprintf(&dark, "--%s:%s;", t.name, hexColour(tint{light: t.dark}))
		fmt.Fprintf(&classes, ".f-%[1]s{fill:var(--%[1]s)}.s-%[1]s{stroke:var(--%[1]s)}.b-%[1]s{background:var(--%[1]s)}\n", t.name)
	}
	return ":root{color-scheme:light dark;" + light.String() + "}\n@media (prefers-color-scheme:dark){:root{" + dark.String() + "}}\n" +
		classes.String() + strings.TrimSpace(sheet)
}

// facts sums up what was run on what.
func (r *Report) facts() []fact {
	digest := r.best.runs[0].CorpusDigest
	out := []fact{
		{Name: "Primary metric", Text: metricName(r.data.Sweep.Primary), Title: r.data.Sweep.Primary},
		{Name: "Variants", Text: thousands(len(r.variants))},
		{Name: "Runs", Text: thousands(len(r.data.Outcomes))},
		{Name: "Seeds", Text: r.seedList()},
		{Name: "Corpus", Text: r.data.Corpus.Name},
		{Name: "Digest", Text: short(digest), Title: digest},
	}
	var documents []string
	for _, s := range corpus.Splits {
		if n := r.data.Corpus.Splits[s].Documents; n > 0 {
			documents = append(documents, thousands(n)+" "+splitWord(string(s)))
		}
	}
	if len(documents) > 0 {
		out = append(out, fact{Name: "Documents", Text: strings.Join(documents, ", ")})
	}
	return out
}

// footnotes explain words that the page uses.
func (r *Report) footnotes() []string {
	return []string{
		fmt.Sprintf("An interval [low, high] is a 95 %% percentile interval of %s bootstrap resamples of documents; sd is the standard deviation over seeds.", thousands(r.data.Resamples)),
		fmt.Sprintf("Rare entity types are in fewer than %d training documents, frequent ones in %d or more.", r.data.Thresholds.Few, r.data.Thresholds.Many),
		"Made by invoicelab from its store of runs. The same runs give the same page, byte for byte.",
	}
}
