package experiments

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/metrics"
	"github.com/invoicelab/invoicelab/train"
)

// tallyVersion is the first byte of an encoded tally.
const tallyVersion = 1

// encodeTally packs a tally into bytes. Every number is an unsigned varint
// (encoding/binary), every text its length and bytes:
//
//	version (1 byte) = 1
//	number of labels, labels
//	number of documents, then for each
//	  doc, domain, template
//	  number of labels in it, then for each, by label
//	    label - label before (the first: label + 1), TP, Pred - TP, Gold - TP
func encodeTally(t metrics.Tally) []byte {
	b := []byte{tallyVersion}
	number := func(n int) { b = binary.AppendUvarint(b, uint64(n)) }
	text := func(s string) { number(len(s)); b = append(b, s...) }
	number(len(t.Labels))
	for _, l := range t.Labels {
		text(l)
	}
	number(len(t.Docs))
	for _, d := range t.Docs {
		text(d.Doc)
		text(d.Domain)
		text(d.Template)
		number(len(d.Labels))
		before := int32(-1)
		for _, c := range d.Labels {
			if c.Label <= before || c.TP < 0 || c.Pred < c.TP || c.Gold < c.TP {
				panic(fmt.Sprintf("experiments: encodeTally: document %s: counts %+v after label %d", d.Doc, c, before))
			}
			number(int(c.Label - before))
			number(int(c.TP))
			number(int(c.Pred - c.TP))
			number(int(c.Gold - c.TP))
			before = c.Label
		}
	}
	return b
}

// tallyReader takes numbers and texts off encoded bytes.
type tallyReader struct {
	b   []byte
	bad bool // they ended too early
}

func (r *tallyReader) number() int {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || v > math.MaxInt32 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return int(v)
}

// length is a number of things that take at least one byte each.
func (r *tallyReader) length() int {
	n := r.number()
	if n > len(r.b) {
		r.bad, r.b = true, nil
		return 0
	}
	return n
}

func (r *tallyReader) text() string {
	n := r.length()
	s := string(r.b[:n])
	r.b = r.b[n:]
	return s
}

// decodeTally unpacks what encodeTally packed.
func decodeTally(b []byte) (metrics.Tally, error) {
	var t metrics.Tally
	if len(b) == 0 || b[0] != tallyVersion {
		return t, errors.New("counts per document are of an unknown version")
	}
	r := &tallyReader{b: b[1:]}
	if n := r.length(); n > 0 {
		t.Labels = make([]string, n)
		for i := range t.Labels {
			t.Labels[i] = r.text()
		}
	}
	if n := r.length(); n > 0 {
		t.Docs = make([]metrics.DocCount, n)
	}
	for i := range t.Docs {
		d := &t.Docs[i]
		d.Doc, d.Domain, d.Template = r.text(), r.text(), r.text()
		if n := r.length(); n > 0 {
			d.Labels = make([]metrics.LabelCount, n)
		}
		label := int32(-1)
		for j := range d.Labels {
			label += int32(r.number())
			tp := int32(r.number())
			d.Labels[j] = metrics.LabelCount{Label: label, Count: metrics.Count{TP: tp, Pred: tp + int32(r.number()), Gold: tp + int32(r.number())}}
		}
	}
	if r.bad || len(r.b) > 0 {
		return metrics.Tally{}, errors.New("counts per document are damaged")
	}
	return t, nil
}

// encodeStep gives the names of a step's loss components, sorted and joined by
// line feeds, and as little-endian float64 bits: learning rate, norm of the
// gradient, and the components in that order.
func encodeStep(e train.StepEvent) (layout string, vals []byte) {
	names := slices.Sorted(maps.Keys(e.Losses))
	vals = make([]byte, 0, 8*(2+len(names)))
	put := func(v float64) { vals = binary.LittleEndian.AppendUint64(vals, math.Float64bits(v)) }
	put(e.LearningRate)
	put(e.GradNorm)
	for _, n := range names {
		put(e.Losses[n])
	}
	return strings.Join(names, "\n"), vals
}

// decodeStep fills in what encodeStep packed.
func decodeStep(e *train.StepEvent, layout string, vals []byte) error {
	var names []string
	if layout != "" {
		names = strings.Split(layout, "\n")
	}
	if len(vals) != 8*(2+len(names)) {
		return fmt.Errorf("step %d is damaged: %d bytes for %d values", e.Step, len(vals), 2+len(names))
	}
	at := func(i int) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(vals[8*i:])) }
	e.LearningRate, e.GradNorm = at(0), at(1)
	e.Losses = make(map[string]float64, len(names))
	for i, n := range names {
		e.Losses[n] = at(2 + i)
	}
	return nil
}
