// Package synthetic makes stores of made-up runs, as large as wanted: what the
// latencies of queries and pages are measured on. The runs go through the same
// planning, leasing and storing as real ones; only their training is made up.
package synthetic

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/metrics"
	"github.com/invoicelab/invoicelab/stream"
	"github.com/invoicelab/invoicelab/train"
)

// Name is the name of the sweep that a made store holds.
const Name = "synthetic"

// Primary is the metric that its variants are compared by.
const Primary = "test/macro_f1"

// Limits of Options.
const (
	MaxRuns     = 10_000
	LeastRuns   = 10 // one variant with all seeds
	MinMetrics  = 6  // micro and macro F1 of three splits
	MaxMetrics  = 5_000
	seedsOfEach = 10
)

// Options say what to make. A store depends on nothing else, but for times,
// the host and the process.
type Options struct {
	Runs      int    // a multiple of 10, of LeastRuns to MaxRuns: variants of 10 seeds each
	Metrics   int    // final metrics of a run, MinMetrics to MaxMetrics
	Documents int    // of the test split, with counts for each; 0 for 40
	Epochs    int    // with losses and validation scores; 0 for 5
	Steps     int    // of an epoch; 0 for 8
	Failures  int    // every so many-th run fails; 0 for none
	Seed      uint64 // of the figures
}

// defaults of Options.
const (
	usualDocuments = 40
	usualEpochs    = 5
	usualSteps     = 8
)

func (o Options) filled() (Options, error) {
	if o.Runs < LeastRuns || o.Runs > MaxRuns || o.Runs%seedsOfEach != 0 {
		return o, fmt.Errorf("synthetic: %d runs; expected a multiple of %d from %d to %d", o.Runs, seedsOfEach, LeastRuns, MaxRuns)
	}
	if o.Metrics < MinMetrics || o.Metrics > MaxMetrics {
		return o, fmt.Errorf("synthetic: %d metrics; expected %d to %d", o.Metrics, MinMetrics, MaxMetrics)
	}
	if o.Documents < 0 || o.Epochs < 0 || o.Steps < 0 || o.Failures < 0 {
		return o, errors.New("synthetic: a negative number of documents, epochs, steps or failures")
	}
	for _, d := range []struct {
		to    *int
		usual int
	}{{&o.Documents, usualDocuments}, {&o.Epochs, usualEpochs}, {&o.Steps, usualSteps}} {
		if *d.to == 0 {
			*d.to = d.usual
		}
	}
	return o, nil
}

// levels of the sweep's axes: 1,000 variants. Each level adds its effect, in
// F1, to what a run scores.
const sweepText = `
name: ` + Name + `
about: made-up runs of 4 heads, 5 losses, 10 learning rates and 5 dropouts
primary: ` + Primary + `
seeds: {count: 10}
base: {corpus: {path: synthetic, schema: full-197}, train: {epochs: %d}}
axes:
  - {name: head, key: model.head.kind, values: [linear, hierarchical, prototype, hybrid]}
  - name: loss
    levels:
      ce: {model.loss.kind: ce}
      balanced: {model.loss.kind: class_balanced}
      focal: {model.loss.kind: focal}
      mixed: {model.loss.kind: combined}
      even: {model.loss.kind: combined, model.loss.balanced_share: 0.5}
  - {name: rate, key: train.learning_rate, values: [0.0005, 0.001, 0.0015, 0.002, 0.0025, 0.003, 0.004, 0.005, 0.006, 0.008]}
  - {name: dropout, key: model.encoder.dropout, values: [0, 0.05, 0.1, 0.2, 0.3]}
combinations: {random: %d}
`

// Plan gives the sweep of a made store and its trials.
func Plan(o Options) (config.Sweep, []experiments.Trial, error) {
	o, err := o.filled()
	if err != nil {
		return config.Sweep{}, nil, err
	}
	text := fmt.Sprintf(sweepText, o.Epochs, o.Runs/seedsOfEach)
	if o.Runs == MaxRuns {
		text = text[:strings.Index(text, "combinations:")] // all of them, in order
	}
	s, err := config.ParseSweep("the synthetic sweep", []byte(text))
	if err != nil {
		return s, nil, err
	}
	trials, err := experiments.Plan(s, describe)
	return s, trials, err
}

// describe stands for the data: 800 training documents of 98 entity types.
func describe(c config.Corpus) (experiments.Corpus, error) {
	schema, err := config.LoadSchema(c.Schema)
	if err != nil {
		return experiments.Corpus{}, err
	}
	holding := make([]int, len(schema.Entities))
	for i := range holding {
		holding[i] = trainDocs(i)
	}
	return experiments.Corpus{
		Manifest: corpus.Manifest{Name: Name, Source: "made up", Digest: strings.Repeat("5", 64)}, Schema: schema,
		Data: config.Data{Entities: len(schema.Entities), Groups: len(schema.Groups()), Domains: 2, Training: trainingDocuments, Validation: 100, Test: usualDocuments, Holding: holding},
	}, nil
}

const trainingDocuments = 800

// trainDocs is the number of training documents that hold entity i: a long tail.
func trainDocs(i int) int { return max(2, trainingDocuments/(i+1)) }

// Make writes a store at path, which must not hold the sweep yet, and tells
// progress how many runs are stored of how many; progress may be nil.
func Make(ctx context.Context, path string, o Options, progress func(done, of int)) error {
	o, err := o.filled()
	if err != nil {
		return err
	}
	sweep, trials, err := Plan(o)
	if err != nil {
		return err
	}
	store, err := experiments.Create(path)
	if err != nil {
		return err
	}
	defer store.Close()
	_, err = experiments.Run(ctx, store, sweep, trials, experiments.RunOptions{
		Workers:    1,
		Provenance: experiments.Provenance{Revision: "0123456789ab", GoVersion: "go1.26", Device: "cpu avx512 1 thread (made up)"},
	}, Runner(o), func(p experiments.Progress) {
		if progress != nil && (p.Moment == experiments.Finished || p.Moment == experiments.Failed) {
			progress(p.Done+p.Failed, p.Total)
		}
	})
	return err
}

// ErrMade is the failure of the runs that Options.Failures asks for.
var ErrMade = errors.New("made-up failure: loss is not finite at step 12")

// Runner gives the made-up training of a trial: at once, and the same for the
// same trial.
func Runner(o Options) experiments.Runner {
	o, err := o.filled()
	names := metricNames(o.Metrics)
	return func(ctx context.Context, t experiments.Trial, observe func(train.Event)) (train.Result, error) {
		if err != nil {
			return train.Result{}, err
		}
		r := stream.New(o.Seed, "synthetic/"+t.Key)
		score := scoreOf(t, r)
		curves(o, score, r, observe)
		if o.Failures > 0 && r.IntN(o.Failures) == 0 {
			return train.Result{}, ErrMade
		}
		res := train.Result{
			Metrics: make(map[string]float64, len(names)), TrainDocs: map[string]int{},
			BestEpoch: o.Epochs - 1, Epochs: o.Epochs, Steps: o.Epochs * o.Steps, Tokens: int64(o.Epochs * o.Steps * 1000), Parameters: 400_000,
			Device: kernels.Device{Backend: "cpu", Name: "made up", Level: "avx512", Threads: 1}, Elapsed: time.Duration(20+r.IntN(20)) * time.Second,
			Parts: map[string]float64{"context": 8 * r.Float64(), "head": 6 * r.Float64(), "crf": 2 * r.Float64()},
		}
		for _, name := range names {
			res.Metrics[name] = clamp(score + 0.02*r.NormFloat64())
		}
		for i, e := range t.Schema.Entities {
			res.TrainDocs[e.Name] = trainDocs(i)
		}
		res.Test = tally(t.Schema, "t", o.Documents, score, r)
		res.Validation = tally(t.Schema, "v", o.Documents, score, r)
		return res, nil
	}
}

// metricNames are n names, those of real runs first.
func metricNames(n int) []string {
	var names []string
	for _, m := range []string{"macro_f1", "micro_f1", "macro_precision", "macro_recall", "micro_precision", "micro_recall", "weighted_f1", "few_macro_f1", "medium_macro_f1", "many_macro_f1"} {
		for _, split := range []string{"test", "validation", "heldout"} {
			names = append(names, split+"/"+m)
		}
	}
	for i := len(names); i < n; i++ {
		names = append(names, fmt.Sprintf("test/made_%04d", i))
	}
	return names[:n]
}

// scoreOf is the F1 that a trial is around: an effect for each level, and the
// luck of the seed.
func scoreOf(t experiments.Trial, r *rand.Rand) float64 {
	score := 0.6
	for _, axis := range []string{"head", "loss", "rate", "dropout"} {
		score += 0.03 * stream.New(0, "synthetic/effect/"+axis+"="+t.Levels[axis]).NormFloat64()
	}
	return clamp(score + 0.01*r.NormFloat64())
}

func clamp(x float64) float64 { return min(0.999, max(0.001, x)) }

// curves tells the steps and epochs of a run that approaches its score.
func curves(o Options, score float64, r *rand.Rand, observe func(train.Event)) {
	for epoch := range o.Epochs {
		share := 1 - math.Exp(-3*float64(epoch+1)/float64(o.Epochs))
		loss := 2 * (1 - share*score)
		for i := range o.Steps {
			l := loss * (1 + 0.05*r.NormFloat64())
			observe(train.Event{Step: &train.StepEvent{
				Step: epoch*o.Steps + i + 1, Epoch: epoch, Losses: map[string]float64{"entity": 0.7 * l, "crf": 0.3 * l, "total": l}, LearningRate: 0.003 * (1 - share), GradNorm: 1 + r.Float64(),
			}})
		}
		observe(train.Event{Epoch: &train.EpochEvent{
			Epoch: epoch, Steps: (epoch + 1) * o.Steps, Losses: map[string]float64{"entity": 0.7 * loss, "crf": 0.3 * loss, "total": loss},
			Validation: map[string]float64{"macro_f1": share * score, "micro_f1": math.Sqrt(share * score)}, Best: true, Seconds: float64(4 * (epoch + 1)), Tokens: int64(1000 * (epoch + 1) * o.Steps),
		}})
	}
}

// tally counts documents of a few entities each, frequent ones more often, of
// which a run of that score finds about that share.
func tally(schema *corpus.Schema, prefix string, documents int, score float64, r *rand.Rand) metrics.Tally {
	t := metrics.Tally{Docs: make([]metrics.DocCount, documents)}
	for _, e := range schema.Entities {
		t.Labels = append(t.Labels, e.Name)
	}
	for i := range t.Docs {
		// What a document holds depends on it alone, what is found on the run.
		gold := stream.New(1, fmt.Sprintf("synthetic/%s%04d", prefix, i))
		d := &t.Docs[i]
		d.Doc, d.Domain, d.Template = fmt.Sprintf("%s%04d", prefix, i), [2]string{"retail", "travel"}[i%2], fmt.Sprintf("family-%d", i%5)
		for l := range t.Labels {
			if gold.Float64()*12 > 12/math.Sqrt(float64(l+1)) { // about 18 of 98
				continue
			}
			c := metrics.Count{Gold: int32(1 + gold.IntN(2))}
			for range c.Gold {
				if r.Float64() < score {
					c.TP++
				}
			}
			c.Pred = c.TP
			if r.Float64() > score {
				c.Pred++
			}
			d.Labels = append(d.Labels, metrics.LabelCount{Label: int32(l), Count: c})
		}
	}
	return t
}
