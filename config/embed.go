package config

import (
	"embed"
	"path"
	"strings"
)

// specs holds the files that ship with the program: schemas, sweeps, corpora
// and experiments, one a file, named by their file name without ".yaml".
//
//go:embed specs
var specs embed.FS

// shipped lists the names of the files in one folder of specs, sorted.
func shipped(kind string) []string {
	entries, err := specs.ReadDir(path.Join("specs", kind))
	if err != nil {
		panic("config: shipped: no folder of " + kind)
	}
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".yaml"); ok {
			names = append(names, name)
		}
	}
	return names
}

// SchemaNames lists the shipped schemas.
func SchemaNames() []string { return shipped("schemas") }

// SweepNames lists the shipped sweeps.
func SweepNames() []string { return shipped("sweeps") }

// ExperimentNames lists the shipped experiments.
func ExperimentNames() []string { return shipped("experiments") }
