package formats

import (
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

// summary gives "split id: token@x0,y0,x1,y1/line/label ..." of each document.
func summary(ds *corpus.Dataset) []string {
	var list []string
	for split, d := range ds.All() {
		text := fmt.Sprintf("%s %s:", split, d.ID)
		for i, label := range d.Labels() {
			t := d.Tokens[i]
			text += fmt.Sprintf(" %s@%d,%d,%d,%d/%d/%s", t.Text, t.Box.X0, t.Box.Y0, t.Box.X1, t.Box.Y1, t.Line, ds.Schema.Label(int(label)))
		}
		list = append(list, text)
	}
	return list
}

// expectImport imports a folder of testdata.
func expectImport(t *testing.T, from string, documents, notes, problems []string) {
	t.Helper()
	result, err := ImportPath(from, filepath.Join("testdata", from), ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got := summary(result.Dataset); !reflect.DeepEqual(got, documents) {
		t.Errorf("documents\n%s\nexpected\n%s", strings.Join(got, "\n"), strings.Join(documents, "\n"))
	}
	if got := result.Dataset.Manifest.Notes; !reflect.DeepEqual(got, notes) {
		t.Errorf("notes %q, expected %q", got, notes)
	}
	if got := texts(result.Problems); !reflect.DeepEqual(got, problems) {
		t.Errorf("problems %q, expected %q", got, problems)
	}
	if m := result.Dataset.Manifest; !m.Boxed || m.Source != from || m.Name != from {
		t.Errorf("manifest %+v", m)
	}
	checkImported(t, result.Dataset)
}

// Of a page of 500 x 1000 pixels x counts double. Empty words and what has
// only such are left out; an item over two lines is one entity; a page
// without image ends at its last word.
func TestFunsd(t *testing.T) {
	expectImport(t, "funsd", []string{
		"train f1: ORDER@100,100,190,120/0/B-header FORM@200,100,300,120/0/I-header Name:@100,200,180,210/1/B-question" +
			" Ann@200,200,260,210/2/B-answer Lee@270,200,320,210/2/I-answer of@200,220,220,230/3/I-answer Hull@230,220,1000,230/3/I-answer page@100,900,180,910/4/O",
		"test f2: Date@100,50,1000,1000/0/B-question",
	}, []string{"9 words", "3 words without text left out", "1 entities without a word left out", "1 boxes of words cut at the page", "1 pages have no image: taken to end at their last words"},
		[]string{"training_data: 1 pages have no image: taken to end at their last words"})
}

// A line of a category is an entity; rows of words are lines of layout.
func TestCord(t *testing.T) {
	expectImport(t, "cord", []string{
		"train train-receipt_00000: Green@100,100,250,120/0/B-menu.nm Tea@260,100,350,120/0/I-menu.nm 9,000@750,100,900,120/0/B-menu.price" +
			" Total@100,200,250,220/1/B-total.total_price 9,000@750,200,900,220/1/I-total.total_price Thanks@100,300,250,320/2/O",
		"validation validation-receipt_00000: Cash@100,100,200,120/0/B-total.cashprice 10,000@750,100,1000,120/0/I-total.cashprice",
		"test test-receipt_00000: Rice@100,100,200,120/0/B-menu.nm",
	}, []string{"9 words", "1 boxes of words cut at the page"}, nil)
}

// Texts come in reading order, whatever the order of the file and of the
// corners; words share a text's box by characters.
func TestWildreceipt(t *testing.T) {
	expectImport(t, "wildreceipt", []string{
		"train image_files/1.jpeg: BLUE@100,100,278,120/0/B-Store_name_value CAFE@322,100,500,120/0/I-Store_name_value" +
			" Total:@100,200,240,220/1/B-Total_key 4.50@600,204,800,224/1/B-Total_value see@120,305,240,320/2/O you@280,305,400,320/2/O ~@100,400,120,410/3/O",
		"train image_files/2.jpeg: RED@100,100,271,120/0/B-Store_name_value BAR@329,100,500,120/0/I-Store_name_value",
		"test image_files/3.jpeg: 7.00@20,10,120,20/0/B-Total_value",
	}, []string{"10 words", "1 words without text left out", "1 entities without a word left out"}, nil)
}

// changed gives the files of a folder of testdata with one change.
func changed(t testing.TB, folder, file, old, new string) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(os.DirFS(filepath.Join("testdata", folder)), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join("testdata", folder, path))
		files[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if file == "" {
		return files
	}
	text := string(files[file].Data)
	if !strings.Contains(text, old) {
		t.Fatalf("%s lacks %q", file, old)
	}
	files[file] = &fstest.MapFile{Data: []byte(strings.Replace(text, old, new, 1))}
	return files
}

func TestFormsRefuse(t *testing.T) {
	const (
		f1   = "training_data/annotations/f1.json"
		cord = "train/json/receipt_00000.json"
	)
	for _, c := range []struct {
		folder, file, old, new string
		want                   string
	}{
		{"funsd", f1, `"form"`, `"from"`, f1 + `: no key "form"`},
		{"funsd", f1, `"label": "header"`, `"label": "page header"`, f1 + `: form[0]: label "page header" is empty or has a space`},
		{"funsd", f1, `"label": "header"`, `"label": ""`, `form[0]: label "" is empty or has a space`},
		{"funsd", f1, `"label": "header"`, `"label": 3`, f1 + ":11: form.label: number, expected a string"},
		{"funsd", f1, `"text": "ORDER"`, `"text": "ORDER",,`, f1 + ":14: invalid character ','"},
		{"funsd", f1, "     95,\n", "", f1 + ": form[0].words[0]: box of 3 numbers, expected 4"},
		{"funsd", f1, "     95,\n", "     95e9,\n", f1 + ": form[0].words[0]: coordinate 9.5e+10, expected pixels"},
		{"funsd", "training_data/images/f1.png", "IHDR", "IDAT", "training_data/images/f1.png: not a PNG"},
		{"funsd", "training_data/images/f1.png", "\x00\x00\x01\xf4", "\x7f\x00\x01\xf4", "f1.png: page of 2130706932 x 1000, expected pixels from 1 to 1000000"},
		{"cord", cord, `"valid_line"`, `"valid_lines"`, cord + `: no key "valid_line"`},
		{"cord", cord, `"width": 400`, `"width": 0`, cord + ": meta.image_size: page of 0 x 800"},
		{"cord", cord, `"y4": 96`, `"z4": 96`, cord + `: valid_line[0].words[0].quad: no key "y4"`},
		{"cord", cord, `"x1": 40`, `"x1": "40"`, cord + ":1: valid_line.words.quad: string, expected a number"},
		{"cord", cord, `"menu.nm"`, `""`, cord + `: valid_line[0].category: label "" is empty or has a space`},
		{"wildreceipt", "train.txt", `"label": 2`, `"label": 9`, "train.txt:1: annotations[2]: label 9 is not in class_list.txt"},
		{"wildreceipt", "train.txt", `"label": 2`, `"lable": 2`, `train.txt:1: annotations[2]: no key "label"`},
		{"wildreceipt", "train.txt", `"file_name": "image_files/2.jpeg"`, `"file": ""`, `train.txt:2: no key "file_name"`},
		{"wildreceipt", "train.txt", `"height": 1000`, `"height": "tall"`, `train.txt:1: height: string, expected a whole number`},
		{"wildreceipt", "train.txt", `[400.0, `, `[`, `train.txt:1: annotations[0]: box of 7 numbers, expected 8`},
		{"wildreceipt", "class_list.txt", "2 Total_key", "two Total_key", `class_list.txt:3: class "two", expected a number from 0`},
		{"wildreceipt", "class_list.txt", "2 Total_key", "1 Total_key", `class_list.txt:3: class 1 is Store_name_value and Total_key`},
		{"wildreceipt", "class_list.txt", "2 Total_key", "2 Total key", `class_list.txt:3: 3 words, expected a number and a name`},
	} {
		_, err := importerCalled(c.folder).Import(changed(t, c.folder, c.file, c.old, c.new), nil, ImportOptions{})
		expectError(t, err, c.want)
	}
	for _, from := range []string{"funsd", "cord", "wildreceipt"} {
		_, err := importerCalled(from).Import(fstest.MapFS{}, nil, ImportOptions{})
		expectError(t, err, map[string]string{
			"funsd": "no file training_data/annotations/*.json", "cord": "no file train/json/*.json", "wildreceipt": "class_list.txt: file does not exist",
		}[from])
		_, err = importerCalled(from).Import(fstest.MapFS{}, []string{"x.json"}, ImportOptions{})
		expectError(t, err, "x.json: this importer reads a folder with")
	}
	empty := changed(t, "cord", cord, "{", "{")
	empty[cord] = &fstest.MapFile{}
	_, err := importCord(empty, nil, ImportOptions{})
	expectError(t, err, cord+": empty file")
}

// importerCalled finds an importer.
func importerCalled(name string) Importer {
	for _, i := range Importers() {
		if i.Name == name {
			return i
		}
	}
	panic(name)
}

// The archive of FUNSD has everything below dataset.
func TestFunsdBelowDataset(t *testing.T) {
	below := fstest.MapFS{}
	for name, file := range changed(t, "funsd", "", "", "") {
		below["dataset/"+name] = file
	}
	result, err := importFunsd(below, nil, ImportOptions{})
	if err != nil || len(result.Dataset.Docs[corpus.Train]) != 1 {
		t.Errorf("%+v, %v", result.Dataset, err)
	}
}

// One folder of receipts names the splits in its files.
func TestCordOneFolder(t *testing.T) {
	all := fstest.MapFS{}
	for name, file := range changed(t, "cord", "", "", "") {
		split, _, _ := strings.Cut(name, "/")
		all["json/"+split+".json"] = file
	}
	result, err := importCord(all, nil, ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for split, d := range result.Dataset.All() {
		ids = append(ids, string(split)+" "+d.ID)
	}
	if want := []string{"train train-train", "validation validation-dev", "test test-test"}; !reflect.DeepEqual(ids, want) {
		t.Errorf("%q, expected %q", ids, want)
	}
}
