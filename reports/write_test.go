package reports_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/reports"
)

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// TestWrite checks what lies in the folder after a report, and after a second
// one that has fewer figures.
func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	d := eight(6, 0, 30).data()
	paths, err := reports.Write(dir, d)
	if err != nil {
		t.Fatal(err)
	}
	want := reports.TextFiles()
	for _, f := range reports.Figures() {
		for _, format := range reports.Formats() {
			want = append(want, f.Name+"."+string(format))
		}
	}
	slices.Sort(want)
	if got := names(t, dir); !slices.Equal(got, want) {
		t.Errorf("files %v", got)
	}
	if paths[0] != filepath.Join(dir, "report.html") {
		t.Errorf("first path is %s", paths[0])
	}
	if err := os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for i := range d.Outcomes {
		d.Outcomes[i].Curves = nil
	}
	if _, err := reports.Write(dir, d); err != nil {
		t.Fatal(err)
	}
	want = slices.DeleteFunc(append(want, "notes.txt"), func(name string) bool {
		return strings.HasPrefix(name, "learning-curves") || strings.HasPrefix(name, "curriculum")
	})
	slices.Sort(want)
	if got := names(t, dir); !slices.Equal(got, want) {
		t.Errorf("after a report without curves: files %v", got)
	}
}

// TestWriteFails checks that a report that cannot be made leaves the old one.
func TestWriteFails(t *testing.T) {
	dir := t.TempDir()
	d := eight(6, 0, 30).data()
	if _, err := reports.Write(dir, d); err != nil {
		t.Fatal(err)
	}
	before := names(t, dir)
	d.Candidate = "nobody"
	if _, err := reports.Write(dir, d); err == nil {
		t.Error("a variant that does not exist was accepted")
	}
	if got := names(t, dir); !slices.Equal(got, before) {
		t.Errorf("files %v, before %v", got, before)
	}
	file := filepath.Join(dir, "report.html")
	if _, err := reports.Write(file, eight(6, 0, 30).data()); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("a file as the folder: error %v", err)
	}
}

// TestErrors checks the one line that each contradiction in the data gives.
func TestErrors(t *testing.T) {
	for _, c := range []struct {
		want string
		make func(d *reports.Data)
	}{
		{"reports: sweep heads-losses-curricula has no finished run", func(d *reports.Data) { d.Outcomes = nil }},
		{`level "other" of axis "head" is not in sweep heads-losses-curricula`, func(d *reports.Data) {
			d.Outcomes[0].Levels = map[string]string{"head": "other", "loss": "ce", "curriculum": "none"}
		}},
		{"are both of variant linear · ce · none and seed 1", func(d *reports.Data) { d.Outcomes[1].Seed = 1 }},
		{`variant "nobody" has no run: there are linear · ce · none; `, func(d *reports.Data) { d.Baseline = "nobody" }},
		{`baseline and candidate are both "linear · ce · none"`, func(d *reports.Data) {
			d.Baseline, d.Candidate = "linear · ce · none", "linear · ce · none"
		}},
		{`metric "validation/weighted_f1", the sweep's primary, was not recorded`, func(d *reports.Data) { d.Sweep.Primary = "validation/weighted_f1" }},
	} {
		d := eight(4, 0, 20).data()
		c.make(&d)
		if _, err := reports.New(d); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
}

// TestPrimaryOfValidation reports a sweep whose primary metric has no counts
// per document: its differences are over pairs of runs, and the pair is compared
// by the labels of the test split all the same.
func TestPrimaryOfValidation(t *testing.T) {
	d := eight(6, 0, 30).data()
	d.Sweep.Primary = "validation/macro_f1"
	text := page(t, d)
	for _, want := range []string{"which flatters it", "Lines are 95 % intervals over pairs of runs, by t.", `<table id="t-labels">`, "Intervals are 95 % over 2 pairs of runs, by t."} {
		if !strings.Contains(text, want) {
			t.Errorf("missing %q", want)
		}
	}
}
