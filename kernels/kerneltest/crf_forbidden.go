package kerneltest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/invoicelab/invoicelab/kernels"
)

// bio draws a chain over O and B, I of each of types entities (label 2e+1 and
// 2e+2), with the transitions that BIO excludes set to forbid and labels drawn along
// legal paths.
func bio(r *rand.Rand, types int, std float64, forbid float32, lengths ...int) *chain {
	c := 2*types + 1
	k := randomChain(r, c, std, lengths...)
	for from := range c {
		for to := 2; to < c; to += 2 { // I of entity to/2-1
			if from != to && from != to-1 {
				k.trans[from*c+to] = forbid
			}
			k.start[to] = forbid
		}
	}
	at := k.offsets()
	for b := range k.lengths {
		last := int32(0)
		for t := at[b]; t < at[b+1]; t++ {
			y := int32(r.IntN(c))
			for t == at[b] && forbidden(float64(k.start[y])) || t > at[b] && forbidden(float64(k.trans[int(last)*c+int(y)])) {
				y = int32(r.IntN(c))
			}
			k.labels[t], last = y, y
		}
	}
	return k
}

// crfForbidden: -1e4, less and -inf forbid alike, to the bit; nothing forbidden is
// decoded, has mass or gradient. Scores just above -1e4 do not forbid.
func crfForbidden(s *suite) {
	for _, types := range []int{1, 2, 16, 36} {
		var first answers
		for i, forbid := range []float32{-1e4, -12345, float32(math.Inf(-1))} {
			k := bio(rng("CRFForbidden"), types, 3, forbid, 1, 12, 30)
			for t := range k.labels {
				if t%5 == 2 {
					k.labels[t] = kernels.Ignore
				}
			}
			got := k.check(s, fmt.Sprintf("%d entities, forbidden by %v", types, forbid), recursed)
			if i == 0 {
				first = got
				continue
			}
			s.near64("nll by another score that forbids", got.nll, first.nll, 0, 0)
			s.exact("emission gradient by another score that forbids", got.rawEmit, first.rawEmit)
			s.exact("transition gradient by another score that forbids", got.rawTrans, first.rawTrans)
			if !slices.Equal(got.path, first.path) {
				s.Fatalf("paths differ: %v and %v", got.path, first.path)
			}
		}
	}
	k := bio(rng("CRFForbidden"), 1, 1, -9999, 2, 5)
	k.labels[0] = 2 // I at the start: unlikely, not forbidden
	if got := k.run(s); !(got.nll[0] > 9000) || math.IsInf(got.nll[0], 0) {
		s.Fatalf("nll of a path that costs 9999 is %v", got.nll[0])
	}
}

// crfNoPath: labels that force a forbidden step, and documents that have no path
// at all, say +Inf and leave everything else in the batch alone.
func crfNoPath(s *suite) {
	r := rng("CRFNoPath")
	k := bio(r, 2, 1, float32(math.Inf(-1)), 4, 3, 6, 2)
	at := k.offsets()
	k.labels[at[1]], k.labels[at[1]+1] = 0, 2              // O, then I
	k.labels[at[3]], k.labels[at[3]+1] = 2, kernels.Ignore // I at the start
	got := k.check(s, "a broken document among others", recursed)
	for b, broken := range []bool{false, true, false, true} {
		if math.IsInf(got.nll[b], 1) != broken {
			s.Fatalf("nll of document %d is %v", b, got.nll[b])
		}
	}

	// Label 0 leads nowhere, and only label 0 may end: one token is a path, two
	// tokens are none.
	k = randomChain(r, 2, 1, 2, 1, 3)
	inf := float32(math.Inf(-1))
	k.trans, k.end[1] = []float32{inf, inf, inf, 0.5}, inf
	k.labels = slices.Repeat([]int32{kernels.Ignore}, k.tokens())
	got = k.check(s, "documents without a path", recursed)
	for b, want := range []bool{true, false, true} {
		if math.IsInf(got.nll[b], 1) != want || math.IsInf(got.score[b], -1) != want || math.IsInf(got.logZ[b], -1) != want {
			s.Fatalf("document %d: nll %v, score %v, log Z %v", b, got.nll[b], got.score[b], got.logZ[b])
		}
	}
	k.trans = []float32{inf, inf, inf, inf}
	k.check(s, "no transition at all", recursed)

	// Exactly -1e4 forbids: the score of a path that pays it is not just low.
	k.trans, k.end[1] = []float32{-1e4, -1e4, -1e4, 0.5}, -1e4
	k.check(s, "documents without a path, by -1e4", recursed)

	// So it is for known labels, whichever of their scores it is and wherever they stand.
	k = randomChain(r, 4, 1, 40, 40, 40, 3)
	k.trans[1*4+2], k.start[3], k.end[0] = -1e4, -1e4, -1e4
	for t := range k.labels {
		k.labels[t] = 1
	}
	k.labels[6], k.labels[40], k.labels[119] = 2, 3, 0
	got = k.check(s, "known labels over -1e4", recursed)
	for b, broken := range []bool{true, true, true, false} {
		if math.IsInf(got.nll[b], 1) != broken {
			s.Fatalf("nll of document %d over -1e4 is %v", b, got.nll[b])
		}
	}
	// Beside steps that cost nearly as much.
	k = randomChain(r, 3, 1, 4)
	for i := range k.trans {
		k.trans[i] -= 9990
	}
	k.trans[1] = -1e4
	k.check(s, "-1e4 beside -9990", recursed)

	// Every label is reached, by steps that prefer others than 0, and none may end.
	k = randomChain(r, 5, 2, 6, 1, 9)
	for y := range k.end {
		k.end[y] = []float32{-1e4, inf}[y%2]
	}
	for b, v := range k.check(s, "no label may end", recursed).score {
		if !math.IsInf(v, -1) {
			s.Fatalf("document %d: score %v", b, v)
		}
	}
}

// crfUnderflow builds documents whose exp domain underflows. In the first, the
// only path leads through a label that is exp(-200) behind. In the others no
// single step is small, but the path that wins in the end starts so far behind
// that float32 rounds it to nothing (1e-50) before it catches up: the guard on
// the scale of each step does not see it, the scaled backward variable does.
func crfUnderflow(s *suite) {
	inf := float32(math.Inf(-1))
	stay := []float32{0, inf, inf, 0} // label 0 stays 0, 1 stays 1
	twoPaths := func(first, step float32, t int) *chain {
		k := &chain{c: 2, lengths: []int{t}, trans: stay, start: []float32{0, 0}, end: []float32{0, 0}, labels: slices.Repeat([]int32{1}, t)}
		for i := range t {
			k.emit = append(k.emit, 0, step)
			if i == 0 {
				k.emit[1] = -first
			}
		}
		return k
	}
	sudden := twoPaths(200, 200, 3)
	got := sudden.check(s, "sudden underflow", recursed)
	if s.opts.LogDomain && got.redone != [3]int{} {
		s.Fatalf("CRF, CRFNLL and CRFMarginals redo %d documents on a backend that is always in the log domain", got.redone)
	}
	if !s.opts.LogDomain && got.redone != [3]int{1, 1, 1} {
		s.Fatalf("CRF, CRFNLL and CRFMarginals redo %d documents in the log domain, the underflow has one", got.redone)
	}
	// e^-90 is a subnormal float32, of 20 bits here; after five steps of e^17 its share is 0.7 %.
	slow := twoPaths(90, 17, 6).check(s, "slow underflow", recursed)
	if !s.opts.LogDomain && slow.redone != [3]int{1, 1, 1} {
		s.Fatalf("CRF, CRFNLL and CRFMarginals redo %d documents in the log domain, the slow underflow has one", slow.redone)
	}
	for _, first := range []float32{60, 90, 105, 115, 140} {
		for _, step := range []float32{5, 17, 20, 46, 65} { // 5 of 17 bring 85: just below what float32 holds
			for _, t := range []int{2, 4, 6, 30} {
				twoPaths(first, step, t).check(s, fmt.Sprintf("slow underflow: %v behind, gaining %v a step, %d tokens", first, step, t), recursed)
			}
		}
	}
	// Two labels that mix with each other start 800 behind one that stays alone,
	// beyond float64's exponents too, and win: sums of several terms, none of which
	// shares a scale with the best at its step.
	for _, t := range []int{2, 5, 40} {
		r := rng("mixed")
		k := randomChain(r, 3, 1, t)
		k.trans[1], k.trans[2], k.trans[3], k.trans[6] = inf, inf, inf, inf
		for i := range t {
			k.labels[i] = kernels.Ignore
			for _, y := range []int{1, 2} {
				if i == 0 {
					k.emit[y] -= 800
				} else {
					k.emit[i*3+y] += 900
				}
			}
		}
		k.labels[t/2] = 2
		k.check(s, fmt.Sprintf("two labels 800 behind, %d tokens", t), recursed)
	}
	mild := randomChain(rng("CRFUnderflow"), 9, 1, 20, 20)
	for t := range mild.labels { // runs of known and unknown labels of one, two and three
		if t%9 == 1 || t%9 == 4 || t%9 == 5 {
			mild.labels[t] = kernels.Ignore
		}
	}
	if got := mild.check(s, "emissions of std 1", recursed); got.redone != [3]int{} {
		s.Fatalf("CRF, CRFNLL and CRFMarginals redo %d documents of std 1 in the log domain", got.redone)
	}
}

// crfBatches: a batch of 256 is its documents one by one, and permuted documents
// give permuted answers.
func crfBatches(s *suite) {
	r := rng("CRFBatches")
	for _, unknown := range []int{1, 8} { // one document of three has a label that is not known: the first, the last
		k := randomChain(r, 4, 1, 4, 3, 3)
		k.labels[unknown] = kernels.Ignore
		k.check(s, fmt.Sprintf("label %d is not known", unknown), recursed)
	}
	for _, docs := range []int{1, 4, 256} {
		lengths := make([]int, docs)
		for b := range lengths {
			lengths[b] = r.IntN(9)
		}
		k := randomChain(r, 7, 2, lengths...)
		got, at := k.check(s, fmt.Sprintf("batch of %d", docs), recursed), k.offsets()

		order := r.Perm(docs)
		p := &chain{c: k.c, trans: k.trans, start: k.start, end: k.end}
		for _, b := range order {
			d := k.document(b)
			p.lengths = append(p.lengths, lengths[b])
			p.emit, p.labels = append(p.emit, d.emit...), append(p.labels, d.labels...)
		}
		permuted, pat := p.run(s), p.offsets()
		sum := make([]float64, len(got.trans))
		for i, b := range order {
			x, y := int(at[b]), int(at[b+1])
			px, py := int(pat[i]), int(pat[i+1])
			s.near64("nll of a permuted batch", permuted.nll[i:i+1], got.nll[b:b+1], 1e-6, 1e-6)
			s.near("gradient of a permuted batch", permuted.emit[px*k.c:py*k.c], widen(got.emit[x*k.c:y*k.c]), 0, 1e-6)
			if !slices.Equal(permuted.path[px:py], got.path[x:y]) {
				s.Fatalf("permuted document %d: path %v, was %v", b, permuted.path[px:py], got.path[x:y])
			}
			if b >= 16 {
				continue // one by one only the first
			}
			alone := k.document(b).run(s)
			s.near64("nll of a document alone", alone.nll, got.nll[b:b+1], 1e-6, 1e-6)
			s.near64("nll without gradient of a document alone", alone.alone, got.alone[b:b+1], 1e-6, 1e-6)
			s.near("gradient of a document alone", alone.emit, widen(got.emit[x*k.c:y*k.c]), 0, 1e-6)
			s.near("marginals of a document alone", alone.marginals, widen(got.marginals[x*k.c:y*k.c]), 0, 1e-6)
			for j, v := range alone.trans {
				sum[j] += float64(v)
			}
		}
		if docs <= 16 {
			s.near("transition gradient of the loop", got.trans, sum, 1e-5, 1e-5)
		}
		s.near("transition gradient of a permuted batch", permuted.trans, widen(got.trans), 1e-5, 1e-4)
	}
}
