package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// The shipped chunking experiment on tagged sentences: the tag after an
// article decides, the words do not repeat.
func TestChunkingByTemplates(t *testing.T) {
	inFolder(t)
	for name, n := range map[string]int{"train": 30, "test": 10} {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "the DT B-NP\n%s%d NN I-NP\nran VB B-VP\n", name, i)
			if i%2 == 0 {
				b.WriteString("to IN B-PP\nthem PRP B-NP\n")
			}
			b.WriteString("\n")
		}
		write(t, "conll/"+name+".txt", b.String())
	}
	must(t, "corpus", "import", "--from", "conll", "conll", "--out", "c")
	must(t, "train", "chunking", "--corpus", "c", "--predictions", "out.tsv", "--out", "m.safetensors")
	var score struct{ Micro struct{ F1 float64 } }
	if err := json.Unmarshal([]byte(must(t, "score", "out.tsv", "--mode", "conll", "--json").out), &score); err != nil || score.Micro.F1 != 1 {
		t.Errorf("F1 %v, %v", score.Micro.F1, err)
	}
	write(t, "d.jsonl", `{"tokens":["the","zebra"],"columns":[["DT"],["NN"]]}`+"\n")
	if out := must(t, "predict", "--model", "m.safetensors", "d.jsonl").out; !strings.Contains(out, `"type":"NP","text":"the zebra"`) {
		t.Errorf("predicted %s", out)
	}
	write(t, "d.jsonl", `{"tokens":["the","zebra"]}`+"\n")
	if r := invoke("predict", "--model", "m.safetensors", "d.jsonl"); r.code != 1 || !strings.Contains(r.err, "column2: token 0 of document line-1 has 1 column") {
		t.Errorf("without columns: %d %q", r.code, r.err)
	}
	for setting, want := range map[string]string{
		"model.head.kind=hybrid":                 "hybrid has no effect with model.encoder.kind sparse; expected linear",
		"model.encoder.templates=[\"lowr[0]\"]":  `no field is called "lowr" (did you mean "lower"?)`,
		"model.encoder.templates=[\"lower[x]\"]": `"x" is no offset`,
		"model.crf=none":                         "expected crf or crf/bio",
	} {
		if r := invoke("train", "chunking", "--corpus", "c", "--set", setting); r.code == 0 || !strings.Contains(r.err, want) {
			t.Errorf("%s: %d %q", setting, r.code, r.err)
		}
	}
}
