package reports

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
)

// Write makes dir and writes into it report.html, the same as Markdown and as
// LaTeX tables, and every figure that the data allow as PNG, SVG and PDF. It gives the paths written, the page first.
// Nothing of dir changes until all of it is made: files are written under
// other names and renamed when they are complete.
func Write(dir string, d Data) (paths []string, err error) {
	r, err := New(d)
	if err != nil {
		return nil, err
	}
	return r.Write(dir)
}

// file is one file of a report.
type file struct {
	name string
	data []byte
}

// Write is the function Write for a report that is computed already.
func (r *Report) Write(dir string) (paths []string, err error) {
	files, err := r.files()
	if err != nil {
		return nil, err
	}
	if paths, err = writeAll(dir, files); err != nil {
		return nil, err
	}
	// A figure that these data do not allow must not stay from an earlier
	// report beside a page that says it was left out.
	for _, f := range Figures() {
		for _, format := range Formats() {
			name := f.Name + "." + string(format)
			if !written(files, name) {
				if err := os.Remove(filepath.Join(dir, name)); err != nil && !os.IsNotExist(err) {
					return nil, fmt.Errorf("reports: %w", err)
				}
			}
		}
	}
	return paths, nil
}

func written(files []file, name string) bool {
	for _, f := range files {
		if f.name == name {
			return true
		}
	}
	return false
}

// TextFiles names the files of a report that are no figures, the page first.
func TextFiles() []string { return []string{"report.html", "report.md", "report.tex"} }

// files makes every file of the report in memory, the page first.
func (r *Report) files() ([]file, error) {
	page, err := r.HTML()
	if err != nil {
		return nil, err
	}
	files := []file{{"report.html", page}, {"report.md", r.Markdown()}, {"report.tex", r.LaTeX()}}
	figures, formats := Figures(), Formats()
	drawn := make([][]file, len(figures))
	failed := make([]error, len(figures))
	next := make(chan int)
	var done sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(figures)) {
		done.Go(func() {
			for i := range next {
				for _, format := range formats {
					var b bytes.Buffer
					_, err := figures[i].Draw(&b, format, r)
					if _, left := isAbsent(err); left {
						break
					}
					if err != nil {
						failed[i] = err
						break
					}
					drawn[i] = append(drawn[i], file{figures[i].Name + "." + string(format), b.Bytes()})
				}
			}
		})
	}
	for i := range figures {
		next <- i
	}
	close(next)
	done.Wait()
	if err := errors.Join(failed...); err != nil {
		return nil, err
	}
	for _, d := range drawn {
		files = append(files, d...)
	}
	return files, nil
}

// writeTogether writes all files into a folder. To wait for the disk once for
// all is much faster than file by file.
func writeTogether(dir string, files []file) error {
	failed := make([]error, len(files))
	var done sync.WaitGroup
	for i, f := range files {
		done.Go(func() { failed[i] = writeSynced(filepath.Join(dir, f.name), f.data) })
	}
	done.Wait()
	if err := errors.Join(failed...); err != nil {
		return fmt.Errorf("reports: %w", err)
	}
	return nil
}

func writeSynced(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	if _, err := f.Write(data); err != nil {
		f.Close()
		return err
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
