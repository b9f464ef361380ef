package config_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/config"
)

var update = flag.Bool("update", false, "write the expected messages of testdata/*.bad.yaml anew")

// Each testdata/KIND-*.bad.yaml is refused with the message beside it.
func TestBadFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/*.bad.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		kind, _, _ := strings.Cut(filepath.Base(file), "-")
		var err error
		switch kind {
		case "experiment":
			_, err = config.LoadExperiment(file)
		case "sweep":
			_, err = config.LoadSweep(file)
		case "schema":
			_, err = config.LoadSchema(file)
		case "corpus":
			_, err = config.LoadPreset(file)
		case "claims":
			_, err = config.LoadClaims(file)
		case "rules":
			_, err = config.LoadRules(file)
		default:
			t.Fatalf("%s: the name begins with no kind of spec", file)
		}
		if err == nil {
			t.Errorf("%s: no error", file)
			continue
		}
		got := err.Error() + "\n"
		golden := strings.TrimSuffix(file, ".yaml") + ".txt"
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s:\n%swant:\n%s", file, got, want)
		}
	}
}
