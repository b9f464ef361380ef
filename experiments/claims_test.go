package experiments_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/invoicelab/invoicelab/experiments"
)

// The last verdict of each claim is read as it was stored, with those of its
// runs that are still there; of equal keys the last measurement counts.
func TestVerdicts(t *testing.T) {
	store, err := experiments.Open(oldStore(t, "v2.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	outcomes, err := store.Outcomes(t.Context(), experiments.Filter{Sweep: "tiny"})
	if err != nil || len(outcomes) != 8 {
		t.Fatalf("%d outcomes, %v", len(outcomes), err)
	}
	value, now := 81.5, time.UnixMicro(1_700_000_000_000_000).UTC()
	first := experiments.Verdict{Claim: "guide/f1", Definition: "id: f1", Judged: now, Verdict: "inconclusive", Measured: &value, Interval: &[2]float64{70, 93}, N: 2,
		Runs: []string{outcomes[0].Key, outcomes[1].Key}, Revision: "abc", Body: []byte(`{"id":"f1"}`)}
	other := experiments.Verdict{Claim: "guide/size", Definition: "id: size", Judged: now, Verdict: "missing", Revision: "abc", Body: []byte(`{}`)}
	if err := store.AddVerdicts(t.Context(), []experiments.Verdict{first, other}); err != nil {
		t.Fatal(err)
	}
	again := first
	again.Verdict, again.Definition, again.N = "reproduced", "id: f1\ntolerance: 2", 3
	if err := store.AddVerdicts(t.Context(), []experiments.Verdict{again}); err != nil {
		t.Fatal(err)
	}
	got, err := store.Verdicts(t.Context())
	if err != nil || !reflect.DeepEqual(got, []experiments.Verdict{other, again}) {
		t.Errorf("%+v, %v; want %+v", got, err, []experiments.Verdict{other, again})
	}
	if err := store.AddVerdicts(t.Context(), []experiments.Verdict{{Claim: "a", Verdict: "likely", Body: []byte(`{}`)}}); err == nil {
		t.Error("a verdict that is none of the seven was stored")
	}

	p := experiments.Probe{Key: strings.Repeat("ab", 32), Kind: "latency", Made: now, Seconds: 2.5, Revision: "abc", Device: "cpu", Body: []byte(`{"values":[1]}`)}
	for _, seconds := range []float64{1, 2.5} {
		p.Seconds = seconds
		if err := store.AddProbe(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	if read, found, err := store.Probe(t.Context(), p.Key); err != nil || !found || !reflect.DeepEqual(read, p) {
		t.Errorf("%+v, %v, %v; want %+v", read, found, err, p)
	}
	if _, found, err := store.Probe(t.Context(), strings.Repeat("cd", 32)); found || err != nil {
		t.Errorf("a measurement that was not made: %v, %v", found, err)
	}
}
