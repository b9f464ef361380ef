package experiments

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// MLflowExperiment is an experiment of an MLflow file store: all runs of a sweep.
type MLflowExperiment struct {
	root, id string // where the store will be read, and the name of the experiment's folder
	dir      string // where it is written
}

// NewMLflowExperiment begins an experiment in the folder dir, which will be
// moved to root once it is complete: MLflow keeps absolute paths.
func NewMLflowExperiment(dir, root, name string, begun time.Time) (MLflowExperiment, error) {
	sum := sha256.Sum256([]byte(name))
	// MLflow's own ids are decimal numbers of up to 18 digits.
	id := strconv.FormatUint(1e17+binary.BigEndian.Uint64(sum[:])%uint64(9e17), 10)
	x := MLflowExperiment{root: root, id: id, dir: filepath.Join(dir, id)}
	return x, x.meta(x.dir, []NamedText{
		{"artifact_location", x.uri()},
		{"creation_time", millis(begun)}, {"experiment_id", quote(id)}, {"last_update_time", millis(begun)},
		{"lifecycle_stage", "active"}, {"name", quote(name)},
	})
}

func quote(text string) string { return strconv.Quote(text) }

func millis(at time.Time) string { return strconv.FormatInt(at.UnixMilli(), 10) }

// uri names a folder inside the experiment as MLflow writes it.
func (x MLflowExperiment) uri(inside ...string) string {
	return quote("file://" + filepath.ToSlash(filepath.Join(append([]string{x.root, x.id}, inside...)...)))
}

func (x MLflowExperiment) meta(dir string, lines []NamedText) error {
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&b, "%s: %s\n", l.Name, l.Value)
	}
	return put(filepath.Join(dir, "meta.yaml"), b.String())
}

// put writes a file and the folders that it needs.
func put(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o666)
}

// statusOf is a state as mlflow.entities.RunStatus counts them.
var statusOf = map[State]string{StateRunning: "1", StateDone: "3", StateFailed: "4"}

// Add writes a run: settings as params, final metrics by name, those of epochs
// and steps with "epoch/" and "step/" before it, levels, tags and notes as
// tags, and the artifacts given by file name.
func (x MLflowExperiment) Add(r Record, artifacts map[string][]byte) error {
	id := r.Key[:32]
	dir := filepath.Join(x.dir, id)
	name := runName(r)
	end := "null"
	if !r.Finished.IsZero() {
		end = millis(r.Finished)
	}
	err := x.meta(dir, []NamedText{
		{"artifact_uri", x.uri(id, "artifacts")}, {"end_time", end}, {"entry_point_name", "''"}, {"experiment_id", quote(x.id)},
		{"lifecycle_stage", "active"}, {"run_id", quote(id)}, {"run_name", quote(name)}, {"source_name", "''"}, {"source_type", "4"}, {"source_version", "''"},
		{"start_time", millis(r.Started)}, {"status", cmp.Or(statusOf[r.State], "2")}, {"tags", "[]"}, {"user_id", "''"},
	})
	files := map[string]string{
		"tags/mlflow.runName": name, "tags/mlflow.source.name": "invoicelab", "tags/mlflow.source.git.commit": r.Revision,
		"tags/invoicelab.run": r.Key, "tags/invoicelab.corpus": r.Corpus, "tags/invoicelab.device": r.Device, "tags/invoicelab.state": string(r.State),
		"params/seed": strconv.FormatUint(r.Seed, 10),
	}
	for _, v := range r.Values {
		files["params/"+v.Name] = v.Value
	}
	for axis, level := range r.Levels {
		files["tags/level."+axis] = level
	}
	for _, tag := range r.Tags {
		files["tags/tag."+tag] = "true"
	}
	var notes []string
	for _, n := range r.Notes {
		notes = append(notes, n.Text)
	}
	if len(notes) > 0 {
		files["tags/mlflow.note.content"] = strings.Join(notes, "\n\n")
	}
	series := map[string]*strings.Builder{}
	add := func(name string, at time.Time, value float64, step int) {
		if series[name] == nil {
			series[name] = &strings.Builder{}
		}
		fmt.Fprintf(series[name], "%s %s %d\n", millis(at), numberCell(value).Text, step)
	}
	last := 0
	for _, e := range r.Steps {
		at := r.StepTime(e)
		add("step/learning_rate", at, e.LearningRate, e.Step)
		add("step/grad_norm", at, e.GradNorm, e.Step)
		for _, name := range losses(e) {
			add("step/loss/"+name, at, e.Losses[name], e.Step)
		}
	}
	for _, p := range r.Epochs {
		add("epoch/"+p.Name, p.At, p.Value, p.Step)
		last = max(last, p.Step)
	}
	for name, value := range r.Metrics {
		add(name, r.Finished, value, last)
	}
	for name, lines := range series {
		files["metrics/"+name] = lines.String()
	}
	for name, content := range artifacts {
		files["artifacts/"+name] = string(content)
	}
	for _, name := range sortedKeys(files) {
		if err == nil {
			err = put(filepath.Join(dir, filepath.FromSlash(name)), files[name])
		}
	}
	if err == nil {
		err = os.MkdirAll(filepath.Join(dir, "artifacts"), 0o777) // MLflow wants it even when it is empty
	}
	return err
}

// runName is what other tools show: levels, seed and id.
func runName(r Record) string {
	var parts []string
	for _, axis := range sortedKeys(r.Levels) {
		parts = append(parts, axis+"="+r.Levels[axis])
	}
	return strings.Join(append(parts, fmt.Sprintf("seed=%d", r.Seed), r.Run), " ")
}

// FolderName is runName as the name of a folder on any system.
func (r Record) FolderName() string {
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, c) || c < ' ' {
			return '-'
		}
		return c
	}, runName(r))
}
