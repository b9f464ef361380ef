package formats

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
)

// funsdForm is a file of annotations. Boxes are in pixels of the image.
type funsdForm struct {
	Form []struct {
		Text  string    `json:"text"`
		Box   []float64 `json:"box"`
		Label string    `json:"label"`
		Words []struct {
			Text string    `json:"text"`
			Box  []float64 `json:"box"`
		} `json:"words"`
	} `json:"form"`
}

// importFunsd reads forms: training_data and testing_data, each with
// annotations/ID.json. An item is an entity over its words, in the order of
// the file; items labelled other are none. The size of a page is that of
// images/ID.png; where there is no image, the page ends at its last words.
func importFunsd(fsys fs.FS, names []string, _ ImportOptions) (ImportResult, error) {
	if len(names) > 0 {
		return ImportResult{}, fmt.Errorf("%s: this importer reads a folder with training_data and testing_data", names[0])
	}
	if _, err := fs.Stat(fsys, "dataset"); err == nil { // as the archive unpacks
		if fsys, err = fs.Sub(fsys, "dataset"); err != nil {
			return ImportResult{}, err
		}
	}
	set := newEntitySet()
	docs := map[corpus.Split][]corpus.Document{}
	var sum wordChanges
	guessed := 0
	for _, part := range []struct {
		folder string
		split  corpus.Split
	}{{"training_data", corpus.Train}, {"testing_data", corpus.Test}} {
		files, err := jsonFiles(fsys, path.Join(part.folder, "annotations"))
		if err != nil {
			return ImportResult{}, err
		}
		for _, file := range files {
			doc, sized, err := readFunsd(set, fsys, part.folder, file, &sum)
			if err != nil {
				return ImportResult{}, err
			}
			if !sized {
				guessed++
			}
			docs[part.split] = append(docs[part.split], doc)
		}
	}
	if len(docs[corpus.Train]) == 0 {
		return ImportResult{}, errors.New("no file training_data/annotations/*.json")
	}
	notes := sum.notes()
	var problems []corpus.Problem
	if guessed > 0 {
		note := fmt.Sprintf("%d pages have no image: taken to end at their last words", guessed)
		notes = append(notes, note)
		problems = append(problems, corpus.Problem{File: "training_data", What: note})
	}
	ds, err := set.dataset("funsd", docs, notes)
	return ImportResult{Dataset: ds, Problems: problems}, err
}

// readFunsd reads one form. sized is false when its image is not there.
func readFunsd(set *entitySet, fsys fs.FS, folder, file string, sum *wordChanges) (doc corpus.Document, sized bool, err error) {
	var form funsdForm
	if err := readJSON(fsys, file, &form); err != nil {
		return doc, false, err
	}
	if form.Form == nil {
		return doc, false, fmt.Errorf("%s: no key \"form\"", file)
	}
	id := strings.TrimSuffix(path.Base(file), ".json")
	boxes := make([][]bounds, len(form.Form))
	var last bounds
	for i, item := range form.Form {
		for k, word := range item.Words {
			if len(word.Box) != 4 {
				return doc, false, fmt.Errorf("%s: form[%d].words[%d]: box of %d numbers, expected 4", file, i, k, len(word.Box))
			}
			b, err := boundsOf(word.Box)
			if err != nil {
				return doc, false, fmt.Errorf("%s: form[%d].words[%d]: %w", file, i, k, err)
			}
			boxes[i] = append(boxes[i], b)
			last.x1, last.y1 = max(last.x1, b.x1), max(last.y1, b.y1)
		}
	}
	image := path.Join(folder, "images", id+".png")
	page, err := pngSize(fsys, image)
	sized = err == nil
	if errors.Is(err, fs.ErrNotExist) {
		page, err = extent{max(last.x1, 1), max(last.y1, 1)}, nil
	}
	if err != nil {
		return doc, false, err
	}
	p := pageWords{page: page, sum: sum, doc: corpus.Document{ID: id, Boxed: true}}
	for i, item := range form.Form {
		p.endLine()
		start := len(p.doc.Tokens)
		for k, word := range item.Words {
			if k > 0 && boxes[i][k].y0 >= boxes[i][k-1].y1 { // below the word before it
				p.endLine()
			}
			box, inside := boxes[i][k].box(page)
			p.add(word.Text, box, inside)
		}
		if item.Label == "other" {
			continue
		}
		entity, err := set.number(item.Label)
		if err != nil {
			return doc, false, fmt.Errorf("%s: form[%d]: %w", file, i, err)
		}
		p.span(entity, start)
	}
	return p.doc, sized, nil
}

// pngSize reads the size of a PNG from its header.
func pngSize(fsys fs.FS, name string) (extent, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return extent{}, err
	}
	defer f.Close()
	var header [24]byte // signature, length and name of the first chunk, width, height
	if _, err := io.ReadFull(f, header[:]); err != nil || string(header[:8]) != "\x89PNG\r\n\x1a\n" || string(header[12:16]) != "IHDR" {
		return extent{}, fmt.Errorf("%s: not a PNG", name)
	}
	page := extent{int(binary.BigEndian.Uint32(header[16:])), int(binary.BigEndian.Uint32(header[20:]))}
	if err := page.check(); err != nil {
		return extent{}, fmt.Errorf("%s: %w", name, err)
	}
	return page, nil
}
