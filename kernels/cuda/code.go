package cuda

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// CodeVariable names the environment variable that says which form of the kernels is loaded: "ptx", or, where it is empty,
// machine code that fits the device if the program was built with any (see make cuda), else PTX.
const CodeVariable = "INVOICELAB_CUDA_CODE"

// ptx holds each module as the driver compiles it, for compute capability 7.5
// and later.
//
//go:embed ptx/*.ptx
var ptx embed.FS

// cubins holds modules as machine code, for the chips that nvcc was asked for when
// the program was built. Their names have a hash of their sources, that of the PTX.
//
//go:embed cubin
var cubins embed.FS

// code is the modules in the form that a device gets.
type code struct {
	kind   string // "PTX", or "cubin"
	images [][]byte
}

const hashDigits = 16 // of the sources' hash in the name of a cubin

// chooseCode reads the modules for a device of a compute capability, 75 for 7.5.
func chooseCode(wish string, capability int) (code, error) {
	if wish != "" && wish != "ptx" {
		return code{}, fmt.Errorf("kernels/cuda: %s is %q, expected ptx or nothing", CodeVariable, wish)
	}
	c := code{kind: "PTX"}
	var hashes []string
	for _, m := range modules {
		text, err := ptx.ReadFile("ptx/" + m.name + ".ptx")
		if err != nil {
			return code{}, fmt.Errorf("kernels/cuda: %w", err)
		}
		line, _, _ := bytes.Cut(text, []byte("\n"))
		hash, found := strings.CutPrefix(string(line), "// sources: ")
		if !found || len(hash) < hashDigits {
			return code{}, fmt.Errorf("kernels/cuda: ptx/%s.ptx begins %q, expected the hash of its sources", m.name, line)
		}
		c.images, hashes = append(c.images, text), append(hashes, hash[:hashDigits])
	}
	if wish != "" {
		return c, nil
	}
	if images := machineCode(cubins, hashes, capability); images != nil {
		return code{"cubin", images}, nil
	}
	return c, nil
}

// machineCode is the modules for the newest chip whose code the device runs, which is one of its major
// capability and no newer; nil where no chip has all of them, of the sources that the PTX is of.
func machineCode(fsys fs.FS, hashes []string, capability int) [][]byte {
	for chip := capability; chip >= capability/10*10; chip-- {
		var images [][]byte
		for i, m := range modules {
			image, err := fs.ReadFile(fsys, path.Join("cubin", m.name+"-"+hashes[i]+".sm_"+strconv.Itoa(chip)+".cubin"))
			if err != nil {
				break
			}
			images = append(images, image)
		}
		if len(images) == len(modules) {
			return images
		}
	}
	return nil
}
