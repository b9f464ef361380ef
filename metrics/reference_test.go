package metrics_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/metrics"
)

// reference holds what scipy and statsmodels give: testdata/reference.py.
type reference struct {
	T             []sample
	Wilcoxon      []sample
	Interquartile []sample
	MannWhitney   []struct {
		A, B []float64
		P    float64
	}
	BH   struct{ P, Adjusted []float64 }
	Best []struct {
		N     int
		Value float64
	}
	Power []struct {
		N             int
		Effect, Power float64
	}
	Needed   []struct{ Effect, N float64 }
	Smallest []struct {
		N      int
		Effect float64
	}
	Anova []struct {
		Rows     [][5]float64 // levels of a, b and c, seed, value
		Terms    map[string]struct{ Squares, Freedom, F, P float64 }
		Residual struct{ Squares, Freedom float64 }
		Total    float64
		Effects  map[string]struct{ Value, SE, Low, High, P float64 }
	}
}

type sample struct {
	X                   []float64
	P, Low, High, Value float64
}

func readReference(t *testing.T) (r reference) {
	t.Helper()
	data, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// agree fails unless got and want agree to 1e-9 of want, or of 1.
func agree(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-9*max(1, math.Abs(want))) {
		t.Errorf("%s: %.15g, want %.15g", what, got, want)
	}
}

func TestReferenceTests(t *testing.T) {
	ref := readReference(t)
	for _, s := range ref.T {
		v, p, err := metrics.TInterval(s.X, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		agree(t, fmt.Sprintf("t of %v: p", s.X), p, s.P)
		agree(t, "low", v.Low, s.Low)
		agree(t, "high", v.High, s.High)
	}
	for _, s := range ref.Wilcoxon {
		agree(t, fmt.Sprintf("Wilcoxon of %v", s.X), metrics.Wilcoxon(s.X), s.P)
	}
	for _, s := range ref.MannWhitney {
		agree(t, fmt.Sprintf("Mann-Whitney of %v and %v", s.A, s.B), metrics.MannWhitney(s.A, s.B), s.P)
		agree(t, "turned round", metrics.MannWhitney(s.B, s.A), s.P)
	}
	for _, s := range ref.Interquartile {
		v, err := metrics.InterquartileMean(s.X, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		agree(t, fmt.Sprintf("interquartile mean of %v", s.X), v.Value, s.Value)
		agree(t, "low", v.Low, s.Low)
		agree(t, "high", v.High, s.High)
	}
	for i, p := range metrics.BenjaminiHochberg(ref.BH.P) {
		agree(t, fmt.Sprintf("adjusted p %d", i), p, ref.BH.Adjusted[i])
	}
	for _, b := range ref.Best {
		agree(t, fmt.Sprintf("best of %d", b.N), metrics.ExpectedBest(b.N), b.Value)
	}
}

// Least p that the exact tests can reach, counted by hand: 2 of 2^6 sign
// patterns, 2 of 70 and 2 of 35 choices.
func TestLeastP(t *testing.T) {
	agree(t, "6 pairs", metrics.WilcoxonLeast(metrics.WilcoxonPairs), 2.0/64)
	agree(t, "0 pairs", metrics.WilcoxonLeast(0), 1)
	agree(t, "4 against 4", metrics.MannWhitneyLeast(4, 4), 2.0/70)
	agree(t, "3 against 4", metrics.MannWhitneyLeast(3, 4), 2.0/35)
	agree(t, "1 against 1", metrics.MannWhitneyLeast(1, 1), 1)
	agree(t, "reached", metrics.MannWhitney([]float64{1, 2, 3, 4}, []float64{5, 6, 7, 8}), 2.0/70)
	if p := metrics.MannWhitney([]float64{1}, []float64{math.NaN()}); !math.IsNaN(p) {
		t.Errorf("NaN gives p %v", p)
	}
}

func TestReferencePower(t *testing.T) {
	ref := readReference(t)
	for _, s := range ref.Power {
		agree(t, fmt.Sprintf("power of %v at %d", s.Effect, s.N), metrics.TPower(s.Effect*math.Sqrt(float64(s.N)), float64(s.N-1), 0.95), s.Power)
	}
	for _, s := range ref.Needed {
		n, found := metrics.SeedsNeeded(s.Effect, 1, 0, 100, 10000, 0.95, 0.8)
		if want := int(math.Ceil(s.N)); n != want || !found {
			t.Errorf("an effect of %v needs %d (%v), want %d", s.Effect, n, found, want)
		}
	}
	for _, s := range ref.Smallest {
		n := float64(s.N)
		agree(t, fmt.Sprintf("smallest effect of %d", s.N), metrics.SmallestEffect(1/math.Sqrt(n), n-1, 0.95, 0.8), s.Effect)
	}
	// Where documents alone leave a standard error of 1, no number of seeds
	// finds an effect of 2; 99 degrees of freedom need about 2.83.
	if n, found := metrics.SeedsNeeded(2, 1, 1, 100, 1<<20, 0.95, 0.8); found {
		t.Errorf("found with %d seeds", n)
	}
	if _, found := metrics.SeedsNeeded(2.9, 1, 1, 100, 1<<20, 0.95, 0.8); !found {
		t.Error("an effect of 2.9 standard errors of the documents is not found")
	}
}

func TestReferenceAnova(t *testing.T) {
	for i, ref := range readReference(t).Anova {
		d := metrics.Design{Factors: []metrics.Factor{{Name: "a", Levels: []string{"0", "1"}}, {Name: "b", Levels: []string{"0", "1", "2"}}, {Name: "c", Levels: []string{"0", "1"}}}, Blocks: 4}
		for _, r := range ref.Rows {
			d.Cells = append(d.Cells, metrics.Cell{Levels: []int{int(r[0]), int(r[1]), int(r[2])}, Block: int(r[3]), Value: r[4]})
		}
		a, err := metrics.Analyse(d, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		terms := map[string]metrics.Term{"s": a.Block}
		for _, term := range a.Terms {
			name := term.Name
			if strings.HasPrefix(name, "interactions of 3") {
				name = "higher"
			}
			terms[name] = term
		}
		if len(terms) != len(ref.Terms) {
			t.Errorf("design %d: %d terms, want %d", i, len(terms), len(ref.Terms))
		}
		for name, want := range ref.Terms {
			got := terms[name]
			agree(t, name+" squares", got.Squares, want.Squares)
			agree(t, name+" freedom", float64(got.Freedom), want.Freedom)
			agree(t, name+" share", got.Share, want.Squares/ref.Total)
			// Omega squared by its definition.
			mse := ref.Residual.Squares / ref.Residual.Freedom
			agree(t, name+" unbiased share", *got.ShareUnbiased, (want.Squares-want.Freedom*mse)/(ref.Total+mse))
			if name != "higher" {
				agree(t, name+" F", *got.F, want.F)
				agree(t, name+" p", *got.P, want.P)
			}
		}
		agree(t, "residual", a.Residual.Squares, ref.Residual.Squares)
		agree(t, "residual freedom", float64(a.ResidualFreedom), ref.Residual.Freedom)
		check := func(name string, got metrics.Contrast) {
			want := ref.Effects[name]
			agree(t, name, got.Value, want.Value)
			agree(t, name+" se", got.SE, want.SE)
			agree(t, name+" low", got.Interval.Low, want.Low)
			agree(t, name+" high", got.Interval.High, want.High)
			agree(t, name+" p", got.P, want.P)
		}
		for k, name := range []string{"a1", "b1", "b2", "c1"} {
			check(name, a.Effects[k])
		}
		for _, c := range a.Interactions {
			if c.Factors[0] == 0 && c.Factors[1] == 2 {
				check("a1c1", c)
			}
		}
		if missing := 48 - len(ref.Rows); len(a.Missing) > missing || (missing == 0) != (len(a.Missing) == 0) {
			t.Errorf("design %d: missing %v of %d rows", i, a.Missing, len(ref.Rows))
		}
	}
}
