package sparse

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/optimize"

	"github.com/invoicelab/invoicelab/kernels"
)

// Options are the settings of training.
type Options struct {
	L2         float64 // coefficient of the squared weights in the objective
	Iterations int     // of L-BFGS, at most
	// Training stops when the objective fell by less than Tolerance, relative to
	// itself, over the last Period iterations.
	Tolerance float64
	Period    int
}

// history is the pairs of steps and gradients that L-BFGS keeps, as CRFsuite
// and Nocedal's own program do.
const history = 6

// Iteration is where training stands after an iteration of L-BFGS.
type Iteration struct {
	Number    int     // from 1
	Objective float64 // with the L2 term
	GradNorm  float64
}

// Train minimises the objective on data, which holds the labels that New saw.
// It calls observe after each iteration, when the weights of m are those
// reached; an error of observe ends training and is returned. It is an error
// when the objective or its gradient is not finite, or ctx is done.
func (m *Model) Train(ctx context.Context, be kernels.Backend, data *Batch, opt Options, observe func(Iteration) error) error {
	if opt.Iterations < 1 || opt.Period < 1 || opt.L2 < 0 {
		panic(fmt.Sprintf("sparse: Train: %+v", opt))
	}
	o := newObjective(be, m, data, opt.L2)
	defer o.free()
	e := &evaluation{o: o, grad: make([]float64, len(m.weights))}
	r := &recorder{ctx: ctx, m: m, observe: observe}
	_, err := optimize.Minimize(
		optimize.Problem{Func: e.value, Grad: e.gradient},
		slices.Clone(m.weights),
		&optimize.Settings{
			MajorIterations: opt.Iterations,
			Converger:       &settled{tolerance: opt.Tolerance, period: opt.Period},
			Recorder:        r,
		},
		&optimize.LBFGS{Store: history, Linesearcher: &optimize.MoreThuente{}},
	)
	switch {
	case e.bad != nil:
		return e.bad
	case r.err != nil:
		return r.err
	case err != nil && (!exhausted(err) || r.iterations == 0):
		return fmt.Errorf("sparse: L-BFGS after %d iterations: %w", r.iterations, err)
	}
	return nil
}

// exhausted says whether a line search found no better point: in the last
// digits of float32 there is none, and what iterations have reached stands.
func exhausted(err error) bool {
	return errors.Is(err, optimize.ErrLinesearcherFailure) || errors.Is(err, optimize.ErrNoProgress)
}

// evaluation keeps the last evaluation: value and gradient are asked for one
// after the other.
type evaluation struct {
	o    *objective
	x    []float64
	f    float64
	grad []float64
	bad  error
}

func (e *evaluation) at(x []float64) {
	if slices.Equal(e.x, x) {
		return
	}
	e.x = append(e.x[:0], x...)
	e.f = e.o.eval(x, e.grad)
	if e.bad == nil && (math.IsNaN(e.f) || math.IsInf(e.f, 0)) {
		e.bad = fmt.Errorf("sparse: the objective is %g: a document has a transition that the decoder forbids", e.f)
	}
}

func (e *evaluation) value(x []float64) float64 {
	e.at(x)
	return e.f
}

func (e *evaluation) gradient(grad, x []float64) {
	e.at(x)
	copy(grad, e.grad)
}

// recorder takes the weights over after each iteration.
type recorder struct {
	ctx     context.Context
	m       *Model
	observe func(Iteration) error

	iterations int
	err        error
}

func (r *recorder) Init() error { return nil }

func (r *recorder) Record(at *optimize.Location, op optimize.Operation, stats *optimize.Stats) error {
	if r.err == nil {
		r.err = r.ctx.Err()
	}
	if r.err != nil || op != optimize.MajorIteration {
		return r.err
	}
	r.iterations++
	copy(r.m.weights, at.X)
	sum := 0.0
	for _, g := range at.Gradient {
		sum += g * g
	}
	r.err = r.observe(Iteration{Number: stats.MajorIterations, Objective: at.F, GradNorm: math.Sqrt(sum)})
	return r.err
}

// settled ends training when the objective hardly falls any more.
type settled struct {
	tolerance float64
	period    int
	past      []float64
}

func (s *settled) Init(int) { s.past = nil }

func (s *settled) Converged(at *optimize.Location) optimize.Status {
	s.past = append(s.past, at.F)
	if n := len(s.past); n > s.period && s.past[n-1-s.period]-at.F < s.tolerance*math.Abs(at.F) {
		return optimize.FunctionConvergence
	}
	return optimize.NotTerminated
}
