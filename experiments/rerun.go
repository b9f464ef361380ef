package experiments

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/train"
)

// Recipe is what a finished run was made from, taken from its row alone.
type Recipe struct {
	Detail
	Experiment config.Experiment // with the paths as they were given
	SchemaHash string
	PatchSum   string // sha256 of the patch; empty without one
}

// Recipe reads what the run was made from.
func (s *Store) Recipe(ctx context.Context, prefix string) (r Recipe, err error) {
	s, end, err := s.moment(ctx)
	if err != nil {
		return r, err
	}
	defer end(&err)
	d, err := s.Show(ctx, prefix)
	if err != nil {
		return Recipe{}, err
	}
	r = Recipe{Detail: d, PatchSum: d.Artifacts[kindPatch]}
	if d.State != StateDone {
		return r, fmt.Errorf("run %s: it is %s; only what is done can be run again and compared", d.Run, d.State)
	}
	if r.Experiment, err = config.ParseExperiment("run "+d.Run, []byte(d.Settings)); err != nil {
		return r, err
	}
	err = s.reads.QueryRowContext(ctx, `SELECT h.hash FROM trials t JOIN schemas h ON h.id = t.schema_id WHERE t.key = ?`, d.Key).Scan(&r.SchemaHash)
	return r, s.fail("read", err)
}

// Level is the device of a run as --device names it: "cpu/avx2", "cuda".
func (r Recipe) Level() string {
	words := strings.Fields(r.Device)
	switch {
	case len(words) > 1 && words[0] == "cpu":
		return "cpu/" + words[1]
	case len(words) > 0:
		return words[0]
	}
	return "cpu"
}

// Difference is something that is not as it was when a run was made.
type Difference struct {
	What     string `json:"what"`
	Recorded string `json:"recorded"`
	Now      string `json:"now"`
	Input    bool   `json:"input"` // the run's own data or settings differ: it is another run
}

// String is one line.
func (d Difference) String() string {
	return fmt.Sprintf("%s: %s when it was made, %s now", d.What, orAbsent(d.Recorded), orAbsent(d.Now))
}

func orAbsent(text string) string {
	if text == "" {
		return "not known"
	}
	return text
}

// Against lists what differs between a recipe and what would run now: the data
// opened for its settings, and the program on its device.
func (r Recipe) Against(data Corpus, now Provenance) []Difference {
	var all []Difference
	add := func(input bool, what, recorded, current string) {
		if recorded != current {
			all = append(all, Difference{what, recorded, current, input})
		}
	}
	add(true, "corpus digest", r.Corpus, data.Manifest.Digest)
	add(true, "schema", r.SchemaHash, config.SchemaHash(data.Schema))
	if canonical := r.Experiment.Canonical(); canonical != r.Canonical {
		for _, k := range config.Keys() {
			add(true, k.Key, settingOf(r.Canonical, k.Key), settingOf(canonical, k.Key))
		}
	}
	if len(all) == 0 {
		// Settings that this release added have their defaults and change the
		// key, not the run.
		add(false, "key of the run", r.Key, trialKey(r.Experiment.Canonical(), r.Seed, data.Manifest.Digest, config.SchemaHash(data.Schema)))
	}
	add(false, "revision", r.Revision, now.Revision)
	patch := ""
	if len(now.Patch) > 0 {
		sum := sha256.Sum256(now.Patch)
		patch = hex.EncodeToString(sum[:])
	}
	add(false, "patch of the source tree", r.PatchSum, patch)
	add(false, "Go", r.GoVersion, now.GoVersion)
	add(false, "device", withoutThreads(r.Device), withoutThreads(now.Device))
	if then := r.Environment; then != nil && now.Environment != nil {
		add(false, "program (sha256)", then.Program, now.Environment.Program)
		add(false, "platform", then.OS+"/"+then.Arch, now.Environment.OS+"/"+now.Environment.Arch)
		for _, m := range then.Modules {
			version := ""
			if i := slices.IndexFunc(now.Environment.Modules, func(n Module) bool { return n.Path == m.Path }); i >= 0 {
				version = now.Environment.Modules[i].Version
			}
			add(false, "module "+m.Path, m.Version, version)
		}
	}
	return all
}

// withoutThreads is a device's name without the number of threads, on which
// results do not depend.
func withoutThreads(device string) string {
	words := strings.Fields(device)
	if len(words) > 4 && strings.HasPrefix(words[3], "thread") {
		words = slices.Delete(words, 2, 4)
	}
	return strings.Join(words, " ")
}

// Replayed says whether a run, made again, gave the same bits.
type Replayed struct {
	Same       bool              `json:"same"`
	Checkpoint bool              `json:"checkpoint"` // the weights are equal, byte by byte
	Metrics    []ValuePair       `json:"metrics,omitempty"`
	Compared   int               `json:"metrics_compared"`
	Steps      int               `json:"steps_compared"`
	FirstStep  *StepDisagreement `json:"first_step,omitempty"`
}

// ValuePair is a value that differs.
type ValuePair struct {
	Name     string `json:"name"`
	Recorded Figure `json:"recorded"`
	Now      Figure `json:"now"`
}

// StepDisagreement is the first step at which losses, learning rate or the
// norm of the gradient differ. Steps count from 1, epochs from 0.
type StepDisagreement struct {
	Step   int         `json:"step"`
	Epoch  int         `json:"epoch"`
	Values []ValuePair `json:"values"`
}

// Replay compares a run with its record, bit by bit. Steps that the record
// lacks, as those before a run that was killed went on, are not compared.
func (s *Store) Replay(ctx context.Context, r Recipe, now train.Result, steps []train.StepEvent) (Replayed, error) {
	var v Replayed
	sum := sha256.Sum256(now.Checkpoint)
	v.Checkpoint = r.Artifacts[kindCheckpoint] == hex.EncodeToString(sum[:])
	v.Metrics, v.Compared = differing(r.Metrics, now.Metrics)
	recorded, err := s.Steps(ctx, r.Key)
	if err != nil {
		return v, err
	}
	current := map[int]train.StepEvent{}
	for _, e := range steps {
		current[e.Step] = e
	}
	for _, then := range recorded {
		v.Steps++
		if pairs, _ := differing(stepValues(then), stepValues(current[then.Step])); len(pairs) > 0 {
			v.FirstStep = &StepDisagreement{then.Step, then.Epoch, pairs}
			break
		}
	}
	v.Same = v.Checkpoint && len(v.Metrics) == 0 && v.FirstStep == nil && len(current) >= len(recorded)
	return v, nil
}

func stepValues(e train.StepEvent) map[string]float64 {
	values := map[string]float64{"learning_rate": e.LearningRate, "grad_norm": e.GradNorm}
	for name, loss := range e.Losses {
		values["loss/"+name] = loss
	}
	return values
}

// differing lists the values that are not the same bits on both sides; any two
// NaN are the same, since the store keeps one. A value that one side lacks is
// NaN there and differs.
func differing(a, b map[string]float64) (pairs []ValuePair, compared int) {
	names := sortedKeys(a)
	for name := range b {
		if _, ok := a[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		x, inA := a[name]
		y, inB := b[name]
		same := math.Float64bits(x) == math.Float64bits(y) || math.IsNaN(x) && math.IsNaN(y)
		if inA != inB || !same {
			if !inA {
				x = math.NaN()
			}
			if !inB {
				y = math.NaN()
			}
			pairs = append(pairs, ValuePair{name, Figure(x), Figure(y)})
		}
	}
	return pairs, len(names)
}
