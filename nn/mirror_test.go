package nn_test

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/nn"
)

// mirror computes the loss of a model once more, in float64, token by token
// from the formulas in specs and doc comments, and the CRF by summing over paths from
// left to right (TestMirrorCRF holds that to enumeration). It shares no code with the package and knows no gradient: gradients
// come from differences of its total.
type mirror struct {
	spec   nn.Spec
	labels nn.Labels
	in     nn.Inputs
	params map[string][]float64

	blockOf []int       // the parameter of each transition in crf/adaptive, once it is known
	encoded [][]float64 // the encodings of the batch, when they are known
}

// total returns the components by name and their weighted sum.
func (r *mirror) total(b nn.Batch, seed uint64) (map[string]float64, float64) {
	n := int(b.Offsets[len(b.Offsets)-1])
	x := r.encoded
	if x == nil {
		x = r.encode(b, n, seed)
	}
	scores, gate := r.scores(x, seed)
	for i, id := range b.Wide {
		if id >= 0 {
			plus(scores[i/r.in.Wide], row(r.params["wide.table"], int(id), r.labels.NumLabels()))
		}
	}
	out := map[string]float64{}

	valid, weights := 0.0, 0.0
	w := r.classWeights()
	var ce, cb, focal, twice float64
	present, sum := 0.0, 0.0
	for _, v := range w {
		if v > 0 {
			present++
			sum += v
		}
	}
	for t, l := range b.Labels {
		if l == kernels.Ignore {
			continue
		}
		valid++
		p := softmax(scores[t])[l]
		ce -= math.Log(p)
		focal -= math.Pow(1-p, r.spec.Loss.Gamma) * math.Log(p)
		cb -= w[l] * math.Log(p)
		twice -= w[l] * present / sum * math.Pow(1-p, r.spec.Loss.Gamma) * math.Log(p)
		weights += w[l]
	}
	out["ce"], out["focal"], out["class_balanced"] = ratio(ce, valid), ratio(focal, valid), ratio(cb, weights)
	if r.spec.Loss.Kind == "combined/published" {
		out["focal"] = ratio(twice, valid)
	}
	switch r.spec.Loss.Kind {
	case "ce":
		out["entity"] = out["ce"]
	case "class_balanced":
		out["entity"] = out["class_balanced"]
	case "focal":
		out["entity"] = out["focal"]
	case "combined", "combined/published":
		out["entity"] = r.spec.Loss.Balanced*out["class_balanced"] + (1-r.spec.Loss.Balanced)*out["focal"]
	}
	total := r.spec.Loss.Entity * out["entity"]

	if gate != nil {
		group, known := 0.0, 0.0
		for t, l := range b.Labels {
			if l != kernels.Ignore && r.group(int(l)) < len(gate[t]) {
				group -= math.Log(softmax(gate[t])[r.group(int(l))])
				known++
			}
		}
		out["group"] = ratio(group, known)
		total += r.spec.Loss.Group * out["group"]
	}
	if r.params["head.prototypes"] != nil {
		out["separation"] = r.separation()
		total += r.spec.Loss.Separation * out["separation"]
	}
	if r.spec.Head.Kind == "separated" {
		out["structure"], out["visual"] = r.marks("structure", x, b.Structure, seed), r.marks("visual", x, b.Visual, seed)
		total += r.spec.Loss.Structure*out["structure"] + r.spec.Loss.Visual*out["visual"]
	}
	if r.spec.Loss.Consistency > 0 {
		out["consistency"] = r.violations(b, scores)
		if r.spec.Loss.ConsistencyKind == "consistency" {
			total += r.spec.Loss.Consistency * out["consistency"]
		}
		// A count is flat wherever it has a derivative.
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
	if r.spec.Encoder.Kind == "features" {
		for t := range x {
			for _, v := range b.Hidden[t*h : (t+1)*h] {
				x[t] = append(x[t], float64(v))
			}
		}
		drop(x, r.spec.Encoder.Dropout, seed, "hidden")
		return x
	}
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

// scores returns the scores and the logits of the group stage, if there is one.
func (r *mirror) scores(x [][]float64, seed uint64) (scores, gate [][]float64) {
	kind, c := r.spec.Head.Kind, r.labels.NumLabels()
	var u [][]float64 // the group stage
	if kind != "linear" && kind != "prototype" && kind != "separated" {
		for _, h := range x {
			u = append(u, gelu(r.norm("head.group.stage.norm", r.affine("head.group.stage", h))))
		}
		drop(u, r.spec.Head.Dropout, seed, "head.group")
		for t := range u {
			gate = append(gate, r.affine("head.group.out", u[t]))
		}
	}
	if kind == "separated" {
		return r.branch("semantic", x, seed), nil
	}
	for t, h := range x {
		z := make([]float64, c)
		switch kind {
		case "linear":
			z = r.affine("head", h)
		case "prototype":
			z = r.cosines(h)
		case "hybrid", "hierarchical":
			var s []float64
			if kind == "hybrid" {
				s = r.cosines(h)
			} else {
				s = append([]float64{17}, r.affine("head.members", h)...) // O alone in its group: any logit will do
			}
			q := softmax(gate[t])
			for l := range z {
				within := 0.0
				for o := range s {
					if r.group(o) == r.group(l) {
						within += math.Exp(s[o])
					}
				}
				z[l] = math.Log(q[r.group(l)]) + s[l] - math.Log(within)
			}
		case "hybrid/published":
			s, q := r.cosines(h), softmax(gate[t])
			rest := 1.0
			for _, p := range q {
				rest -= p
			}
			z[0] = (rest + s[0]) / 2
			for l := 1; l < c; l++ {
				z[l] = q[r.group(l)] * s[l]
			}
		case "hierarchical/published":
			s, q := r.affine("head.members", h), softmax(gate[t])
			for g, p := range q {
				z[0] += p * s[c-1+g]
			}
			for l := 1; l < c; l++ {
				z[l] = q[r.group(l)] * s[l-1]
			}
		default:
			panic(kind)
		}
		scores = append(scores, z)
	}
	return scores, gate
}

// cosines are temperature times the cosine with each prototype.
func (r *mirror) cosines(h []float64) []float64 {
	e := gelu(r.norm("head.embed.norm", r.affine("head.embed", h)))
	s := make([]float64, r.labels.NumLabels())
	for l := range s {
		s[l] = r.params["head.temperature"][0] * cosine(e, row(r.params["head.prototypes"], l, len(e)))
	}
	return s
}

// separation is the mean over ordered pairs of prototypes.
func (r *mirror) separation() float64 {
	c, dim, sum := r.labels.NumLabels(), r.spec.Head.Dim, 0.0
	for i := range c {
		for j := range c {
			if i == j {
				continue
			}
			cos := cosine(row(r.params["head.prototypes"], i, dim), row(r.params["head.prototypes"], j, dim))
			switch {
			case r.spec.Head.Kind == "hybrid/published":
				sum += cos
			case r.spec.Loss.SeparationKind == "hinge":
				sum += max(0, cos)
			default:
				sum += cos * cos
			}
		}
	}
	return sum / float64(c*(c-1))
}

// branch is one of the separated head.
func (r *mirror) branch(name string, x [][]float64, seed uint64) [][]float64 {
	var u, z [][]float64
	for _, h := range x {
		v := r.norm("head."+name+".stage.norm", r.affine("head."+name+".stage", h))
		for i := range v {
			v[i] = max(v[i], 0)
		}
		u = append(u, v)
	}
	drop(u, r.spec.Head.Dropout, seed, "head."+name)
	for _, v := range u {
		z = append(z, r.affine("head."+name+".out", v))
	}
	return z
}

// marks is the binary cross-entropy of a branch.
func (r *mirror) marks(name string, x [][]float64, sets []int32, seed uint64) float64 {
	sum, n := 0.0, 0.0
	for t, z := range r.branch(name, x, seed) {
		if sets[t] == kernels.Ignore {
			continue
		}
		for k, v := range z {
			p := 1 / (1 + math.Exp(-v))
			if sets[t]>>k&1 == 1 {
				sum -= math.Log(p)
			} else {
				sum -= math.Log(1 - p)
			}
			n++
		}
	}
	return sum / n
}

// violations are the BIO violations per token, by pairs of labels.
func (r *mirror) violations(b nn.Batch, scores [][]float64) float64 {
	c, sum := r.labels.NumLabels(), 0.0
	distribution := func(t int) []float64 {
		if r.spec.Loss.ConsistencyKind == "consistency" {
			return softmax(scores[t])
		}
		p, best := make([]float64, c), 0
		for l := range p {
			if scores[t][l] > scores[t][best] {
				best = l
			}
		}
		p[best] = 1
		return p
	}
	for d := range len(b.Offsets) - 1 {
		before := make([]float64, c)
		before[0] = 1
		for t := b.Offsets[d]; t < b.Offsets[d+1]; t++ {
			p := distribution(int(t))
			for i := range c {
				for e := range r.labels.Entities {
					if i != 1+2*e && i != 2+2*e { // I of entity e follows neither its B nor its I
						sum += before[i] * p[2+2*e]
					}
				}
			}
			before = p
		}
	}
	return sum / float64(len(b.Labels))
}

// group is that of a label's entity; O is a group by itself, the last.
func (r *mirror) group(label int) int {
	if label == 0 {
		return r.labels.Groups
	}
	return int(r.labels.GroupOf[(label-1)/2])
}

// crf is log Z - log Z restricted to the known labels.
func (r *mirror) crf(emit [][]float64, labels []int32) float64 {
	c := r.labels.NumLabels()
	trans, start, end := r.transitions(), r.params["crf.start"], r.params["crf.end"]
	logSum := func(known bool) float64 {
		a := make([]float64, c) // mass of the paths that end in each label
		for t := range emit {
			next := make([]float64, c)
			for to := range c {
				if known && labels[t] != kernels.Ignore && int(labels[t]) != to {
					continue
				}
				if t == 0 {
					next[to] = math.Exp(start[to] + emit[t][to])
					continue
				}
				for from := range c {
					next[to] += a[from] * math.Exp(trans[from*c+to]+emit[t][to])
				}
			}
			a = next
		}
		sum := 0.0
		for l := range a {
			sum += a[l] * math.Exp(end[l])
		}
		return math.Log(sum)
	}
	return logSum(false) - logSum(true)
}

// enumerated is crf over all C^T paths, one by one.
func (r *mirror) enumerated(emit [][]float64, labels []int32) float64 {
	c := r.labels.NumLabels()
	trans, start, end := r.transitions(), r.params["crf.start"], r.params["crf.end"]
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

// transitions is the matrix of the CRF. In crf/adaptive the parameters are numbered
// as they occur, row by row.
func (r *mirror) transitions() []float64 {
	if r.spec.CRF != "crf/adaptive" {
		return r.params["crf.transitions"]
	}
	c := r.labels.NumLabels()
	trans := make([]float64, c*c)
	if r.blockOf == nil {
		r.blockOf = r.blocks()
	}
	for i, id := range r.blockOf {
		trans[i] = -1e4
		if id >= 0 {
			trans[i] = r.params["crf.blocks"][id]
		}
	}
	return trans
}

// blocks gives the parameter of each transition, -1 for one that breaks BIO.
func (r *mirror) blocks() []int {
	c := r.labels.NumLabels()
	of, ids := make([]int, c*c), map[string]int{}
	for from := range c {
		for to := range c {
			if to > 0 && to%2 == 0 && from != to && from != to-1 {
				of[from*c+to] = -1
				continue
			}
			name := fmt.Sprintf("group %d to %d", r.group(from), r.group(to))
			if r.group(from) == r.group(to) {
				name = fmt.Sprintf("label %d to %d", from, to)
			}
			id, known := ids[name]
			if !known {
				id = len(ids)
				ids[name] = id
			}
			of[from*c+to] = id
		}
	}
	return of
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
	y, weight := append([]float64(nil), r.params[name+".bias"]...), r.params[name+".weight"]
	for i, v := range x {
		for j, w := range row(weight, i, len(y)) {
			y[j] += v * w
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
	y, gamma, beta := make([]float64, len(x)), r.params[name+".gamma"], r.params[name+".beta"]
	for i, v := range x {
		y[i] = gamma[i]*(v-mean)/math.Sqrt(variance+1e-5) + beta[i]
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
