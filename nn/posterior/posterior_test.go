package posterior_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/kernels/cpu"
	"github.com/invoicelab/invoicelab/nn/posterior"
)

// enumerated gives every path of one document with its probability.
func enumerated(scores []float64, c int, trans func(from, to int) float64) (paths [][]int32, p []float64) {
	n := len(scores) / c
	z := 0.0
	for code := range int(math.Pow(float64(c), float64(n))) {
		path, s := make([]int32, n), 0.0
		for t := range path {
			path[t] = int32(code % c)
			code /= c
			s += scores[t*c+int(path[t])]
			if t > 0 {
				s += trans(int(path[t-1]), int(path[t]))
			}
		}
		paths, p = append(paths, path), append(p, math.Exp(s))
		z += math.Exp(s)
	}
	for i := range p {
		p[i] /= z
	}
	return paths, p
}

// Path, marginals and probabilities of runs of labels against all paths, with
// a CRF that forbids one transition and without one.
func TestAgainstEnumeration(t *testing.T) {
	be, err := cpu.New(cpu.Levels()[0], 2)
	if err != nil {
		t.Fatal(err)
	}
	defer be.Close()
	const c = 3
	offsets := []int32{0, 4, 5, 9}
	r := rand.New(rand.NewPCG(5, 6))
	values := make([]float32, 9*c)
	for i := range values {
		values[i] = float32(2 * r.NormFloat64())
	}
	trans := make([]float32, c*c)
	for i := range trans {
		trans[i] = float32(r.NormFloat64())
	}
	trans[0*c+2] = -1e4
	for _, withCRF := range []bool{true, false} {
		mem := kernels.NewArena(be)
		put := func(v []float32) kernels.F32 {
			b := mem.F32(len(v))
			be.PutF32(b, v)
			return b
		}
		var crf *kernels.CRFWeights
		move := func(from, to int) float64 { return 0 }
		if withCRF {
			crf = &kernels.CRFWeights{Trans: kernels.NewMat(put(trans), c, c), Start: put(make([]float32, c)), End: put(make([]float32, c))}
			move = func(from, to int) float64 {
				if from == 0 && to == 2 {
					return math.Inf(-1)
				}
				return float64(trans[from*c+to])
			}
		}
		p := posterior.New(be, mem, kernels.NewMat(put(values), 9, c), crf, offsets)
		path, marginals := p.Path(), p.Marginals()
		for i, label := range p.Greedy() { // whatever the transitions
			if row := values[i*c : (i+1)*c]; row[label] != slices.Max(row) {
				t.Errorf("crf %v, token %d: greedy label %d of scores %v", withCRF, i, label, row)
			}
		}
		for d := range 3 {
			first, end := int(offsets[d]), int(offsets[d+1])
			scores := make([]float64, 0, (end-first)*c)
			for _, v := range values[first*c : end*c] {
				scores = append(scores, float64(v))
			}
			paths, prob := enumerated(scores, c, move)
			best := 0
			for i := range prob {
				if prob[i] > prob[best] {
					best = i
				}
			}
			if !slices.Equal(path[first:end], paths[best]) {
				t.Errorf("crf %v, document %d: path %v, want %v", withCRF, d, path[first:end], paths[best])
			}
			for at := range end - first {
				for y := range int32(c) {
					want := 0.0
					for i := range paths {
						if paths[i][at] == y {
							want += prob[i]
						}
					}
					if got := float64(marginals[(first+at)*c+int(y)]); math.Abs(got-want) > 1e-5 {
						t.Errorf("crf %v, document %d, token %d: P(%d) = %v, want %v", withCRF, d, at, y, got, want)
					}
				}
			}
			var queries []posterior.Query
			var wants []float64
			for from := range end - first {
				for n := 1; from+n <= end-first && n <= 2; n++ {
					labels := []int32{0, 2}[:n]
					want := 0.0
					for i := range paths {
						if slices.Equal(paths[i][from:from+n], labels) {
							want += prob[i]
						}
					}
					queries, wants = append(queries, posterior.Query{Doc: d, From: from, Labels: labels}), append(wants, want)
				}
			}
			for i, got := range p.LogProbs(queries) {
				if math.Abs(math.Exp(got)-wants[i]) > 1e-5 {
					t.Errorf("crf %v, %+v: %v, want %v", withCRF, queries[i], math.Exp(got), wants[i])
				}
			}
		}
		mem.Free()
	}
}

// Scores too far apart for the exp domain in float64: the transitions force the
// path through a label 2,000 below the best one.
func TestScoresFarApart(t *testing.T) {
	be, err := cpu.New(cpu.Levels()[0], 1)
	if err != nil {
		t.Fatal(err)
	}
	defer be.Close()
	mem := kernels.NewArena(be)
	defer mem.Free()
	put := func(v ...float32) kernels.F32 {
		b := mem.F32(len(v))
		be.PutF32(b, v)
		return b
	}
	// From 0 there is no way to 1, so 0 1 is out though its scores are best.
	crf := &kernels.CRFWeights{Trans: kernels.NewMat(put(0, -1e4, 0, 0), 2, 2), Start: put(0, 0), End: put(0, 0)}
	p := posterior.New(be, mem, kernels.NewMat(put(2000, 0, 0, 2000, 1, 0), 3, 2), crf, []int32{0, 3})
	// Paths by score: 000 2001, 110 2001, 111 2000, 100 1; the first two are equal.
	z := 2 + math.Exp(-1)
	for _, c := range []struct {
		from   int
		labels []int32
		want   float64
	}{{0, []int32{0}, 1 / z}, {0, []int32{1, 1}, (1 + math.Exp(-1)) / z}, {2, []int32{1}, math.Exp(-1) / z}, {0, []int32{0, 1}, 0}} {
		got := math.Exp(p.LogProbs([]posterior.Query{{From: c.from, Labels: c.labels}})[0])
		if math.Abs(got-c.want) > 1e-4 { // float32 in the log domain, at scores of 2,000
			t.Errorf("%+v: %v", c, got)
		}
	}
}
