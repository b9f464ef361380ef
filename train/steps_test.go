//go:build unix

package train_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus/invoices"
	"github.com/invoicelab/invoicelab/kernels/cpu"
	"github.com/invoicelab/invoicelab/nn"
	"github.com/invoicelab/invoicelab/train"
)

// For train/bench/pytorch.py, which trains the same network on the same batches.
var (
	stepsThreads = flag.Int("steps.threads", 1, "threads of BenchmarkSteps")
	stepsDir     = flag.String("steps.out", "", "folder for the start, the batches and the losses of BenchmarkSteps")
)

// checkedSteps is how many steps without dropout the losses are written of.
const checkedSteps = 20

// BenchmarkSteps takes an epoch of training steps on packed batches of the preset quick with
// the settings of the experiment quick, and reports tokens a second, and a second of one core: forward, losses,
// backward, clipping, AdamW, with the upload of the batches but not their packing.
func BenchmarkSteps(b *testing.B) {
	e, err := config.LoadExperiment("quick")
	if err != nil {
		b.Fatal(err)
	}
	preset, err := config.LoadPreset(e.Corpus.Preset)
	if err != nil {
		b.Fatal(err)
	}
	schema, err := config.LoadSchema(preset.Schema)
	if err != nil {
		b.Fatal(err)
	}
	ds, err := invoices.Generate(schema, preset.Recipe)
	if err != nil {
		b.Fatal(err)
	}
	be, err := cpu.New(cpu.Levels()[0], *stepsThreads)
	if err != nil {
		b.Fatal(err)
	}
	defer be.Close()
	start := func(dropout bool) (*nn.Model, []nn.Batch) {
		job := train.Job{Data: ds, Model: e.Model, Curriculum: e.Curriculum, Train: e.Train, Seed: 1}
		if !dropout {
			job.Model.Encoder.Dropout = 0
		}
		m, batches, err := train.Packed(be, job)
		if err != nil {
			b.Fatal(err)
		}
		return m, batches
	}
	opt := nn.StepOptions{LR: e.Train.LearningRate, Decay: e.Train.Decay, Clip: e.Train.Clip}
	if *stepsDir != "" {
		m, batches := start(false)
		writeSteps(b, *stepsDir, m, batches, opt, e.Model.Encoder.Dropout)
		m.Close()
		return
	}
	m, batches := start(true)
	defer m.Close()
	tokens, began := 0, processorSeconds(b)
	for b.Loop() {
		for _, batch := range batches {
			opt.DropoutSeed++
			if _, err := m.Step(batch, opt); err != nil {
				b.Fatal(err)
			}
			tokens += len(batch.Labels)
		}
	}
	b.ReportMetric(float64(tokens)/b.Elapsed().Seconds(), "tokens/s")
	b.ReportMetric(float64(tokens)/(processorSeconds(b)-began), "tokens/cpu-s")
}

// processorSeconds is what this process has used of all cores so far: unlike the time, it does
// not grow while others have them.
func processorSeconds(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// writeSteps writes the parameters before the first step, the batches as int32, and the losses
// of the first steps.
func writeSteps(b *testing.B, dir string, m *nn.Model, batches []nn.Batch, opt nn.StepOptions, dropout float64) {
	write := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	var weights, packed bytes.Buffer
	if err := m.Save(&weights, nil); err != nil {
		b.Fatal(err)
	}
	index := struct {
		Options nn.StepOptions
		Dropout float64
		Lengths [][]int // of offsets, features, rows, neighbours and labels of each batch, in the file
		Losses  []nn.Losses
		Norms   []float64
	}{Options: opt, Dropout: dropout}
	for i, batch := range batches {
		var lengths []int
		for _, list := range [][]int32{batch.Offsets, batch.Features, batch.Rows, batch.Neighbours, batch.Labels} {
			if err := binary.Write(&packed, binary.LittleEndian, list); err != nil {
				b.Fatal(err)
			}
			lengths = append(lengths, len(list))
		}
		index.Lengths = append(index.Lengths, lengths)
		if i < checkedSteps {
			losses, err := m.Step(batch, opt)
			if err != nil {
				b.Fatal(err)
			}
			index.Losses, index.Norms = append(index.Losses, losses), append(index.Norms, m.GradNorm())
		}
	}
	text, err := json.MarshalIndent(index, "", " ")
	if err != nil {
		b.Fatal(err)
	}
	write("start.safetensors", weights.Bytes())
	write("batches.int32", packed.Bytes())
	write("index.json", text)
}
