package formats

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/nearest"
)

// readBounded reads a file of at most limit bytes.
func readBounded(fsys fs.FS, name string, limit int) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, int64(limit)+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(data) > limit {
		return nil, fmt.Errorf("%s: larger than %d bytes", name, limit)
	}
	return data, nil
}

// maxJSON is the largest JSON file that is read as a whole, in bytes: a
// hundred times the largest page seen.
const maxJSON = 16 << 20

// readJSON decodes a file; keys that into lacks are left out. What is wrong
// is named with its line.
func readJSON(fsys fs.FS, name string, into any) error {
	data, err := readBounded(fsys, name, maxJSON)
	if err != nil {
		return err
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if err := json.Unmarshal(data, into); err != nil {
		at := int64(len(data))
		var syntax *json.SyntaxError
		var kind *json.UnmarshalTypeError
		switch {
		case len(bytes.TrimSpace(data)) == 0:
			return fmt.Errorf("%s: empty file", name)
		case errors.As(err, &syntax):
			at = syntax.Offset
		case errors.As(err, &kind):
			at = kind.Offset
		}
		return fmt.Errorf("%s:%d: %w", name, 1+bytes.Count(data[:min(at, int64(len(data)))], []byte("\n")), plainly(err))
	}
	return nil
}

// plainly words the errors of encoding/json without its Go types.
func plainly(err error) error {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		if kind.Field == "" {
			return fmt.Errorf("%s, expected %s", kind.Value, jsonKind(kind.Type))
		}
		return fmt.Errorf("%s: %s, expected %s", kind.Field, kind.Value, jsonKind(kind.Type))
	}
	return err
}

// jsonKind words what JSON fits a Go type.
func jsonKind(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Slice:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Int:
		return "a whole number"
	}
	return "a number"
}

// lacks is the error about a key that an object does not have.
func lacks[V any](object map[string]V, key string) error {
	keys := slices.Sorted(maps.Keys(object))
	return fmt.Errorf("no key %q%s; there are %.200s", key, nearest.Hint(key, keys), strings.Join(keys, ", "))
}

// jsonFiles lists the JSON files of a folder, sorted; none when there is no
// such folder.
func jsonFiles(fsys fs.FS, folder string) ([]string, error) {
	entries, err := fs.ReadDir(fsys, folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		if !e.IsDir() && strings.HasSuffix(e.Name(), ".json") {
			files = append(files, path.Join(folder, e.Name()))
		}
	}
	return files, nil
}
