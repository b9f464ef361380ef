package config_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/config"
)

func TestLoadGroups(t *testing.T) {
	dir := t.TempDir()
	load := func(name, text string) (map[string]string, error) {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return config.LoadGroups(path)
	}
	want := map[string]string{"menu.nm": "items", "TOTAL": "amounts"}
	for name, text := range map[string]string{
		"a.yaml": "menu.nm: items\nTOTAL: amounts\n",
		"b.csv":  "\ufefflabel,group\nmenu.nm, items\r\n\"TOTAL\",amounts\n",
		"c.csv":  "TOTAL,amounts\nmenu.nm,items",
	} {
		got, err := load(name, text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for _, c := range []struct{ name, text, want string }{
		{"d.yaml", "TOTAL: amounts\nTOTAL: sums\n", "d.yaml:2: "},
		{"e.yaml", "TOTAL: [a]\n", "e.yaml:1: TOTAL: "},
		{"f.yaml", "- TOTAL\n", "f.yaml:1: "},
		{"g.yaml", "", "g.yaml: the file is empty"},
		{"h.csv", "label,group\n", "h.csv: the file is empty"},
		{"i.csv", "TOTAL,amounts\nVENDOR\n", `i.csv:2: "VENDOR"; expected a label and its group`},
		{"j.csv", "TOTAL,amounts\n\nTOTAL,sums\n", "j.csv:3: TOTAL: given twice"},
		{"k.csv", "TOTAL,\"amounts\n", "k.csv:1: "},
		{"l.csv", "\xff,a\n", "l.csv: not UTF-8"},
	} {
		_, err := load(c.name, c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, expected %q", c.name, err, c.want)
		}
	}
	if _, err := config.LoadGroups(filepath.Join(dir, "nowhere.csv")); err == nil {
		t.Error("a file that is not there is read")
	}
}
