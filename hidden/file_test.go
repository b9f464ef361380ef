package hidden_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/hidden"
)

// data is a corpus of three documents, of which two have one id, of 2, 1 and 2 tokens.
func data() *corpus.Dataset {
	doc := func(id string, words ...string) corpus.Document {
		d := corpus.Document{ID: id}
		for _, w := range words {
			d.Tokens = append(d.Tokens, corpus.Token{Text: w})
		}
		return d
	}
	ds := &corpus.Dataset{Schema: &corpus.Schema{Entities: []corpus.Entity{{Name: "A"}}}, Docs: map[corpus.Split][]corpus.Document{
		corpus.Train: {doc("1", "to", "Bern"), doc("2", "x")}, corpus.Test: {doc("1", "in", "Rome")},
	}}
	ds.Manifest.Name = "three"
	ds.Seal()
	return ds
}

const goodIndex = `{"split":"train","id":"1","tokens":["to","Bern"]}
{"split":"test","id":"1","tokens":2}

{"id":"2","tokens":1}
`

// write makes the two files: values of a dtype as raw words of 2 or 4 bytes.
func write(t *testing.T, dir, index, dtype string, shape []int, words []uint32, meta string) string {
	t.Helper()
	var raw []byte
	for _, w := range words {
		if dtype == "F32" {
			raw = binary.LittleEndian.AppendUint32(raw, w)
		} else {
			raw = binary.LittleEndian.AppendUint16(raw, uint16(w))
		}
	}
	header := fmt.Sprintf(`{%s"hidden":{"dtype":%q,"shape":[%d,%d],"data_offsets":[0,%d]}}`, meta, dtype, shape[0], shape[1], len(raw))
	path := filepath.Join(dir, "h.safetensors")
	all := append(append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...), raw...)
	for name, text := range map[string][]byte{path: all, filepath.Join(dir, "h.index.jsonl"): []byte(index)} {
		if err := os.WriteFile(name, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// counted are the bits of 1, 2, ... as float32.
func counted(n int) []uint32 {
	out := make([]uint32, n)
	for i := range out {
		out[i] = math.Float32bits(float32(i + 1))
	}
	return out
}

// TestOpen reads each dtype. The bits are those of IEEE 754 tables: a half has 5 bits
// of exponent and 10 of fraction, bfloat16 is the upper half of a float32.
func TestOpen(t *testing.T) {
	for _, c := range []struct {
		dtype string
		words []uint32
		want  []float32
	}{
		{"F32", counted(10), []float32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}},
		{"F16", []uint32{0x3c00, 0xc000, 0x0001, 0x7bff, 0x0400, 0x03ff, 0x3555, 0x8000, 0x0000, 0xbc01},
			[]float32{1, -2, 0x1p-24, 65504, 0x1p-14, 1023 * 0x1p-24, 0.333251953125, float32(math.Copysign(0, -1)), 0, -1.0009765625}},
		{"BF16", []uint32{0x3f80, 0xc0a0, 0x0001, 0x7f7f, 0x4049, 0, 0x8000, 0x3e80, 0xbf00, 0x42c8},
			[]float32{1, -5, 0x1p-133, 0x1.fep127, 3.140625, 0, float32(math.Copysign(0, -1)), 0.25, -0.5, 100}},
	} {
		ds := data()
		f, err := hidden.Open(write(t, t.TempDir(), goodIndex, c.dtype, []int{5, 2}, c.words, fmt.Sprintf(`"__metadata__":{"corpus_digest":%q},`, ds.Manifest.Digest)))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		got := make([]float32, 10)
		f.Read(got, 0)
		for i := range got {
			if math.Float32bits(got[i]) != math.Float32bits(c.want[i]) {
				t.Errorf("%s: value %d is %g, want %g", c.dtype, i, got[i], c.want[i])
			}
		}
		f.Read(got[:2], 4)
		if !slices.Equal(got[:2], c.want[8:]) {
			t.Errorf("%s: row 4 is %v", c.dtype, got[:2])
		}
		if err := f.Check(ds); err != nil {
			t.Error(err)
		}
		for split, want := range map[corpus.Split]int{corpus.Train: 0, corpus.Test: 2} {
			if row, err := f.Place(split, &ds.Docs[split][0]); err != nil || row != want {
				t.Errorf("%s: row %d, %v", split, row, err)
			}
		}
		if row, err := f.Place("", &ds.Docs[corpus.Train][1]); err != nil || row != 4 {
			t.Errorf("row %d, %v", row, err)
		}
	}
}

// TestOpenErrors has one line for each fault.
func TestOpenErrors(t *testing.T) {
	nan := counted(10)
	nan[5] = 0x7fc00000
	for _, c := range []struct {
		want, index, dtype string
		shape              []int
		words              []uint32
		cut                int
	}{
		{"hidden is [4 2], but ", goodIndex, "F32", []int{4, 2}, counted(8), 0},
		{"dtype I32, want F32, F16 or BF16", goodIndex, "I32", []int{5, 2}, counted(10), 0},
		{"the file holds 39 bytes of values: it is cut short", goodIndex, "F32", []int{5, 2}, counted(10), 1},
		{"row 2 (document 1, token 0), column 1 is not finite", goodIndex, "F32", []int{5, 2}, nan, 0},
		{"column 0 is not finite", goodIndex, "F16", []int{5, 1}, []uint32{0xfc00, 0, 0, 0, 0}, 0},
		{"column 0 is not finite", goodIndex, "BF16", []int{5, 1}, []uint32{0x7f80, 0, 0, 0, 0}, 0},
		{"shape [5 0]; expected [tokens, width]", goodIndex, "F32", []int{5, 0}, nil, 0},
		{`index.jsonl:1: json: unknown field "token"`, `{"id":"1","token":5}`, "F32", []int{5, 2}, counted(10), 0},
		{"index.jsonl:1: document 1: 0 tokens", `{"id":"1","tokens":0}`, "F32", []int{5, 2}, counted(10), 0},
		{`index.jsonl:1: tokens "5": expected their number`, `{"id":"1","tokens":"5"}`, "F32", []int{5, 2}, counted(10), 0},
		{"index.jsonl:2: document 1 stands on line 1 as well", `{"id":"1","tokens":2}` + "\n" + `{"split":"test","id":"1","tokens":3}`, "F32", []int{5, 2}, counted(10), 0},
		{`index.jsonl:1: document 1: split "dev"`, `{"split":"dev","id":"1","tokens":5}`, "F32", []int{5, 2}, counted(10), 0},
	} {
		path := write(t, t.TempDir(), c.index, c.dtype, c.shape, c.words, "")
		if c.cut > 0 {
			info, err := os.Stat(path)
			if err == nil {
				err = os.Truncate(path, info.Size()-int64(c.cut))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		f, err := hidden.Open(path)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v, %v, want %s", f, err, c.want)
		}
	}
	dir := t.TempDir()
	if _, err := hidden.Open(filepath.Join(dir, "no.safetensors")); err == nil || !strings.Contains(err.Error(), "no.safetensors: no such file") {
		t.Error(err)
	}
	path := write(t, dir, goodIndex, "F32", []int{5, 2}, counted(10), "")
	if err := os.Remove(filepath.Join(dir, "h.index.jsonl")); err != nil {
		t.Fatal(err)
	}
	if _, err := hidden.Open(path); err == nil || !strings.Contains(err.Error(), "h.index.jsonl: no such file or directory; expected a line for each document") {
		t.Error(err)
	}
}

// TestCheck names what does not fit the corpus.
func TestCheck(t *testing.T) {
	for _, c := range []struct {
		want   string
		change func(*corpus.Dataset)
	}{
		{"document 3 is not in it (the first of 2 documents", func(ds *corpus.Dataset) {
			ds.Docs[corpus.Train][1].ID, ds.Docs[corpus.Test][0].ID = "3", "4"
		}},
		{"document 2 has 1 tokens in it (line 4), and 2 in the corpus", func(ds *corpus.Dataset) {
			d := &ds.Docs[corpus.Train][1]
			d.Tokens = append(d.Tokens, d.Tokens[0])
		}},
		{"document 1 has other tokens in it (line 1)", func(ds *corpus.Dataset) { ds.Docs[corpus.Train][0].Tokens[1].Text = "Basel" }},
		{"document 1 is in it as train, not as validation", func(ds *corpus.Dataset) { ds.Docs[corpus.Validation] = ds.Docs[corpus.Train][:1] }},
	} {
		ds := data()
		f, err := hidden.Open(write(t, t.TempDir(), goodIndex, "F32", []int{5, 2}, counted(10), ""))
		if err != nil {
			t.Fatal(err)
		}
		c.change(ds)
		if err := f.Check(ds); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
		if _, err := f.Place("", &ds.Docs[corpus.Train][0]); err == nil || !strings.Contains(err.Error(), "is in it as train and as test") {
			t.Error(err)
		}
		f.Close()
	}
	f, err := hidden.Open(write(t, t.TempDir(), goodIndex, "F32", []int{5, 2}, counted(10), `"__metadata__":{"corpus_digest":"0123456789abcdef"},`))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Check(data()); err == nil || !strings.Contains(err.Error(), "of a corpus with digest 0123456789ab, this one (three) has") {
		t.Error(err)
	}
	if err := f.CheckWidth(768); err == nil || !strings.HasSuffix(err.Error(), "they are 2 wide, and model.encoder.hidden is 768") {
		t.Error(err)
	}
}

// TestDigest: it changes with either file, is remembered of files that have settled, and not
// believed once a file has changed.
func TestDigest(t *testing.T) {
	dir := t.TempDir()
	digest := func(path string) string {
		t.Helper()
		f, err := hidden.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		return f.Digest
	}
	path := write(t, dir, goodIndex, "F32", []int{5, 2}, counted(10), "")
	first := digest(path)
	memory := filepath.Join(dir, "h.verified.json")
	if _, err := os.Stat(memory); !os.IsNotExist(err) {
		t.Errorf("a file that was just written is remembered: %v", err)
	}
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	if got := digest(path); got != first {
		t.Errorf("digest %s, was %s", got, first)
	}
	text, err := os.ReadFile(memory)
	if err != nil {
		t.Fatal(err)
	}
	at := strings.Index(string(text), `"sha256":"`) + len(`"sha256":"`)
	text[at] ^= 1 // another hexadecimal digit, or f and g, which is none
	if text[at] == 'g' {
		text[at] = '0'
	}
	if err := os.WriteFile(memory, text, 0o644); err != nil {
		t.Fatal(err)
	}
	if digest(path) == first {
		t.Error("what is remembered is not used")
	}
	other := counted(10)
	other[9]++
	write(t, dir, goodIndex, "F32", []int{5, 2}, other, "")
	if err := os.Chtimes(path, old, old); err != nil { // of the same size and time
		t.Fatal(err)
	}
	second := digest(path)
	write(t, dir, goodIndex, "F32", []int{5, 2}, counted(10), "")
	if second == first || digest(path) != first {
		t.Errorf("digests %s and %s, then %s", first, second, digest(path))
	}
	write(t, dir, strings.Replace(goodIndex, `"2"`, `"3"`, 1), "F32", []int{5, 2}, counted(10), "")
	if digest(path) == first {
		t.Error("another index has the same digest")
	}
}

// TestChanged notices a file that is written to, or cut short, while it is open.
func TestChanged(t *testing.T) {
	path := write(t, t.TempDir(), `{"id":"1","tokens":3000}`, "F32", []int{3000, 4}, counted(12000), "")
	f, err := hidden.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Unchanged(); err != nil {
		t.Error(err)
	}
	if err := os.Truncate(path, 4096); err != nil {
		t.Fatal(err)
	}
	if err := f.Unchanged(); err == nil || !strings.Contains(err.Error(), "was changed while it was in use") {
		t.Error(err)
	}
	read := func() (err error) {
		defer f.Guard(&err)()
		f.Read(make([]float32, 4), 2999)
		return nil
	}
	if err := read(); err == nil || !strings.Contains(err.Error(), "was cut short while it was in use") {
		t.Error(err)
	}
	defer func() {
		if recover() != "another" {
			t.Error("a panic of something else is taken for a fault")
		}
	}()
	func() {
		defer f.Guard(&err)()
		panic("another")
	}()
}
