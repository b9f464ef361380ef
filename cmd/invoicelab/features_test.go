package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"gorgonia.org/tensor"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/safetensors"
	"github.com/invoicelab/invoicelab/stream"
)

const givenExperiment = `corpus: {path: c}
model:
  encoder: {kind: features, hidden: 12, features: h.safetensors, dropout: 0.1}
  head: {kind: prototype, dim: 16}
train: {epochs: 6, learning_rate: 0.05}
`

// exportWords writes hidden states for the corpus in a folder: the sum of a vector for each
// word and one for the word before.
func exportWords(t *testing.T, folder, name string, width int) {
	t.Helper()
	ds, err := corpus.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	var values []float32
	var index strings.Builder
	for split, d := range ds.All() {
		for i, token := range d.Tokens {
			own, before := stream.New(1, token.Text), stream.New(2, d.Tokens[max(i-1, 0)].Text)
			for range width {
				values = append(values, float32(own.NormFloat64()+before.NormFloat64()))
			}
		}
		fmt.Fprintf(&index, "{\"split\":%q,\"id\":%q,\"tokens\":%d}\n", split, d.ID, len(d.Tokens))
	}
	var b bytes.Buffer
	dense := tensor.NewDense(tensor.Float32, []int{len(values) / width, width}, tensor.WithBacking(values))
	if err := safetensors.Write(&b, map[string]*tensor.Dense{"hidden": dense}, map[string]string{"corpus_digest": ds.Manifest.Digest}); err != nil {
		t.Fatal(err)
	}
	write(t, name+".safetensors", b.String())
	write(t, name+".index.jsonl", index.String())
}

// Hidden states that are brought: a run that was killed goes on to the same bytes, and refuses
// a file that has changed; what reads the model asks for them; a schema grows on them.
func TestFeaturesCommands(t *testing.T) {
	dir := inFolder(t)
	must(t, "corpus", "generate", "--documents", "90", "--schema", "core-73", "--out", "c")
	must(t, "corpus", "generate", "--documents", "90", "--schema", "enhanced-161", "--out", "larger")
	must(t, "corpus", "generate", "--documents", "90", "--out", "largest")
	exportWords(t, "c", "h", 12)
	write(t, "given.yaml", givenExperiment)
	must(t, "train", "./given.yaml", "--out", "whole.safetensors")
	killOnceThere(t, dir, "state/state.safetensors", "train", "./given.yaml", "--checkpoints", "state", "--checkpoint-every", "1")
	must(t, "train", "./given.yaml", "--resume", "state", "--out", "resumed.safetensors")
	if !bytes.Equal(content(t, "whole.safetensors"), content(t, "resumed.safetensors")) {
		t.Error("the resumed run ends with other bytes")
	}

	must(t, "predict", "--model", "whole.safetensors", "--features", "h.safetensors", "--split", "test", "c", "--out", "found.jsonl")
	must(t, "diagnose", "--model", "whole.safetensors", "--corpus", "c", "--features", "h.safetensors")
	exportWords(t, "larger", "h2", 12)
	exportWords(t, "largest", "h3", 12)
	larger := []string{"train", "./given.yaml", "--corpus", "larger", "--set", "model.encoder.features=h2.safetensors", "--set", "train.epochs=1"}
	must(t, append(larger, "--init", "whole.safetensors", "--out", "grown.safetensors")...)
	must(t, "extend", "grown.safetensors", "--corpus", "largest", "--label", "BATCH_NUMBER", "--examples", "2", "--features", "h3.safetensors")

	exportWords(t, "c", "narrow", 11)
	exportWords(t, "c", "cut", 12)
	if err := os.Truncate("cut.safetensors", 1000); err != nil {
		t.Fatal(err)
	}
	exportWords(t, "c", "short", 12)
	index := string(content(t, "short.index.jsonl"))
	write(t, "short.index.jsonl", index[:strings.LastIndex(strings.TrimSpace(index), "\n")+1])
	exportWords(t, "c", "bad", 12)
	write(t, "bad.index.jsonl", `{"split":"train","tokens":3}`)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"predict", "--model", "whole.safetensors", "c"}, "--features FILE"},
		{[]string{"diagnose", "--model", "whole.safetensors", "--corpus", "c"}, "--features FILE"},
		{[]string{"extend", "grown.safetensors", "--corpus", "largest", "--label", "BATCH_NUMBER", "--examples", "2"}, "--features FILE"},
		{[]string{"predict", "--model", "whole.safetensors", "--features", "narrow.safetensors", "c"}, "narrow.safetensors"},
		{[]string{"train", "./given.yaml", "--set", "model.encoder.features=narrow.safetensors"}, "11 wide"},
		{[]string{"train", "./given.yaml", "--set", "model.encoder.features=cut.safetensors"}, "cut.safetensors: "},
		{[]string{"train", "./given.yaml", "--set", "model.encoder.features=short.safetensors"}, "short.index.jsonl"},
		{[]string{"train", "./given.yaml", "--set", "model.encoder.features=bad.safetensors"}, "bad.index.jsonl:1: "},
		{[]string{"train", "./given.yaml", "--set", "model.encoder.features=none.safetensors"}, "none.safetensors: no such file"},
	} {
		if c.args[0] != "diagnose" {
			c.args = append(c.args, "--out", "none.out")
		}
		r := invoke(c.args...)
		if r.code == 0 || !strings.Contains(r.err, c.want) || strings.Count(r.err, "\n") != 1 {
			t.Errorf("%s: exit %d, %s; want one line with %s", strings.Join(c.args, " "), r.code, r.err, c.want)
		}
		if _, err := os.Stat("none.out"); err == nil {
			t.Errorf("%s: leaves a file", strings.Join(c.args, " "))
		}
	}

	// One value differs: the run that is resumed is another, and a plain one is not.
	file := content(t, "h.safetensors")
	file[len(file)-3] ^= 1
	time.Sleep(10 * time.Millisecond) // so that its time differs on a coarse clock
	write(t, "h.safetensors", string(file))
	if r := invoke("train", "./given.yaml", "--resume", "state"); r.code != 1 || !strings.Contains(r.err, "features_digest") {
		t.Errorf("a run goes on with a changed file: exit %d, %s", r.code, r.err)
	}
	must(t, "train", "./given.yaml", "--set", "train.epochs=1")
}

func content(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
