package config

import (
	"fmt"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/invoicelab/invoicelab/corpus"
)

// Preset is a generated corpus that has a name: what it is made by and what
// must come of it.
type Preset struct {
	Name    string
	Version int    // counts up with every change of the documents
	About   string // one line, shown in lists
	Schema  string // shipped schema, or path of a schema file
	Recipe  corpus.Recipe
	Digest  string // of all documents, 64 hex digits
}

// String names a preset with its version: "paper v1".
func (p Preset) String() string { return fmt.Sprintf("%s v%d", p.Name, p.Version) }

// Check compares the digest of what was made with the one of the file.
func (p Preset) Check(digest string) error {
	if digest != p.Digest {
		return fmt.Errorf("corpus %s: its documents have the digest %s, but the file of the preset says %s: the generator has changed since, and figures on this corpus are not those of %s", p, digest, p.Digest, p)
	}
	return nil
}

// LoadPreset reads a shipped corpus by name, or a file of one by path:
//
//	name: mine
//	version: 1
//	about: a corpus of receipts
//	schema: full-197
//	digest: "the sha256 that corpus generate printed"
//	generate: {documents: 1000, seed: 7, noise: 0.1}
func LoadPreset(nameOrPath string) (Preset, error) {
	src, err := open("corpora", nameOrPath)
	if err != nil {
		return Preset{}, err
	}
	return decodePreset(src)
}

// PresetNames lists the shipped corpora.
func PresetNames() []string { return shipped("corpora") }

var sha256Hex = regexp.MustCompile(`^[0-9a-f]{64}$`)

func decodePreset(src source) (Preset, error) {
	d := &decoder{file: src.name}
	root := d.document(src.text)
	if root == nil {
		return Preset{}, d.problems.err()
	}
	p := Preset{}
	keys := []string{"name", "version", "about", "schema", "digest", "generate"}
	f := d.fields(root, "", keys, keys)
	if n := f["name"]; n != nil {
		p.Name = d.name(n, "name")
	}
	if n := f["version"]; n != nil {
		v, ok := d.whole(n, "version")
		if ok && (v < 1 || v > 1000000) {
			d.add(n, "version", "%s is out of range; expected 1 to 1000000", n.Value)
		}
		p.Version = int(v)
	}
	if n := f["about"]; n != nil {
		p.About, _ = d.text(n, "about")
	}
	if n := f["schema"]; n != nil {
		p.Schema, _ = d.text(n, "schema")
	}
	if n := f["digest"]; n != nil {
		var ok bool
		if p.Digest, ok = d.text(n, "digest"); ok && !sha256Hex.MatchString(p.Digest) {
			d.add(n, "digest", "%s; expected a sha256 in 64 hex digits", quoted(p.Digest))
		}
	}
	if n := f["generate"]; n != nil {
		p.Recipe = d.recipe(n)
	}
	return p, d.problems.err()
}

// recipe decodes a mapping of the settings of corpus.generate.
func (d *decoder) recipe(n *yaml.Node) corpus.Recipe {
	t := newTable()
	e := Default()
	e.Corpus.Generate = defaultRecipe(t)
	before := len(d.problems)
	d.experiment(t, &e, n, "corpus.generate", "", map[string]int{})
	for k := before; k < len(d.problems); k++ {
		d.problems[k].Key = strings.TrimPrefix(d.problems[k].Key, "corpus.")
	}
	return *e.Corpus.Generate
}
