package metrics

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// terms lists the blocks, the factors with 2 levels or more, and their
// interactions of two. Freedom is not filled in.
func (d Design) terms() []Term {
	terms := []Term{{Name: "seed"}}
	for f, factor := range d.Factors {
		if len(factor.Levels) > 1 {
			terms = append(terms, Term{Factors: []int{f}, Name: factor.Name})
		}
	}
	for f, first := range d.Factors {
		for g := f + 1; g < len(d.Factors); g++ {
			if len(first.Levels) > 1 && len(d.Factors[g].Levels) > 1 {
				terms = append(terms, Term{Factors: []int{f, g}, Name: first.Name + " x " + d.Factors[g].Name})
			}
		}
	}
	return terms
}

// wanted is the number of columns of a term, its degrees of freedom where
// nothing is missing.
func (t Term) wanted(d Design) int {
	if t.Factors == nil {
		return d.Blocks - 1
	}
	columns := 1
	for _, f := range t.Factors {
		columns *= len(d.Factors[f].Levels) - 1
	}
	return columns
}

// coded is level l of n in sum-to-zero coding: n-1 figures, of which the l-th
// is 1, or all are -1 for the last level.
func coded(l, n int) []float64 {
	code := make([]float64, n-1)
	for i := range code {
		if l == n-1 {
			code[i] = -1
		} else if i == l {
			code[i] = 1
		}
	}
	return code
}

// row is the design row of a combination: a one for the mean, then the columns
// of each term but the one left out (-1 for none). block -1 is the mean over
// blocks, whose columns are all zero.
func (d Design) row(terms []Term, without int, levels []int, block int) []float64 {
	row := []float64{1}
	for k, t := range terms {
		if k == without {
			continue
		}
		if t.Factors == nil {
			if block < 0 {
				row = append(row, make([]float64, d.Blocks-1)...)
			} else {
				row = append(row, coded(block, d.Blocks)...)
			}
			continue
		}
		product := []float64{1}
		for _, f := range t.Factors {
			var next []float64
			for _, p := range product {
				for _, c := range coded(levels[f], len(d.Factors[f].Levels)) {
					next = append(next, p*c)
				}
			}
			product = next
		}
		row = append(row, product...)
	}
	return row
}

func (d Design) columns(terms []Term, without int) *mat.Dense {
	var x *mat.Dense
	for i, c := range d.Cells {
		row := d.row(terms, without, c.Levels, c.Block)
		if x == nil {
			x = mat.NewDense(len(d.Cells), len(row), nil)
		}
		x.SetRow(i, row)
	}
	return x
}

// saturated has a column for every combination that was observed and the
// columns of the blocks.
func (d Design) saturated() *mat.Dense {
	index := map[string]int{}
	for _, c := range d.Cells {
		if name := d.name(c.Levels); index[name] == 0 {
			index[name] = len(index) + 1
		}
	}
	x := mat.NewDense(len(d.Cells), len(index)+d.Blocks-1, nil)
	for i, c := range d.Cells {
		x.Set(i, index[d.name(c.Levels)]-1, 1)
		for j, v := range coded(c.Block, d.Blocks) {
			x.Set(i, len(index)+j, v)
		}
	}
	return x
}

// marginal is the design row of the mean, over blocks and over all levels of
// the other factors alike, of the combinations with the levels given.
func (d Design) marginal(terms []Term, given map[int]int) []float64 {
	var sum []float64
	count := 0
	d.each(func(levels []int) {
		for f, l := range given {
			if levels[f] != l {
				return
			}
		}
		row := d.row(terms, -1, levels, -1)
		if sum == nil {
			sum = make([]float64, len(row))
		}
		axpy(sum, 1, row)
		count++
	})
	for i := range sum {
		sum[i] /= float64(count)
	}
	return sum
}

// fit is a least-squares fit by singular values; of a design without full
// rank it is the shortest solution.
type fit struct {
	rank    int
	squares float64 // residual sum of squares
	beta    []float64
	v       *mat.Dense // columns x rank
	inverse []float64  // 1/singular value, by rank
}

// solve fits y by the columns of x.
func solve(x *mat.Dense, y []float64) fit {
	rows, columns := x.Dims()
	var svd mat.SVD
	if !svd.Factorize(x, mat.SVDThin) {
		// LAPACK's iteration has failed on a matrix of -1, 0 and 1, which
		// check has seen to be finite.
		panic("metrics: Analyse: the singular values did not converge")
	}
	values := svd.Values(nil)
	var u, v mat.Dense
	svd.UTo(&u)
	svd.VTo(&v)
	f := fit{beta: make([]float64, columns)}
	// The usual bound for singular values that are zero but for rounding.
	least := values[0] * float64(max(rows, columns)) * 0x1p-52
	left := append([]float64(nil), y...)
	for k, s := range values {
		if s <= least {
			break
		}
		f.rank++
		f.inverse = append(f.inverse, 1/s)
		along := 0.0
		for i := range rows {
			along += float64(u.At(i, k) * left[i])
		}
		for i := range rows {
			left[i] -= float64(along * u.At(i, k))
		}
		for j := range columns {
			f.beta[j] += float64(along / s * v.At(j, k))
		}
	}
	f.v = mat.DenseCopyOf(v.Slice(0, columns, 0, f.rank))
	for _, e := range left {
		f.squares += float64(e * e)
	}
	return f
}

// estimate is a weighted sum of the coefficients and its variance in units of
// the residual's. It is not estimable when the weights leave the span of the
// design's rows.
func (f fit) estimate(weights []float64) (value, variance float64, estimable bool) {
	outside, size := append([]float64(nil), weights...), 0.0
	for k, inverse := range f.inverse {
		along := 0.0
		for j, w := range weights {
			along += float64(w * f.v.At(j, k))
		}
		for j := range outside {
			outside[j] -= float64(along * f.v.At(j, k))
		}
		variance += float64(along * inverse * along * inverse)
	}
	left := 0.0
	for j, w := range weights {
		value += float64(w * f.beta[j])
		left += float64(outside[j] * outside[j])
		size += float64(w * w)
	}
	return value, variance, math.Sqrt(left) <= rowSlack*math.Sqrt(size)
}

// rowSlack is the relative length by which weights may leave the rows' span
// for rounding.
const rowSlack = 1e-9
