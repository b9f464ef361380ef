package cpu

import (
	"math"

	"github.com/invoicelab/invoicelab/kernels"
)

func (r *ref) SoftmaxLoss(dz kernels.Mat, loss kernels.F64, z kernels.Mat, labels kernels.I32, p kernels.LossParams) {
	kernels.CheckLoss(dz, loss, z, labels, p)
	var valid, weight float64
	for _, y := range labels.Host {
		if y == kernels.Ignore {
			continue
		}
		valid++
		if p.Weights.Len != 0 {
			weight += float64(p.Weights.Host[y])
		}
	}
	rows := make([][3]float64, z.Rows) // what each token adds to the losses
	c := z.Cols
	r.each(z.Rows, 32*c, func(lo, hi int) {
		prob := make([]float64, c)
		for n := lo; n < hi; n++ {
			y, out := labels.Host[n], dz.Data.Host[n*c:(n+1)*c]
			if y == kernels.Ignore {
				clear(out)
				continue
			}
			nll := softmax(prob, z.Data.Host[n*c:(n+1)*c], int(y))
			var pull float64 // of d loss / d log p
			if p.CE != 0 {
				rows[n][0] = nll / valid
				pull -= float64(p.CE) / valid
			}
			if p.CB != 0 && weight > 0 {
				w := float64(p.Weights.Host[y]) / weight
				rows[n][1] = w * nll
				pull -= float64(p.CB) * w
			}
			if p.Focal != 0 {
				a := 1 / valid
				if p.Alpha.Len != 0 {
					a *= float64(p.Alpha.Host[y])
				}
				value, slope := focal(nll, float64(p.Gamma))
				rows[n][2] = a * value
				pull += float64(p.Focal) * a * slope
			}
			for j, q := range prob {
				if j == int(y) {
					q = math.Expm1(-nll) // p - 1, with the digits that p near 1 would lose
				}
				out[j] = float32(-pull * q)
			}
		}
	})
	clear(loss.Host)
	for _, row := range rows {
		for i, l := range row {
			loss.Host[i] += l
		}
	}
}

// softmax writes the probabilities of one row of scores and returns
// -log prob[y], which keeps its digits when prob[y] is near 1.
func softmax(prob []float64, z []float32, y int) (nll float64) {
	top := math.Inf(-1)
	for _, v := range z {
		top = max(top, float64(v))
	}
	var rest float64 // the sum without y
	for j, v := range z {
		prob[j] = math.Exp(float64(v) - top)
		if j != y {
			rest += prob[j]
		}
	}
	total := rest + prob[y]
	if float64(z[y]) == top {
		nll = math.Log1p(rest)
	} else {
		nll = math.Log(total) - (float64(z[y]) - top)
	}
	for j := range prob {
		prob[j] /= total
	}
	return nll
}

// focal returns (1-p)^gamma nll and its derivative by log p:
// gamma p (1-p)^(gamma-1) log p - (1-p)^gamma, which tends to 0 with 1-p for gamma > 0.
func focal(nll, gamma float64) (value, slope float64) {
	if gamma == 0 {
		return nll, -1
	}
	q := -math.Expm1(-nll)
	if q == 0 {
		return 0, 0
	}
	f := math.Pow(q, gamma)
	return f * nll, -f - gamma*math.Exp(-nll)*(f/q)*nll
}
