package draw

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/typeset"
)

// Format names a kind of exported files.
type Format string

const (
	FormatPNG       Format = "png"       // a picture of each page
	FormatPDF       Format = "pdf"       // a file of each document
	FormatImages224 Format = "images224" // a grey square of each page, for training
)

// ImageSide is the side of FormatImages224 in pixels.
const ImageSide = 224

// Export is what an export depends on. It is stored beside the files, so that
// a later call goes on with the same one only.
type Export struct {
	Format Format  `json:"format"`
	DPI    float64 `json:"dpi,omitempty"`    // of FormatPNG
	Colour bool    `json:"colour,omitempty"` // of FormatPNG
	Digest string  `json:"digest"`           // of the corpus
}

// exportName is the file that holds an Export.
const exportName = "export.json"

// ExportCount is what Run has done so far.
type ExportCount struct {
	Documents int   `json:"documents"` // done, earlier ones included
	Earlier   int   `json:"earlier"`   // documents whose files were there
	Files     int   `json:"files"`     // written
	Bytes     int64 `json:"bytes"`     // written
}

// Run writes the files of documents into folder dir with a number of workers:
// dir/SPLIT/ID-PAGE.png, pages counted from 1, or dir/SPLIT/ID.pdf. Pages
// gives the pages of a document; several workers call it at once. Files that
// an earlier call has written are kept, so a call goes on after an
// interruption; a file is written under another name first and then renamed,
// so each is there as a whole or not at all. Progress is told, from one
// goroutine at a time, after each document.
//
// It is an error if dir holds anything but an export with the same settings
// of the same corpus. The first error of any kind ends the export.
func (e Export) Run(ctx context.Context, dir string, entries iter.Seq2[corpus.Entry, error], workers int, pages func(*corpus.Document) ([]typeset.Page, error), progress func(ExportCount)) (ExportCount, error) {
	if err := e.begin(dir); err != nil {
		return ExportCount{}, fmt.Errorf("exporting to %s: %w", dir, err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	jobs := make(chan corpus.Entry)
	var wg sync.WaitGroup
	var mu sync.Mutex
	var count ExportCount
	var temporary atomic.Int64
	for range max(1, workers) {
		wg.Go(func() {
			w := exporter{Export: e, dir: dir, painter: NewPainter(), temporary: &temporary}
			for entry := range jobs {
				if ctx.Err() != nil {
					continue
				}
				files, size, err := w.document(entry, pages)
				if err != nil {
					cancel(fmt.Errorf("exporting %s: %w", entry.Document.ID, err))
					continue
				}
				mu.Lock()
				count.Documents++
				count.Files += files
				count.Bytes += size
				if files == 0 {
					count.Earlier++
				}
				progress(count)
				mu.Unlock()
			}
		})
	}
	for entry, err := range entries {
		if err != nil {
			cancel(err)
			break
		}
		if ctx.Err() != nil {
			break
		}
		jobs <- entry
	}
	close(jobs)
	wg.Wait()
	if err := context.Cause(ctx); err != nil {
		return count, err
	}
	return count, nil
}

// begin makes dir and stores the settings, or compares them with what is
// there.
func (e Export) begin(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	path := filepath.Join(dir, exportName)
	data, err := os.ReadFile(path)
	switch {
	case err == nil:
		var there Export
		if err := corpus.DecodeJSON(path, data, &there); err != nil {
			return err
		}
		if there != e {
			return fmt.Errorf("it holds an export of other settings or of another corpus (%s); nothing was written", exportName)
		}
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	others, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	if len(others) > 0 {
		return fmt.Errorf("it holds %s, which is no part of an export; nothing was written", others[0].Name())
	}
	data, err = json.MarshalIndent(e, "", "  ")
	if err != nil {
		return err
	}
	return writeWhole(path, filepath.Join(dir, ".part-settings"), append(data, '\n'))
}

// exporter is one worker of an export.
type exporter struct {
	Export
	dir       string
	painter   *Painter
	temporary *atomic.Int64 // numbers of temporary files
	file      bytes.Buffer
}

// document writes the files of a document and gives how many and their
// bytes; none where all are there.
func (x *exporter) document(entry corpus.Entry, pages func(*corpus.Document) ([]typeset.Page, error)) (files int, size int64, err error) {
	d := entry.Document
	folder := filepath.Join(x.dir, string(entry.Split))
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return 0, 0, err
	}
	base := filepath.Join(folder, fileName(d.ID))
	var names []string
	if x.Format == FormatPDF {
		names = []string{base + ".pdf"}
	} else {
		for k := range pagesOf(d) {
			names = append(names, fmt.Sprintf("%s-%d.png", base, k+1))
		}
	}
	missing := false
	for _, name := range names {
		missing = missing || !isWhole(name)
	}
	if !missing {
		return 0, 0, nil
	}
	list, err := pages(d)
	if err != nil {
		return 0, 0, err
	}
	if x.Format != FormatPDF && len(list) != len(names) {
		return 0, 0, fmt.Errorf("it has %d pages with tokens and %d with a layout", len(names), len(list))
	}
	for k, name := range names {
		x.file.Reset()
		switch x.Format {
		case FormatPDF:
			err = PDF(&x.file, list)
		case FormatPNG:
			err = x.painter.PNG(&x.file, &list[k], Picture{DPI: x.DPI, Colour: x.Colour})
		case FormatImages224:
			err = x.painter.PNG(&x.file, &list[k], Picture{Side: ImageSide})
		default:
			panic(fmt.Sprintf("draw: Run: format %q", x.Format))
		}
		if err != nil {
			return files, size, err
		}
		part := filepath.Join(x.dir, fmt.Sprintf(".part-%d-%d", os.Getpid(), x.temporary.Add(1)))
		if err := writeWhole(name, part, x.file.Bytes()); err != nil {
			return files, size, err
		}
		files++
		size += int64(x.file.Len())
	}
	return files, size, nil
}

// fileName makes an id the name of a file: what has a meaning in paths is
// written as in an address.
func fileName(id string) string { return url.PathEscape(id) }

// writeWhole writes a file under the name part and gives it its own name; an
// error leaves neither. The rename is not synced: what a crash of the machine
// leaves without its end is found by isWhole.
func writeWhole(path, part string, data []byte) error {
	err := os.WriteFile(part, data, 0o666)
	if err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		os.Remove(part)
	}
	return err
}

// Ends of PNG and PDF files.
var (
	pngEnd = []byte("IEND\xaeB`\x82")
	pdfEnd = []byte("%%EOF\n")
)

// isWhole says whether a file is there with its end.
func isWhole(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	end := pngEnd
	if filepath.Ext(path) == ".pdf" {
		end = pdfEnd
	}
	if _, err := f.Seek(-int64(len(end)), io.SeekEnd); err != nil {
		return false
	}
	got, err := io.ReadAll(f)
	return err == nil && bytes.Equal(got, end)
}
