package cases

import (
	"fmt"
	"math"
	"slices"

	"github.com/invoicelab/invoicelab/kernels"
)

// Loss asks for cross-entropy, class-balanced and focal loss of the same scores.
type Loss struct {
	Logits    []float64 // [N, C]
	Labels    []int32   // [N], kernels.Ignore where there is none
	Counts    []float64 // [C], for the class-balanced weights
	Beta      float64
	Gamma     float64
	Alpha     []float64 // [C], or nil
	CB, Focal float64   // factors in combined
}

// LossAnswer is the answer to a Loss.
type LossAnswer struct {
	Weights  []Number `json:"weights"`
	CEMean   Number   `json:"ce_mean"`
	CB       Number   `json:"cb"`
	Focal    Number   `json:"focal"`
	Combined Number   `json:"combined"`
	Grad     LossGrad `json:"grad"`
}

// LossGrad is the gradients of the four losses by the logits.
type LossGrad struct {
	CEMean   [][]Number `json:"ce_mean"`
	CB       [][]Number `json:"cb"`
	Focal    [][]Number `json:"focal"`
	Combined [][]Number `json:"combined"`
}

func (a LossAnswer) parts(visit func(key string, x ...Number)) {
	visit("weights", a.Weights...)
	visit("ce_mean", a.CEMean)
	visit("cb", a.CB)
	visit("focal", a.Focal)
	visit("combined", a.Combined)
	visit("grad.ce_mean", slices.Concat(a.Grad.CEMean...)...)
	visit("grad.cb", slices.Concat(a.Grad.CB...)...)
	visit("grad.focal", slices.Concat(a.Grad.Focal...)...)
	visit("grad.combined", slices.Concat(a.Grad.Combined...)...)
}

func decodeLoss(o *object) (Case, error) {
	l := &Loss{}
	var err error
	if l.Counts, err = o.floats("counts", false, unknown); err != nil {
		return nil, err
	}
	for i, n := range l.Counts {
		if n < 0 {
			return nil, fmt.Errorf("counts[%d]: %g, expected at least 0", i, n)
		}
	}
	classes := len(l.Counts)
	if l.Labels, err = o.ints("labels", unknown); err != nil {
		return nil, err
	}
	if l.Logits, err = o.floats("logits", true, len(l.Labels), classes); err != nil {
		return nil, err
	}
	ignored := int32(kernels.Ignore)
	if o.has("ignore_index") {
		v, err := o.ints("ignore_index")
		if err != nil {
			return nil, err
		}
		ignored = v[0]
	}
	for i, y := range l.Labels {
		if err := checkLabel(fmt.Sprintf("labels[%d]", i), y, ignored, classes); err != nil {
			return nil, err
		}
		if y == ignored {
			l.Labels[i] = kernels.Ignore
		}
	}
	inf := math.Inf(1)
	for _, s := range []struct {
		key       string
		low, high float64
		to        *float64
	}{{"beta", 0, 1, &l.Beta}, {"gamma", 0, inf, &l.Gamma}, {"w_cb", -inf, inf, &l.CB}, {"w_focal", -inf, inf, &l.Focal}} {
		if *s.to, err = o.scalar(s.key, s.low, s.high); err != nil {
			return nil, err
		}
	}
	switch raw, ok := o.raw["alpha"]; {
	case !ok:
		return nil, fmt.Errorf("alpha: missing: expected null, an array, or \"ens\"")
	case string(raw) == `"ens"`:
		l.Alpha = kernels.BalancedWeights(l.Counts, l.Beta)
	case raw[0] == '"':
		return nil, fmt.Errorf("alpha: %s, expected null, an array, or \"ens\"", briefly(raw))
	case o.has("alpha"):
		if l.Alpha, err = o.floats("alpha", false, classes); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// Run asks for each component alone, then for the mixture.
func (l *Loss) Run(be kernels.Backend) (Answer, error) {
	m := &memory{Backend: be}
	defer m.free()
	n, c := len(l.Labels), len(l.Counts)
	weights := kernels.BalancedWeights(l.Counts, l.Beta)
	z, labels, w := m.matrix(l.Logits, n, c), m.ints(l.Labels, n), m.input(weights)
	var alpha kernels.F32
	if l.Alpha != nil {
		alpha = m.input(l.Alpha)
	}
	run := func(p kernels.LossParams) (total Number, grad [][]Number) {
		p.Gamma, p.Weights, p.Alpha = float32(l.Gamma), w, alpha
		dz, loss := m.outputs(n, c), m.doubles(3)
		be.SoftmaxLoss(dz, loss, z, labels, p)
		for i, v := range m.readDoubles(loss) {
			// A component without a factor is 0, also beside an infinite one.
			if f := []float32{p.CE, p.CB, p.Focal}[i]; f != 0 {
				total += Number(f) * v
			}
		}
		return total, reshape(m.read(dz.Data), c)
	}
	a := LossAnswer{Weights: m.read(w)}
	a.CEMean, a.Grad.CEMean = run(kernels.LossParams{CE: 1})
	a.CB, a.Grad.CB = run(kernels.LossParams{CB: 1})
	a.Focal, a.Grad.Focal = run(kernels.LossParams{Focal: 1})
	a.Combined, a.Grad.Combined = run(kernels.LossParams{CB: float32(l.CB), Focal: float32(l.Focal)})
	return numbers(a)
}
