package train

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/curriculum"
	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/metrics"
	"github.com/invoicelab/invoicelab/nn"
	"github.com/invoicelab/invoicelab/stream"
)

// Job is one training run.
type Job struct {
	Data       *corpus.Dataset
	Model      nn.Spec
	Curriculum curriculum.Spec
	Train      Spec
	Seed       uint64
}

// Run trains a model from nothing, keeps the epoch of best validation macro F1
// from the last curriculum stage on, and scores it on every split. It tells
// observe of each step and epoch, in order, on the calling goroutine.
//
// The result depends on job and on the instruction level of be, not on its
// threads. A cancelled ctx ends the run between two steps with ctx's error.
func Run(ctx context.Context, be kernels.Backend, job Job, observe func(Event)) (Result, error) {
	if job.Model.Encoder.Kind == "sparse" {
		return runSparse(ctx, be, job, observe)
	}
	start := time.Now()
	r, err := newRunner(be, job)
	if err != nil {
		return Result{}, err
	}
	defer r.model.Close()
	best := -1.0
	for epoch := 0; epoch < job.Train.Epochs; epoch++ {
		ev, err := r.epoch(ctx, epoch, observe)
		if err != nil {
			return Result{}, err
		}
		if r.plan.Stage(epoch) == r.plan.Stages()-1 {
			if score := ev.Validation["macro_f1"]; score > best {
				best, ev.Best = score, true
				if err := r.keep(epoch); err != nil {
					return Result{}, err
				}
			}
		}
		ev.Seconds, ev.Tokens = time.Since(start).Seconds(), r.tokens
		observe(Event{Epoch: ev})
		r.result.Epochs = epoch + 1
		if p := job.Train.Patience; p > 0 && best >= 0 && epoch-r.result.BestEpoch >= p {
			break
		}
	}
	if err := r.finish(); err != nil {
		return Result{}, err
	}
	r.result.Elapsed = time.Since(start)
	return r.result, nil
}

// runner is the state of a run.
type runner struct {
	job     Job
	be      kernels.Backend
	model   *nn.Model
	plan    *curriculum.Plan
	splits  map[corpus.Split][]encoded
	trainer *batcher
	scorer  *batcher
	labels  []string // entity types
	steps   int      // taken
	total   int      // planned
	tokens  int64
	packing time.Duration
	scoring time.Duration
	result  Result
}

func newRunner(be kernels.Backend, job Job) (*runner, error) {
	r := &runner{job: job, be: be, splits: map[corpus.Split][]encoded{}}
	for _, need := range []corpus.Split{corpus.Train, corpus.Validation, corpus.Test} {
		if len(job.Data.Docs[need]) == 0 {
			return nil, fmt.Errorf("corpus %s has no %s documents", job.Data.Manifest.Name, need)
		}
	}
	f := &featurizer{buckets: job.Model.Encoder.Buckets, boxed: job.Data.Manifest.Boxed}
	for _, split := range corpus.Splits { // train first: it teaches f its features
		docs, err := encode(job.Data.Docs[split], f, job.Model.Encoder.Window, split == corpus.Train)
		if err != nil {
			return nil, fmt.Errorf("corpus %s: %s: %w", job.Data.Manifest.Name, split, err)
		}
		r.splits[split] = docs
	}
	schema := job.Data.Schema
	for _, e := range schema.Entities {
		r.labels = append(r.labels, e.Name)
	}
	var err error
	if r.plan, err = curriculum.New(job.Curriculum, r.curriculumDocs(), len(schema.Entities), job.Train.Epochs); err != nil {
		return nil, err
	}
	k := neighbourCount(job.Model.Encoder.Window, f.boxed)
	r.trainer, r.scorer = newBatcher(f, k), newBatcher(f, k)
	r.trainer.dropout, r.trainer.inactive = job.Train.WordDropout, job.Curriculum.Inactive
	for epoch := range job.Train.Epochs {
		r.total += len(r.plan.Batches(r.sampleSeed(), epoch))
	}
	inputs := nn.Inputs{Features: f.perToken(), TableRows: f.rows(), Neighbours: k}
	if r.model, err = nn.New(be, job.Model, r.labelSet(), inputs, stream.Seed(job.Seed, "model")); err != nil {
		return nil, err
	}
	r.result.TrainDocs = countTrainDocs(job.Data)
	r.result.Device = be.Device()
	r.result.Parameters = r.model.ParameterCount().Total()
	return r, nil
}

func (r *runner) sampleSeed() uint64 { return stream.Seed(r.job.Seed, "sample") }

func (r *runner) curriculumDocs() []curriculum.Doc {
	docs := make([]curriculum.Doc, len(r.splits[corpus.Train]))
	for i, d := range r.splits[corpus.Train] {
		docs[i].Domain = d.doc.Domain
		for _, s := range d.doc.Spans {
			docs[i].Entities = append(docs[i].Entities, int32(s.Entity))
		}
	}
	return docs
}

// labelSet describes the schema and the training split's label counts to nn.
func (r *runner) labelSet() nn.Labels {
	l := labelSet(r.job.Data.Schema)
	l.Counts = make([]float64, r.job.Data.Schema.NumLabels())
	for _, d := range r.splits[corpus.Train] {
		for _, y := range d.labels {
			l.Counts[y]++
		}
	}
	return l
}

// labelSet describes a schema to nn, but for the counts.
func labelSet(schema *corpus.Schema) nn.Labels {
	l := nn.Labels{Entities: len(schema.Entities)}
	groups := schema.Groups()
	if len(groups) == 0 {
		return l
	}
	at := map[string]int32{}
	for i, g := range groups {
		at[g] = int32(i)
	}
	l.Groups = len(groups)
	for _, e := range schema.Entities {
		l.GroupOf = append(l.GroupOf, at[e.Group])
	}
	return l
}

// epoch trains on one epoch's batches and scores the validation split.
func (r *runner) epoch(ctx context.Context, epoch int, observe func(Event)) (*EpochEvent, error) {
	stage := r.plan.Stage(epoch)
	r.trainer.active = r.plan.Active(stage)
	sums := map[string]float64{}
	batches := r.plan.Batches(r.sampleSeed(), epoch)
	for _, which := range batches {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		ev, err := r.step(epoch, stage, which)
		if err != nil {
			return nil, err
		}
		for name, v := range ev.Losses {
			sums[name] += v / float64(len(batches))
		}
		observe(Event{Step: ev})
	}
	tally, nll := r.score(corpus.Validation)
	validation := figures(tally, nil)
	if !math.IsNaN(nll) && !math.IsInf(nll, 1) { // labels that crf/bio forbids have none
		validation["crf_nll"] = nll
	}
	return &EpochEvent{
		Epoch: epoch, Stage: stage, Steps: r.steps, Losses: sums, Validation: validation,
	}, nil
}

// step takes one optimiser step on the given training documents.
func (r *runner) step(epoch, stage int, which []int) (*StepEvent, error) {
	docs := r.splits[corpus.Train]
	seed := stream.Seed(r.job.Seed, fmt.Sprintf("step/%d", r.steps))
	begin := time.Now()
	batch := r.trainer.pack(docs, which, seed)
	r.packing += time.Since(begin)
	opt := nn.StepOptions{
		LR:          nn.Schedule(r.steps, r.total, r.job.Train.LearningRate, r.job.Train.Warmup),
		Decay:       r.job.Train.Decay,
		Clip:        r.job.Train.Clip,
		DropoutSeed: seed,
	}
	losses, err := r.model.Step(batch, opt)
	if err != nil {
		var bad *nn.DocumentError
		if errors.As(err, &bad) {
			return nil, fmt.Errorf("document %s, token %d: %w", docs[which[bad.Document]].doc.ID, bad.Token, err)
		}
		return nil, fmt.Errorf("step %d, epoch %d, documents from %s on: %w", r.steps, epoch, docs[which[0]].doc.ID, err)
	}
	r.steps++
	r.tokens += int64(len(batch.Labels))
	return &StepEvent{
		Step: r.steps, Epoch: epoch, Stage: stage, Losses: losses, LearningRate: opt.LR, GradNorm: r.model.GradNorm(),
	}, nil
}

// keep makes the present parameters the checkpoint.
func (r *runner) keep(epoch int) error {
	var b bytes.Buffer
	meta, err := describe(r.job, epoch, r.trainer.f.seen)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	if err := r.model.Save(&b, meta); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	r.result.Checkpoint, r.result.BestEpoch = b.Bytes(), epoch
	return nil
}

// finish scores the checkpoint on every split.
func (r *runner) finish() error {
	parts := r.model.Parts()
	if err := r.model.Load(bytes.NewReader(r.result.Checkpoint)); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	res := &r.result
	res.scoreAll(r.job.Data, func(split corpus.Split) metrics.Tally {
		tally, _ := r.score(split)
		return tally
	})
	res.Steps, res.Tokens = r.steps, r.tokens
	res.Parts = map[string]float64{"batch": r.packing.Seconds(), "evaluate": r.scoring.Seconds()}
	for name, d := range parts {
		res.Parts[name] = d.Seconds()
	}
	return nil
}
