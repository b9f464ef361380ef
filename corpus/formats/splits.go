package formats

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
)

// namedFile is a file and the split that its name tells.
type namedFile struct {
	name  string
	split corpus.Split
}

// splitOfName reads the split from the name of a file.
func splitOfName(name string) (corpus.Split, bool) {
	switch strings.ToLower(strings.TrimSuffix(path.Base(name), path.Ext(name))) {
	case "train":
		return corpus.Train, true
	case "dev", "valid", "validation":
		return corpus.Validation, true
	case "test":
		return corpus.Test, true
	case "heldout":
		return corpus.Heldout, true
	}
	return "", false
}

// splitFiles chooses the files to read, in the order of Splits. Files of a
// folder that look like data but are not read are problems.
func splitFiles(fsys fs.FS, names []string, extensions ...string) ([]namedFile, []corpus.Problem, error) {
	var files []namedFile
	var problems []corpus.Problem
	folder := len(names) == 0
	if folder {
		entries, err := fs.ReadDir(fsys, ".")
		if err != nil {
			return nil, nil, err
		}
		for _, e := range entries {
			if !e.IsDir() && slices.Contains(extensions, strings.ToLower(path.Ext(e.Name()))) {
				names = append(names, e.Name())
			}
		}
	}
	for _, name := range names {
		split, ok := splitOfName(name)
		switch {
		case !folder && len(names) == 1:
			split = corpus.Train
		case !ok && folder:
			problems = append(problems, corpus.Problem{File: name, What: "not read: it is not called train, dev, valid, validation or test"})
			continue
		case !ok:
			return nil, nil, fmt.Errorf("%s: cannot tell its split; of several files each must be called train, dev, valid, validation or test", name)
		}
		for _, other := range files {
			if other.split == split {
				return nil, nil, fmt.Errorf("%s and %s are both the %s split", other.name, name, split)
			}
		}
		files = append(files, namedFile{name, split})
	}
	if len(files) == 0 {
		return nil, nil, fmt.Errorf("no file called train, dev, valid, validation or test with the extension %s", strings.Join(extensions, ", "))
	}
	slices.SortStableFunc(files, func(a, b namedFile) int {
		return slices.Index(corpus.Splits, a.split) - slices.Index(corpus.Splits, b.split)
	})
	return files, problems, nil
}
