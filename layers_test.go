package invoicelab

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/invoicelab/invoicelab/"

// layers is the direction of the imports: a package may import only packages
// of a lower layer. It says the same as docs/design.md.
var layers = map[string]int{
	"nearest":               -1,
	"stream":                -1,
	"kernels":               -1,
	"kernels/dense":         0,
	"safetensors":           0,
	"lines":                 -1,
	"corpus/typeset":        -1,
	"corpus/rules":          -1,
	"corpus":                0,
	"corpus/audit":          1,
	"corpus/formats":        1,
	"corpus/draw":           1,
	"corpus/invoices":       1,
	"hidden":                1,
	"kernels/cpu":           1,
	"kernels/bench":         1,
	"kernels/cases":         1,
	"kernels/kerneltest":    2,
	"kernels/mutate":        2,
	"nn":                    1,
	"nn/sparse":             1,
	"nn/posterior":          0,
	"metrics":               1,
	"curriculum":            1,
	"kernels/cuda":          1,
	"kernels/cuda/cublas":   0,
	"kernels/cuda/driver":   0,
	"kernels/cuda/fakecuda": 0,
	"kernels/device":        2,
	"train":                 2,
	"config":                3,
	"experiments":           4,
	"experiments/synthetic": 5,
	"experiments/bench":     6,
	"experiments/crash":     6,
	"claims":                5,
	"reports":               6,
	"reports/dashboard":     7,
	"cmd/invoicelab":        8,
}

// TestImportsPointDown fails on an import from a layer to the same or a
// higher one, and on a package that the table does not know.
func TestImportsPointDown(t *testing.T) {
	seen := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		pkg := filepath.ToSlash(filepath.Dir(path))
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || pkg == "." {
			return nil
		}
		from, known := layers[pkg]
		if !known {
			t.Errorf("%s: package %s has no layer", path, pkg)
			return nil
		}
		seen[pkg] = true
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, imp := range file.Imports {
			name, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				return err
			}
			target, own := strings.CutPrefix(name, module)
			if !own {
				continue
			}
			if to, known := layers[target]; !known || to >= from {
				t.Errorf("%s: layer %d imports %s of layer %d", path, from, target, to)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for pkg := range layers {
		if !seen[pkg] {
			t.Errorf("the table names %s, which has no Go file", pkg)
		}
	}
}
