package formats

import (
	"encoding/csv"
	"errors"
	"fmt"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
)

// conllWriter writes token, further columns and label, separated by tabs, and
// a blank line after each document.
type conllWriter struct {
	splitWriter
	columns int // of each token; -1 before the first
}

func beginConll(x *export) (documentWriter, error) {
	return &conllWriter{splitWriter{x: x, extension: ".conll"}, -1}, x.writeGroups()
}

func (w *conllWriter) add(e corpus.Entry) error {
	out, err := w.to(e.Split)
	if err != nil {
		return err
	}
	d := e.Document
	w.x.leaves(d, true, false, true)
	if len(d.Tokens) == 0 {
		return errors.New("no token: the format cannot hold it")
	}
	for i, label := range d.Labels() {
		t := &d.Tokens[i]
		if w.columns < 0 {
			w.columns = len(t.Columns)
		}
		if len(t.Columns) != w.columns {
			return fmt.Errorf("token %d has %d further columns, those before have %d", i, len(t.Columns), w.columns)
		}
		if t.Text == "-DOCSTART-" || strings.HasPrefix(t.Text, "\ufeff") {
			return fmt.Errorf("token %d, %q, means something else in the format", i, t.Text)
		}
		for _, text := range append([]string{t.Text}, t.Columns...) {
			if strings.ContainsAny(text, "\t\n\r") {
				return fmt.Errorf("token %d: %.40q has a tab or an end of line, which part columns and rows", i, text)
			}
			out.WriteString(text)
			out.WriteByte('\t')
		}
		out.WriteString(w.x.schema.Label(int(label)))
		out.WriteByte('\n')
	}
	return out.WriteByte('\n')
}

// csvField quotes a field of a CSV file where that is needed.
func csvField(s string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	// A Builder takes everything.
	_ = w.Write([]string{s})
	w.Flush()
	return strings.TrimSuffix(b.String(), "\n")
}
