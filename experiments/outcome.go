// Package experiments plans sweeps, keeps their runs in SQLite, works them off
// with leases, and compares what came out.
package experiments

import (
	"time"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/metrics"
)

// Trial is one cell of a sweep: a variant and a seed.
type Trial struct {
	Key        string            // hex of sha256 over canonical settings, seed, corpus digest and schema
	Levels     map[string]string // axis name to level name
	Seed       uint64
	Experiment config.Experiment
	Canonical  string // canonical YAML of Experiment
	Corpus     corpus.Manifest
	Schema     *corpus.Schema // as trained with; its groups enter the key
}

// Outcome is a finished trial as compare and reports read it.
type Outcome struct {
	Run          string // short id of the trial, a unique prefix of its key
	Key          string
	Sweep        string
	Levels       map[string]string
	Seed         uint64
	Canonical    string
	CorpusDigest string
	Revision     string             // source revision that ran it, "+dirty" when the tree was changed
	Device       string             // "cpu avx512 2 threads (name)"
	Metrics      map[string]float64 // "test/macro_f1", ...
	Test         metrics.Tally
	Heldout      metrics.Tally
	TrainDocs    map[string]int    // training documents that hold each entity type
	Groups       map[string]string // entity type to its group; empty without groups
	Heads        map[string]string // entity type to its head, where that is not the semantic one
	Curves       []Point
	Finished     time.Time
	Seconds      float64
}

// Point is one value of a metric by epoch: a loss component ("loss/crf") or a
// validation metric ("validation/macro_f1").
type Point struct {
	Name  string
	Epoch int
	Stage int
	Value float64
}
