package cuda

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestPTXMatchesSources: each module is the PTX of its .cu file and of the headers as
// they stand, and has the kernels that the table names.
func TestPTXMatchesSources(t *testing.T) {
	headers, err := filepath.Glob("*.cuh")
	if err != nil || len(headers) == 0 {
		t.Fatalf("headers %v, %v", headers, err)
	}
	sources, err := filepath.Glob("*.cu")
	if err != nil {
		t.Fatal(err)
	}
	var named []string
	for _, m := range modules {
		named = append(named, m.name+".cu")
		h := sha256.New()
		for _, path := range append([]string{m.name + ".cu"}, headers...) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			h.Write(text)
		}
		text, err := ptx.ReadFile("ptx/" + m.name + ".ptx")
		if err != nil {
			t.Fatal(err)
		}
		line, _, _ := bytes.Cut(text, []byte("\n"))
		if want := fmt.Sprintf("// sources: %x", h.Sum(nil)); string(line) != want {
			t.Errorf("ptx/%s.ptx begins %q, its sources have %q: run make ptx", m.name, line, want)
		}
		var kernels []string
		for _, entry := range regexp.MustCompile(`\.entry (\w+)\(`).FindAllSubmatch(text, -1) {
			kernels = append(kernels, string(entry[1]))
		}
		if !slices.Equal(kernels, m.kernels) {
			t.Errorf("ptx/%s.ptx has the kernels %s, the table says %s", m.name, strings.Join(kernels, ", "), strings.Join(m.kernels, ", "))
		}
	}
	slices.Sort(named)
	if !slices.Equal(named, sources) {
		t.Errorf("the table names %v, there are %v", named, sources)
	}
}
