package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

// Labelling a corpus folder and a file of JSON lines with a model file and
// with a run of the store.
func TestPredict(t *testing.T) {
	inFolder(t)
	must(t, "corpus", "generate", "--documents", "120", "--out", "c")
	must(t, "train", "quick", "--corpus", "c", "--set", "train.epochs=3", "--out", "m.safetensors")
	got := must(t, "predict", "--model", "m.safetensors", "--split", "test", "--latency", "c")
	if !strings.Contains(got.err, "p95") {
		t.Errorf("no latency is told: %q", got.err)
	}
	lines := strings.Split(strings.TrimSpace(got.out), "\n")
	var first documentEntities
	if err := json.Unmarshal([]byte(lines[0]), &first); err != nil {
		t.Fatal(err)
	}
	if len(lines) < 3 || len(first.Entities) == 0 {
		t.Fatalf("%d lines, the first %q", len(lines), lines[0])
	}
	for _, e := range first.Entities {
		if e.Type == "" || e.Text == "" || len(e.Boxes) == 0 || e.Confidence <= 0 || e.Confidence > 1 || len(e.Alternatives) != 3 || e.End <= e.Start {
			t.Errorf("entity %+v", e)
		}
	}
	write(t, "d.jsonl", `{"tokens":["Invoice","No","X-12"],"boxes":[[1,1,60,20],[70,1,90,20],[100,1,160,20]],"kind":"WAYBILL"}`+"\n")
	alone := must(t, "predict", "--model", "m.safetensors", "d.jsonl")
	routed := must(t, "predict", "--model", "m.safetensors", "--route", "WAYBILL=m.safetensors", "d.jsonl")
	if !strings.HasPrefix(alone.out, `{"id":"line-1","entities":[`) || alone.out != routed.out {
		t.Errorf("alone %q, routed %q", alone.out, routed.out)
	}
	if r := must(t, "predict", "--model", "m.safetensors", "--route", "WAYBIL=m.safetensors", "d.jsonl"); r.out != alone.out || !strings.Contains(r.err, "warning: --route WAYBIL: no document is of this kind (did you mean WAYBILL?)") {
		t.Errorf("a route that no document takes: %q", r.err)
	}
	for text, want := range map[string]string{
		`{"tokens":["a"],"boxes":[[1,1,2,2],[3,3,4,4]]}`: "d.jsonl:1: boxes has 2 members for 1 tokens",
		`{"tokens":["a"],"boxes":[[1,0,3]]}`:             "d.jsonl:1: box 0 is [1 0 3]; expected x0, y0, x1, y1 in 0..1000",
		`{"tokens":["a"],"boxes":[[1,0,3,99999]]}`:       "d.jsonl:1: box 0 is [1 0 3 99999]; expected x0, y0, x1, y1 in 0..1000",
		`{"tokens":"a"}`:                         "d.jsonl:1: tokens: string, expected a list",
		`{"tokens":[7]}`:                         "d.jsonl:1: tokens: number, expected a string",
		`{"tokens":["a"],"pages":["x"]}`:         "d.jsonl:1: pages: string, expected a whole number",
		`{"tokens":["a"],"boxes":[[1,1,2,2.5]]}`: "d.jsonl:1: boxes: number 2.5, expected a whole number",
		`["a"]`:                                  "d.jsonl:1: array, expected an object",
		"\x00\x7fELF":                            "d.jsonl:1: invalid character '\\x00'",
		"":                                       "d.jsonl: no document",
		strings.Repeat("x", 17<<20):              "d.jsonl:1: line longer than 16 MiB",
		`{"tokens":["a"],"boxes":[[9,1,2,2]]}`:   "d.jsonl:1: box 0 is [9 1 2 2]; expected x0, y0, x1, y1 in 0..1000",
		`{"tokens":["a"]}`:                       "document line-1: no boxes, which the model needs",
		`{"tokens":[]}`:                          "d.jsonl:1: no tokens",
		`{`:                                      "d.jsonl:1:",
	} {
		write(t, "d.jsonl", text)
		if r := invoke("predict", "--model", "m.safetensors", "d.jsonl"); r.code != 1 || !strings.Contains(r.err, want) || r.out != "" {
			t.Errorf("%.99s: %q, want %q", text, r.err, want)
		}
	}
	if r := invoke("predict", "--model", "m.safetensors", "d.jsonl", "--out", "o.jsonl"); r.code != 1 {
		t.Errorf("a bad document: exit %d", r.code)
	}
	if left, err := filepath.Glob("*o.jsonl*"); err != nil || len(left) > 0 {
		t.Errorf("a bad document leaves %v (%v)", left, err)
	}
	if r := invoke("predict", "--model", "m.safetensors", "--split", "tets", "c"); r.code != 2 || !strings.Contains(r.err, `did you mean test?`) {
		t.Errorf("a misspelt split: %q", r.err)
	}
	if r := invoke("predict", "--model", "m.safetensors", "--route", "WAYBILL", "c"); r.code != 2 || !strings.Contains(r.err, "expected KIND=MODEL") {
		t.Errorf("a bad route: %q", r.err)
	}
}
