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
// named files of it. It reads one file after the other and of each no more
// than a line or a document at once. What was changed or could not be aligned
// is listed in the result and summed up in the manifest's Notes; what cannot
// be read is an error that names file and line. The dataset is sealed.
type Importer struct {
	Name   string // as given to "corpus import --from"
	About  string // one line for help texts
	Labels bool   // ImportOptions.Labels has an effect
	Import func(fsys fs.FS, names []string, o ImportOptions) (ImportResult, error)
}

// ImportOptions are what the data itself may not tell.
type ImportOptions struct {
	Labels []string // names of the labels that the data gives as numbers from 0; nil when not given
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
		{Name: "hf", Labels: true, About: "Hugging Face style jsonl: tokens, ner_tags as names or numbers, bboxes from 0 to 1000", Import: importHF},
		{Name: "funsd", About: "forms: training_data and testing_data with annotations/ID.json, and images/ID.png for the size of the pages", Import: importFunsd},
		{Name: "cord", About: "receipts: train, dev and test with json/ID.json", Import: importCord},
		{Name: "wildreceipt", About: "receipts: train.txt and test.txt with a JSON object in each line, and class_list.txt", Import: importWildreceipt},
		{Name: "sroie", About: "scanned receipts: box/ID.csv, key/ID.json and sizes.tsv", Import: importSroie},
	}
}

// ImportPath runs the importer called from on path, which is a folder, or one
// file where the importer reads single files. The manifest is named after the
// path; problems and errors name files inside it.
func ImportPath(from, path string, o ImportOptions) (ImportResult, error) {
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
	if o.Labels != nil && !importer.Labels {
		return ImportResult{}, fmt.Errorf("importing %s: names of labels have no effect: the data holds names", from)
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
	result, err := importer.Import(os.DirFS(folder), files, o)
	if err != nil {
		return ImportResult{}, fmt.Errorf("importing %s from %s: %w", from, folder, err)
	}
	result.Dataset.Manifest.Name = filepath.Base(path)
	return result, nil
}
