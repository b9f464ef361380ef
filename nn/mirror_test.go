package nn_test

import (
	"crypto/sha256"
	"encoding/binary"
	"math"

	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/nn"
)

// mirror computes the loss of a model once more, in float64, token by token
// from the formulas in specs and doc comments, and the CRF by enumerating every
// path. It shares no code with the package and knows no gradient: gradients
// come from differences of its total.
type mirror struct {
	spec   nn.Spec
	labels nn.Labels
	in     nn.Inputs
	params map[string][]float64
}

// total returns the components by name and their weighted sum.
func (r *mirror) total(b nn.Batch, seed uint64) (map[string]float64, float64) {
	n, c := int(b.Offsets[len(b.Offsets)-1]), r.labels.NumLabels()
	x := r.encode(b, n, seed)
	scores, gate := r.scores(x, seed)
	out := map[string]float64{}

	valid, weights := 0.0, 0.0
	w := r.classWeights()
	var ce, cb, focal float64
	for t, l := range b.Labels {
		if l == kernels.Ignore {
			continue
		}
		valid++
		p := softmax(scores[t])[l]
		ce -= math.Log(p)
		focal -= math.Pow(1-p, r.spec.Loss.Gamma) * math.Log(p)
		cb -= w[l] * math.Log(p)
		weights += w[l]
	}
	out["ce"], out["focal"], out["class_balanced"] = ratio(ce, valid), ratio(focal, valid), ratio(cb, weights)
	switch r.spec.Loss.Kind {
	case "ce":
		out["entity"] = out["ce"]
	case "class_balanced":
		out["entity"] = out["class_balanced"]
	case "focal":
		out["entity"] = out["focal"]
	case "combined":
		out["entity"] = r.spec.Loss.Balanced*out["class_balanced"] + (1-r.spec.Loss.Balanced)*out["focal"]
	}
	total := r.spec.Loss.Entity * out["entity"]

	if r.spec.Head.Kind == "hybrid" {
		group := 0.0
		for t, l := range b.Labels {
			if l != kernels.Ignore {
				group -= math.Log(softmax(gate[t])[r.group(int(l))])
			}
		}
		out["group"] = ratio(group, valid)
		dim, pairs := r.spec.Head.Dim, 0.0
		for i := range c {
			for j := range c {
				if i != j {
					cos := cosine(row(r.params["head.prototypes"], i, dim), row(r.params["head.prototypes"], j, dim))
					out["separation"] += cos * cos
					pairs++
				}
			}
		}
		out["separation"] /= pairs
		total += r.spec.Loss.Group*out["group"] + r.spec.Loss.Separation*out["separation"]
	}
	if r.spec.CRF != "none" {
		nll := 0.0
		for d := range len(b.Offsets) - 1 {
			from, to := b.Offsets[d], b.Offsets[d+1]
			nll += r.crf(scores[from:to], b.Labels[from:to])
		}
		out["crf"] = ratio(nll, valid)
		total += r.spec.Loss.CRF * out["crf"]
	}
	return out, total
}

func (r *mirror) encode(b nn.Batch, n int, seed uint64) [][]float64 {
	h, f, k := r.spec.Encoder.Hidden, r.in.Features, r.in.Neighbours
	x := make([][]float64, n)
	for t := range x {
		x[t] = make([]float64, h)
		for _, id := range b.Features[t*f : (t+1)*f] {
			if id >= 0 {
				plus(x[t], row(r.params["embed.table"], int(id), h))
			}
		}
		x[t] = r.norm("embed.norm", x[t])
	}
	drop(x, r.spec.Encoder.Dropout, seed, "embed")
	for l := range r.spec.Encoder.Layers {
		name := "context." + string(rune('0'+l))
		u := make([][]float64, n)
		for t := range u {
			var near []float64
			for _, at := range b.Neighbours[t*k : (t+1)*k] {
				if at < 0 {
					near = append(near, make([]float64, h)...)
				} else {
					near = append(near, x[at]...)
				}
			}
			u[t] = gelu(r.affine(name, near))
		}
		drop(u, r.spec.Encoder.Dropout, seed, name)
		for t := range u {
			plus(u[t], x[t])
			u[t] = r.norm(name+".norm", u[t])
		}
		x = u
	}
	return x
}

// scores returns the scores and the logits of the group stage.
func (r *mirror) scores(x [][]float64, seed uint64) (scores, gate [][]float64) {
	if r.spec.Head.Kind == "linear" {
		for _, h := range x {
			scores = append(scores, r.affine("head", h))
		}
		return scores, nil
	}
	var u [][]float64
	for _, h := range x {
		u = append(u, gelu(r.norm("head.group.stage.norm", r.affine("head.group.stage", h))))
	}
	drop(u, r.spec.Head.Dropout, seed, "head.group")
	c, dim := r.labels.NumLabels(), r.spec.Head.Dim
	for t, h := range x {
		gate = append(gate, r.affine("head.group.out", u[t]))
		q := softmax(gate[t])
		e := gelu(r.norm("head.embed.norm", r.affine("head.embed", h)))
		s := make([]float64, c)
		for l := range s {
			s[l] = r.params["head.temperature"][0] * cosine(e, row(r.params["head.prototypes"], l, dim))
		}
		z := make([]float64, c)
		for l := range z {
			within := 0.0
			for o := range s {
				if r.group(o) == r.group(l) {
					within += math.Exp(s[o])
				}
			}
			z[l] = math.Log(q[r.group(l)]) + s[l] - math.Log(within)
		}
		scores = append(scores, z)
	}
	return scores, gate
}

// group is that of a label's entity; O is a group by itself, the last.
func (r *mirror) group(label int) int {
	if label == 0 {
		return r.labels.Groups
	}
	return int(r.labels.GroupOf[(label-1)/2])
}

// crf is log Z - log Z restricted to the known labels, over all C^T paths.
func (r *mirror) crf(emit [][]float64, labels []int32) float64 {
	c := r.labels.NumLabels()
	trans, start, end := r.params["crf.transitions"], r.params["crf.start"], r.params["crf.end"]
	all, known := 0.0, 0.0
	var walk func(t, from int, score float64, agrees bool)
	walk = func(t, from int, score float64, agrees bool) {
		if t == len(emit) {
			p := math.Exp(score + end[from])
			all += p
			if agrees {
				known += p
			}
			return
		}
		for to := range c {
			step := start[to]
			if t > 0 {
				step = trans[from*c+to]
			}
			walk(t+1, to, score+step+emit[t][to], agrees && (labels[t] == kernels.Ignore || int(labels[t]) == to))
		}
	}
	walk(0, 0, 0, true)
	return math.Log(all) - math.Log(known)
}

func (r *mirror) classWeights() []float64 {
	w := make([]float64, len(r.labels.Counts))
	for c, n := range r.labels.Counts {
		if n > 0 {
			w[c] = (1 - r.spec.Loss.Beta) / (1 - math.Pow(r.spec.Loss.Beta, n))
		}
	}
	return w
}

func (r *mirror) affine(name string, x []float64) []float64 {
	y := append([]float64(nil), r.params[name+".bias"]...)
	for i, v := range x {
		for j := range y {
			y[j] += v * r.params[name+".weight"][i*len(y)+j]
		}
	}
	return y
}

func (r *mirror) norm(name string, x []float64) []float64 {
	mean, variance := 0.0, 0.0
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		variance += (v - mean) * (v - mean) / float64(len(x))
	}
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = r.params[name+".gamma"][i]*(v-mean)/math.Sqrt(variance+1e-5) + r.params[name+".beta"][i]
	}
	return y
}

func gelu(x []float64) []float64 {
	for i, v := range x {
		x[i] = v * 0.5 * math.Erfc(-v/math.Sqrt2)
	}
	return x
}

// drop follows the contract of Dropout, keyed by seed and the name of the site.
func drop(x [][]float64, rate float64, seed uint64, site string) {
	if rate == 0 {
		return
	}
	sum := sha256.Sum256(append(binary.LittleEndian.AppendUint64(nil, seed), site...))
	key := binary.LittleEndian.Uint64(sum[:])
	i := uint64(0)
	for _, r := range x {
		for j := range r {
			if float64(splitmix64(key+i*0x9E3779B97F4A7C15)>>40)/(1<<24) < rate {
				r[j] = 0
			} else {
				r[j] /= 1 - rate
			}
			i++
		}
	}
}

func splitmix64(state uint64) uint64 {
	z := state + 0x9E3779B97F4A7C15
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9
	z = (z ^ (z >> 27)) * 0x94D049BB133111EB
	return z ^ (z >> 31)
}

func softmax(x []float64) []float64 {
	sum := 0.0
	for _, v := range x {
		sum += math.Exp(v)
	}
	p := make([]float64, len(x))
	for i, v := range x {
		p[i] = math.Exp(v) / sum
	}
	return p
}

func cosine(a, b []float64) float64 {
	var ab, aa, bb float64
	for i := range a {
		ab += a[i] * b[i]
		aa += a[i] * a[i]
		bb += b[i] * b[i]
	}
	return ab / math.Sqrt(aa*bb)
}

func row(m []float64, i, cols int) []float64 { return m[i*cols : (i+1)*cols] }

func plus(x, y []float64) {
	for i := range x {
		x[i] += y[i]
	}
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}
