package formats

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/nearest"
)

// Importer reads other people's data.
//
// Import reads the folder fsys as a whole when names is empty, else only the
// named files of it. What was changed or could not be aligned is listed in
// the result and summed up in the manifest's Notes; what cannot be read is
// an error that names file and line. The dataset is sealed.
type Importer struct {
	Name   string // as given to "corpus import --from"
	About  string // one line for help texts
	Import func(fsys fs.FS, names []string) (ImportResult, error)
}

// ImportResult is what an importer made of the data.
type ImportResult struct {
	Dataset  *corpus.Dataset
	Problems []corpus.Problem
}

// Importers lists the importers in the order in which help texts show them.
func Importers() []Importer {
	return []Importer{
		{Name: "conll", About: "tokens in columns, the last a BIO, IOB1 or BIOES label; a blank line after each sentence", Import: importConll},
		{Name: "sroie", About: "scanned receipts: box/ID.csv, key/ID.json and sizes.tsv", Import: importSroie},
	}
}

// ImportPath runs the importer called from on path, which is a folder, or one
// file where the importer reads single files. The manifest is named after the
// path; problems and errors name files inside it.
func ImportPath(from, path string) (ImportResult, error) {
	var importer *Importer
	var names []string
	for _, i := range Importers() {
		if i.Name == from {
			importer = &i
		}
		names = append(names, i.Name)
	}
	if importer == nil {
		return ImportResult{}, fmt.Errorf("no importer is called %q%s; there are %q", from, nearest.Hint(from, names), names)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return ImportResult{}, fmt.Errorf("importing %s: %w", from, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return ImportResult{}, fmt.Errorf("importing %s: %w", from, err)
	}
	folder, files := path, []string(nil)
	if !info.IsDir() {
		folder, files = filepath.Dir(path), []string{filepath.Base(path)}
	}
	result, err := importer.Import(os.DirFS(folder), files)
	if err != nil {
		return ImportResult{}, fmt.Errorf("importing %s from %s: %w", from, folder, err)
	}
	result.Dataset.Manifest.Name = filepath.Base(path)
	return result, nil
}
