package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestShowModel holds the counts of the heads and of the CRF to the figures of
// the specification for 768 hidden units and prototypes of 256.
func TestShowModel(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range []struct {
		set  string // beside the width
		want string // parameters of the head and of the CRF
	}{
		{"corpus.schema=enhanced-161", "123809 26243"},
		{"corpus.schema=full-197", "151493 39203"},
		{"model.head.kind=hierarchical", "454488 39203"},
		{"model.head.kind=hierarchical/published", "468714 39203"},
		{"model.head.kind=hybrid", "551573 39203"},
		// Two of the 19 groups have no member among the 80 entity types.
		{"model.head.kind=hybrid/published corpus.schema=enhanced-161 model.head.groups=19", "541972 26243"},
		// 71 of the 80 are semantic: 143 labels.
		{"model.head.kind=separated corpus.schema=enhanced-161", "649885 20735"},
		{"model.head.kind=prototype model.crf=none", "247809 0"},
	} {
		args := []string{"show", "--model", "quick", "--json", "--set", "model.encoder.hidden=768"}
		for _, set := range strings.Fields(c.set) {
			args = append(args, "--set", set)
		}
		var parts []jsonPart
		if err := json.Unmarshal([]byte(must(t, args...).out), &parts); err != nil {
			t.Fatal(err)
		}
		head, crf := 0, 0
		for _, p := range parts {
			switch p.Group {
			case "head":
				head += p.Weights + p.Biases
			case "crf":
				crf += p.Weights + p.Biases
			}
		}
		if got := fmt.Sprint(head, " ", crf); got != c.want {
			t.Errorf("%s: %s parameters, want %s", c.set, got, c.want)
		}
	}
	out := must(t, "show", "--model", "quick", "--set", "corpus.schema=enhanced-161", "--set", "model.encoder.hidden=768").out
	out = strings.Join(strings.Fields(out), " ")
	for _, want := range []string{"part parameters weights biases forward backward", "head 123809 123648 161 123648 247296", "all of crf 26243 25921 322 25921 51842", "80 entity types of enhanced-161"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	for name, text := range map[string]string{
		"folder.yaml":    "corpus: {path: missing}\n",
		"ungrouped.yaml": "corpus: {generate: {documents: 20}, schema: ./schema.yaml}\n",
		"schema.yaml":    "name: ungrouped\nentities: [{name: A}, {name: B}]\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"show --model nothing", 1, "nothing"},
		{"show --model quick 3fa9", 2, "surplus operand"},
		{"show 3fa9 --set model.crf=none", 2, "--set has no effect without --model"},
		{"show --model quick --set model.encoder.kind=sparse", 1, "train it"},
		{"show --model ungrouped.yaml --set model.head.kind=hybrid", 1, "needs a schema with groups"},
		{"show --model folder.yaml", 1, "missing"},
	} {
		if r := invoke(strings.Fields(c.args)...); r.code != c.code || !strings.Contains(r.err, c.want) || strings.Count(r.err, "\n") != 1 {
			t.Errorf("%s: exit %d, %s", c.args, r.code, r.err)
		}
	}
}
