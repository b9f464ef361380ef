package kerneltest

import (
	"fmt"
	"math"
	"slices"

	"github.com/invoicelab/invoicelab/kernels"
)

// tokens is one SoftmaxLoss case.
type tokens struct {
	n, c           int
	z              []float32
	labels         []int32
	weights, alpha []float32 // nil: empty
	p              kernels.LossParams
}

func (k *tokens) run(s *suite) result {
	s.Helper()
	return s.exec(func(c *call) {
		p := k.p
		if k.weights != nil {
			p.Weights = c.in(k.weights)
		}
		if k.alpha != nil {
			p.Alpha = c.in(k.alpha)
		}
		c.SoftmaxLoss(c.outMat("dz", k.n, k.c), c.out64("loss", 3), c.mat(k.z, k.n, k.c), c.ints(k.labels), p)
	})
}

// mirror is the three losses as the contract writes them.
func (k *tokens) mirror(z []float64) (ce, cb, focal float64) {
	var valid, weight float64
	for n, y := range k.labels {
		if y == kernels.Ignore {
			continue
		}
		row := z[n*k.c : (n+1)*k.c]
		top := slices.Max(row)
		var sum float64
		for _, v := range row {
			sum += math.Exp(v - top)
		}
		nll := top + math.Log(sum) - row[y]
		valid++
		ce += nll
		if k.weights != nil {
			cb += float64(k.weights[y]) * nll
			weight += float64(k.weights[y])
		}
		a := 1.0
		if k.alpha != nil {
			a = float64(k.alpha[y])
		}
		focal += a * math.Pow(1-math.Exp(-nll), float64(k.p.Gamma)) * nll
	}
	if valid > 0 {
		ce, focal = ce/valid, focal/valid
	}
	if weight > 0 {
		cb /= weight
	}
	return ce, cb, focal
}

// expected is mirror as the operation reports it: components without a factor are 0.
func (k *tokens) expected(z []float64) []float64 {
	ce, cb, focal := k.mirror(z)
	if k.p.CE == 0 {
		ce = 0
	}
	if k.p.CB == 0 {
		cb = 0
	}
	if k.p.Focal == 0 {
		focal = 0
	}
	return []float64{ce, cb, focal}
}

func (k *tokens) total(z []float64) float64 {
	l := k.expected(z)
	return float64(k.p.CE)*l[0] + float64(k.p.CB)*l[1] + float64(k.p.Focal)*l[2]
}

// loss tries every width and mixture against the formulas and central differences.
func loss(s *suite) {
	r := rng("Loss")
	params := []kernels.LossParams{
		{CE: 1}, {CB: 1}, {Focal: 1, Gamma: 2}, {CB: 0.6, Focal: 0.4, Gamma: 2}, {CE: 0.3, CB: 0.5, Focal: 0.7, Gamma: 0.5},
		{Focal: 1, Gamma: 3.7}, {Focal: 2, Gamma: 1}, {CE: -1.5}, {},
	}
	for i, c := range widths {
		for j, p := range params {
			k := tokens{n: []int{1, 7, 40}[(i+j)%3], c: c, p: p}
			k.z = normals(r, k.n*c, 2)
			for n := range k.n {
				k.labels = append(k.labels, int32(r.IntN(c)))
				if n%5 == 3 {
					k.labels[n] = kernels.Ignore
				}
			}
			if j%2 == 1 || p.CB != 0 {
				k.weights = make([]float32, c)
				for l := range k.weights {
					k.weights[l] = float32(r.ExpFloat64()) + 0.01
				}
			}
			if j%3 == 2 {
				k.alpha = make([]float32, c)
				for l := range k.alpha {
					k.alpha[l] = float32(r.Float64())
				}
			}
			what := fmt.Sprintf("N=%d C=%d CE=%v CB=%v Focal=%v Gamma=%v: ", k.n, c, p.CE, p.CB, p.Focal, p.Gamma)
			got, z := k.run(s), widen(k.z)
			s.near64(what+"loss", got.f64["loss"], k.expected(z), 5e-6, 1e-6)
			if c == 1 { // p is 1 whatever the score: no loss, no gradient
				s.near(what+"dz", got.f32["dz"], make([]float64, k.n), 0, 1e-6)
				continue
			}
			s.slope(what+"dz", got.f32["dz"], nil, z, func() float64 { return k.total(z) }, 1e-4, 5e-6)
			for n, y := range k.labels {
				if y == kernels.Ignore {
					s.exact(what+"dz of an ignored token", got.f32["dz"][n*c:(n+1)*c], make([]float32, c))
				}
			}
		}
	}
}

// lossExtremes tries gamma 0 (which is CE), scores of +-100 (p is 1 or 0 in
// float32), no valid token, no weight, and no token.
func lossExtremes(s *suite) {
	r := rng("LossExtremes")
	const n, c = 12, 33
	base := tokens{n: n, c: c, z: normals(r, n*c, 2)}
	for i := range n {
		base.labels = append(base.labels, int32(i*5%c))
	}
	ce, flat := base, base
	ce.p, flat.p = kernels.LossParams{CE: 1}, kernels.LossParams{Focal: 1}
	a, b := ce.run(s), flat.run(s)
	s.near64("focal with gamma 0", b.f64["loss"][2:], a.f64["loss"][:1], 1e-6, 0)
	s.near("gradient of focal with gamma 0", b.f32["dz"], widen(a.f32["dz"]), 1e-5, 1e-8)

	for _, gamma := range []float32{0, 0.3, 0.5, 1, 2, 5} {
		k := base
		k.p = kernels.LossParams{CE: 0.5, CB: 0.25, Focal: 0.25, Gamma: gamma}
		k.weights = slices.Repeat([]float32{2}, c)
		k.z = make([]float32, n*c)
		for i := range k.z {
			k.z[i] = -100
		}
		for i, y := range k.labels {
			k.z[i*c+int(y)] = []float32{100, -90, -99, 0}[i%4] // p = 1, near 1, 0.08, 1
			if i%4 == 1 {
				k.z[i*c+(int(y)+1)%c] = 100 // p = 0: nll = 190
			}
		}
		what, got := fmt.Sprintf("scores of +-100, gamma %v: ", gamma), k.run(s)
		z := widen(k.z)
		s.near64(what+"loss", got.f64["loss"], k.expected(z), 5e-6, 1e-6)
		// Central differences of a mirror that knows log p near 1 are exact only to
		// 1e-8 at this step; gamma below 1 bends too sharply there to difference.
		if gamma == 0 || gamma >= 1 {
			s.slope(what+"dz", got.f32["dz"], nil, z, func() float64 { return k.total(z) }, 1e-4, 1e-5)
		}
		for i, v := range got.f32["dz"] {
			if !(math.Abs(float64(v)) <= 1) {
				s.Fatalf("%sdz[%d] is %v", what, i, v)
			}
		}
	}

	none := func(what string, k tokens) {
		s.Helper()
		got := k.run(s)
		s.near64(what, got.f64["loss"], make([]float64, 3), 0, 0)
		s.near(what+": dz", got.f32["dz"], make([]float64, k.n*k.c), 0, 0)
	}
	k := base
	k.p = kernels.LossParams{CE: 1, CB: 1, Focal: 1, Gamma: 2}
	k.weights = slices.Repeat([]float32{1}, c)
	k.labels = slices.Repeat([]int32{kernels.Ignore}, n)
	none("all ignored", k)
	k = base
	k.p, k.weights = kernels.LossParams{CB: 1}, make([]float32, c)
	none("no weight", k)
	k.weights = nil
	none("CB without Weights", k)
	none("no token", tokens{c: c, p: kernels.LossParams{CE: 1, Focal: 1, Gamma: 2}})

	// A class of weight 0 among others counts in ce, not in cb.
	k = base
	k.p = kernels.LossParams{CE: 1, CB: 1}
	k.weights = slices.Repeat([]float32{1}, c)
	k.weights[k.labels[0]] = 0
	got, z := k.run(s), widen(k.z)
	s.near64("class of weight 0", got.f64["loss"], k.expected(z), 5e-6, 1e-6)
	s.slope("class of weight 0: dz", got.f32["dz"], nil, z, func() float64 { return k.total(z) }, 1e-4, 5e-6)
}
