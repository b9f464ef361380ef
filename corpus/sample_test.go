package corpus

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sampleDataset is a small corpus with every kind of field: boxes, pages,
// lines, domains, templates, further columns, characters that JSON escapes.
func sampleDataset() *Dataset {
	schema := &Schema{Name: "sample", Entities: []Entity{
		{Name: "INVOICE_NUMBER", Group: "document"}, {Name: "TOTAL_AMOUNT", Group: "money"}, {Name: "TAX_AMOUNT", Group: "money"},
	}}
	return &Dataset{
		Manifest: Manifest{Name: "sample", Source: "hand", Notes: []string{"made by hand"}},
		Schema:   schema,
		Docs: map[Split][]Document{
			Train: {
				{ID: "1", Domain: "general", Template: "modern", Kind: "INVOICE", Boxed: true,
					Tokens: []Token{
						{Text: "No.", Box: Box{10, 20, 40, 35}},
						{Text: "A<1>&\"é\"", Box: Box{50, 20, 140, 35}},
						{Text: "Total", Box: Box{10, 900, 60, 915}, Page: 1, Line: 1},
						{Text: "9.00", Box: Box{0, 900, 1000, 1000}, Page: 1, Line: 1},
						{Text: "EUR", Box: Box{70, 900, 70, 915}, Page: 1, Line: 1},
					},
					Spans: []Span{{0, 1, 2}, {1, 3, 5}}},
				{ID: "2", Domain: "telecom", Template: "bill", Kind: "INVOICE", Boxed: true,
					Tokens: []Token{{Text: "VAT", Box: Box{1, 2, 3, 4}}, {Text: "1.50", Box: Box{5, 6, 7, 8}}},
					Spans:  []Span{{2, 1, 2}}, Structure: []uint16{0, 1<<9 | 1}, Visual: []uint16{8, 0}},
			},
			Validation: {
				{ID: "3", Tokens: []Token{{Text: "line\u2028end", Columns: []string{"NN", "x y"}}, {Text: "7", Columns: []string{"CD", ""}}},
					Spans: []Span{{1, 0, 1}, {1, 1, 2}}},
			},
			Heldout: {
				{ID: "4", Template: "classic", Tokens: []Token{{Text: "nothing"}}},
			},
		},
	}
}

// expectError fails unless err holds every part of want.
func expectError(t *testing.T, err error, want ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, expected one with %q", want)
	}
	for _, w := range want {
		if !strings.Contains(err.Error(), w) {
			t.Fatalf("error %q lacks %q", err, w)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("error of several lines: %q", err)
	}
}

// edit replaces old, which must stand in the file, by new.
func edit(t *testing.T, file, old, new string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), old) {
		t.Fatalf("%s lacks %q", file, old)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(data), old, new, 1)), 0o666); err != nil {
		t.Fatal(err)
	}
}

// written stores the sample and gives its folder.
func written(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "sample")
	if err := sampleDataset().Write(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}
