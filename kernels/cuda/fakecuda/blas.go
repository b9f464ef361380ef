package fakecuda

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// BuildBLAS makes a stand-in for cuBLAS, of plain loops, that works on the
// memory of the fake driver, and answers the path of the library. Without g++ the test
// fails.
func BuildBLAS(t testing.TB) string {
	t.Helper()
	path, err := buildBLAS()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func buildBLAS() (string, error) {
	compiler, err := findCompiler()
	if err != nil {
		return "", err
	}
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	kept, err := openCache(compiler)
	if err != nil {
		return "", fmt.Errorf("fakecuda: %w", err)
	}
	source := filepath.Join(root, "kernels/cuda/fakecuda/blas/cublas.cc")
	text, err := os.ReadFile(source)
	if err != nil {
		return "", fmt.Errorf("fakecuda: %w", err)
	}
	flags := append([]string{"-O2", "-shared"}, common...)
	return kept.made("libcublas.so", fmt.Sprint(flags), string(text), func(to string) error {
		_, err := compile(compiler, root, append(flags, "-o", to, source, "-ldl"))
		return err
	})
}
