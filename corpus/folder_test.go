package corpus

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
)

func TestWriteOpen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "sample")
	ds := sampleDataset()
	if err := ds.Write(dir); err != nil {
		t.Fatal(err)
	}
	got, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, ds) {
		t.Errorf("read\n%+v\nexpected\n%+v", got, ds)
	}
	line, err := os.ReadFile(filepath.Join(dir, "train.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":"1","domain":"general","template":"modern","kind":"INVOICE","tokens":["No.","A<1>&\"é\"","Total","9.00","EUR"],` +
		`"boxes":[[10,20,40,35],[50,20,140,35],[10,900,60,915],[0,900,1000,1000],[70,900,70,915]],"pages":[0,0,1,1,1],"lines":[0,0,1,1,1],` +
		`"spans":[["INVOICE_NUMBER",1,2],["TOTAL_AMOUNT",3,5]],"check":"3c4c06498585b4be"}`
	if first, _, _ := strings.Cut(string(line), "\n"); first != want {
		t.Errorf("stored\n%s\nexpected\n%s", first, want)
	}
	expectOnly(t, filepath.Dir(dir), "sample")
	expectOnly(t, dir, "heldout.jsonl", "manifest.json", "schema.json", "train.jsonl", "validation.jsonl")
}

// expectOnly fails unless folder dir has the named entries and no other.
func expectOnly(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if !reflect.DeepEqual(got, names) {
		t.Errorf("%s holds %q, expected %q", dir, got, names)
	}
}

func TestWriteReplacesACorpusOnly(t *testing.T) {
	dir := written(t)
	small := sampleDataset()
	delete(small.Docs, Validation)
	if err := small.Write(dir); err != nil {
		t.Fatal(err)
	}
	expectOnly(t, dir, "heldout.jsonl", "manifest.json", "schema.json", "train.jsonl")
	if got, err := Open(dir); err != nil || !reflect.DeepEqual(got, small) {
		t.Errorf("read %+v, %v", got, err)
	}

	// Through a link, the folder that it points at is replaced.
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	if err := sampleDataset().Write(link); err != nil {
		t.Fatal(err)
	}
	expectOnly(t, dir, "heldout.jsonl", "manifest.json", "schema.json", "train.jsonl", "validation.jsonl")

	empty := t.TempDir()
	if err := small.Write(empty); err != nil {
		t.Errorf("an empty folder: %v", err)
	}

	if err := os.WriteFile(filepath.Join(dir, "thesis.txt"), []byte("work"), 0o666); err != nil {
		t.Fatal(err)
	}
	expectError(t, small.Write(dir), dir, "thesis.txt", "nothing was replaced")
	expectOnly(t, dir, "heldout.jsonl", "manifest.json", "schema.json", "thesis.txt", "train.jsonl", "validation.jsonl")

	other := t.TempDir()
	if err := os.WriteFile(filepath.Join(other, "train.jsonl"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	expectError(t, small.Write(other), other, "train.jsonl", "nothing was replaced")

	file := filepath.Join(other, "train.jsonl")
	expectError(t, small.Write(file), file)
	expectError(t, small.Write(filepath.Join(file, "below")), file)
}

func TestWriteRefusesFaults(t *testing.T) {
	for _, c := range []struct {
		change func(*Dataset)
		want   string
	}{
		{func(ds *Dataset) { ds.Docs[Train][1].Tokens[1].Text = "\xff" }, `train, document "2": token 1, "\xff", is not UTF-8`},
		{func(ds *Dataset) { ds.Docs[Train][1].Spans[0].End = 3 }, `span TAX_AMOUNT 1 to 3 of 2 tokens`},
		{func(ds *Dataset) { ds.Docs["dev"] = ds.Docs[Train] }, `no split is called "dev"`},
		{func(ds *Dataset) { ds.Schema.Entities[2].Name = "TAX AMOUNT" }, `"TAX AMOUNT" is empty or has a space`},
	} {
		parent := t.TempDir()
		ds := sampleDataset()
		c.change(ds)
		expectError(t, ds.Write(filepath.Join(parent, "bad")), "bad", c.want)
		expectOnly(t, parent)
	}
}

func TestConcurrentWritesLeaveOneWholeCorpus(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "shared")
	const writers = 8
	whole := map[string]bool{}
	var group sync.WaitGroup
	for i := range writers {
		ds := sampleDataset()
		ds.Docs[Train][0].ID = strings.Repeat("x", i+1)
		ds.Seal()
		whole[ds.Manifest.Digest] = true
		group.Go(func() {
			for range 5 {
				if err := ds.Write(dir); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	ds, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !whole[ds.Manifest.Digest] {
		t.Errorf("digest %s is of none of the writers", ds.Manifest.Digest)
	}
	expectOnly(t, parent, "shared")
}

func TestOpenRefuses(t *testing.T) {
	const check = `"check":"3c4c06498585b4be"`
	for _, c := range []struct {
		name           string
		file, old, new string
		want           []string
	}{
		{"edited text", "train.jsonl", `"Total"`, `"Totals"`, []string{"train.jsonl:1:", `document "1" was changed`}},
		{"edited label", "train.jsonl", `["TAX_AMOUNT",1,2]`, `["TAX_AMOUNT",0,2]`, []string{"train.jsonl:2:", `document "2" was changed`}},
		{"edited check", "train.jsonl", check, `"check":"0000000000000000"`, []string{"train.jsonl:1:", "was changed"}},
		{"truncated", "train.jsonl", check + "}\n", "", []string{"train.jsonl:1:"}},
		{"broken JSON", "train.jsonl", `"boxes":[[1,2`, `"boxes":[[1;2`, []string{"train.jsonl:2:", "invalid character"}},
		{"two values in a line", "train.jsonl", check + "}\n", check + "} {}\n", []string{"train.jsonl:1:", "more than one JSON value"}},
		{"blank line", "train.jsonl", check + "}\n", check + "}\n\n", []string{"train.jsonl:2:", "the JSON ends too early"}},
		{"unknown key", "train.jsonl", `"kind":"INVOICE",`, `"knid":"INVOICE",`, []string{"train.jsonl:1:", `unknown field "knid"`}},
		{"wrong type", "train.jsonl", `"tokens":["VAT"`, `"tokens":[7`, []string{"train.jsonl:2:", "tokens"}},
		{"not UTF-8", "train.jsonl", "VAT", "V\xff", []string{"train.jsonl:2:", "not UTF-8"}},
		{"short list", "train.jsonl", `"lines":[0,0,1,1,1]`, `"lines":[0,0,1,1]`, []string{"train.jsonl:1:", "lines has 4 members for 5 tokens"}},
		{"short box", "train.jsonl", `[10,20,40,35]`, `[10,20,40]`, []string{"train.jsonl:1:", "box 0 has 3 numbers, expected 4"}},
		{"box off the page", "train.jsonl", `[10,20,40,35]`, `[10,20,1001,35]`, []string{"train.jsonl:1:", "leaves the page, 0 to 1000"}},
		{"box too large for 16 bits", "train.jsonl", `[10,20,40,35]`, `[10,20,40000,35]`, []string{"train.jsonl:1:", "40000"}},
		{"no boxes", "heldout.jsonl", `"spans"`, `"boxed":true,"spans"`, []string{"heldout.jsonl:1:", "boxed, but it has no boxes"}},
		{"unknown entity", "train.jsonl", `["TAX_AMOUNT",1,2]`, `["TAX_AMUNT",1,2]`, []string{"train.jsonl:2:", `"TAX_AMUNT"`, `did you mean "TAX_AMOUNT"?`}},
		{"span out of range", "train.jsonl", `["TAX_AMOUNT",1,2]`, `["TAX_AMOUNT",1,3]`, []string{"train.jsonl:2:", "span TAX_AMOUNT 1 to 3 of 2 tokens"}},
		{"span of two", "train.jsonl", `["TAX_AMOUNT",1,2]`, `["TAX_AMOUNT",1]`, []string{"train.jsonl:2:", "expected [entity, start, end]"}},
		{"overlap", "train.jsonl", `["TOTAL_AMOUNT",3,5]`, `["TOTAL_AMOUNT",1,5]`, []string{"train.jsonl:1:", "overlaps"}},
		{"count of documents", "manifest.json", `"documents": 2`, `"documents": 3`, []string{"train.jsonl:3:", "have 2 documents", "says 3"}},
		{"fewer documents", "manifest.json", `"documents": 2`, `"documents": 1`, []string{"train.jsonl:2:", "more documents than the 1 of split train"}},
		{"count of tokens", "manifest.json", `"tokens": 7`, `"tokens": 8`, []string{"train.jsonl", "7 tokens", "(8 and 3)"}},
		{"digest", "manifest.json", `"digest": "ffd5`, `"digest": "9699`, []string{"manifest.json", "digest is 9699", "have ffd5"}},
		{"entity added", "schema.json", `"name": "TAX_AMOUNT",`, `"name": "FEE"},{"name": "TAX_AMOUNT",`, []string{"manifest.json", "digest"}},
		{"entity twice", "schema.json", `"TAX_AMOUNT"`, `"TOTAL_AMOUNT"`, []string{"schema.json", `entity "TOTAL_AMOUNT" twice`}},
		{"format", "manifest.json", `"format": 2`, `"format": 1`, []string{"manifest.json", "format 1, this program reads 2"}},
		{"file of another split", "manifest.json", `"train.jsonl"`, `"heldout.jsonl"`, []string{"manifest.json", `"heldout.jsonl" is no file of split "train"`}},
		{"file twice", "manifest.json", `"train.jsonl"`, `"train.jsonl", "train.jsonl"`, []string{"manifest.json", `train.jsonl twice`}},
		{"file not listed", "manifest.json", `"train.jsonl"`, ``, []string{"train.jsonl", `manifest.json does not list this file`}},
		{"unknown split", "manifest.json", `"heldout"`, `"dev"`, []string{"manifest.json", `unknown split "dev"`}},
		{"manifest type", "manifest.json", `"boxed": false`, `"boxed": "no"`, []string{"manifest.json:6:", "boxed"}},
		{"manifest syntax", "manifest.json", `"source": "hand",`, `"source": "hand"`, []string{"manifest.json:5:"}},
		{"schema key", "schema.json", `"entities"`, `"entitys"`, []string{"schema.json", `unknown field "entitys"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := written(t)
			edit(t, filepath.Join(dir, c.file), c.old, c.new)
			_, err := Open(dir)
			expectError(t, err, append(c.want, dir)...)
		})
	}
}

func TestOpenRefusesMissingAndExtraFiles(t *testing.T) {
	for _, name := range []string{"manifest.json", "schema.json", "train.jsonl"} {
		dir := written(t)
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		_, err := Open(dir)
		expectError(t, err, dir, name, "no such file")
	}
	dir := written(t)
	if err := os.WriteFile(filepath.Join(dir, "test.jsonl"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	_, err := Open(dir)
	expectError(t, err, "test.jsonl", "manifest.json does not list this file")
	_, err = Open(filepath.Join(dir, "nowhere"))
	expectError(t, err, "nowhere", "no such file")
}

// Every prefix of a stored file is refused, with the file and its last line.
func TestOpenRefusesEveryTruncation(t *testing.T) {
	dir := written(t)
	file := filepath.Join(dir, "train.jsonl")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	// The final newline alone may be missing: nothing is lost with it.
	for n := range len(data) - 1 {
		if err := os.WriteFile(file, data[:n], 0o666); err != nil {
			t.Fatal(err)
		}
		_, err := Open(dir)
		if err == nil {
			t.Fatalf("the first %d of %d bytes are read", n, len(data))
		}
		if !strings.Contains(err.Error(), "train.jsonl:") {
			t.Fatalf("%d bytes: error %q names no line", n, err)
		}
	}
}
