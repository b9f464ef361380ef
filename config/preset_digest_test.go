package config_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/invoices"
)

// The shipped corpora that fit into a test are what their files say. When the
// generator changes on purpose, raise the version in the file and write the
// digest anew with -update; paper is frozen, see docs/corpus.md.
func TestPresetsHaveTheirDigests(t *testing.T) {
	for _, name := range []string{"quick", "paper"} {
		p, ds := presetCorpus(t, name)
		err := p.Check(ds.Manifest.Digest)
		if err == nil {
			continue
		}
		if !*update {
			t.Error(err)
			continue
		}
		file := filepath.Join("specs", "corpora", name+".yaml")
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(strings.Replace(string(text), p.Digest, ds.Manifest.Digest, 1)), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// What the claims rest on: every label is on 30 test documents of paper, its
// test split has template families of its own, and the tail is what the
// recipe says.
func TestPaperIsFitForClaims(t *testing.T) {
	p, ds := presetCorpus(t, "paper")
	count := func(split corpus.Split) (labels map[string]int, templates map[string]bool) {
		labels, templates = map[string]int{}, map[string]bool{}
		for i := range ds.Docs[split] {
			d := &ds.Docs[split][i]
			templates[d.Template] = true
			seen := map[corpus.EntityID]bool{}
			for _, s := range d.Spans {
				if !seen[s.Entity] {
					seen[s.Entity] = true
					labels[ds.Schema.Entities[s.Entity].Name]++
				}
			}
		}
		return labels, templates
	}
	trained, trainFamilies := count(corpus.Train)
	tested, testFamilies := count(corpus.Test)
	for _, e := range ds.Schema.Entities {
		if tested[e.Name] < 30 {
			t.Errorf("%s is on %d test documents", e.Name, tested[e.Name])
		}
		if trained[e.Name] == 0 {
			t.Errorf("%s is on no training document", e.Name)
		}
	}
	unseen := 0
	for f := range testFamilies {
		if !trainFamilies[f] {
			unseen++
		}
	}
	if unseen < 4 {
		t.Errorf("%d template families are in the test split and not trained on", unseen)
	}
	for part := range strings.FieldsSeq(p.Recipe.Tail) {
		name, n, _ := strings.Cut(part, "=")
		if got := trained[name]; n != strconv.Itoa(got) {
			t.Errorf("%s is on %d training documents, the tail says %s", name, got, n)
		}
	}
}

func presetCorpus(t *testing.T, name string) (config.Preset, *corpus.Dataset) {
	t.Helper()
	p, err := config.LoadPreset(name)
	if err != nil {
		t.Fatal(err)
	}
	schema, err := config.LoadSchema(p.Schema)
	if err != nil {
		t.Fatal(err)
	}
	ds, err := invoices.Generate(schema, p.Recipe)
	if err != nil {
		t.Fatal(err)
	}
	return p, ds
}
