package train

import (
	"time"

	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/metrics"
)

// Event is what an observer is told while a run goes on. Exactly one field is
// set.
type Event struct {
	Step  *StepEvent
	Epoch *EpochEvent
}

// StepEvent is one optimiser step.
type StepEvent struct {
	Step, Epoch, Stage int
	Losses             map[string]float64 // components by name, unweighted; "total" is their weighted sum
	LearningRate       float64
	GradNorm           float64
}

// EpochEvent is the end of an epoch.
type EpochEvent struct {
	Epoch, Stage, Steps int
	Losses              map[string]float64 // means over the epoch's steps
	Validation          map[string]float64 // micro_f1, macro_f1, ... on the validation split; with a CRF, crf_nll: its loss per token
	Best                bool               // the checkpoint is that of this epoch so far
	Seconds             float64            // since the start of the run
	Tokens              int64              // trained so far
	Findings            []Finding          // what looks wrong so far
	Drawn               []Draw             // by entity type, in the order of the schema; nil for the sparse encoder
}

// Result is the outcome of a run.
type Result struct {
	Metrics    map[string]float64 // final metrics by name: "test/micro_f1", "validation/macro_f1", ...
	Test       metrics.Tally
	Validation metrics.Tally
	Heldout    metrics.Tally // no documents when the corpus has no held-out templates
	BestEpoch  int
	Epochs     int // run
	Steps      int
	Tokens     int64          // trained
	TrainDocs  map[string]int // documents of the training split that hold each entity type
	Checkpoint []byte         // safetensors of the best epoch
	Device     kernels.Device
	Elapsed    time.Duration
	Parts      map[string]float64 // seconds by part of the step: "embed", "context", "head", "loss", "crf", "optimiser", "batch", "evaluate"
	Parameters int
}
