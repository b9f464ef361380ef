package config

import (
	"fmt"
	"github.com/invoicelab/invoicelab/nearest"
	"os"
	"path"
	"slices"
	"strings"
)

// source is a file to decode: the name that its errors show, and its bytes.
type source struct {
	name string
	text []byte
}

// open reads the spec called name: a shipped one of the kind ("schemas",
// "sweeps", "experiments", "corpora", "rules", "claims") or a file. A name that ends in .yaml or .yml or
// holds a slash is a file; anything else is shipped. Files are found from the
// working directory.
func open(kind, name string) (source, error) {
	one := map[string]string{"schemas": "schema", "sweeps": "sweep", "experiments": "experiment", "corpora": "corpus", "rules": "rules", "claims": "claims"}[kind]
	if isPath(name) {
		text, err := os.ReadFile(name)
		if err != nil {
			return source{}, fmt.Errorf("%s %s: %w", one, name, cause(err))
		}
		return source{name, text}, nil
	}
	names := shipped(kind)
	if !slices.Contains(names, name) {
		hint := ""
		if _, err := os.Stat(name); err == nil {
			hint = fmt.Sprintf("; to read the file of that name write ./%s", name)
		} else if near, ok := nearest.Name(name, names); ok {
			hint = fmt.Sprintf("; did you mean %s?", near)
		}
		return source{}, fmt.Errorf("%s %q: not one that ships (%s), and not a path such as my/%s.yaml%s", one, name, strings.Join(names, ", "), one, hint)
	}
	file := path.Join("specs", kind, name+".yaml")
	text, err := specs.ReadFile(file)
	if err != nil {
		panic("config: open: " + err.Error())
	}
	return source{"shipped " + path.Join(kind, name+".yaml"), text}, nil
}

// isPath tells a path from the name of a shipped spec.
func isPath(name string) bool {
	return strings.ContainsAny(name, `/\`) || strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}

// cause strips the operation and path that os puts before its errors, because
// the message that holds it names the file already.
func cause(err error) error {
	if p, ok := err.(*os.PathError); ok {
		return p.Err
	}
	return err
}
