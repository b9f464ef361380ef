package fakecuda

import (
	"os"
	"path/filepath"
	"testing"
)

// TestWithIncluded: a kernel is compiled anew when it or a header below it changes, and not when another does.
func TestWithIncluded(t *testing.T) {
	work := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(work, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	known := func() string {
		t.Helper()
		text, err := withIncluded(work, "a.cu")
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	write("a.cu", "#include \"b.cuh\"\n#include <math.h>\n")
	write("b.cuh", "  # include \"c.cuh\"\n")
	write("c.cuh", "#include \"b.cuh\"\nint c;\n")
	write("d.cuh", "int d;\n")
	first := known()
	write("d.cuh", "int other;\n")
	if known() != first {
		t.Error("a header that is not included changes the kernel")
	}
	write("c.cuh", "#include \"b.cuh\"\nint other;\n")
	if known() == first {
		t.Error("a header below a header does not change the kernel")
	}
	write("a.cu", "#include \"b.cuh\"\n#include \"missing.cuh\"\n")
	if _, err := withIncluded(work, "a.cu"); err == nil {
		t.Error("a header that is missing is no error")
	}
}
