package cases

import (
	"fmt"
	"slices"

	"github.com/invoicelab/invoicelab/kernels"
)

// CRF asks for everything about a packed batch under a linear-chain CRF.
type CRF struct {
	Lengths     []int32   // [B]
	Tags        []int32   // [N], kernels.Ignore where unknown
	Emissions   []float64 // [N, C]
	Transitions []float64 // [C, C], from row to column
	Start, End  []float64 // [C]
}

// CRFAnswer is the answer to a CRF.
type CRFAnswer struct {
	LogZ      []Number     `json:"log_z"`
	GoldScore []Number     `json:"gold_score"` // log_z - nll; -inf where the tags have no legal path
	NLL       []Number     `json:"nll"`
	Viterbi   []Best       `json:"viterbi"`
	Marginals [][][]Number `json:"marginals"`
	Grad      CRFGrad      `json:"grad"`
}

// Best is the path of greatest score; score -inf and zeros where there is none.
type Best struct {
	Path  []int32 `json:"path"`
	Score Number  `json:"score"`
}

// CRFGrad is the gradient of the summed nll.
type CRFGrad struct {
	Emissions   [][][]Number `json:"emissions"`
	Transitions [][]Number   `json:"transitions"`
	Start       []Number     `json:"start"`
	End         []Number     `json:"end"`
}

func (a CRFAnswer) parts(visit func(key string, x ...Number)) {
	visit("log_z", a.LogZ...)
	visit("gold_score", a.GoldScore...)
	visit("nll", a.NLL...)
	for _, v := range a.Viterbi {
		visit("viterbi", v.Score)
	}
	visit("marginals", slices.Concat(slices.Concat(a.Marginals...)...)...)
	visit("grad.emissions", slices.Concat(slices.Concat(a.Grad.Emissions...)...)...)
	visit("grad.transitions", slices.Concat(a.Grad.Transitions...)...)
	visit("grad.start", a.Grad.Start...)
	visit("grad.end", a.Grad.End...)
}

func decodeCRF(o *object) (Case, error) {
	c := &CRF{}
	var err error
	if c.Start, err = o.floats("start", true, unknown); err != nil {
		return nil, err
	}
	labels := len(c.Start)
	if labels == 0 {
		return nil, fmt.Errorf("start: no labels")
	}
	if c.End, err = o.floats("end", true, labels); err != nil {
		return nil, err
	}
	if c.Transitions, err = o.floats("transitions", true, labels, labels); err != nil {
		return nil, err
	}
	if c.Lengths, err = o.ints("lengths", unknown); err != nil {
		return nil, err
	}
	docs := len(c.Lengths)
	emissions, err := o.rows("emissions", docs)
	if err != nil {
		return nil, err
	}
	tags, err := o.rows("tags", docs)
	if err != nil {
		return nil, err
	}
	for b, n := range c.Lengths {
		if n < 0 {
			return nil, fmt.Errorf("lengths[%d]: %d, expected at least 0", b, n)
		}
		if c.Emissions, err = flatten(c.Emissions, fmt.Sprintf("emissions[%d]", b), emissions[b], []int{int(n), labels}, number(true)); err != nil {
			return nil, err
		}
		if c.Tags, err = flatten(c.Tags, fmt.Sprintf("tags[%d]", b), tags[b], []int{int(n)}, whole); err != nil {
			return nil, err
		}
		for t, y := range c.Tags[len(c.Tags)-int(n):] {
			if err := checkLabel(fmt.Sprintf("tags[%d][%d]", b, t), y, kernels.Ignore, labels); err != nil {
				return nil, err
			}
		}
	}
	return c, nil
}

func checkLabel(key string, y, ignored int32, labels int) error {
	if y != ignored && (y < 0 || int(y) >= labels) {
		return fmt.Errorf("%s: %d is no label: expected 0 to %d, or %d", key, y, labels-1, ignored)
	}
	return nil
}

// Run asks for nll and gradients, marginals, and the best path.
func (c *CRF) Run(be kernels.Backend) (Answer, error) {
	m := &memory{Backend: be}
	defer m.free()
	docs, tokens, labels := len(c.Lengths), len(c.Tags), len(c.Start)
	offsets := make([]int32, docs+1)
	for b, n := range c.Lengths {
		offsets[b+1] = offsets[b] + n
	}
	emit := m.matrix(c.Emissions, tokens, labels)
	w := kernels.CRFWeights{Trans: m.matrix(c.Transitions, labels, labels), Start: m.input(c.Start), End: m.input(c.End)}
	nll, logZ, score := m.doubles(docs), m.doubles(docs), m.doubles(docs)
	dEmit, p, path := m.accumulators(tokens, labels), m.outputs(tokens, labels), m.ints(nil, tokens)
	g := kernels.CRFGrad{Trans: m.accumulators(labels, labels), Start: m.accumulator(labels), End: m.accumulator(labels)}
	be.CRF(nll, dEmit, g, emit, w, m.ints(c.Tags, tokens), offsets, 1)
	be.CRFMarginals(p, logZ, emit, w, offsets)
	be.Viterbi(path, score, emit, w, offsets)

	a := CRFAnswer{
		LogZ: m.readDoubles(logZ), NLL: m.readDoubles(nll), GoldScore: make([]Number, docs), Viterbi: make([]Best, docs),
		Grad: CRFGrad{Transitions: reshape(m.read(g.Trans.Data), labels), Start: m.read(g.Start), End: m.read(g.End)},
	}
	paths, scores := m.readInts(path), m.readDoubles(score)
	for b := range docs {
		a.GoldScore[b] = a.LogZ[b] - a.NLL[b]
		a.Viterbi[b] = Best{paths[offsets[b]:offsets[b+1]], scores[b]}
	}
	a.Marginals, a.Grad.Emissions = byDocument(m.read(p.Data), offsets, labels), byDocument(m.read(dEmit.Data), offsets, labels)
	return numbers(a)
}

// byDocument is the rows of a packed batch, document by document.
func byDocument(flat []Number, offsets []int32, cols int) [][][]Number {
	out := make([][][]Number, len(offsets)-1)
	for b := range out {
		out[b] = reshape(flat[int(offsets[b])*cols:int(offsets[b+1])*cols], cols)
	}
	return out
}
