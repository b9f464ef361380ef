package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
)

func TestShippedPresets(t *testing.T) {
	for _, name := range config.PresetNames() {
		p, err := config.LoadPreset(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if p.Name != name || p.About == "" || strings.Contains(p.About, "\n") {
			t.Errorf("%s: name %q, about %q", name, p.Name, p.About)
		}
		if _, err := config.LoadSchema(p.Schema); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := p.Check(p.Digest); err != nil {
			t.Error(err)
		}
		if err := p.Check("0" + p.Digest[1:]); err == nil && p.Digest[0] != '0' {
			t.Errorf("%s: another digest passes", name)
		}
	}
}

// A preset file gives its recipe with the defaults of all other settings; a
// setting of the recipe that is set on an experiment with the preset turns it
// into the recipe, changed.
func TestPresetOfAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "mine.yaml")
	text := "name: mine\nversion: 3\nabout: receipts\nschema: core-73\ndigest: \"" + strings.Repeat("0f", 32) + "\"\ngenerate: {documents: 77, keys_vague: 0.25, tail: \"CAGE_CODE=5\"}\n"
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	p, err := config.LoadPreset(file)
	if err != nil {
		t.Fatal(err)
	}
	want := corpus.Recipe{Documents: 77, Seed: 1, Noise: 0.02, KeysVague: 0.25, Tail: "CAGE_CODE=5"}
	if p.Recipe != want || p.Schema != "core-73" || p.String() != "mine v3" {
		t.Errorf("preset %+v", p)
	}
	e := config.Default()
	if err := e.Set("corpus.preset", file); err != nil {
		t.Fatal(err)
	}
	if err := e.Check(); err != nil {
		t.Fatal(err)
	}
	if err := e.Set("corpus.generate.noise", "0.3"); err != nil {
		t.Fatal(err)
	}
	want.Noise = 0.3
	if e.Corpus.Preset != "" || *e.Corpus.Generate != want || e.Corpus.Schema != "core-73" {
		t.Errorf("after noise was set: %+v, recipe %+v", e.Corpus, e.Corpus.Generate)
	}
	if err := e.Check(); err != nil {
		t.Error(err)
	}
}
