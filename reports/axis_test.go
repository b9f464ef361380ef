package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/metrics"
)

func TestScale(t *testing.T) {
	down := scale{lo: 0, hi: 1, from: 100, to: 20} // y grows downwards
	log := scale{lo: 1, hi: 1000, from: 0, to: 300, log: true}
	for _, c := range []struct {
		s       scale
		v, want float64
	}{
		{down, 0, 100}, {down, 1, 20}, {down, 0.25, 80}, {down, -3, 100}, {down, 7, 20},
		{log, 1, 0}, {log, 10, 100}, {log, 100, 200}, {log, 1e6, 300},
	} {
		if got := c.s.at(c.v); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%+v at %v: %v, want %v", c.s, c.v, got, c.want)
		}
	}
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		s    scale
		n    int
		want string
	}{
		{scale{lo: 0, hi: 1}, 5, "0.0 0.2 0.4 0.6 0.8 1.0"},
		{scale{lo: -0.03, hi: 0.11}, 4, "0.00 0.05 0.10"},
		{scale{lo: -0.012, hi: 0.004}, 4, "-0.010 -0.005 0.000"},
		{scale{lo: 0, hi: 0.1}, 4, "0.000 0.025 0.050 0.075 0.100"},
		{scale{lo: 3, hi: 42}, 5, "10 20 30 40"},
		{scale{lo: 0.3, hi: 300, log: true}, 40, "0.3 0.4 0.5 0.7 1 1.5 2 3 4 5 7 10 15 20 30 40 50 70 100 150 200 300"},
		{scale{lo: 0.3, hi: 300, log: true}, 9, "0.5 1 2 5 10 20 50 100 200"},
		{scale{lo: 0.3, hi: 300, log: true}, 4, "1 10 100"},
	} {
		var got []string
		for _, k := range c.s.ticks(c.n) {
			got = append(got, k.text)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%+v, %d: %s, want %s", c.s, c.n, s, c.want)
		}
	}
	var epochs []string
	for _, k := range wholeTicks(scale{lo: 1, hi: 15}, 6) {
		epochs = append(epochs, k.text)
	}
	if s := strings.Join(epochs, " "); s != "3 6 9 12 15" {
		t.Errorf("epochs %s", s)
	}
}

func TestNumbersInWords(t *testing.T) {
	nan := math.NaN()
	for _, c := range [][2]string{
		{score(0.61249), "0.612"}, {score(nan), "–"},
		{signed(0.0314), "+0.031"}, {signed(-0.0316), "−0.032"}, {signed(-0.0001), "0.000"}, {signed(nan), "–"},
		{withSpan(metrics.Interval{Value: 0.5, Low: -0.25, High: 0.75}, signed), "+0.500 [−0.250, +0.750]"},
		{withSpan(unknown(0.5), score), "0.500"},
		{pValue(0.0004), "< 0.001"}, {pValue(0.0346), "0.035"}, {pValue(nan), "–"},
		{duration(8.42), "8.4 s"}, {duration(94.2), "94 s"}, {duration(720), "12 min"}, {duration(11160), "3.1 h"},
		{plural(1, "run", "runs"), "1 run"}, {plural(0, "run", "runs"), "0 runs"}, {plural(12345678, "run", "runs"), "12,345,678 runs"},
		{thousands(-9999), "-9999"}, {thousands(-123456), "-123,456"}, {thousands(100000), "100,000"},
		{metricName("test/macro_f1"), "macro F1 on the test split"}, {metricName("heldout/micro_f1"), "micro F1 on the held-out split"},
		{num(3.14159), "3.14"}, {num(-0.001), "0"}, {num(100), "100"}, {num(2.5), "2.5"},
		{escapeXML("a<b>&\"'\x00\xff"), "a&lt;b&gt;&amp;&#34;&#39;\uFFFD\uFFFD"},
	} {
		if c[0] != c[1] {
			t.Errorf("%q, want %q", c[0], c[1])
		}
	}
}

// TestSmooth checks the running mean against the weighted mean worked out by
// hand: 4 labels at x and 4 one bandwidth away, with weight exp(-1/2).
func TestSmooth(t *testing.T) {
	away := math.Pow(10, 2+smoothDecades)
	xs := []float64{100, 100, 100, 100, away, away, away, away}
	ys := []float64{0.2, 0.4, 0.2, 0.4, 0.9, 0.7, 0.9, 0.7}
	got, ok := smooth(xs, ys, 100)
	w := math.Exp(-0.5)
	mean := (1.2 + 3.2*w) / (4 + 4*w)
	effective := math.Pow(4+4*w, 2) / (4 + 4*w*w)
	squares := 2*math.Pow(0.2-mean, 2) + 2*math.Pow(0.4-mean, 2) + w*(2*math.Pow(0.9-mean, 2)+2*math.Pow(0.7-mean, 2))
	half := 1.96 * math.Sqrt(squares/(4+4*w)/(effective-1))
	for _, c := range [][2]float64{{got.Value, mean}, {got.Low, mean - half}, {got.High, mean + half}} {
		if !ok || math.Abs(c[0]-c[1]) > 1e-12 {
			t.Errorf("%v, want %v", c[0], c[1])
		}
	}
	if _, ok := smooth([]float64{10, 100, 1000, 10000}, ys[:4], 100); ok {
		t.Error("one label near the place carried a mean")
	}
}

func TestFitAndWrap(t *testing.T) {
	f := newFonts()
	l := lettering{size: 7}
	long := "SHIPPING_INSTRUCTIONS_REFERENCE_NUMBER"
	if got := f.fit(long, 1000, l); got != long {
		t.Errorf("%q was cut without need", got)
	}
	got := f.fit(long, 60, l)
	if f.measure(got, l) > 60 || !strings.HasSuffix(got, "…") || !strings.HasPrefix(long, strings.TrimSuffix(got, "…")) {
		t.Errorf("%q is %.1f wide", got, f.measure(got, l))
	}
	text := "The quick brown fox jumps over the lazy dog and " + long
	lines := f.wrap(text, 80, l)
	for _, line := range lines {
		if f.measure(line, l) > 80 {
			t.Errorf("line %q is %.1f wide", line, f.measure(line, l))
		}
	}
	if len(lines) < 3 || strings.Join(lines[:len(lines)-1], " ") != "The quick brown fox jumps over the lazy dog and" {
		t.Errorf("lines %q", lines)
	}
	bold := lettering{size: 7, bold: true}
	if f.measure(long, bold) <= f.measure(long, l) {
		t.Error("bold is not wider: the face was not found")
	}
}

// TestPalette checks with the relative luminance of WCAG 2.2 that every
// variant stands out from its page and texts are read on it.
func TestPalette(t *testing.T) {
	luminance := func(c [3]uint8) float64 {
		l := 0.0
		for i, w := range []float64{0.2126, 0.7152, 0.0722} {
			v := float64(c[i]) / 255
			if v <= 0.04045 {
				v /= 12.92
			} else {
				v = math.Pow((v+0.055)/1.055, 2.4)
			}
			l += w * v
		}
		return l
	}
	contrast := func(a, b [3]uint8) float64 {
		x, y := luminance(a), luminance(b)
		return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
	}
	pick := func(x tint, dark bool) [3]uint8 {
		if dark {
			return [3]uint8{x.dark.R, x.dark.G, x.dark.B}
		}
		return [3]uint8{x.light.R, x.light.G, x.light.B}
	}
	for _, dark := range []bool{false, true} {
		for _, page := range []tint{inkPaper, inkBand} {
			for _, c := range []struct {
				tint  tint
				least float64
			}{{inkText, 7}, {inkMuted, 4.5}, {inkError, 3}, {variantTints[0], 4.5}, {variantTints[1], 3}} {
				if got := contrast(pick(c.tint, dark), pick(page, dark)); got < c.least {
					t.Errorf("%s on %s, dark %v: contrast %.2f, want %v", c.tint.name, page.name, dark, got, c.least)
				}
			}
		}
	}
	var names []string
	for _, x := range append(slices.Clone(inks), variantTints...) {
		if slices.Contains(names, x.name) {
			t.Errorf("two tints are named %s", x.name)
		}
		names = append(names, x.name)
	}
	if len(dashes) != len(variantTints) {
		t.Errorf("%d dashes for %d colours", len(dashes), len(variantTints))
	}
}

func TestStageSpans(t *testing.T) {
	for _, c := range []struct {
		stages [][]int // of each run, by epoch
		want   string
	}{
		{[][]int{{0, 0, 0}, {0, 1, 1}}, "[{0 0 0} {1 1 2}] true"},
		{[][]int{{0, 1, 1}, {0, 1, 1, 1}}, "[{0 0 0} {1 1 3}] true"}, // the first stopped early
		{[][]int{{0, 1, 1}, {0, 0, 1}}, "[] false"},
		{[][]int{{0, 0}, {0, 0}}, "[] true"},
	} {
		r := &Report{}
		for _, stages := range c.stages {
			r.data.Outcomes = append(r.data.Outcomes, outcomeWithStages(stages))
		}
		spans, agree := r.stageSpans()
		if got := fmt.Sprint(spans, agree); got != c.want {
			t.Errorf("%v: %s, want %s", c.stages, got, c.want)
		}
	}
}

func outcomeWithStages(stages []int) experiments.Outcome {
	var o experiments.Outcome
	for e, s := range stages {
		o.Curves = append(o.Curves, experiments.Point{Name: validationCurve, Epoch: e, Stage: s, Value: 0.5})
	}
	return o
}
