package reports_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/invoicelab/invoicelab/claims"
	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/reports"
)

var update = flag.Bool("update", false, "write the golden pictures anew")

// sizes are the label sets that figures must be readable with: an invoice
// schema in groups, spoken requests, receipts.
var sizes = []struct {
	name string
	simulation
	png bool // a golden PNG too; the other sizes draw the same marks
}{
	{"98", eight(98, 19, 120), true},
	{"54", eight(54, 0, 200), false},
	{"4", eight(4, 0, 63), false},
}

func report(t *testing.T, d reports.Data) *reports.Report {
	t.Helper()
	r, err := reports.New(d)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func draw(t *testing.T, f reports.Figure, format reports.Format, r *reports.Report) []byte {
	t.Helper()
	var b bytes.Buffer
	caption, err := f.Draw(&b, format, r)
	if err != nil {
		t.Fatalf("%s as %s: %v", f.Name, format, err)
	}
	if caption == "" {
		t.Errorf("%s as %s: no caption", f.Name, format)
	}
	return b.Bytes()
}

// TestGolden compares every figure with its picture under testdata: SVG byte
// for byte, PNG within what another rasteriser's rounding may change.
func TestGolden(t *testing.T) {
	for _, size := range sizes {
		r := report(t, size.data())
		for _, f := range reports.Figures() {
			path := filepath.Join("testdata", size.name+"-"+f.Name)
			svg := draw(t, f, reports.SVG, r)
			golden(t, path+".svg", svg, func(want []byte) error {
				if !bytes.Equal(svg, want) {
					return fmt.Errorf("%d bytes differ from the golden %d", len(svg), len(want))
				}
				return nil
			})
			if size.png {
				picture := draw(t, f, reports.PNG, r)
				golden(t, path+".png", picture, func(want []byte) error { return samePicture(picture, want) })
			}
		}
	}
}

func golden(t *testing.T, path string, got []byte, compare func(want []byte) error) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Errorf("%v (go test ./reports -run Golden -update writes it)", err)
		return
	}
	if err := compare(want); err != nil {
		t.Errorf("%s: %v", path, err)
	}
}

// samePicture allows a mean difference of half a step of 255 in a channel.
func samePicture(got, want []byte) error {
	a, err := png.Decode(bytes.NewReader(got))
	if err != nil {
		return err
	}
	b, err := png.Decode(bytes.NewReader(want))
	if err != nil {
		return err
	}
	if a.Bounds() != b.Bounds() {
		return fmt.Errorf("size %v, golden %v", a.Bounds(), b.Bounds())
	}
	if d := difference(a, b); d > 0.5 {
		return fmt.Errorf("mean difference %.2f of 255 in a channel", d)
	}
	return nil
}

func difference(a, b image.Image) float64 {
	sum, n := 0.0, 0
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			ar, ag, ab, _ := a.At(x, y).RGBA()
			br, bg, bb, _ := b.At(x, y).RGBA()
			for _, c := range [][2]uint32{{ar, br}, {ag, bg}, {ab, bb}} {
				d := float64(c[0]>>8) - float64(c[1]>>8)
				sum += max(d, -d)
				n++
			}
		}
	}
	return sum / float64(n)
}

// TestPNGResolution checks the 144 dots per inch: two pixels a point, so that a
// figure of 660 points is 1320 pixels wide.
func TestPNGResolution(t *testing.T) {
	r := report(t, eight(4, 0, 30).data())
	for _, f := range reports.Figures() {
		config, err := png.DecodeConfig(bytes.NewReader(draw(t, f, reports.PNG, r)))
		if err != nil {
			t.Fatal(err)
		}
		if config.Width != 1320 {
			t.Errorf("%s: %d pixels wide", f.Name, config.Width)
		}
	}
}

// TestAbsent checks that a figure without data gives its reason and no picture.
func TestAbsent(t *testing.T) {
	one := eight(4, 0, 30)
	one.axes = one.axes[:1]
	one.axes[0].Levels = one.axes[0].Levels[:1]
	noCurves := eight(4, 0, 30).data()
	for i := range noCurves.Outcomes {
		noCurves.Outcomes[i].Curves = nil
	}
	noCounts := eight(4, 0, 30).data()
	for i := range noCounts.Outcomes {
		noCounts.Outcomes[i].TrainDocs = nil
	}
	noPredictions := eight(4, 0, 30).data()
	noPredictions.Predictions, noPredictions.Claims = nil, claims.Ledger{}
	oldPredictions := eight(4, 0, 30).data()
	oldPredictions.Candidate = reports.VariantName(oldPredictions.Sweep.Axes, oldPredictions.Outcomes[4].Levels)
	read := oldPredictions.Predictions
	oldPredictions.Predictions = func(run string) ([]experiments.Prediction, error) {
		all, err := read(run)
		for i := range all {
			all[i].Missed = nil
		}
		return all, err
	}
	for _, c := range []struct {
		what   string
		data   reports.Data
		absent map[string]string
	}{
		{"one variant", one.data(), map[string]string{
			"per-label":         "it compares two variants, and the sweep has one",
			"frequency":         "it compares two variants, and the sweep has one",
			"effects":           "no axis of the sweep has runs at two levels",
			"interaction":       "it needs two factors with runs at two levels each",
			"parallel":          "it needs three variants, and the sweep has 1",
			"labels-by-variant": "it shows three variants or more, and the sweep has 1",
			"gained-lost":       "it compares two variants, and the sweep has one"}},
		{"no curves", noCurves, map[string]string{"learning-curves": "no run recorded a metric by epoch", "curriculum": "no variant was trained in stages"}},
		{"no predictions", noPredictions, map[string]string{"confusion": "what the runs said of each document was not read", "confidence": "what the runs said of each document was not read",
			"claims": "no published number was judged in this store; invoicelab reproduce does that"}},
		{"predictions of an old program", oldPredictions, map[string]string{"confusion": "run " + oldPredictions.Outcomes[4].Run + " was made before entities that a run missed were kept; report --corpus looks them up in the documents"}},
		{"no training counts", noCounts, map[string]string{"frequency": "no entity type of the test split has a training document on record"}},
	} {
		r := report(t, c.data)
		for _, f := range reports.Figures() {
			var b bytes.Buffer
			_, err := f.Draw(&b, reports.SVG, r)
			var left *reports.Absent
			want, expected := c.absent[f.Name]
			switch {
			case expected && (!errors.As(err, &left) || left.Reason != want):
				t.Errorf("%s: %s: error %v, want the reason %q", c.what, f.Name, err, want)
			case !expected && err != nil:
				t.Errorf("%s: %s: %v", c.what, f.Name, err)
			case expected && b.Len() > 0:
				t.Errorf("%s: %s: %d bytes written", c.what, f.Name, b.Len())
			}
		}
	}
}
