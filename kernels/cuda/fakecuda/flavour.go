package fakecuda

import (
	"fmt"
	"slices"
	"strings"
)

// Flavour is a way to compile the kernels.
type Flavour int

// The flavours: Plain is fast. Checked has every access to device and shared
// memory and all undefined behaviour of C++ watched: a race between threads,
// an access outside of an allocation, an overflow or a bad index ends the
// launch and is named with its line. Address compiles for AddressSanitizer,
// whose library must be loaded before the program (LD_PRELOAD).
const (
	Plain Flavour = iota
	Checked
	Address
)

var flavourNames = [...]string{Plain: "plain", Checked: "checked", Address: "address"}

// String is the name that ParseFlavour takes.
func (f Flavour) String() string { return flavourNames[f] }

// ParseFlavour finds a flavour by its name; empty is Plain.
func ParseFlavour(name string) (Flavour, error) {
	if name == "" {
		return Plain, nil
	}
	for f, known := range flavourNames {
		if name == known {
			return Flavour(f), nil
		}
	}
	return 0, fmt.Errorf("flavour %q is unknown: expected plain, checked or address", name)
}

// flags are what a flavour adds to the compiler's: for the kernels, for the
// runtime, and for the linker. What the compiler's instrumentation for races
// and undefined behaviour calls is in runtime/races.cc and
// runtime/undefined.cc, so that nothing is linked for it and errors name the thread.
func (f Flavour) flags() (kernels, runtime, link []string) {
	undefined := []string{"-fsanitize=undefined", "-fsanitize=float-cast-overflow"}
	switch f {
	case Checked:
		both := []string{"-O2", "-g", "-DFAKECUDA_CHECKED"}
		return append(append(slices.Clone(both), "-fsanitize=thread", "--param=tsan-distinguish-volatile=1"), undefined...), both, nil
	case Address:
		both := []string{"-O1", "-g", "-fno-omit-frame-pointer", "-fsanitize=address", "-fsanitize-recover=address"}
		return append(slices.Clone(both), undefined...), both, []string{"-fsanitize=address"}
	}
	return []string{"-O2"}, []string{"-O2"}, nil
}

// Environment is what a process must be started with for Load to build this
// flavour and for the flavour to work. AddressSanitizer's library comes
// first, finds no leaks (Go's memory looks like one), and goes on after
// an error, which then fails the launch.
func (f Flavour) Environment() ([]string, error) {
	environment := []string{flavourVariable + "=" + f.String()}
	if f != Address {
		return environment, nil
	}
	compiler, err := findCompiler()
	if err != nil {
		return nil, err
	}
	library, err := compile(compiler, "", []string{"-print-file-name=libasan.so"})
	if err != nil {
		return nil, err
	}
	return append(environment, "LD_PRELOAD="+strings.TrimSpace(library), "ASAN_OPTIONS=detect_leaks=0:halt_on_error=0"), nil
}
