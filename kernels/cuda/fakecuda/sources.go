package fakecuda

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

var (
	dynamicShared = regexp.MustCompile(`extern\s+__shared__\s+((?:(?:__align__|alignas)\([^)]*\)\s*|__attribute__\(\(.*?\)\)\s*)?)([\w:\s]+?)\s*\b(\w+)\s*\[\s*\]\s*;`)
	staticShared  = regexp.MustCompile(`__shared__\s+([^;{}()=]*(?:\(\([^;]*?\)\)[^;{}()=]*|\([^;()]*\)[^;{}()=]*)*);`)
	declared      = regexp.MustCompile(`(\w+)\s*((?:\[[^\]]*\]\s*)*)$`)
	lineMarker    = regexp.MustCompile(`(?m)^# .*$`)
	kernelName    = regexp.MustCompile(`FAKECUDA_KERNEL\s+(?:__attribute__\s*\(\(.*?\)\)\s*)?void\s+(\w+)\s*\(`)
)

// hostSource rewrites the declarations of shared memory, which a macro cannot:
// those of fixed size become static variables, filled anew for each block;
// the one of launch size a pointer. Lines keep their numbers.
func hostSource(text string) (string, error) {
	text = dynamicShared.ReplaceAllString(text, "FAKECUDA_DYNAMIC($2, $3);")
	var bad error
	text = staticShared.ReplaceAllStringFunc(text, func(declaration string) string {
		body := staticShared.FindStringSubmatch(declaration)[1]
		var b strings.Builder
		fmt.Fprintf(&b, "static %s;", body)
		for _, d := range splitTop(body) {
			m := declared.FindStringSubmatch(strings.TrimSpace(d))
			if m == nil {
				bad = fmt.Errorf("cannot read the declaration %q", declaration)
				return declaration
			}
			fmt.Fprintf(&b, " FAKECUDA_SHARED(%s);", m[1])
		}
		return b.String()
	})
	return text, bad
}

// splitTop splits at the commas outside of brackets.
func splitTop(s string) []string {
	var parts []string
	depth, start := 0, 0
	for i, c := range s {
		switch c {
		case '(', '[', '<', '{':
			depth++
		case ')', ']', '>', '}':
			depth--
		case ',':
			if depth == 0 {
				parts = append(parts, s[start:i])
				start = i + 1
			}
		}
	}
	return append(parts, s[start:])
}

// copySources writes the rewritten .cu and .cuh files of dir to work, and
// what they include from elsewhere. It answers the names of the .cu files.
// Errors of the compiler and of kernels name the files relative to root.
func copySources(dir, root, work string) ([]string, error) {
	patterns := []string{filepath.Join(root, "kernels/cuda/builtins.cuh"), filepath.Join(dir, "*.cuh"), filepath.Join(dir, "*.cu")}
	var units []string
	for _, pattern := range patterns {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			host, err := hostSource(string(text))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			known, err := filepath.Rel(root, path)
			if err != nil {
				return nil, err
			}
			name := filepath.Base(path)
			host = fmt.Sprintf("#line 1 %q\n%s", filepath.ToSlash(known), host)
			if err := os.WriteFile(filepath.Join(work, name), []byte(host), 0o644); err != nil {
				return nil, err
			}
			if filepath.Ext(name) == ".cu" {
				units = append(units, name)
			}
		}
	}
	if len(units) == 0 {
		return nil, fmt.Errorf("%s has no .cu file", dir)
	}
	if err := os.MkdirAll(filepath.Join(work, "fakecuda"), 0o755); err != nil {
		return nil, err
	}
	header, err := os.ReadFile(filepath.Join(root, "kernels/cuda/fakecuda/host.h"))
	if err != nil {
		return nil, err
	}
	return units, os.WriteFile(filepath.Join(work, "fakecuda", "host.h"), header, 0o644)
}

var included = regexp.MustCompile(`(?m)^[ \t]*#[ \t]*include[ \t]+"([^"]+)"`)

// withIncluded is the text of a file of work and of all that it includes there, each once and behind its name.
func withIncluded(work, name string) (string, error) {
	var b strings.Builder
	names := []string{name}
	for i := 0; i < len(names); i++ {
		text, err := os.ReadFile(filepath.Join(work, names[i]))
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "%s %d\n%s", names[i], len(text), text)
		for _, m := range included.FindAllStringSubmatch(string(text), -1) {
			if !slices.Contains(names, m[1]) {
				names = append(names, m[1])
			}
		}
	}
	return b.String(), nil
}

// writeUnit writes the file that is compiled for a .cu file: the source and
// the registration of its kernels, whose names are found in its preprocessed
// text. It answers its name in work.
func writeUnit(work, unit, preprocessed string) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "#include %q\n#include \"fakecuda/host.h\"\n", unit)
	for _, m := range kernelName.FindAllStringSubmatch(lineMarker.ReplaceAllString(preprocessed, ""), -1) {
		fmt.Fprintf(&b, "static fakecuda_kernel<%s> fakecuda_register_%s(%q, %q);\n", m[1], m[1], m[1], unit)
	}
	name := unit + ".cc"
	return name, os.WriteFile(filepath.Join(work, name), []byte(b.String()), 0o644)
}
