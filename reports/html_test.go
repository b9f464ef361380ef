package reports_test

import (
	"bytes"
	"fmt"
	"html"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/metrics"
	"github.com/invoicelab/invoicelab/reports"
)

func page(t *testing.T, d reports.Data) string {
	t.Helper()
	b, err := report(t, d).HTML()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var (
	rowPattern  = regexp.MustCompile(`(?s)<tr( class="best")?>(.*?)</tr>`)
	cellPattern = regexp.MustCompile(`(?s)<(td|th)([^>]*)>(.*?)</(?:td|th)>`)
	sortPattern = regexp.MustCompile(`data-v="([^"]*)"`)
	tagPattern  = regexp.MustCompile(`(?s)<svg.*?</svg>|<[^>]*>`)
)

type htmlCell struct {
	text  string
	value float64 // NaN where the cell does not sort as a number
	attrs string
}

// readTable reads the body of a table of the page by the name in its first column.
func readTable(t *testing.T, page, id string) (rows map[string][]htmlCell, order []string) {
	t.Helper()
	_, rest, ok := strings.Cut(page, `<table id="`+id+`">`)
	if !ok {
		t.Fatalf("no table %s", id)
	}
	rest, _, _ = strings.Cut(rest, "</table>")
	_, rest, _ = strings.Cut(rest, "<tbody>")
	rows = map[string][]htmlCell{}
	for _, r := range rowPattern.FindAllStringSubmatch(rest, -1) {
		var cells []htmlCell
		for _, c := range cellPattern.FindAllStringSubmatch(r[2], -1) {
			cell := htmlCell{value: math.NaN(), attrs: c[2]}
			cell.text = strings.TrimSpace(html.UnescapeString(tagPattern.ReplaceAllString(strings.ReplaceAll(c[3], "<small>", " "), "")))
			if v := sortPattern.FindStringSubmatch(c[2]); v != nil {
				var err error
				if cell.value, err = strconv.ParseFloat(v[1], 64); err != nil {
					t.Fatal(err)
				}
			}
			cells = append(cells, cell)
		}
		rows[cells[0].text] = cells
		order = append(order, cells[0].text)
	}
	return rows, order
}

// f1 counts again, from the documents up.
func f1(o *experiments.Outcome, keep func(label string) bool) (micro, macro float64) {
	type count struct{ tp, pred, gold float64 }
	var all count
	per := map[string]*count{}
	for _, d := range o.Test.Docs {
		for _, l := range d.Labels {
			name := o.Test.Labels[l.Label]
			if !keep(name) {
				continue
			}
			if per[name] == nil {
				per[name] = &count{}
			}
			for _, c := range []*count{per[name], &all} {
				c.tp, c.pred, c.gold = c.tp+float64(l.TP), c.pred+float64(l.Pred), c.gold+float64(l.Gold)
			}
		}
	}
	n := 0.0
	for _, name := range o.Test.Labels {
		if c := per[name]; c != nil && c.gold > 0 {
			macro += 2 * c.tp / (c.pred + c.gold)
			n++
		}
	}
	return 2 * all.tp / (all.pred + all.gold), macro / n
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// TestVariantTable checks every figure of the sweep's table against a recount.
func TestVariantTable(t *testing.T) {
	d := eight(60, 6, 80).data()
	rows, order := readTable(t, page(t, d), "t-variants")
	if len(rows) != 8 {
		t.Fatalf("%d rows: %v", len(rows), rows)
	}
	byVariant := map[string][]*experiments.Outcome{}
	for i := range d.Outcomes {
		name := reports.VariantName(d.Sweep.Axes, d.Outcomes[i].Levels)
		byVariant[name] = append(byVariant[name], &d.Outcomes[i])
	}
	best := ""
	for name, runs := range byVariant {
		cells, ok := rows[name]
		if !ok {
			cells, ok = rows[name+" best"]
			best = name
		}
		if !ok {
			t.Fatalf("no row %q", name)
		}
		var values [3][]float64
		seconds := 0.0
		for _, o := range runs {
			micro, macro := f1(o, func(string) bool { return true })
			_, rare := f1(o, func(label string) bool { return o.TrainDocs[label] < 20 })
			values[0], values[1], values[2] = append(values[0], micro), append(values[1], macro), append(values[2], rare)
			seconds += o.Seconds / float64(len(runs))
			for _, c := range cells[:6] {
				if !strings.Contains(c.attrs, o.Run) && !strings.Contains(c.attrs, "title=\"0.") {
					t.Errorf("%s: cell %q does not name run %s", name, c.text, o.Run)
				}
			}
		}
		for k, v := range values {
			cell := cells[2+k]
			mean := (v[0] + v[1]) / 2
			sd := math.Abs(v[0]-v[1]) / math.Sqrt2 // of two values
			if !near(cell.value, mean) || !strings.HasPrefix(cell.text, fmt.Sprintf("%.3f", mean)) || !strings.HasSuffix(cell.text, fmt.Sprintf("sd %.3f", sd)) {
				t.Errorf("%s column %d: %q (%v), want %.6f and sd %.6f", name, 2+k, cell.text, cell.value, mean, sd)
			}
		}
		if !near(cells[6].value, seconds) {
			t.Errorf("%s: seconds %v, want %v", name, cells[6].value, seconds)
		}
		// The interval is the paired bootstrap of the documents, and its own
		// settings give it again.
		stat, err := metrics.MetricStatistic("macro_f1", nil)
		if err != nil {
			t.Fatal(err)
		}
		tallies := []metrics.Tally{runs[0].Test, runs[1].Test}
		want, err := metrics.PairedBootstrap(tallies, tallies, []metrics.Statistic{stat}, metrics.Resampling{Resamples: d.Resamples, Seed: d.Seed, Stream: "report"})
		if err != nil {
			t.Fatal(err)
		}
		if ends := fmt.Sprintf("[%.3f, %.3f]", want[0].A.Low, want[0].A.High); !strings.Contains(cells[3].text, ends) {
			t.Errorf("%s: %q, want the interval %s", name, cells[3].text, ends)
		}
	}
	// The best is best on validation, which the test split did not choose.
	top := ""
	high := -1.0
	for name, runs := range byVariant {
		if v := (runs[0].Metrics["validation/macro_f1"] + runs[1].Metrics["validation/macro_f1"]) / 2; v > high {
			top, high = name, v
		}
	}
	if order[0] != best+" best" {
		t.Errorf("the first row is %q", order[0])
	}
	if best != top {
		t.Errorf("best is %q, on validation %q is", best, top)
	}
}

// TestLabelTable checks the sign of every difference and the counts behind it.
func TestLabelTable(t *testing.T) {
	d := eight(30, 0, 80).data()
	d.Baseline, d.Candidate = "linear · ce · none", "hybrid · ce · none"
	rows, order := readTable(t, page(t, d), "t-labels")
	if !slices.IsSortedFunc(order, func(a, b string) int { return int(rows[a][2].value - rows[b][2].value) }) {
		t.Errorf("not from rare to frequent: %v", order)
	}
	mean := func(name, label string) float64 {
		sum := 0.0
		for i := range d.Outcomes {
			if o := &d.Outcomes[i]; reports.VariantName(d.Sweep.Axes, o.Levels) == name {
				_, macro := f1(o, func(l string) bool { return l == label })
				sum += macro / 2
			}
		}
		return sum
	}
	checked := 0
	for label, cells := range rows {
		gold, docs := 0, 0
		for _, doc := range d.Outcomes[0].Test.Docs {
			for _, l := range doc.Labels {
				if d.Outcomes[0].Test.Labels[l.Label] == label && l.Gold > 0 {
					gold += int(l.Gold)
					docs++
				}
			}
		}
		a, b := mean(d.Baseline, label), mean(d.Candidate, label)
		for i, want := range []float64{float64(d.Outcomes[0].TrainDocs[label]), float64(docs), float64(gold), b, a, b - a} {
			if !near(cells[2+i].value, want) {
				t.Errorf("%s column %d: %v, want %v", label, 2+i, cells[2+i].value, want)
			}
		}
		if few := docs < experiments.MinDocuments; few != (cells[9].text == "too few") {
			t.Errorf("%s in %d documents: verdict %q", label, docs, cells[9].text)
		}
		checked++
	}
	if checked == 0 {
		t.Fatal("no rows")
	}
}

// TestFindingFollowsTheData makes one level far better, then names the levels
// the other way round: sentence and sign must turn with it.
func TestFindingFollowsTheData(t *testing.T) {
	s := eight(20, 0, 80)
	s.axes = []config.Axis{axis("head", "linear", "hybrid")}
	s.seeds = []uint64{1, 2, 3, 4}
	s.effect = map[string]float64{"hybrid": 2}
	text := page(t, s.data())
	for _, want := range []string{"hybrid is best: its macro F1 of ", "above the next, linear.", "head: hybrid − linear: better, &#43;"} {
		if !strings.Contains(text, want) {
			t.Errorf("missing %q", want)
		}
	}
	s.axes = []config.Axis{axis("head", "hybrid", "linear")}
	text = page(t, s.data())
	for _, want := range []string{"hybrid is best: its macro F1 of ", "head: linear − hybrid: worse, −"} {
		if !strings.Contains(text, want) {
			t.Errorf("turned round: missing %q", want)
		}
	}
	s.effect = nil
	if text = page(t, s.data()); !strings.Contains(text, "No clear difference at the top: ") {
		t.Error("equal variants, but the page does not say that there is no clear difference")
	}
	// Chosen on validation, beaten on test.
	s.effect = map[string]float64{"hybrid": 2}
	d := s.data()
	for i := range d.Outcomes {
		d.Outcomes[i].Metrics["validation/macro_f1"] = map[string]float64{"linear": 0.9, "hybrid": 0.1}[d.Outcomes[i].Levels["head"]]
	}
	if text = page(t, d); !strings.Contains(text, "linear was chosen by macro F1 on the validation split, but on the test split hybrid is ahead: −") {
		t.Error("the page hides that the chosen variant is beaten on the test split")
	}
}

// TestMarkupInNames puts markup into every name that a user can choose.
func TestMarkupInNames(t *testing.T) {
	const evil = `"><script>window.hacked=1</script><img src=x onerror="window.hacked=1">'&`
	d := eight(6, 2, 40).data()
	d.Sweep.Name, d.Sweep.About = "name"+evil, "about"+evil
	d.Corpus.Name, d.Corpus.Source = "corpus"+evil, "source"+evil
	d.Sweep.Axes[0].Name = "axis" + evil
	d.Sweep.Axes[0].Levels[1].Name = "level" + evil
	d.Warnings = []string{"warning" + evil}
	d.Missing = []string{"trial" + evil}
	for i := range d.Outcomes {
		o := &d.Outcomes[i]
		o.Device, o.Revision, o.Run = "device"+evil, "revision"+evil, o.Run+evil
		if o.Levels["head"] == "hybrid" {
			o.Levels = map[string]string{"axis" + evil: "level" + evil, "loss": o.Levels["loss"], "curriculum": o.Levels["curriculum"]}
		} else {
			o.Levels = map[string]string{"axis" + evil: "linear", "loss": o.Levels["loss"], "curriculum": o.Levels["curriculum"]}
		}
		for l, name := range o.Test.Labels {
			o.Groups["label"+name+evil] = "group" + evil
			o.TrainDocs["label"+name+evil] = o.TrainDocs[name]
			o.Test.Labels[l] = "label" + name + evil
		}
		for k := range o.Curves {
			if o.Curves[k].Name == "loss/crf" {
				o.Curves[k].Name = "loss/" + evil
			}
		}
	}
	text := page(t, d)
	if n := strings.Count(text, "<script"); n != 1 {
		t.Errorf("%d scripts, want the page's own", n)
	}
	for _, bad := range []string{"<img", "<script>window", `onerror="`, "javascript:"} {
		if strings.Contains(text, bad) {
			t.Errorf("the page holds %s", bad)
		}
	}
	for _, name := range []string{"name", "about", "corpus", "axis", "level", "warning", "trial", "device", "revision", "group", "source"} {
		if !strings.Contains(html.UnescapeString(text), name+evil) {
			t.Errorf("the %s is not shown as it is", name)
		}
	}
	r := report(t, d)
	for _, f := range reports.Figures() {
		svg := string(draw(t, f, reports.SVG, r))
		if strings.Contains(svg, "<script") || strings.Contains(svg, "<img") {
			t.Errorf("%s: markup from a name", f.Name)
		}
	}
}

// TestPolicy checks that the page admits its own style and script only, and
// names no other host.
func TestPolicy(t *testing.T) {
	text := page(t, eight(6, 2, 40).data())
	if !regexp.MustCompile(`content="default-src 'none'; style-src 'sha256-[^']{44}'; script-src 'sha256-[^']{44}'; base-uri 'none'; form-action 'none'"`).MatchString(html.UnescapeString(text)) {
		t.Error("no strict content policy")
	}
	if i := strings.Index(text, "Content-Security-Policy"); i < 0 || i > strings.Index(text, "<style") {
		t.Error("the policy does not come before the style")
	}
	for _, bad := range []string{"<link", "@import", "url(", " style=", "<script src"} {
		if strings.Contains(text, bad) {
			t.Errorf("the page holds %s", bad)
		}
	}
	for _, u := range regexp.MustCompile(`https?://[^"' ]+`).FindAllString(text, -1) {
		if u != "http://www.w3.org/2000/svg" { // the name of SVG, which nothing loads
			t.Errorf("the page names %s", u)
		}
	}
}

// TestSameBytes rebuilds a report from the same outcomes in another order.
func TestSameBytes(t *testing.T) {
	d := eight(40, 5, 60).data()
	dirs := []string{t.TempDir(), t.TempDir()}
	first, err := reports.Write(dirs[0], d)
	if err != nil {
		t.Fatal(err)
	}
	turned := d
	turned.Outcomes = slices.Clone(d.Outcomes)
	slices.Reverse(turned.Outcomes)
	second, err := reports.Write(dirs[1], turned)
	if err != nil {
		t.Fatal(err)
	}
	want := len(reports.TextFiles()) + len(reports.Figures())*len(reports.Formats())
	if len(first) != want || len(second) != want {
		t.Fatalf("%d and %d files, want %d: the page, its texts, and every figure in every format", len(first), len(second), want)
	}
	for i := range first {
		a, err := os.ReadFile(first[i])
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(second[i])
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a, b) {
			t.Errorf("%s differs when the outcomes come in another order", filepath.Base(first[i]))
		}
	}
}

// TestWarnings checks that what makes the figures doubtful stands on the page,
// each doubt once.
func TestWarnings(t *testing.T) {
	d := eight(6, 0, 30).data()
	d.Missing = []string{"hybrid · ce · none, seed 3: failed"}
	d.Corpus.Digest = "feedfacecafe0000"
	for i := range d.Outcomes {
		d.Outcomes[i].Revision += "+dirty"
	}
	text := html.UnescapeString(page(t, d))
	for _, want := range []string{
		"<li>no result: hybrid · ce · none, seed 3: failed</li>",
		"but the corpus described here is feedfacecafe</li>",
		": the source was changed and not committed: 0123456789ab+dirty</li>",
		"2 pairs of runs are few",
	} {
		if n := strings.Count(text, want); n != 1 {
			t.Errorf("%q stands on the page %d times", want, n)
		}
	}
}

// TestSize holds the largest label set to 5 MB.
func TestSize(t *testing.T) {
	if n := len(page(t, eight(98, 19, 120).data())); n > 5_000_000 {
		t.Errorf("the page has %d bytes", n)
	}
}
