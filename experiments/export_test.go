package experiments_test

import (
	"bytes"
	"encoding/hex"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/train"
)

// The records are those that TensorBoard 2.21's own RecordWriter and protobuf
// messages made of the same events.
func TestTensorBoardRecords(t *testing.T) {
	second := func(s float64) time.Time { return time.UnixMicro(int64(s * 1e6)) }
	r := experiments.Record{Epochs: []experiments.EpochPoint{{Name: "loss/a", Step: 300, At: second(2.5), Value: 0.1}}}
	r.Started, r.Finished, r.Settings = second(1.5), second(4), "a: 1\n"
	r.Metrics = experiments.Figures{"test/macro_f1": math.Inf(1)}
	var b bytes.Buffer
	if err := experiments.WriteTensorBoard(&b, r); err != nil {
		t.Fatal(err)
	}
	want := "1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c" +
		"3500000000000000d6c55de609000000000000f83f2a2a0a280a0873657474696e677342120807120412020801420820202020613a20314a080a060a0474657874ceda5adc" +
		"2300000000000000b09f774309000000000000044010ac022a150a130a0c65706f63682f6c6f73732f6115cdcccc3d5a019c6d" +
		"2400000000000000422b804d09000000000000104010ac022a160a140a0d746573742f6d6163726f5f6631150000807f2204d0aa"
	if got := hex.EncodeToString(b.Bytes()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Steps of an epoch are spread between its ends.
func TestStepTime(t *testing.T) {
	start := time.Unix(1000, 0)
	r := experiments.Record{Epochs: []experiments.EpochPoint{
		{Name: "a", Epoch: 0, Step: 4, At: start.Add(8 * time.Second)}, {Name: "b", Epoch: 0, Step: 4, At: start.Add(8 * time.Second)},
		{Name: "a", Epoch: 1, Step: 6, At: start.Add(20 * time.Second)},
	}}
	r.Started = start
	for _, c := range []struct{ epoch, step, seconds int }{{0, 1, 2}, {0, 4, 8}, {1, 5, 14}, {1, 6, 20}, {2, 7, 20}} {
		if got := r.StepTime(train.StepEvent{Epoch: c.epoch, Step: c.step}).Sub(start); got != time.Duration(c.seconds)*time.Second {
			t.Errorf("step %d: %v; want %d s", c.step, got, c.seconds)
		}
	}
}

// A file store of MLflow has the files that mlflow 3.17 makes itself.
func TestMLflow(t *testing.T) {
	store := create(t, filepath.Join(t.TempDir(), "runs.db"))
	sweep, trials := tiny(t, 1)
	mustRun(t, store, sweep, trials, 4)
	if err := store.Tag(t.Context(), []string{trials[0].Key}, []string{"paper"}, nil); err != nil {
		t.Fatal(err)
	}
	r, err := store.Record(t.Context(), trials[0].Key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	x, err := experiments.NewMLflowExperiment(dir, "/final/place", "tiny", r.Started)
	if err == nil {
		err = x.Add(r, map[string][]byte{"checkpoint.safetensors": []byte("w")})
	}
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		_, name, _ = strings.Cut(filepath.ToSlash(name), "/") // the experiment's folder
		files[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	run := r.Key[:32] + "/"
	for name, want := range map[string]string{
		"params/seed": "1", "params/model.head.kind": "linear", "tags/level.loss": "plain", "tags/tag.paper": "true", "tags/mlflow.runName": "head=linear loss=plain seed=1 " + r.Run,
		"artifacts/checkpoint.safetensors": "w",
	} {
		if got := files[run+name]; got != want {
			t.Errorf("%s is %q; want %q", name, got, want)
		}
	}
	// Timestamp in milliseconds, value, step.
	for name, want := range map[string][]string{
		"metrics/test/macro_f1": {"0.625 2"}, "metrics/test/micro_f1": {"nan 2"}, "metrics/validation/macro_f1": {"inf 2"},
		"metrics/step/loss/entity": {"0 0", "1 1", "2 2", "3 3"}, "metrics/epoch/loss/entity": {"1 2", "0.5 2"}, "metrics/epoch/validation/macro_f1": {"nan 2", "nan 2"},
	} {
		var got []string
		for line := range strings.Lines(files[run+name]) {
			at, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
			if len(at) != 13 {
				t.Errorf("%s: time %s", name, at)
			}
			got = append(got, rest)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q; want %q", name, got, want)
		}
	}
	if meta := files[run+"meta.yaml"]; !strings.Contains(meta, "status: 3\n") || !strings.Contains(meta, `artifact_uri: "file:///final/place/`) || !strings.Contains(meta, r.Key[:32]+`/artifacts"`) {
		t.Errorf("meta.yaml of the run:\n%s\n%v", meta, slices.Sorted(maps.Keys(files)))
	}
	if meta := files["meta.yaml"]; !strings.Contains(meta, `name: "tiny"`) || !strings.Contains(meta, "lifecycle_stage: active") {
		t.Errorf("meta.yaml of the experiment:\n%s", meta)
	}
}
