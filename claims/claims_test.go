package claims_test

import (
	"bytes"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/claims"
	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/experiments"
)

// counted keeps the claims of the shipped files that are counted.
func counted(t *testing.T) []config.ClaimFile {
	t.Helper()
	var files []config.ClaimFile
	for _, name := range []string{"guide", "status"} {
		f, err := config.LoadClaims(name)
		if err != nil {
			t.Fatal(err)
		}
		f.Claims = slices.DeleteFunc(f.Claims, func(c config.Claim) bool { return c.Compute == nil })
		files = append(files, f)
	}
	return files
}

// What is counted of the shipped claims: 768 x 161 weights, 161 x 161
// transitions; the published hybrid head, of which 295,296 + 768 + 7,315 are
// the group stage, 196,864 + 512 the projection and 41,217 the prototypes with
// the temperature; 1 and 4 of 8 domains, 40 and 64 % of the documents.
func TestCountedClaims(t *testing.T) {
	plan, err := claims.NewPlan(counted(t), claims.Bench{Revision: "abc"})
	if err != nil {
		t.Fatal(err)
	}
	store, err := experiments.Create(filepath.Join(t.TempDir(), "s.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	ledger, err := claims.Judge(t.Context(), store, plan, claims.Bench{Revision: "abc"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]struct {
		value   float64
		verdict claims.Verdict
	}{
		"guide/params-linear":                {123648, claims.Reproduced},
		"guide/params-crf":                   {25921, claims.Reproduced},
		"guide/params-hybrid":                {541972, claims.Contradicted},
		"status/rare-f1-baseline-status":     {0, claims.Reproduced},
		"status/coverage-core":               {12.5, claims.Contradicted},
		"status/coverage-core-documents":     {40, claims.Contradicted},
		"status/coverage-enhanced":           {50, claims.Contradicted},
		"status/coverage-enhanced-documents": {64, claims.Contradicted},
	}
	if len(ledger.Rows) != len(want) {
		t.Errorf("%d rows, want %d", len(ledger.Rows), len(want))
	}
	definitions := map[string]string{}
	for _, r := range ledger.Rows {
		w := want[r.Name()]
		if r.Measured == nil || diff(r.Measured.Value, w.value) || r.Verdict != w.verdict || !r.Exact {
			t.Errorf("%s: %+v, %s (%s); want %v, %s", r.Name(), r.Measured, r.Verdict, r.Reason, w.value, w.verdict)
		}
		definitions[r.Name()] = "id: " + r.ID
	}
	// The ledger comes out of the store as it went in.
	if err := ledger.Save(t.Context(), store, definitions, "abc"); err != nil {
		t.Fatal(err)
	}
	again, err := claims.FromStore(t.Context(), store)
	if err != nil || !reflect.DeepEqual(again, ledger) {
		t.Errorf("%+v, %v; want %+v", again, err, ledger)
	}
	var text, markdown bytes.Buffer
	if err := ledger.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	if err := ledger.WriteMarkdown(&markdown); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"guide/params-hybrid", "541972", "8 claims: 3 reproduced, 5 contradicted"} {
		if !strings.Contains(text.String(), want) || !strings.Contains(markdown.String(), want) {
			t.Errorf("the ledger lacks %q:\n%s\n%s", want, text.String(), markdown.String())
		}
	}
}

func diff(a, b float64) bool { return a-b > 1e-9 || b-a > 1e-9 }

// A claim on data that are not there is missing, and says what to do.
func TestDataMissing(t *testing.T) {
	f, err := config.LoadClaims("real")
	if err != nil {
		t.Fatal(err)
	}
	b := claims.Bench{Data: filepath.Join(t.TempDir(), "none")}
	plan, err := claims.NewPlan([]config.ClaimFile{f}, b)
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Works) > 0 {
		t.Errorf("%d sweeps without data", len(plan.Works))
	}
	store, err := experiments.Create(filepath.Join(t.TempDir(), "s.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	ledger, err := claims.Judge(t.Context(), store, plan, b)
	if err != nil {
		t.Fatal(err)
	}
	count := ledger.Count()
	if count[claims.Missing] == 0 || count[claims.NotTestable] == 0 || count[claims.Missing]+count[claims.NotTestable] != len(f.Claims) {
		t.Errorf("%v of %d claims", count, len(f.Claims))
	}
	if r := ledger.Rows[0]; !strings.Contains(r.Reason, "corpus import --from conll DIR --out "+filepath.ToSlash(filepath.Join(b.Data, "snips"))) {
		t.Errorf("%s: %s", r.Name(), r.Reason)
	}
}
