package corpus

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

// numbered makes n small documents: every 7th is of the test split, every
// 11th held out.
func numbered(n int) Source {
	schema := &Schema{Name: "numbered", Entities: []Entity{{Name: "SQUARE"}, {Name: "CUBE"}}}
	recipe := Recipe{Documents: n, Seed: 3}
	return Source{
		Manifest: Manifest{Name: "numbered", Source: "test", Recipe: &recipe}, Schema: schema, Documents: n,
		Document: func(i int) (Document, Split) {
			d := Document{ID: fmt.Sprintf("doc-%d", i), Boxed: true, Tokens: []Token{
				{Text: fmt.Sprint(i), Box: Box{1, 2, 3, 4}}, {Text: fmt.Sprint(i * i), Box: Box{5, 6, 7, 8}, Line: 1},
			}, Spans: []Span{{EntityID(i % 2), 1, 2}}}
			switch {
			case i%11 == 3:
				return d, Heldout
			case i%7 == 2:
				return d, Test
			}
			return d, Train
		},
	}
}

// inMemory gives the documents of src as Write stores them.
func inMemory(src Source) *Dataset {
	ds := &Dataset{Manifest: src.Manifest, Schema: src.Schema, Docs: map[Split][]Document{}}
	for i := range src.Documents {
		d, split := src.Document(i)
		ds.Docs[split] = append(ds.Docs[split], d)
	}
	ds.Seal()
	return ds
}

// files gives the content of every file of a folder.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = string(data)
	}
	return all
}

// Workers, compression and the size of files leave the digest alone; the
// files depend on the packing alone.
func TestWriteSourcePacking(t *testing.T) {
	src := numbered(500)
	want := inMemory(src)
	for _, packing := range []Packing{{DefaultShard, Plain}, {100, Plain}, {64, Gzip}, {64, Zstd}} {
		var first map[string]string
		for _, workers := range []int{1, 2, 9} {
			dir := filepath.Join(t.TempDir(), "made")
			last := Progress{}
			m, err := WriteSource(context.Background(), dir, src, WriteOptions{
				Packing: packing, Workers: workers, Resume: true, checkpoint: 70, Progress: func(p Progress) { last = p },
			})
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(m, want.Manifest) {
				t.Errorf("%+v, %d workers: manifest %+v, expected %+v", packing, workers, m, want.Manifest)
			}
			if (last != Progress{Done: 500, Total: 500}) {
				t.Errorf("last progress %+v", last)
			}
			got, err := Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%+v: read %+v, expected %+v", packing, got, want)
			}
			expectOnly(t, filepath.Dir(dir), "made")
			if first == nil {
				first = files(t, dir)
			} else if !reflect.DeepEqual(files(t, dir), first) {
				t.Errorf("%+v: %d workers write other files than one", packing, workers)
			}
			if packing.Shard == 100 {
				// 500 documents: 45 held out, then 65 of the test split.
				expectOnly(t, dir, "heldout.jsonl", "manifest.json", "schema.json", "test.jsonl",
					"train-00000.jsonl", "train-00001.jsonl", "train-00002.jsonl", "train-00003.jsonl")
				if n := strings.Count(first["train-00001.jsonl"], "\n"); n != 100 {
					t.Errorf("%d documents in the second file, expected 100", n)
				}
			}
		}
	}
}

// errStop ends a run half way, as an interrupt does.
var errStop = errors.New("stop")

// stopAfter runs until n documents are stored.
func stopAfter(n int, dir string, src Source, o WriteOptions) error {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	o.Progress = func(p Progress) {
		if p.Done >= n {
			cancel(errStop)
		}
	}
	_, err := WriteSource(ctx, dir, src, o)
	return err
}

// A run that is interrupted anywhere, any number of times, ends with the
// files of a run that is not.
func TestWriteSourceResumes(t *testing.T) {
	src := numbered(700)
	for _, packing := range []Packing{{DefaultShard, Plain}, {50, Plain}, {90, Zstd}, {50, Gzip}} {
		o := WriteOptions{Packing: packing, Workers: 2, Resume: true, checkpoint: 60}
		whole := filepath.Join(t.TempDir(), "whole")
		want, err := WriteSource(context.Background(), whole, src, o)
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(t.TempDir(), "made")
		expectError(t, stopAfter(20, dir, src, o), "interrupted: stop")
		expectOnly(t, filepath.Dir(dir)) // nothing was worth keeping
		for _, n := range []int{70, 200, 260, 600} {
			err := stopAfter(n, dir, src, o)
			expectError(t, err, "interrupted: stop", "of 700 documents are kept in", ".made.part: the same command goes on there")
			expectOnly(t, filepath.Dir(dir), ".made.part")
		}
		resumed := -1
		o.Progress = func(p Progress) {
			if p.Note != "" {
				t.Errorf("note %q", p.Note)
			}
			resumed = p.Resumed
		}
		m, err := WriteSource(context.Background(), dir, src, o)
		if err != nil {
			t.Fatal(err)
		}
		if resumed < 600 || resumed%60 != 0 {
			t.Errorf("%+v: %d documents were taken over, expected 600 or more", packing, resumed)
		}
		if !reflect.DeepEqual(m, want) || !reflect.DeepEqual(files(t, dir), files(t, whole)) {
			t.Errorf("%+v: a resumed run made other files", packing)
		}
		expectOnly(t, filepath.Dir(dir), "made")
	}
}

// A crash may leave anything that was written since the last checkpoint: it
// is dropped. What the ledger lists must be as it was.
func TestWriteSourceAfterACrash(t *testing.T) {
	src := numbered(700)
	o := WriteOptions{Packing: Packing{50, Plain}, Workers: 2, Resume: true, checkpoint: 60}
	whole := filepath.Join(t.TempDir(), "whole")
	if _, err := WriteSource(context.Background(), whole, src, o); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		crash func(t *testing.T, folder string)
		note  string // part of it; empty when the run goes on
	}{
		{"more in the open file", func(t *testing.T, folder string) { addTo(t, folder, "train-*.part", `{"id":"half`) }, ""},
		{"a file since", func(t *testing.T, folder string) { write(t, folder+"/validation-00000.jsonl.part", "x") }, ""},
		{"completed since", func(t *testing.T, folder string) {
			part := only(t, folder, "heldout-*.part")
			addTo(t, folder, "heldout-*.part", "more\n")
			if err := os.Rename(part, strings.TrimSuffix(part, ".part")); err != nil {
				t.Fatal(err)
			}
		}, ""},
		{"changed file", func(t *testing.T, folder string) { edit(t, folder+"/train-00001.jsonl", "doc-", "dok-") }, "train-00001.jsonl: changed since it was written"},
		{"longer file", func(t *testing.T, folder string) { addTo(t, folder, "train-00001.jsonl", "\n") }, "train-00001.jsonl: changed since it was written"},
		{"shorter open file", func(t *testing.T, folder string) { write(t, only(t, folder, "train-*.part"), "") }, "changed since it was written: 0 bytes"},
		{"changed open file", func(t *testing.T, folder string) { edit(t, only(t, folder, "train-*.part"), "doc-", "dok-") }, "changed since it was written"},
		{"missing file", func(t *testing.T, folder string) { os.Remove(folder + "/train-00001.jsonl") }, "no such file"},
		{"no ledger", func(t *testing.T, folder string) { os.Remove(folder + "/../ledger.json") }, "-"},
		{"cut ledger", func(t *testing.T, folder string) { os.Truncate(folder+"/../ledger.json", 100) }, "ledger.json:"},
		{"other digest", func(t *testing.T, folder string) { edit(t, folder+"/../ledger.json", `"digest": "`, `"digest": "AAAA`) }, "ledger.json: digest of"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "made")
			if err := stopAfter(400, dir, src, o); err == nil {
				t.Fatal("not interrupted")
			}
			c.crash(t, filepath.Join(filepath.Dir(dir), ".made.part", "new"))
			note, resumed := "", 0
			again := o
			again.Progress = func(p Progress) { note, resumed = note+p.Note, p.Resumed }
			if _, err := WriteSource(context.Background(), dir, src, again); err != nil {
				t.Fatal(err)
			}
			switch {
			case c.note == "" && (note != "" || resumed < 360):
				t.Errorf("%d documents were taken over, note %q", resumed, note)
			case c.note == "-" && (note != "" || resumed != 0):
				t.Errorf("%d documents were taken over, note %q", resumed, note)
			case c.note != "" && c.note != "-" && (resumed != 0 || !strings.Contains(note, c.note)):
				t.Errorf("%d documents were taken over, note %q lacks %q", resumed, note, c.note)
			}
			if !reflect.DeepEqual(files(t, dir), files(t, whole)) {
				t.Error("other files than without a crash")
			}
			expectOnly(t, filepath.Dir(dir), "made")
		})
	}
}

// only gives the one file that matches.
func only(t *testing.T, folder, pattern string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(folder, pattern))
	if err != nil || len(found) != 1 {
		t.Fatalf("%s matches %q, %v", pattern, found, err)
	}
	return found[0]
}

func addTo(t *testing.T, folder, pattern, text string) {
	t.Helper()
	path := only(t, folder, pattern)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, string(data)+text)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// Other settings, and another generator, do not go on with what is there.
func TestWriteSourceOfOtherSettings(t *testing.T) {
	src := numbered(300)
	o := WriteOptions{Workers: 2, Resume: true, checkpoint: 50}
	for name, change := range map[string]func(*Source, *WriteOptions){
		"recipe":  func(s *Source, _ *WriteOptions) { s.Manifest.Recipe = &Recipe{Documents: 300, Seed: 4} },
		"packing": func(_ *Source, o *WriteOptions) { o.Packing = Packing{10, Plain} },
		"schema":  func(s *Source, _ *WriteOptions) { s.Schema = &Schema{Name: "x", Entities: s.Schema.Entities} },
		"generator": func(s *Source, _ *WriteOptions) {
			old := s.Document
			s.Document = func(i int) (Document, Split) { d, split := old(i); d.Kind = "NEW"; return d, split }
		},
	} {
		dir := filepath.Join(t.TempDir(), "made")
		if err := stopAfter(200, dir, src, o); err == nil {
			t.Fatal("not interrupted")
		}
		other, p := src, o
		change(&other, &p)
		note := ""
		p.Progress = func(p Progress) { note += p.Note }
		m, err := WriteSource(context.Background(), dir, other, p)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(note, "other settings, or another version of the generator") {
			t.Errorf("%s: note %q", name, note)
		}
		if want := inMemory(other).Manifest.Digest; m.Digest != want {
			t.Errorf("%s: digest %s, expected %s", name, m.Digest, want)
		}
	}
}

func TestWriteSourceRefuses(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "made")
	bad := numbered(100)
	make := bad.Document
	bad.Document = func(i int) (Document, Split) {
		d, split := make(i)
		if i == 97 {
			d.Spans[0].End = 3
		}
		return d, split
	}
	unknown := numbered(100)
	unknown.Document = func(i int) (Document, Split) { d, _ := make(i); return d, "dev" }
	for _, c := range []struct {
		src  Source
		o    WriteOptions
		want string
	}{
		{bad, WriteOptions{}, `document "doc-97": span CUBE 1 to 3 of 2 tokens`},
		{unknown, WriteOptions{}, `no split is called "dev"`},
		{numbered(9), WriteOptions{Packing: Packing{0, Gzip}}, "0 documents in a file: expected 1 or more"},
		{numbered(9), WriteOptions{Packing: Packing{5, "lz4"}}, `no compression is called "lz4"`},
		{Source{Schema: &Schema{Name: "void"}}, WriteOptions{}, "schema void: no entity"},
	} {
		_, err := WriteSource(context.Background(), dir, c.src, c.o)
		expectError(t, err, "writing corpus "+dir, c.want)
		expectOnly(t, parent)
	}
	for _, resume := range []bool{false, true} {
		_, err := WriteSource(context.Background(), dir, numbered(9), WriteOptions{Resume: resume, checkpoint: 2, Accept: func(m Manifest) error {
			return errors.New("not " + m.Digest[:4])
		}})
		expectError(t, err, "not "+inMemory(numbered(9)).Manifest.Digest[:4])
		expectOnly(t, parent)
	}
	work := filepath.Join(parent, ".made.part")
	lock, err := lockFolder(work)
	if err != nil {
		t.Fatal(err)
	}
	_, err = WriteSource(context.Background(), dir, numbered(9), WriteOptions{Resume: true})
	expectError(t, err, "another process is writing it: "+work+" is locked")
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err = WriteSource(context.Background(), dir, numbered(9), WriteOptions{Resume: true}); err != nil {
		t.Error(err)
	}
	expectOnly(t, parent, "made")
}

// The documents between the generator and the disk are few, whatever their
// number: what a garbage collection leaves does not grow.
func TestWriteSourceMemory(t *testing.T) {
	live := func(n int) uint64 {
		src := numbered(n)
		plain := src.Document
		src.Document = func(i int) (Document, Split) {
			d, split := plain(i)
			d.Tokens[0].Text = strings.Repeat("x", 2000)
			return d, split
		}
		var most uint64
		_, err := WriteSource(context.Background(), filepath.Join(t.TempDir(), "made"), src, WriteOptions{Progress: func(p Progress) {
			if p.Done%(n/8) == 0 {
				var m runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapAlloc)
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		return most
	}
	small, large := live(1000), live(16000)
	if large > small+4<<20 {
		t.Errorf("16,000 documents hold %d bytes, 1,000 hold %d", large, small)
	}
}

func TestFolderEntries(t *testing.T) {
	src := numbered(200)
	want := inMemory(src)
	dir := filepath.Join(t.TempDir(), "made")
	if err := want.WritePacked(dir, Packing{30, Zstd}); err != nil {
		t.Fatal(err)
	}
	folder, err := OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	if !reflect.DeepEqual(folder.Manifest, want.Manifest) || !reflect.DeepEqual(folder.Schema, want.Schema) {
		t.Errorf("folder %+v", folder)
	}
	at := map[Split]int{}
	for e, err := range folder.Entries() {
		if err != nil {
			t.Fatal(err)
		}
		k := at[e.Split]
		at[e.Split]++
		file := string(e.Split) + ".jsonl.zst"
		if len(want.Docs[e.Split]) > 30 {
			file = fmt.Sprintf("%s-%05d.jsonl.zst", e.Split, k/30)
		}
		if !reflect.DeepEqual(e, Entry{e.Split, k + 1, file, k%30 + 1, &want.Docs[e.Split][k]}) {
			t.Fatalf("entry %+v, expected document %d of %s in %s", e, k+1, e.Split, file)
		}
	}
	if at[Train]+at[Test]+at[Heldout] != 200 {
		t.Errorf("read %v documents", at)
	}
	for e := range folder.Entries() { // ends early
		if e.Number == 50 {
			break
		}
	}
	// What is wrong in a compressed file is named with the line of its text.
	file := only(t, dir, "train-00001.jsonl.zst")
	text, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := decoded(file, text)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(plain)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	e := Zstd.encoder()
	e.Reset(&b)
	e.Write(bytes.Replace(data, []byte(want.Docs[Train][35].ID), []byte("doc-x"), 1))
	if err := errors.Join(e.Close(), text.Close()); err != nil {
		t.Fatal(err)
	}
	write(t, file, b.String())
	_, err = Open(dir)
	expectError(t, err, "reading corpus "+dir, "train-00001.jsonl.zst:6:", `document "doc-x" was changed`)
	for _, c := range []struct{ content, want string }{
		{b.String()[:b.Len()/2], "train-00001.jsonl.zst:"},
		{"", "train-00005.jsonl.zst:6: the files of split train have 125 documents, manifest.json says 155"},
		{"text\n", "train-00001.jsonl.zst:1: "},
	} {
		write(t, file, c.content)
		_, err = Open(dir)
		expectError(t, err, c.want)
	}
}
