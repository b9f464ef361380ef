package fakecuda

import "fmt"

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
// runtime, and for the linker. The checked flavour uses the compiler's
// instrumentation with a runtime of our own (runtime/races.cc,
// runtime/undefined.cc), so nothing is linked for it.
func (f Flavour) flags() (kernels, runtime, link []string) {
	switch f {
	case Checked:
		return []string{"-O1", "-g", "-fsanitize=thread,undefined", "-DFAKECUDA_CHECKED"}, []string{"-O2", "-DFAKECUDA_CHECKED"}, nil
	case Address:
		both := []string{"-O1", "-g", "-fno-omit-frame-pointer", "-fsanitize=address"}
		return append(both, "-fsanitize=undefined", "-fsanitize-undefined-trap-on-error"), both, []string{"-fsanitize=address"}
	}
	return []string{"-O2"}, []string{"-O2"}, nil
}
