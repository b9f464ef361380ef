package experiments

import "time"

// Filter selects runs; empty fields select all.
type Filter struct {
	Sweep  string            // of its latest plan
	Levels map[string]string // axis to level; wants Sweep
	Runs   []string          // unique prefixes of keys
}

// State is how far a trial is.
type State string

// The states of a trial.
const (
	StatePending State = "pending"
	StateRunning State = "running"
	StateDone    State = "done"
	StateFailed  State = "failed"
	StateHalted  State = "halted" // ended early, at a rung of successive halving
)

// RunInfo is a line of the list of runs.
type RunInfo struct {
	Run      string            `json:"run"` // short id: a unique prefix of Key
	Key      string            `json:"key"`
	Sweeps   []string          `json:"sweeps"`
	Levels   map[string]string `json:"levels,omitempty"` // under Filter.Sweep, or the first of Sweeps
	Seed     uint64            `json:"seed"`
	State    State             `json:"state"`
	Attempts int               `json:"attempts"`
	Error    string            `json:"error,omitempty"`
	Owner    string            `json:"owner,omitempty"` // host and process of the last attempt
	Started  time.Time         `json:"started,omitzero"`
	Finished time.Time         `json:"finished,omitzero"`
	Seconds  float64           `json:"seconds"`
	Revision string            `json:"revision"`
	Device   string            `json:"device"`
	Corpus   string            `json:"corpus"`            // digest
	Metrics  Figures           `json:"metrics,omitempty"` // of done runs
	Tags     []string          `json:"tags,omitempty"`    // sorted
}

// SweepInfo is a sweep as it was last planned.
type SweepInfo struct {
	Name    string     `json:"name"`
	About   string     `json:"about"`
	Primary string     `json:"primary"`
	Axes    []AxisInfo `json:"axes"`
	Seeds   []uint64   `json:"seeds"`
	Planned time.Time  `json:"planned"`
	Trials  int        `json:"trials"`
	Done    int        `json:"done"`
	Failed  int        `json:"failed"`
	Running int        `json:"running"`
	Halted  int        `json:"halted"`
	Pending int        `json:"pending"`
}

// AxisInfo is an axis and its levels, in the order of the sweep file.
type AxisInfo struct {
	Name   string   `json:"name"`
	Levels []string `json:"levels"`
}

// Detail is everything about one run but its counts and curves.
type Detail struct {
	RunInfo
	Canonical  string  `json:"-"`        // settings
	Settings   string  `json:"settings"` // YAML, with the paths as they were given
	CorpusName string  `json:"corpus_name"`
	Schema     string  `json:"schema"` // name
	GoVersion  string  `json:"go_version"`
	Primary    string  `json:"primary"`    // of the first of Sweeps
	BestEpoch  int     `json:"best_epoch"` // from 0
	Epochs     int     `json:"epochs"`
	Steps      int     `json:"steps"`
	Tokens     int64   `json:"tokens"` // trained
	Parameters int     `json:"parameters"`
	Parts      Figures `json:"seconds_by_part"`

	Environment *Environment      `json:"environment,omitempty"` // of runs since store version 2
	Artifacts   map[string]string `json:"artifacts,omitempty"`   // kind ("checkpoint", "predictions", "patch") to sha256
	Notes       []Note            `json:"notes,omitempty"`
}
