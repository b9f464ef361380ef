package formats

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/lines"
)

// importSroie reads scanned receipts: sizes.tsv lists them (split, id, width
// and height in pixels), box/ID.csv has the text lines of each with their
// corners, and key/ID.json its fields as strings. A line becomes words that
// share its box by characters, in the order of the file; the fields become
// spans where they can be found among the words.
func importSroie(fsys fs.FS, names []string, _ ImportOptions) (ImportResult, error) {
	if len(names) > 0 {
		return ImportResult{}, fmt.Errorf("%s: this importer reads a folder with %s, box and key", names[0], sroieSizes)
	}
	receipts, err := readSroieSizes(fsys)
	if err != nil {
		return ImportResult{}, err
	}
	schema := &corpus.Schema{Name: "sroie"}
	for _, name := range sroieFields() {
		schema.Entities = append(schema.Entities, corpus.Entity{Name: name})
	}
	imp := sroieImport{fsys: fsys, tally: make([]sroieTally, len(schema.Entities))}
	ds := &corpus.Dataset{Manifest: corpus.Manifest{Source: "sroie"}, Schema: schema, Docs: map[corpus.Split][]corpus.Document{}}
	for _, r := range receipts {
		doc, err := imp.receipt(r)
		if err != nil {
			return ImportResult{}, err
		}
		ds.Docs[r.split] = append(ds.Docs[r.split], doc)
	}
	if len(ds.Docs[corpus.Train]) == 0 {
		return ImportResult{}, fmt.Errorf("%s: no receipt of split train", sroieSizes)
	}
	if err := imp.unlisted(receipts); err != nil {
		return ImportResult{}, err
	}
	ds.Manifest.Notes = imp.notes()
	ds.Seal()
	return ImportResult{Dataset: ds, Problems: imp.problems}, nil
}

// sroieSizes lists the receipts.
const sroieSizes = "sizes.tsv"

// sroieFields names the fields as the key files do, in schema order.
func sroieFields() []string { return []string{"company", "date", "address", "total"} }

// Bounds on what one receipt may hold, and so on the time that its alignment
// takes. Real ones have up to 7 KB of text on pages of up to 7,000 pixels.
const (
	sroieFile = 1 << 17 // bytes of a box or key file
)

// sroieReceipt is one line of sizes.tsv.
type sroieReceipt struct {
	split         corpus.Split
	id            string
	width, height int // pixels
}

// readSroieSizes reads sizes.tsv.
func readSroieSizes(fsys fs.FS) ([]sroieReceipt, error) {
	f, err := fsys.Open(sroieSizes)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var receipts []sroieReceipt
	seen := map[string]int{}
	in := lines.New(f, sroieSizes)
	for in.Next() {
		row := strings.TrimSpace(string(in.Bytes()))
		if row == "" {
			continue
		}
		columns := strings.Split(row, "\t")
		if len(columns) != 4 {
			return nil, in.Errorf("%d columns, expected split, id, width and height", len(columns))
		}
		r := sroieReceipt{id: columns[1]}
		split, ok := splitOfName(columns[0])
		if !ok {
			return nil, in.Errorf("split %q, expected train, dev or test", columns[0])
		}
		r.split = split
		if !fs.ValidPath(r.id) || r.id == "." || strings.Contains(r.id, "/") {
			return nil, in.Errorf("id %q cannot be the name of a file", r.id)
		}
		if first, ok := seen[r.id]; ok {
			return nil, in.Errorf("id %s is used before, in line %d", r.id, first)
		}
		seen[r.id] = in.Number()
		var errWidth, errHeight error
		r.width, errWidth = strconv.Atoi(columns[2])
		r.height, errHeight = strconv.Atoi(columns[3])
		if errWidth != nil || errHeight != nil || r.width < 1 || r.height < 1 || r.width > maxPixel || r.height > maxPixel {
			return nil, in.Errorf("size %s x %s, expected pixels from 1 to %d", columns[2], columns[3], maxPixel)
		}
		receipts = append(receipts, r)
	}
	return receipts, in.Err()
}

// sroieImport gathers what was changed and what could not be aligned.
type sroieImport struct {
	fsys     fs.FS
	problems []corpus.Problem
	tally    []sroieTally // per field
	lines    int
	clamped  int // words whose box left the page
	replaced int // lines and fields that were not UTF-8
	empty    int // lines without text
}

// sroieTally counts the outcome for one field.
type sroieTally struct{ exact, near, inside, lost, absent int }

func (imp *sroieImport) report(file string, line int, format string, args ...any) {
	imp.problems = append(imp.problems, corpus.Problem{File: file, Line: line, What: fmt.Sprintf(format, args...)})
}

// receipt reads one receipt and aligns its fields.
func (imp *sroieImport) receipt(r sroieReceipt) (corpus.Document, error) {
	doc := corpus.Document{ID: r.id, Kind: "RECEIPT", Boxed: true}
	boxes := path.Join("box", r.id+".csv")
	text, err := imp.readLines(r, boxes, &doc)
	if err != nil {
		return corpus.Document{}, err
	}
	key := path.Join("key", r.id+".json")
	fields, err := imp.readKey(key)
	if err != nil {
		return corpus.Document{}, err
	}
	aligner := newFieldAligner(doc.Tokens, text)
	// The long fields first: a date or total inside them is none.
	for _, name := range []string{"company", "address", "date", "total"} {
		entity := slices.Index(sroieFields(), name)
		tally := &imp.tally[entity]
		value := fields[name]
		if !hasAlphanumeric(value) {
			tally.absent++
			imp.report(key, 0, "%s is missing or empty", name)
			continue
		}
		match := aligner.field(name, value)
		switch match.quality {
		case alignedNot:
			tally.lost++
			imp.report(key, 0, "%s %q is not found among the words", name, value)
			continue
		case alignedExact:
			tally.exact++
		case alignedInside:
			tally.inside++
			imp.report(key, 0, "%s %q is part of %q", name, value, aligner.words(match))
		case alignedNear:
			tally.near++
			imp.report(key, 0, "%s %q aligned with %q, %d of %d characters differ", name, value, aligner.words(match), match.distance, match.length)
		}
		aligner.take(match)
		doc.Spans = append(doc.Spans, corpus.Span{Entity: corpus.EntityID(entity), Start: match.start, End: match.end})
	}
	slices.SortFunc(doc.Spans, func(a, b corpus.Span) int { return a.Start - b.Start })
	return doc, nil
}

// sroieLine is a text line of a receipt, in pixels.
type sroieLine struct {
	text   string
	y0, y1 int
}

// readLines reads a box file: x1,y1,...,x4,y4,TEXT, where the text may hold
// commas. It appends the words to doc.
func (imp *sroieImport) readLines(r sroieReceipt, name string, doc *corpus.Document) ([]sroieLine, error) {
	data, err := readBounded(imp.fsys, name, sroieFile)
	if err != nil {
		return nil, err
	}
	var found []sroieLine
	in := lines.New(bytes.NewReader(data), name)
	for in.Next() {
		row := string(in.Bytes())
		if strings.TrimSpace(row) == "" {
			continue
		}
		columns := strings.SplitN(row, ",", 9)
		if len(columns) < 9 {
			return nil, in.Errorf("%d columns, expected 8 coordinates and the text", len(columns))
		}
		var at [8]int
		for i := range at {
			at[i], err = strconv.Atoi(strings.TrimSpace(columns[i]))
			if err != nil || at[i] < -maxPixel || at[i] > maxPixel {
				return nil, in.Errorf("coordinate %d is %q, expected pixels", i+1, columns[i])
			}
		}
		text := strings.ToValidUTF8(columns[8], "\ufffd")
		if text != columns[8] {
			imp.replaced++
			imp.report(name, in.Number(), "not UTF-8: bytes replaced by U+FFFD")
		}
		imp.lines++
		x0, x1 := min(at[0], at[2], at[4], at[6]), max(at[0], at[2], at[4], at[6])
		y0, y1 := min(at[1], at[3], at[5], at[7]), max(at[1], at[3], at[5], at[7])
		words := splitLine(text)
		if len(words) == 0 {
			imp.empty++
			imp.report(name, in.Number(), "no text")
			continue
		}
		for _, w := range words {
			box, inside := pixelBox(extent{r.width, r.height}, x0, y0, x1, y1, w)
			if !inside {
				imp.clamped++
			}
			doc.Tokens = append(doc.Tokens, corpus.Token{Text: w.text, Box: box, Line: len(found)})
		}
		found = append(found, sroieLine{text, y0, y1})
	}
	if err := in.Err(); err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s: no line of text", name)
	}
	return found, nil
}

// readKey reads the fields of a receipt.
func (imp *sroieImport) readKey(name string) (map[string]string, error) {
	data, err := readBounded(imp.fsys, name, sroieFile)
	if err != nil {
		return nil, err
	}
	if valid := bytes.ToValidUTF8(data, []byte("\ufffd")); !bytes.Equal(valid, data) {
		imp.replaced++
		imp.report(name, 0, "not UTF-8: bytes replaced by U+FFFD")
		data = valid
	}
	var key struct {
		Company, Date, Address, Total string
	}
	if err := corpus.DecodeJSON(name, bytes.TrimPrefix(data, []byte("\ufeff")), &key); err != nil {
		return nil, err
	}
	return map[string]string{"company": key.Company, "date": key.Date, "address": key.Address, "total": key.Total}, nil
}

// unlisted reports box and key files that sizes.tsv does not list.
func (imp *sroieImport) unlisted(receipts []sroieReceipt) error {
	listed := map[string]bool{}
	for _, r := range receipts {
		listed[r.id] = true
	}
	for _, kind := range []struct{ folder, ext string }{{"box", ".csv"}, {"key", ".json"}} {
		entries, err := fs.ReadDir(imp.fsys, kind.folder)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		for _, e := range entries {
			if id, ok := strings.CutSuffix(e.Name(), kind.ext); ok && !listed[id] {
				imp.report(path.Join(kind.folder, e.Name()), 0, "not read: %s does not list it", sroieSizes)
			}
		}
	}
	return nil
}

// notes sums up the import.
func (imp *sroieImport) notes() []string {
	notes := []string{fmt.Sprintf("%d lines of text", imp.lines)}
	for i, name := range sroieFields() {
		t := imp.tally[i]
		notes = append(notes, fmt.Sprintf("%s: %d aligned exactly, %d inside longer words, %d approximately; %d not found, %d missing in the key file",
			name, t.exact, t.inside, t.near, t.lost, t.absent))
	}
	for _, c := range []struct {
		count int
		what  string
	}{
		{imp.clamped, "boxes of words cut at the page"},
		{imp.replaced, "lines or key files were not UTF-8"},
		{imp.empty, "lines without text left out"},
	} {
		if c.count > 0 {
			notes = append(notes, fmt.Sprintf("%d %s", c.count, c.what))
		}
	}
	return notes
}
