package metrics

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Design is a sweep of factors over blocks (seeds): at which levels each
// observation was made, and what it gave.
type Design struct {
	Factors []Factor
	Blocks  int // number of seeds
	Cells   []Cell
}

// Factor is a named factor and its levels.
type Factor struct {
	Name   string
	Levels []string
}

// Cell is one observation: the index of its level for every factor, the index
// of its block, and its value.
type Cell struct {
	Levels []int
	Block  int
	Value  float64
}

// Term is a factor, or the interaction of several, in an analysis of variance.
type Term struct {
	Factors []int   `json:"factors"` // indices into Design.Factors; empty for Block, Higher and Residual
	Name    string  `json:"name"`
	Squares float64 `json:"squares"` // sum of squares that only this term explains (type III, sum-to-zero coding)
	Freedom int     `json:"freedom"`
	Share   float64 `json:"share"` // of the sum of squares about the mean
	// ShareUnbiased takes from Share what the term explains by chance (omega
	// squared, Hays 1963); it may be below 0. nil without degrees of freedom
	// for the residual.
	ShareUnbiased *float64 `json:"share_unbiased,omitempty"`
	F             *float64 `json:"f,omitempty"` // against the residual
	P             *float64 `json:"p,omitempty"`
	// Aliased terms cannot be told from others for want of cells; their
	// figures are 0.
	Aliased bool `json:"aliased,omitempty"`
}

// Contrast is a difference of fitted means: of level To of a factor against
// level From, averaged evenly over the levels of the other factors, or for
// two factors the difference of such differences.
type Contrast struct {
	Factors  []int    `json:"factors"`
	From, To []int    // level of each factor
	Value    float64  `json:"value"`
	SE       float64  `json:"se"`
	Interval Interval `json:"interval"`
	P        float64  `json:"p"`
}

// Analysis is the analysis of variance of a design: Value = seed + effects of
// the factors + interactions of two + all interactions of more + residual.
type Analysis struct {
	Terms           []Term // factors, interactions of two, then Higher
	Block           Term   // seeds
	Residual        Term   // seeds within cells: what repeats of a cell differ by, less the seeds
	Effects         []Contrast
	Interactions    []Contrast
	Missing         []Missing
	Mean            float64
	Observations    int
	ResidualSD      float64 // NaN without degrees of freedom
	ResidualFreedom int
}

// Missing is a combination of levels with the blocks in which nothing was
// observed.
type Missing struct {
	Levels []int
	Blocks []int
}

// Analyse gives effects and interactions of a design by least squares with
// sum-to-zero coding. A missing cell is listed and left out, never taken as
// zero; what cannot be estimated without it is marked as aliased, and has no
// contrast. It is an error to observe a cell twice, or a value that is no
// finite number. level is that of the intervals, which are t intervals with
// the residual's degrees of freedom; without any they are NaN.
func Analyse(d Design, level float64) (Analysis, error) {
	if err := d.check(); err != nil {
		return Analysis{}, err
	}
	a := Analysis{Missing: d.missing(), Observations: len(d.Cells)}
	y := make([]float64, len(d.Cells))
	for i, c := range d.Cells {
		y[i] = c.Value
	}
	a.Mean, _ = MeanSD(y)
	total := 0.0
	for _, v := range y {
		total += float64((v - a.Mean) * (v - a.Mean))
	}
	terms := d.terms()
	full := solve(d.columns(terms, -1), y)
	cells := solve(d.saturated(), y)
	a.ResidualFreedom = len(y) - cells.rank
	residual := cells.squares
	if a.ResidualFreedom == 0 {
		residual = 0 // what is left is rounding
	}
	mse := residual / float64(a.ResidualFreedom) // NaN without
	a.ResidualSD = math.Sqrt(mse)
	fill := func(t Term) Term {
		if t.Aliased {
			return t
		}
		t.Share = share(t.Squares, total)
		if a.ResidualFreedom > 0 && t.Freedom > 0 {
			unbiased := share(t.Squares-float64(float64(t.Freedom)*mse), total+mse)
			t.ShareUnbiased = &unbiased
			if f := t.Squares / float64(t.Freedom) / mse; mse > 0 {
				p := 1.0
				if f > 0 {
					p = distuv.F{D1: float64(t.Freedom), D2: float64(a.ResidualFreedom)}.Survival(f)
				}
				t.F, t.P = &f, &p
			}
		}
		return t
	}
	for k, t := range terms {
		without := solve(d.columns(terms, k), y)
		t.Freedom = full.rank - without.rank
		t.Aliased = t.Freedom < t.wanted(d)
		if t.Aliased {
			t.Freedom = 0
		} else {
			t.Squares = max(0, without.squares-full.squares)
		}
		if t.Factors == nil {
			a.Block = fill(t)
		} else {
			a.Terms = append(a.Terms, fill(t))
		}
	}
	if free := cells.rank - full.rank; free > 0 {
		a.Terms = append(a.Terms, fill(Term{Name: "interactions of 3 or more", Squares: max(0, full.squares-cells.squares), Freedom: free}))
	}
	a.Residual = Term{Name: "residual", Squares: residual, Freedom: a.ResidualFreedom, Share: share(residual, total)}
	a.contrasts(d, terms, full, mse, level)
	return a, nil
}

// share is 0 where there is nothing to share.
func share(part, total float64) float64 {
	if total == 0 {
		return 0
	}
	return part / total
}

func (d Design) check() error {
	if d.Blocks < 1 || len(d.Cells) < 2 {
		return fmt.Errorf("%d observations in %d blocks: an analysis of variance needs 2 observations and 1 block", len(d.Cells), d.Blocks)
	}
	seen := map[string]bool{}
	for i, c := range d.Cells {
		if len(c.Levels) != len(d.Factors) || c.Block < 0 || c.Block >= d.Blocks {
			panic(fmt.Sprintf("metrics: Analyse: cell %d: levels %v of %d factors, block %d of %d", i, c.Levels, len(d.Factors), c.Block, d.Blocks))
		}
		for f, l := range c.Levels {
			if l < 0 || l >= len(d.Factors[f].Levels) {
				panic(fmt.Sprintf("metrics: Analyse: cell %d: level %d of factor %s, which has %d", i, l, d.Factors[f].Name, len(d.Factors[f].Levels)))
			}
		}
		if math.IsNaN(c.Value) || math.IsInf(c.Value, 0) {
			return fmt.Errorf("cell %s of block %d is %v: expected a finite number", d.name(c.Levels), c.Block+1, c.Value)
		}
		key := fmt.Sprint(c.Levels, c.Block)
		if seen[key] {
			return fmt.Errorf("cell %s of block %d is observed twice", d.name(c.Levels), c.Block+1)
		}
		seen[key] = true
	}
	return nil
}

func (d Design) name(levels []int) string {
	name := ""
	for f, l := range levels {
		name += fmt.Sprintf(" %s=%s", d.Factors[f].Name, d.Factors[f].Levels[l])
	}
	return name[min(1, len(name)):]
}

// each calls do with every combination of levels, the last factor fastest.
// do must not keep its argument.
func (d Design) each(do func(levels []int)) {
	levels := make([]int, len(d.Factors))
	for {
		do(levels)
		f := len(levels) - 1
		for ; f >= 0; f-- {
			if levels[f]++; levels[f] < len(d.Factors[f].Levels) {
				break
			}
			levels[f] = 0
		}
		if f < 0 {
			return
		}
	}
}

func (d Design) missing() []Missing {
	has := map[string]bool{}
	for _, c := range d.Cells {
		has[fmt.Sprint(c.Levels, c.Block)] = true
	}
	var missing []Missing
	d.each(func(levels []int) {
		var blocks []int
		for b := range d.Blocks {
			if !has[fmt.Sprint(levels, b)] {
				blocks = append(blocks, b)
			}
		}
		if blocks != nil {
			missing = append(missing, Missing{Levels: slices.Clone(levels), Blocks: blocks})
		}
	})
	return missing
}

// contrasts fills in the differences that the fit can estimate.
func (a *Analysis) contrasts(d Design, terms []Term, full fit, mse, level float64) {
	freedom := float64(a.ResidualFreedom)
	half := math.NaN()
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: max(freedom, 1)}
	if freedom > 0 {
		half = t.Quantile((1 + level) / 2)
	}
	add := func(list *[]Contrast, factors, from, to []int, weights []float64) {
		value, variance, estimable := full.estimate(weights)
		if !estimable {
			return
		}
		c := Contrast{Factors: factors, From: from, To: to, Value: value, SE: math.Sqrt(variance * mse)}
		c.Interval = Interval{Value: value, Low: value - half*c.SE, High: value + half*c.SE}
		switch {
		case !(freedom > 0):
			c.P = math.NaN()
		case c.SE > 0:
			c.P = 2 * t.CDF(-math.Abs(value/c.SE))
		case value == 0:
			c.P = 1
		}
		*list = append(*list, c)
	}
	for f, factor := range d.Factors {
		for l := 1; l < len(factor.Levels); l++ {
			weights := d.marginal(terms, map[int]int{f: l})
			axpy(weights, -1, d.marginal(terms, map[int]int{f: 0}))
			add(&a.Effects, []int{f}, []int{0}, []int{l}, weights)
		}
	}
	for f := range d.Factors {
		for g := f + 1; g < len(d.Factors); g++ {
			for i := 1; i < len(d.Factors[f].Levels); i++ {
				for j := 1; j < len(d.Factors[g].Levels); j++ {
					weights := d.marginal(terms, map[int]int{f: i, g: j})
					axpy(weights, -1, d.marginal(terms, map[int]int{f: 0, g: j}))
					axpy(weights, -1, d.marginal(terms, map[int]int{f: i, g: 0}))
					axpy(weights, 1, d.marginal(terms, map[int]int{f: 0, g: 0}))
					add(&a.Interactions, []int{f, g}, []int{0, 0}, []int{i, j}, weights)
				}
			}
		}
	}
}

// axpy adds a times x to y.
func axpy(y []float64, a float64, x []float64) {
	for i, v := range x {
		y[i] += float64(a * v)
	}
}
