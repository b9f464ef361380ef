package fakecuda

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// common are the flags of every compilation: sums are not contracted, since
// the rounding of a fused multiply-add is not that of the sources.
var common = []string{"-std=c++17", "-fPIC", "-fvisibility=hidden", "-ffp-contract=off", "-fno-strict-aliasing", "-Wall", "-Wno-unknown-pragmas", "-Wno-unused-function", "-Wno-unused-variable"}

func findCompiler() (string, error) {
	compiler, err := exec.LookPath("g++")
	if err != nil {
		return "", fmt.Errorf("fakecuda: the tests of the CUDA backend need g++, which is not on the PATH: apt-get install g++")
	}
	return compiler, nil
}

// build compiles the fake driver, or answers the one that was built from the
// same sources with the same flags. So it is with each of its objects. That of a
// .cu file is known by its text and that of the headers it includes: a changed header
// compiles only what includes it, and a copy of the module elsewhere compiles nothing again.
func build(dir string, flavour Flavour) (string, error) {
	compiler, err := findCompiler()
	if err != nil {
		return "", err
	}
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return "", err
	}
	work, err := os.MkdirTemp("", "fakecuda-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(work)
	units, err := copySources(dir, root, work)
	if err != nil {
		return "", fmt.Errorf("fakecuda: %w", err)
	}
	runtime, err := filepath.Glob(filepath.Join(root, "kernels/cuda/fakecuda/runtime/*.cc"))
	if err != nil {
		return "", err
	}
	kept, err := openCache(compiler)
	if err != nil {
		return "", fmt.Errorf("fakecuda: %w", err)
	}
	forKernels, forRuntime, forLink := flavour.flags()
	forKernels = slices.Concat(common, forKernels, []string{"-DINVOICELAB_HOST", "-I."})
	forRuntime = slices.Concat(common, forRuntime, []string{"-Ikernels/cuda/driver/include"})
	headers := []string{filepath.Join(root, "kernels/cuda/fakecuda/host.h"), filepath.Join(root, "kernels/cuda/fakecuda/runtime/*.h"), filepath.Join(root, "kernels/cuda/driver/include/*")}

	var jobs []func() (string, error)
	for _, unit := range units {
		jobs = append(jobs, func() (string, error) {
			text, err := withIncluded(work, unit)
			if err != nil {
				return "", err
			}
			return kept.made(unit+".o", fmt.Sprint(forKernels), text, func(to string) error {
				preprocessed, err := compile(compiler, work, slices.Concat(forKernels, []string{"-w", "-E", "-DFAKECUDA_SCAN", "-x", "c++", unit}))
				if err != nil {
					return err
				}
				source, err := writeUnit(work, unit, preprocessed)
				if err != nil {
					return err
				}
				_, err = compile(compiler, work, slices.Concat(forKernels, []string{"-c", source, "-o", to}))
				return err
			})
		})
	}
	for _, source := range runtime {
		source = filepath.Join("kernels/cuda/fakecuda/runtime", filepath.Base(source))
		jobs = append(jobs, func() (string, error) {
			text, err := contents(append(headers, filepath.Join(root, source)))
			if err != nil {
				return "", err
			}
			return kept.made(filepath.Base(source)+".o", fmt.Sprint(forRuntime), text, func(to string) error {
				_, err := compile(compiler, root, slices.Concat(forRuntime, []string{"-c", source, "-o", to}))
				return err
			})
		})
	}
	objects, err := inParallel(jobs)
	if err != nil {
		return "", err
	}
	return kept.made("libcuda-"+flavour.String()+".so.1", fmt.Sprint(objects, forLink), "", func(to string) error {
		_, err := compile(compiler, work, slices.Concat([]string{"-shared", "-o", to, "-Wl,--no-undefined"}, objects, forLink, []string{"-ldl", "-lpthread"}))
		return err
	})
}

// contents is the text of the files of the patterns, each behind its name.
func contents(patterns []string) (string, error) {
	var b strings.Builder
	for _, pattern := range patterns {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			return "", err
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(&b, "%s %d\n%s", filepath.Base(path), len(text), text)
		}
	}
	return b.String(), nil
}

// inParallel runs two jobs at a time and answers their results in order.
func inParallel(jobs []func() (string, error)) ([]string, error) {
	results, failures := make([]string, len(jobs)), make([]error, len(jobs))
	slots := make(chan struct{}, 2)
	var all sync.WaitGroup
	for i, job := range jobs {
		all.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			results[i], failures[i] = job()
		})
	}
	all.Wait()
	for _, err := range failures {
		if err != nil {
			return nil, err
		}
	}
	return results, nil
}

// compile runs the compiler in a folder and answers what it prints.
func compile(compiler, dir string, args []string) (string, error) {
	var out, messages bytes.Buffer
	cmd := exec.Command(compiler, args...)
	cmd.Dir = dir
	// AddressSanitizer is for the test, not for its compiler.
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "LD_PRELOAD=") })
	cmd.Stdout, cmd.Stderr = &out, &messages
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("fakecuda: g++ %s: %w\n%s", strings.Join(args, " "), err, messages.String())
	}
	return out.String(), nil
}
