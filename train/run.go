package train

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/curriculum"
	"github.com/invoicelab/invoicelab/hidden"
	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/metrics"
	"github.com/invoicelab/invoicelab/nn"
	"github.com/invoicelab/invoicelab/stream"
)

// Job is one training run.
type Job struct {
	Data        *corpus.Dataset
	Model       nn.Spec
	Curriculum  curriculum.Spec
	Train       Spec
	Seed        uint64
	Init        []byte      // a model that Run made, to start from; nil starts from nothing
	Checkpoints Checkpoints // where its state is kept; nothing of the result depends on it
}

// Run trains a model, keeps the epoch of best validation macro F1
// from the last curriculum stage on, and scores it on every split. It tells
// observe of each step and epoch, in order, on the calling goroutine. A run that
// is resumed tells the steps and epochs of before once more.
//
// A model that job.Init gives may be of another schema: what its head and CRF know
// of an entity or a group is taken over by name, new ones start as usual.
//
// The result depends on job and on the instruction level of be, not on its
// threads, nor on whether the run was killed and resumed. A cancelled ctx ends
// the run between two steps with ctx's error, after its state was written where
// job asks for that. A number that is not finite ends it with a *StepError.
func Run(ctx context.Context, be kernels.Backend, job Job, observe func(Event)) (result Result, err error) {
	if job.Model.Encoder.Kind == "sparse" {
		return runSparse(ctx, be, job, observe)
	}
	var file *hidden.File // of the features encoder
	if job.Model.Encoder.Given() {
		if file, job, err = openHidden(job); err != nil {
			return Result{}, err
		}
		defer file.Close()
		defer file.Guard(&err)()
	}
	r, err := newRunner(be, job, file)
	if err != nil {
		return Result{}, err
	}
	defer r.model.Close()
	if job.Checkpoints.Resume {
		if err := r.resume(observe); err != nil {
			return Result{}, fmt.Errorf("resume: %w", err)
		}
	}
	tell := func(e Event) {
		if job.Checkpoints.Dir != "" {
			r.Events = append(r.Events, e)
		}
		observe(e)
	}
	for more := true; more; {
		if more, err = r.epoch(ctx, tell); err != nil {
			return Result{}, err
		}
	}
	if err := r.finish(); err != nil {
		return Result{}, err
	}
	if file != nil {
		if err := file.Unchanged(); err != nil {
			return Result{}, fmt.Errorf("model.encoder.features: %w", err)
		}
	}
	r.result.Elapsed = r.elapsed()
	return r.result, nil
}

// runner is the state of a run.
type runner struct {
	progress
	job     Job
	data    *corpus.Dataset // as the model sees it
	view    *view           // of the separated head; nil where data is that of the job
	be      kernels.Backend
	model   *nn.Model
	plan    *curriculum.Plan
	splits  map[corpus.Split][]encoded
	trainer *batcher
	scorer  *batcher
	labels  []string // entity types
	total   int      // steps planned
	entropy float64  // of the group probabilities on validation, see entropyShare
	packing time.Duration
	scoring time.Duration
	result  Result

	start     time.Time
	before    time.Duration     // spent before the run was resumed
	written   [sha256.Size]byte // of the best model that lies in the folder of checkpoints
	lastWrite time.Time
}

func newRunner(be kernels.Backend, job Job, file *hidden.File) (*runner, error) {
	now := time.Now()
	r := &runner{job: job, data: job.Data, be: be, splits: map[corpus.Split][]encoded{}, progress: progress{Score: -1}, start: now, lastWrite: now}
	for _, need := range []corpus.Split{corpus.Train, corpus.Validation, corpus.Test} {
		if len(job.Data.Docs[need]) == 0 {
			return nil, fmt.Errorf("corpus %s has no %s documents", job.Data.Manifest.Name, need)
		}
	}
	separated := job.Model.Head.Kind == "separated"
	if separated {
		v := semanticView(job.Data)
		r.view, r.data = &v, v.data
	}
	f, err := newFeaturizer(job.Model.Encoder, job.Data.Manifest.Boxed)
	if err != nil {
		return nil, err
	}
	f.hidden = file
	var init *saved
	if job.Init != nil {
		var err error
		if init, err = readInit(job); err != nil {
			return nil, fmt.Errorf("init: %w", err)
		}
		f.seen = slices.Clone(init.Rows[:f.rows()])
	}
	for _, split := range corpus.Splits { // train first: it teaches f its features
		docs, err := encode(split, r.data.Docs[split], f, job.Model.Encoder.Window, split == corpus.Train)
		if err != nil {
			return nil, fmt.Errorf("corpus %s: %s: %w", job.Data.Manifest.Name, split, err)
		}
		r.splits[split] = docs
	}
	for _, e := range job.Data.Schema.Entities {
		r.labels = append(r.labels, e.Name)
	}
	if r.plan, err = curriculum.New(job.Curriculum, r.curriculumDocs(), len(r.data.Schema.Entities), job.Train.Epochs); err != nil {
		return nil, err
	}
	inputs := f.inputs(job.Model.Encoder.Window)
	r.trainer, r.scorer = newBatcher(f, inputs.Neighbours), newBatcher(f, inputs.Neighbours)
	r.trainer.features = job.Train.FeatureDropout
	r.trainer.dropout, r.trainer.inactive, r.trainer.marks = job.Train.WordDropout, job.Curriculum.Inactive, separated
	for epoch := range job.Train.Epochs {
		r.total += r.stepsOf(len(r.plan.Batches(r.sampleSeed(), epoch)))
	}
	if r.model, err = nn.New(be, job.Model, r.labelSet(), inputs, stream.Seed(job.Seed, "model")); err != nil {
		return nil, err
	}
	if init != nil {
		if err := r.model.Grow(bytes.NewReader(job.Init), job.Model, r.labelSet(), growth(init.Schema, r.data.Schema)); err != nil {
			r.model.Close()
			return nil, fmt.Errorf("init: %w", err)
		}
		if name := r.model.NotFinite(); name != "" {
			r.model.Close()
			return nil, fmt.Errorf("init: parameter %s of the model holds a number that is not finite", name)
		}
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
		docs[i].Domain, docs[i].Tokens = d.doc.Domain, len(d.doc.Tokens)
		for _, s := range d.doc.Spans {
			docs[i].Entities = append(docs[i].Entities, int32(s.Entity))
		}
	}
	return docs
}

// labelSet describes the schema and the training split's label counts to nn.
func (r *runner) labelSet() nn.Labels {
	l := labelSet(r.data.Schema)
	l.Counts = make([]float64, r.data.Schema.NumLabels())
	l.Structure, l.Visual = 0, 0 // unless a document has some
	for _, d := range r.splits[corpus.Train] {
		if d.structure != nil {
			l.Structure = len(corpus.StructureTypes)
		}
		if d.visual != nil {
			l.Visual = len(corpus.VisualTypes)
		}
		for _, y := range d.labels {
			l.Counts[y]++
		}
	}
	return l
}

// labelSet describes a schema to nn, but for the counts.
func labelSet(schema *corpus.Schema) nn.Labels {
	l := nn.Labels{Entities: len(schema.Entities), Structure: len(corpus.StructureTypes), Visual: len(corpus.VisualTypes)}
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

// epoch trains on the batches of the present epoch that are left, scores the
// validation split, keeps the model if it is the best, and moves on to the
// next epoch, if there is one.
func (r *runner) epoch(ctx context.Context, tell func(Event)) (more bool, err error) {
	epoch, stage := r.Epoch, r.plan.Stage(r.Epoch)
	r.trainer.active = r.plan.Active(stage)
	if r.Sums == nil {
		r.Sums, r.Drawn = map[string]float64{}, make([]Draw, len(r.labels))
	}
	batches := r.plan.Batches(r.sampleSeed(), epoch)
	for r.Batch < len(batches) {
		if ctx.Err() != nil {
			return false, errors.Join(ctx.Err(), r.writeIf(r.job.Checkpoints.Dir != ""))
		}
		next := min(r.Batch+r.accumulate(), len(batches))
		ev, err := r.step(epoch, stage, batches[r.Batch:next])
		if err != nil {
			return false, err
		}
		r.Batch = next
		for name, v := range ev.Losses {
			r.Sums[name] += v / float64(r.stepsOf(len(batches)))
		}
		tell(Event{Step: ev})
		if err := r.writeIf(r.due()); err != nil {
			return false, err
		}
	}
	tally, marks, nll := r.score(corpus.Validation)
	ev := &EpochEvent{Epoch: epoch, Stage: stage, Steps: r.Steps, Losses: r.Sums, Validation: figures(tally, nil), Drawn: r.Drawn, Tokens: r.Tokens}
	maps.Copy(ev.Validation, marks)
	if !math.IsNaN(nll) && !math.IsInf(nll, 1) { // labels that crf/bio forbids have none
		ev.Validation["crf_nll"] = nll
	}
	r.record(ev, tally)
	if stage == r.plan.Stages()-1 {
		if score := ev.Validation["macro_f1"]; score > r.Score {
			r.Score, ev.Best = score, true
			if err := r.keep(epoch); err != nil {
				return false, err
			}
		}
	}
	ev.Seconds = r.elapsed().Seconds()
	tell(Event{Epoch: ev})
	r.result.Epochs = epoch + 1
	p := r.job.Train.Patience
	stop := p > 0 && r.Score >= 0 && epoch-r.BestEpoch >= p
	r.Epoch, r.Batch, r.Sums, r.Drawn = epoch+1, 0, nil, nil
	return !stop && r.Epoch < r.job.Train.Epochs, nil
}

// weights are those of a stage's losses; nil without stages.
func (r *runner) weights(stage int) *nn.Weights {
	if !r.job.Curriculum.Staged() {
		return nil
	}
	loss := r.job.Model.Loss
	w := &nn.Weights{Entity: loss.Entity, Group: loss.Group, Separation: loss.Separation, CRF: loss.CRF}
	for _, l := range r.job.Curriculum.WeightLists() {
		*map[string]*float64{"entity": &w.Entity, "group": &w.Group, "separation": &w.Separation, "crf": &w.CRF}[l.Component] = l.Values[stage]
	}
	return w
}

// accumulate is how many batches make a step.
func (r *runner) accumulate() int { return max(r.job.Train.Accumulate, 1) }

// stepsOf is how many steps an epoch of so many batches has.
func (r *runner) stepsOf(batches int) int { return (batches + r.accumulate() - 1) / r.accumulate() }

// step takes one optimiser step on batches of training documents.
func (r *runner) step(epoch, stage int, batches [][]int) (*StepEvent, error) {
	seed := stream.Seed(r.job.Seed, fmt.Sprintf("step/%d", r.Steps))
	opt := nn.StepOptions{
		LR:          nn.Schedule(r.Steps, r.total, r.job.Train.LearningRate, r.job.Train.Warmup),
		Decay:       r.job.Train.Decay,
		Clip:        r.job.Train.Clip,
		DropoutSeed: seed,
		Weights:     r.weights(stage),
	}
	begin := time.Now()
	packed := make([]nn.Batch, len(batches))
	for i, which := range batches {
		if len(batches) == 1 {
			packed[i] = r.trainer.pack(r.splits[corpus.Train], which, seed)
		} else { // the batcher holds one
			packed[i] = r.trainer.pack(r.splits[corpus.Train], which, stream.Seed(seed, fmt.Sprintf("batch/%d", i))).Clone()
		}
		r.draw(which)
	}
	r.packing += time.Since(begin)
	losses, err := r.model.StepAll(packed, opt)
	if err != nil {
		return nil, r.stepError(epoch, batches, err)
	}
	r.Steps++
	for _, b := range packed {
		r.Tokens += int64(len(b.Labels))
	}
	return &StepEvent{
		Step: r.Steps, Epoch: epoch, Stage: stage, Losses: losses, LearningRate: opt.LR, GradNorm: r.model.GradNorm(),
	}, nil
}

// elapsed is the time since the start of the run, pauses left out.
func (r *runner) elapsed() time.Duration { return r.before + time.Since(r.start) }

// keep makes the present parameters the checkpoint.
func (r *runner) keep(epoch int) error {
	var b bytes.Buffer
	job := r.job
	job.Data = r.data // whose schema is that of the model
	meta, err := describe(job, epoch, r.trainer.f.seen)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	if err := addHistory(meta, r.History); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	if err := r.model.Save(&b, meta); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	r.result.Checkpoint, r.result.BestEpoch = b.Bytes(), epoch
	r.BestEpoch, r.BestSum = epoch, sha256.Sum256(b.Bytes())
	return nil
}

// finish scores the checkpoint on every split.
func (r *runner) finish() error {
	parts := r.parts()
	r.scoring = 0
	if err := r.model.Load(bytes.NewReader(r.result.Checkpoint)); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	res := &r.result
	res.scoreAll(r.job.Data, func(split corpus.Split) (metrics.Tally, map[string]float64) {
		tally, marks, _ := r.score(split)
		return tally, marks
	})
	parts["evaluate"] += r.scoring.Seconds()
	res.Steps, res.Tokens, res.Parts = r.Steps, r.Tokens, parts
	return nil
}

// parts is the time spent in each part of the run, in seconds, that before it
// was resumed included.
func (r *runner) parts() map[string]float64 {
	parts := map[string]float64{"batch": r.packing.Seconds(), "evaluate": r.scoring.Seconds()}
	for name, d := range r.model.Parts() {
		parts[name] = d.Seconds()
	}
	for name, v := range r.progress.Parts {
		parts[name] += v
	}
	return parts
}
