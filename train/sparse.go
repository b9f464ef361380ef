package train

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/metrics"
	"github.com/invoicelab/invoicelab/nn"
	"github.com/invoicelab/invoicelab/nn/sparse"
)

// How training of the sparse encoder is followed: its objective over
// settlePeriod iterations decides when it ends, and the validation split is
// scored every scoreEvery iterations.
const (
	settlePeriod = 10
	scoreEvery   = 10
)

// sparseRunner is a run of the sparse encoder. Its objective is convex: the
// model is the one that L-BFGS ends with, whatever the seed, and no epoch is
// chosen, so a corpus without validation documents will do.
type sparseRunner struct {
	job     Job
	be      kernels.Backend
	model   *sparse.Model
	data    map[corpus.Split]*sparse.Batch
	labels  []string
	scoring time.Duration
	result  Result
}

// runSparse is Run for the sparse encoder.
func runSparse(ctx context.Context, be kernels.Backend, job Job, observe func(Event)) (Result, error) {
	if job.Checkpoints.Dir != "" {
		return Result{}, errors.New("model.encoder.kind: sparse keeps no state to resume from")
	}
	if job.Init != nil {
		return Result{}, errors.New("init: model.encoder.kind sparse: its objective is convex, so that a start changes nothing")
	}
	start := time.Now()
	r := &sparseRunner{job: job, be: be, data: map[corpus.Split]*sparse.Batch{}, labels: job.Data.Schema.Names()}
	if err := r.prepare(); err != nil {
		return Result{}, err
	}
	r.result.Device, r.result.TrainDocs = be.Device(), countTrainDocs(job.Data)
	prepared := time.Since(start)
	train := r.data[corpus.Train]
	tokens := train.Tokens()
	opt := sparse.Options{L2: job.Train.L2, Iterations: job.Train.Iterations, Tolerance: job.Train.Tolerance, Period: settlePeriod}
	scored := 0
	var last sparse.Iteration
	epoch := func(it sparse.Iteration) {
		ev := &EpochEvent{
			Epoch: it.Number - 1, Steps: it.Number, Losses: map[string]float64{"total": it.Objective / float64(tokens)},
			Best: true, Seconds: time.Since(start).Seconds(), Tokens: int64(it.Number) * int64(tokens),
		}
		if len(job.Data.Docs[corpus.Validation]) > 0 {
			ev.Validation = figures(r.score(corpus.Validation), nil)
		}
		observe(Event{Epoch: ev})
		scored = it.Number
	}
	err := r.model.Train(ctx, be, train, opt, func(it sparse.Iteration) error {
		observe(Event{Step: &StepEvent{
			Step: it.Number, Epoch: it.Number - 1, Losses: map[string]float64{"total": it.Objective / float64(tokens)}, GradNorm: it.GradNorm,
		}})
		if last = it; it.Number%scoreEvery == 0 {
			epoch(it)
		}
		return nil
	})
	if err != nil {
		return Result{}, fmt.Errorf("train: %w", err)
	}
	if scored != last.Number {
		epoch(last)
	}
	trained := time.Since(start) - prepared - r.scoring
	r.result.Steps, r.result.Epochs, r.result.BestEpoch = last.Number, last.Number, max(last.Number-1, 0)
	r.result.Tokens = int64(last.Number) * int64(tokens)
	if err := r.finish(); err != nil {
		return Result{}, err
	}
	r.result.Parts = map[string]float64{"batch": prepared.Seconds(), "optimiser": trained.Seconds(), "evaluate": r.scoring.Seconds()}
	r.result.Elapsed = time.Since(start)
	return r.result, nil
}

// prepare turns the documents into attributes and declares the model.
func (r *sparseRunner) prepare() error {
	data := r.job.Data
	for _, need := range []corpus.Split{corpus.Train, corpus.Test} {
		if len(data.Docs[need]) == 0 {
			return fmt.Errorf("corpus %s has no %s documents", data.Manifest.Name, need)
		}
	}
	a, err := newAttributer("model.encoder.templates", r.job.Model.Encoder.Templates, data.Manifest.Boxed)
	if err != nil {
		return err
	}
	for _, split := range corpus.Splits {
		b, err := attributes(a, data.Docs[split])
		if err != nil {
			return fmt.Errorf("corpus %s: %s: %w", data.Manifest.Name, split, err)
		}
		for i := range data.Docs[split] {
			b.Labels = append(b.Labels, data.Docs[split][i].Labels()...)
		}
		r.data[split] = b
	}
	var legal func(from, to int32) bool
	switch r.job.Model.CRF {
	case "crf":
	case "crf/bio":
		legal = nn.LegalBIO
	default:
		return fmt.Errorf("model.crf: %s: the sparse encoder is a CRF; expected crf or crf/bio", r.job.Model.CRF)
	}
	r.model = sparse.New(data.Schema.NumLabels(), r.data[corpus.Train], legal)
	r.result.Parameters = r.model.Parameters()
	return nil
}

// attributes puts documents into a batch without labels.
func attributes(a *attributer, docs []corpus.Document) (*sparse.Batch, error) {
	b := &sparse.Batch{Offsets: make([]int32, 1, len(docs)+1), Starts: make([]int64, 1)}
	for i := range docs {
		if len(docs[i].Tokens) == 0 {
			return nil, fmt.Errorf("document %s has no tokens", docs[i].ID)
		}
		var err error
		if b.Attributes, b.Starts, err = a.attributes(&docs[i], b.Attributes, b.Starts); err != nil {
			return nil, err
		}
		b.Offsets = append(b.Offsets, int32(b.Tokens()))
	}
	return b, nil
}

// score predicts a split and counts entities per document and label, strict.
func (r *sparseRunner) score(split corpus.Split) metrics.Tally {
	begin := time.Now()
	defer func() { r.scoring += time.Since(begin) }()
	tally := metrics.Tally{Labels: r.labels}
	docs, b := r.job.Data.Docs[split], r.data[split]
	path := r.model.Predict(r.be, b)
	for i := range docs {
		from, to := b.Offsets[i], b.Offsets[i+1]
		tally.AddDoc(docs[i].ID, docs[i].Domain, docs[i].Template, b.Labels[from:to], path[from:to], metrics.Strict)
	}
	return tally
}

// finish saves the model and scores every split with what was saved.
func (r *sparseRunner) finish() error {
	var b bytes.Buffer
	meta, err := describe(r.job, r.result.BestEpoch, nil)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	if err := r.model.Save(&b, meta); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	r.result.Checkpoint = b.Bytes()
	if r.model, err = sparse.Load(bytes.NewReader(r.result.Checkpoint)); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	r.result.scoreAll(r.job.Data, func(split corpus.Split) (metrics.Tally, map[string]float64) { return r.score(split), nil })
	return nil
}
