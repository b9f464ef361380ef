package kerneltest

import (
	"fmt"
	"math"
	"slices"

	"github.com/invoicelab/invoicelab/kernels"
)

// crfEnumeration counts every path of small documents, with all labels known,
// some, and none, and differences log Z besides.
func crfEnumeration(s *suite) {
	r := rng("CRFEnumeration")
	for _, c := range []int{1, 2, 3, 5} {
		for pattern := range 3 {
			k := randomChain(r, c, 1.5, 1, 6, 2, 0, 5)
			for t := range k.labels {
				if pattern == 1 && t%3 != 1 || pattern == 2 {
					k.labels[t] = kernels.Ignore
				}
			}
			got := k.check(s, fmt.Sprintf("C=%d pattern %d", c, pattern), enumerated)
			if pattern == 2 {
				s.near64("nll with nothing known", got.nll, make([]float64, len(got.nll)), 0, 1e-5)
				s.near64("nll alone with nothing known", got.alone, make([]float64, len(got.nll)), 0, 1e-5)
			}
			for b := range k.lengths {
				d := k.document(b)
				want := d.enumerate(nil)
				if got.path != nil && !slices.Equal(got.path[k.offsets()[b]:k.offsets()[b+1]], want.best) {
					s.Fatalf("C=%d document %d: path %v, the best is %v", c, b, got.path[k.offsets()[b]:k.offsets()[b+1]], want.best)
				}
			}
			k.differences(s, got)
		}
	}
}

// differences holds the gradient of the summed nll to central differences of
// the recursion in float64.
func (k *chain) differences(s *suite, got answers) {
	s.Helper()
	const h = 1.0 / 256 // exact in float32 beside scores of about 1
	nll := func() float64 {
		var sum float64
		for b := range k.lengths {
			d := k.document(b)
			sum += d.forwardBackward(nil).logZ - d.forwardBackward(d.labels).logZ
		}
		return sum
	}
	for _, part := range []struct {
		name string
		x    []float32
		got  []float32
	}{{"emit", k.emit, got.emit}, {"trans", k.trans, got.trans}, {"start", k.start, got.start}, {"end", k.end, got.end}} {
		for i := 0; i < len(part.x); i += max(1, len(part.x)/12) {
			was := part.x[i]
			part.x[i] = was + h
			up, stepUp := nll(), float64(part.x[i])-float64(was)
			part.x[i] = was - h
			down, stepDown := nll(), float64(was)-float64(part.x[i])
			part.x[i] = was
			if want := (up - down) / (stepUp + stepDown); !(math.Abs(float64(part.got[i])-want) <= 3e-5) {
				s.Fatalf("gradient of %s[%d] is %v, central differences give %v", part.name, i, part.got[i], want)
			}
		}
	}
}

// crfZeroScores: with no scores at all, log Z = T log C, marginals are 1/C and
// every tie falls to label 0.
func crfZeroScores(s *suite) {
	for _, c := range widths {
		k := &chain{c: c, lengths: []int{1, 7}, emit: make([]float32, 8*c), trans: make([]float32, c*c), start: make([]float32, c), end: make([]float32, c), labels: make([]int32, 8)}
		got := k.run(s)
		want := []float64{math.Log(float64(c)), 7 * math.Log(float64(c))}
		s.near64(fmt.Sprintf("log Z of %d labels", c), got.logZ, want, 1e-6, 1e-6)
		s.near64(fmt.Sprintf("nll of %d labels", c), got.nll, want, 1e-6, 1e-6)
		s.near64(fmt.Sprintf("nll alone of %d labels", c), got.alone, want, 1e-6, 1e-6)
		s.near("marginals", got.marginals, slices.Repeat([]float64{1 / float64(c)}, 8*c), 1e-5, 0)
		if !slices.Equal(got.path, make([]int32, 8)) {
			s.Fatalf("path of %d equal labels is %v", c, got.path)
		}
		s.near64("score", got.score, []float64{0, 0}, 0, 0)
	}
}

// crfWidths tries every width on mixed lengths, some labels unknown.
func crfWidths(s *suite) {
	r := rng("CRFWidths")
	for i, c := range widths {
		k := randomChain(r, c, 2, 1, 9, 2, 17)
		for t := range k.labels {
			if (t+i)%4 == 0 {
				k.labels[t] = kernels.Ignore
			}
		}
		got := k.check(s, fmt.Sprintf("C=%d", c), recursed)
		for t := range k.tokens() {
			var sum float64
			for _, p := range got.marginals[t*c : (t+1)*c] {
				sum += float64(p)
			}
			if !(math.Abs(sum-1) <= 2e-6*math.Sqrt(float64(c))) {
				s.Fatalf("C=%d: marginals of token %d sum to %v", c, t, sum)
			}
		}
	}
}

// crfSpread raises the emissions to a standard deviation of 200, shifts them by 1e4,
// and tries one-hot emissions of +-1000.
func crfSpread(s *suite) {
	r := rng("CRFSpread")
	for _, std := range []float64{1, 20, 60, 80, 200} {
		randomChain(r, 33, std, 40, 1, 13).check(s, fmt.Sprintf("emissions of std %v", std), recursed)
		k := bio(r, 4, std, float32(math.Inf(-1)), 60, 3)
		k.check(s, fmt.Sprintf("BIO, emissions of std %v", std), recursed)
	}
	for _, shift := range []float32{1e4, -1e4} {
		k := randomChain(r, 9, 1, 30, 4)
		for i := range k.emit {
			k.emit[i] += shift
		}
		k.check(s, fmt.Sprintf("emissions shifted by %v", shift), recursed)
	}
	k := randomChain(r, 9, 1, 30, 4)
	for i := range k.emit {
		k.emit[i] = -1000
	}
	for t := range k.tokens() {
		k.emit[t*k.c+t*t%k.c] = 1000
	}
	k.check(s, "one-hot emissions", recursed)
}

// crfLong tries 1,024 and 10,000 tokens.
func crfLong(s *suite) {
	r := rng("CRFLong")
	randomChain(r, 5, 1, 1024).check(s, "1024 tokens", recursed)
	randomChain(r, 5, 80, 1024, 7).check(s, "1024 tokens of std 80", recursed)
	bio(r, 2, 20, -1e4, 1024).check(s, "1024 tokens of BIO, std 20", recursed)
	randomChain(r, 3, 2, 10000).check(s, "10000 tokens", recursed)
	k := randomChain(r, 3, 1, 1024)
	for i := range k.emit {
		k.emit[i] += 1e4
	}
	k.check(s, "1024 tokens shifted by 1e4", recursed)
}
