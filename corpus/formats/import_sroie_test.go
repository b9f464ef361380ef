package formats

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/invoicelab/invoicelab/corpus"
)

// spanTexts gives "entity=words" of each span.
func spanTexts(ds *corpus.Dataset, d *corpus.Document) []string {
	var list []string
	for _, s := range d.Spans {
		var words []string
		for _, t := range d.Tokens[s.Start:s.End] {
			words = append(words, t.Text)
		}
		list = append(list, ds.Schema.Entities[s.Entity].Name+"="+strings.Join(words, " "))
	}
	return list
}

func TestSroieFolder(t *testing.T) {
	result, err := ImportPath("sroie", filepath.Join("testdata", "sroie"), ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	ds := result.Dataset
	for _, c := range []struct {
		split corpus.Split
		index int
		id    string
		spans []string
	}{
		{corpus.Train, 0, "A1", []string{"company=NORTH STAR TRADING SDN BHD(123456-X)", "address=NO. 5, JALAN SATU 1/2, 81100 JOHOR, MALAYSIA.", "date=03/04/2018", "total=9.00"}},
		{corpus.Validation, 0, "A2", []string{"company=SOUTH WlND .BAKERY(KLANG) SDN BND", "address=L0T 7 & 8, LORONG DUA 41000 KLANG, SELANGOR", "date=PRINTED:2018-11-30T10:12", "total=RM 1,040.30"}},
		{corpus.Test, 0, "A3", nil},
		{corpus.Train, 1, "A4", []string{"company=CAF\ufffd ROMA", "date=5/6/20177:30PM", "total=50"}},
	} {
		d := &ds.Docs[c.split][c.index]
		if d.ID != c.id || d.Kind != "RECEIPT" || d.Domain != "" || !d.Boxed {
			t.Errorf("%s: document %+v", c.id, d)
		}
		if got := spanTexts(ds, d); !reflect.DeepEqual(got, c.spans) {
			t.Errorf("%s: %q, expected %q", c.id, got, c.spans)
		}
	}
	// Of the amounts of A1, the one in the row of the rounded total: line 9,
	// counted from 0.
	a1 := &ds.Docs[corpus.Train][0]
	if total := a1.Tokens[a1.Spans[3].Start]; total.Line != 9 {
		t.Errorf("the total is in line %d, expected 9", total.Line)
	}
	// Of those of A2, the first: the second is change.
	a2 := &ds.Docs[corpus.Validation][0]
	if total := a2.Tokens[a2.Spans[3].Start]; total.Line != 4 {
		t.Errorf("the total is in line %d, expected 4", total.Line)
	}
	problems := []string{
		`key/A1.json: company "NORTH STAR TRADING SDN BHD" is part of "NORTH STAR TRADING SDN BHD(123456-X)"`,
		`key/A2.json: company "SOUTH WIND BAKERY (KLANG) SDN BHD" aligned with "SOUTH WlND .BAKERY(KLANG) SDN BND", 2 of 26 characters differ`,
		`key/A2.json: address "LOT 7 & 8, LORONG DUA, 41000 KLANG, SELANGOR." aligned with "L0T 7 & 8, LORONG DUA 41000 KLANG, SELANGOR", 1 of 32 characters differ`,
		`key/A2.json: date "2018-11-30" is part of "PRINTED:2018-11-30T10:12"`,
		`box/A3.csv:3: no text`,
		`key/A3.json: company "HILLSIDE CAFE" is not found among the words`,
		`key/A3.json: address is missing or empty`,
		`key/A3.json: date "01/02/2018" is not found among the words`,
		`key/A3.json: total "12.60" is not found among the words`,
		`box/A4.csv:1: not UTF-8: bytes replaced by U+FFFD`,
		`key/A4.json: not UTF-8: bytes replaced by U+FFFD`,
		`key/A4.json: address is missing or empty`,
		`key/A4.json: date "5/6/2017" is part of "5/6/20177:30PM"`,
		`box/B9.csv: not read: sizes.tsv does not list it`,
	}
	if got := texts(result.Problems); !reflect.DeepEqual(got, problems) {
		t.Errorf("problems\n%s\nexpected\n%s", strings.Join(got, "\n"), strings.Join(problems, "\n"))
	}
	notes := []string{
		"24 lines of text",
		"company: 1 aligned exactly, 1 inside longer words, 1 approximately; 1 not found, 0 missing in the key file",
		"date: 1 aligned exactly, 2 inside longer words, 0 approximately; 1 not found, 0 missing in the key file",
		"address: 1 aligned exactly, 0 inside longer words, 1 approximately; 0 not found, 2 missing in the key file",
		"total: 3 aligned exactly, 0 inside longer words, 0 approximately; 1 not found, 0 missing in the key file",
		"1 boxes of words cut at the page",
		"2 lines or key files were not UTF-8",
		"1 lines without text left out",
	}
	if got := ds.Manifest.Notes; !reflect.DeepEqual(got, notes) {
		t.Errorf("notes\n%s\nexpected\n%s", strings.Join(got, "\n"), strings.Join(notes, "\n"))
	}
	if got := ds.Schema.Names(); !reflect.DeepEqual(got, []string{"company", "date", "address", "total"}) {
		t.Errorf("entities %q", got)
	}
	for in := range ds.Inspect() {
		if len(in.Faults) > 0 {
			t.Errorf("%s: %v", in.Document.ID, in.Faults)
		}
	}
}

// Words share the box of their line by characters, the space counted; page
// units are pixels x 1000 / size, rounded. Numbers by hand.
func TestSroieWordBoxes(t *testing.T) {
	result, err := ImportPath("sroie", filepath.Join("testdata", "sroie"), ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	// "SUB TOTAL" has 9 characters over pixels 60 to 200 of 500: 31.1 units each.
	a1 := result.Dataset.Docs[corpus.Train][0].Tokens
	want := []corpus.Token{
		{Text: "SUB", Box: corpus.Box{X0: 120, Y0: 280, X1: 213, Y1: 300}, Line: 6},   // 60 + 140*3/9 = 106.67 px = 213.3
		{Text: "TOTAL", Box: corpus.Box{X0: 244, Y0: 280, X1: 400, Y1: 300}, Line: 6}, // 60 + 140*4/9 = 122.22 px = 244.4
	}
	found := false
	for i := range a1 {
		if a1[i].Text == "SUB" {
			found = true
			if got := a1[i : i+2]; !reflect.DeepEqual(got, want) {
				t.Errorf("words %+v, expected %+v", got, want)
			}
		}
	}
	if !found {
		t.Error("no word SUB")
	}
	// "TOTAL RM 1,040.30" has 17 characters over pixels 40 to 200 of 400; the
	// amount starts at 40 + 160*9/17 = 124.71 px = 311.8, which is rounded up.
	a2 := result.Dataset.Docs[corpus.Validation][0]
	if amount := a2.Tokens[a2.Spans[3].End-1]; amount.Box != (corpus.Box{X0: 312, Y0: 300, X1: 500, Y1: 320}) {
		t.Errorf("amount %+v", amount)
	}
	// The first line of A2 starts 4 pixels left of a page of 400 x 800.
	first := result.Dataset.Docs[corpus.Validation][0].Tokens[0]
	if first.Box.X0 != 0 || first.Box.Y0 != 10 || first.Box.Y1 != 50 {
		t.Errorf("first word %+v", first)
	}
}

// sroieSample reads the good folder into memory, to be spoilt.
func sroieSample(t testing.TB) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	root := os.DirFS(filepath.Join("testdata", "sroie"))
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(root, name)
		files[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestSroieRefuses(t *testing.T) {
	for _, c := range []struct {
		file, old, new string // an empty old removes the file
		want           string
	}{
		{"sizes.tsv", "", "", "open sizes.tsv: file does not exist"},
		{"sizes.tsv", "\t400\t800", "\t400", "sizes.tsv:2: 3 columns, expected split, id, width and height"},
		{"sizes.tsv", "dev\t", "held\t", `sizes.tsv:2: split "held", expected train, dev or test`},
		{"sizes.tsv", "A3", "A1", "sizes.tsv:4: id A1 is used before, in line 1"},
		{"sizes.tsv", "A2", "../A2", `sizes.tsv:2: id "../A2" cannot be the name of a file`},
		{"sizes.tsv", "400", "0", "sizes.tsv:2: size 0 x 800, expected pixels from 1 to 1000000"},
		{"sizes.tsv", "400", "4e2", "sizes.tsv:2: size 4e2 x 800"},
		{"sizes.tsv", "A2", "A7", "open box/A7.csv: file does not exist"},
		{"box/A1.csv", "60,70,300,70,300,90,60,90,NO. 5, JALAN SATU 1/2,", "60,70,300,70", "box/A1.csv:2: 4 columns, expected 8 coordinates and the text"},
		{"box/A1.csv", "60,200,", "60,2x0,", `box/A1.csv:4: coordinate 2 is "2x0", expected pixels`},
		{"box/A1.csv", "60,200,", "60,20000000,", `box/A1.csv:4: coordinate 2 is "20000000", expected pixels`},
		{"key/A2.json", "", "", "open key/A2.json: file does not exist"},
		{"key/A1.json", `"date"`, `"dates"`, `key/A1.json: json: unknown field "dates"`},
		{"key/A1.json", `"9.00"`, `9.00`, "key/A1.json:5: json: cannot unmarshal number"},
		{"key/A1.json", "\"9.00\"\n}", `"9.00"`, "key/A1.json:6: the JSON ends too early"},
		{"key/A1.json", "SDN BHD", strings.Repeat("x", sroieFile), "key/A1.json: larger than 131072 bytes"},
	} {
		files := sroieSample(t)
		if c.old == "" {
			delete(files, c.file)
		} else {
			if !bytes.Contains(files[c.file].Data, []byte(c.old)) {
				t.Fatalf("%s lacks %q", c.file, c.old)
			}
			files[c.file].Data = bytes.Replace(files[c.file].Data, []byte(c.old), []byte(c.new), 1)
		}
		_, err := importSroie(files, nil, ImportOptions{})
		expectError(t, err, c.want)
	}
	files := sroieSample(t)
	files["box/A1.csv"].Data = []byte("\n \n")
	_, err := importSroie(files, nil, ImportOptions{})
	expectError(t, err, "box/A1.csv: no line of text")
	files = sroieSample(t)
	files["sizes.tsv"].Data = bytes.ReplaceAll(files["sizes.tsv"].Data, []byte("train"), []byte("test"))
	_, err = importSroie(files, nil, ImportOptions{})
	expectError(t, err, "sizes.tsv: no receipt of split train")
}

// receiptOf makes a document of lines of text, one below the other.
func receiptOf(lines ...string) ([]corpus.Token, []sroieLine) {
	var tokens []corpus.Token
	var rows []sroieLine
	for i, text := range lines {
		for _, w := range splitLine(text) {
			tokens = append(tokens, corpus.Token{Text: w.text, Line: i})
		}
		rows = append(rows, sroieLine{text, 20 * i, 20*i + 15})
	}
	return tokens, rows
}

func TestFieldsInLines(t *testing.T) {
	for _, c := range []struct {
		name, field, value string
		lines              []string
		quality            alignQuality
		want               string // the words and, after @, the first one's line
	}{
		{"letters and digits only", "company", "A.B.C. (M) SDN BHD", []string{"abc(M) sdn", "BHD"}, alignedExact, "abc(M) sdn BHD@0"},
		{"first of equals", "date", "1/2/18", []string{"1/2/18", "1/2/18"}, alignedExact, "1/2/18@0"},
		{"whole word before part", "date", "1/2/18", []string{"NO:1/2/18X", "1/2/18"}, alignedExact, "1/2/18@1"},
		{"not across digits", "date", "1/2/18", []string{"01/2/183", "at1/2/18pm"}, alignedInside, "at1/2/18pm@1"},
		{"anywhere at last", "date", "1/2/18", []string{"1/2/188:30"}, alignedInside, "1/2/188:30@0"},
		{"no near date", "date", "11/12/18", []string{"11/12/19"}, alignedNot, ""},
		{"near company", "company", "GREEN VALLEY STORE", []string{"X GREEN VALEY ST0RE Y"}, alignedNear, "GREEN VALEY ST0RE@0"},
		{"too far", "company", "GREEN VALLEY STORE", []string{"GREEN VALLEY"}, alignedNot, ""},
		{"grand total", "total", "5.00", []string{"TEA 5.00", "GRAND TOTAL 5.00", "TOTAL 5.00", "CASH 5.00"}, alignedExact, "5.00@1"},
		{"total before neutral", "total", "5.00", []string{"TOTAL 5.00", "TEA 5.00"}, alignedExact, "5.00@0"},
		{"last of neutral", "total", "5.00", []string{"TEA 5.00", "MILK 5.00", "CHANGE 5.00"}, alignedExact, "5.00@1"},
		{"subtotal is no total", "total", "5.00", []string{"TOTAL 5.00", "SUB-TOTAL 5.00", "SUBTOTAL 5.00"}, alignedExact, "5.00@0"},
		{"total of savings is none", "total", "5.00", []string{"TOTAL 5.00", "TOTAL SAVINGS 5.00"}, alignedExact, "5.00@0"},
		{"before tax is none", "total", "5.00", []string{"TOTAL 5.00", "TOTAL EXCL GST 5.00"}, alignedExact, "5.00@0"},
		{"rounding beside cash", "total", "5.00", []string{"ROUNDING CASH 5.00", "TEA 5.00"}, alignedExact, "5.00@0"},
		{"currency joined", "total", "5.00", []string{"TOTAL RM5.00"}, alignedInside, "RM5.00@0"},
		{"currency apart, not in the key", "total", "5.00", []string{"TOTAL RM 5.00"}, alignedExact, "5.00@0"},
		{"currency apart, in the key", "total", "RM5.00", []string{"TOTAL RM: 5.00"}, alignedExact, "RM: 5.00@0"},
		{"currency of another line", "total", "RM5.00", []string{"TOTAL RM", "5.00"}, alignedInside, "5.00@1"},
		{"thousands", "total", "1,234.50", []string{"TOTAL $1234.50"}, alignedExact, "$1234.50@0"},
		{"one decimal", "total", "43.7", []string{"TOTAL 43.70"}, alignedInside, "43.70@0"},
		{"sign", "total", "-5.00", []string{"TOTAL 5.00", "TEA -5.00"}, alignedExact, "-5.00@1"},
		{"no amount in a rate", "total", "6.00", []string{"GST 6.00%", "6.00KG"}, alignedNot, ""},
		{"too long", "company", strings.Repeat("a", fieldLimit+1), []string{strings.Repeat("a", fieldLimit+1)}, alignedNot, ""},
	} {
		tokens, lines := receiptOf(c.lines...)
		a := newFieldAligner(tokens, lines)
		m := a.field(c.field, c.value)
		got := ""
		if m.quality != alignedNot {
			got = fmt.Sprintf("%s@%d", a.words(m), tokens[m.start].Line)
		}
		if m.quality != c.quality || got != c.want {
			t.Errorf("%s: %q, quality %d; expected %q, %d", c.name, got, m.quality, c.want, c.quality)
		}
	}
}

// Words that a field has are not given to another.
func TestFieldsDoNotOverlap(t *testing.T) {
	tokens, lines := receiptOf("SHOP 12 MAIN ROAD", "SHOP")
	a := newFieldAligner(tokens, lines)
	address := a.field("address", "SHOP 12 MAIN ROAD")
	a.take(address)
	company := a.field("company", "SHOP")
	if company.start != 4 || company.end != 5 {
		t.Errorf("company has words %d to %d, expected the free one", company.start, company.end)
	}
	a.take(company)
	if m := a.field("company", "SHOP"); m.quality != alignedNot {
		t.Errorf("found %+v, though no word is free", m)
	}
}
