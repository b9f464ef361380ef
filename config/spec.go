// Package config decodes YAML strictly into the Specs of the other packages,
// fills defaults, validates, and gives the canonical form that identifies a
// trial. It does not know how anything runs.
package config

import (
	"fmt"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/curriculum"
	"github.com/invoicelab/invoicelab/nn"
	"github.com/invoicelab/invoicelab/train"
)

// Experiment is everything one run depends on, but the seed and the data's digest.
type Experiment struct {
	Corpus     Corpus          `yaml:"corpus"`
	Model      nn.Spec         `yaml:"model"`
	Curriculum curriculum.Spec `yaml:"curriculum"`
	Train      train.Spec      `yaml:"train"`
}

// Corpus names the data: a shipped corpus (Preset), a folder written by
// "corpus generate" or "corpus import" (Path), or a recipe (Generate). Schema,
// when given, replaces the schema of a preset or of a folder (to give its
// labels groups) or is the schema of the recipe's documents. To set one
// setting of the recipe of a preset turns it into that recipe, changed.
type Corpus struct {
	Preset   string         `yaml:"preset" help:"name of a shipped corpus or path of a corpus file; excludes path and generate"`
	Path     string         `yaml:"path" help:"folder of a corpus; excludes generate"`
	Generate *corpus.Recipe `yaml:"generate" help:"recipe of generated invoices; excludes path"`
	Schema   string         `yaml:"schema" help:"name of a shipped schema or path of a schema file"`
}

// String tells the data that c names from any other.
func (c Corpus) String() string {
	if c.Preset != "" {
		return fmt.Sprintf("preset %q schema %q", c.Preset, c.Schema)
	}
	if c.Generate != nil {
		return fmt.Sprintf("generate %+v schema %q", *c.Generate, c.Schema)
	}
	return fmt.Sprintf("path %q schema %q", c.Path, c.Schema)
}

// Sweep is a base experiment and the axes along which it is varied; its
// trials are the product of all axes and seeds.
type Sweep struct {
	Name    string
	About   string // one line, shown in lists and reports
	Primary string // the metric that variants are compared by, named in advance: "test/macro_f1"
	Seeds   []uint64
	Base    Experiment
	Axes    []Axis
	Chosen  [][]int  // combinations to run, as indices of the level of each axis; nil for all
	Halving *Halving // nil runs every trial to its end
}

// Axis is one factor of a sweep.
type Axis struct {
	Name   string
	Levels []Level
}

// Level is one value of a factor: its name in tables and the settings (dotted
// key to YAML value, such as "model.head.kind": hybrid) it makes.
type Level struct {
	Name string
	Set  []Setting
}

// Setting assigns a value to a dotted key; Line is where it stands.
type Setting struct {
	Key  string
	Text string // YAML of the value
	Line int
}
