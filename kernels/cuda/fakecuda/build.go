package fakecuda

import (
	"bytes"
	"crypto/sha256"
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

// build compiles the fake driver, or answers the one that was built from the
// same sources with the same flags.
func build(dir string, flavour Flavour) (string, error) {
	compiler, err := exec.LookPath("g++")
	if err != nil {
		return "", fmt.Errorf("fakecuda: the tests of the CUDA backend need g++, which is not on the PATH: apt-get install g++")
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
	kept, err := cacheName(compiler, root, work, flavour)
	if err != nil {
		return "", fmt.Errorf("fakecuda: %w", err)
	}
	if _, err := os.Stat(kept); err == nil {
		return kept, nil
	}
	forKernels, forRuntime, forLink := flavour.flags()
	include := []string{"-I" + filepath.Join(root, "kernels/cuda/driver/include")}
	shared := []string{"-DINVOICELAB_HOST", "-I" + work, "-I" + filepath.Join(root, "kernels/cuda")}
	var jobs []func() (string, error)
	for _, unit := range units {
		jobs = append(jobs, func() (string, error) {
			scan := []string{"-E", "-P", "-std=c++17", "-DFAKECUDA_SCAN", "-x", "c++", filepath.Join(work, unit)}
			text, err := compile(compiler, append(scan, shared...))
			if err != nil {
				return "", err
			}
			source, err := writeUnit(work, unit, text)
			if err != nil {
				return "", err
			}
			object := source + ".o"
			_, err = compile(compiler, slices.Concat(common, forKernels, shared, []string{"-c", source, "-o", object}))
			return object, err
		})
	}
	for _, source := range runtime {
		jobs = append(jobs, func() (string, error) {
			object := filepath.Join(work, "runtime-"+filepath.Base(source)+".o")
			_, err := compile(compiler, slices.Concat(common, include, forRuntime, []string{"-c", source, "-o", object}))
			return object, err
		})
	}
	objects, err := inParallel(jobs)
	if err != nil {
		return "", err
	}
	library := filepath.Join(work, "libcuda.so.1")
	if _, err := compile(compiler, slices.Concat([]string{"-shared", "-o", library, "-Wl,--no-undefined"}, objects, forLink, []string{"-ldl", "-lpthread"})); err != nil {
		return "", err
	}
	return kept, keep(library, kept)
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

func compile(compiler string, args []string) (string, error) {
	var out, messages bytes.Buffer
	cmd := exec.Command(compiler, args...)
	cmd.Stdout, cmd.Stderr = &out, &messages
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("fakecuda: g++ %s: %w\n%s", strings.Join(args, " "), err, messages.String())
	}
	return out.String(), nil
}

// cacheName is where the driver of these sources is kept: its name is the
// hash of all that goes into it.
func cacheName(compiler, root, work string, flavour Flavour) (string, error) {
	version, err := compile(compiler, []string{"--version"})
	if err != nil {
		return "", err
	}
	forKernels, forRuntime, forLink := flavour.flags()
	h := sha256.New()
	fmt.Fprintln(h, version, common, forKernels, forRuntime, forLink)
	for _, pattern := range []string{
		filepath.Join(work, "*.cu*"), filepath.Join(work, "fakecuda", "*"),
		filepath.Join(root, "kernels/cuda/fakecuda/*.go"),
		filepath.Join(root, "kernels/cuda/fakecuda/runtime/*"), filepath.Join(root, "kernels/cuda/driver/include/*"),
	} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			return "", err
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(h, "%s %d\n", filepath.Base(path), len(text))
			h.Write(text)
		}
	}
	base, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no folder to keep the driver in: %w", err)
	}
	folder := filepath.Join(base, "invoicelab-fakecuda")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	return filepath.Join(folder, fmt.Sprintf("libcuda-%s-%x.so.1", flavour, h.Sum(nil)[:12])), nil
}

// keep moves a built library to its place in one step.
func keep(library, kept string) error {
	data, err := os.ReadFile(library)
	if err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(kept), "libcuda-*.part")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	if _, err := temporary.Write(data); err != nil {
		return err
	}
	if err := temporary.Sync(); err != nil {
		return err
	}
	if err := temporary.Close(); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), kept)
}
