package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/corpus"
)

// fence is a fenced block of the README: its language and its text.
var fence = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")

// TestTutorial runs every command of the README's tutorial, in order, and
// writes its YAML block to the file that the text before it names.
func TestTutorial(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, tutorial, found := strings.Cut(string(readme), "\n## Tutorial\n")
	tutorial, _, ended := strings.Cut(tutorial, "\n## What is inside\n")
	if !found || !ended {
		t.Fatal("README.md has no tutorial")
	}
	t.Chdir(t.TempDir())
	write(t, "predictions.tsv", "Ann\tB-NAME\tB-NAME\nLee\tI-NAME\tO\n\n9.00\tB-TOTAL\tB-TOTAL\n")
	commands := 0
	for _, block := range fence.FindAllStringSubmatch(tutorial, -1) {
		switch language, text := block[1], block[2]; language {
		case "yaml":
			name, _, _ := strings.Cut(strings.TrimPrefix(text, "name: "), "\n")
			write(t, name+".yaml", text)
		case "sh":
			for line := range strings.Lines(text) {
				args := shellWords(line)
				if args[0] != "invoicelab" {
					t.Fatalf("not a command of invoicelab: %s", line)
				}
				if strings.Contains(line, "mydata") {
					writeConll(t, "corpora/small", "mydata")
				}
				r := must(t, args[1:]...)
				if r.out == "" && !strings.Contains(line, "--out") {
					t.Errorf("%s printed nothing", line)
				}
				commands++
			}
		default:
			t.Errorf("a block of %s in the tutorial", language)
		}
	}
	if commands < 12 {
		t.Errorf("the tutorial has %d commands; were they found?", commands)
	}
	for _, file := range []string{"page.html", "entities.jsonl", "out/first/report.html", "out/first/per-label.png", "model.safetensors"} {
		if info, err := os.Stat(file); err != nil || info.Size() == 0 {
			t.Errorf("the tutorial left no %s: %v", file, err)
		}
	}
}

// shellWords divides a line at spaces that are not inside double quotes.
func shellWords(line string) []string {
	var words []string
	quoted := false
	for _, word := range strings.FieldsFunc(line, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return !quoted && (r == ' ' || r == '\n')
	}) {
		words = append(words, strings.ReplaceAll(word, `"`, ""))
	}
	return words
}

// writeConll writes a corpus as a user's conll files.
func writeConll(t *testing.T, from, dir string) {
	t.Helper()
	ds, err := corpus.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	for split, name := range map[corpus.Split]string{corpus.Train: "train", corpus.Validation: "dev", corpus.Test: "test"} {
		var b strings.Builder
		for _, d := range ds.Docs[split] {
			for i, l := range d.Labels() {
				fmt.Fprintf(&b, "%s\t%s\n", d.Tokens[i].Text, ds.Schema.Label(int(l)))
			}
			b.WriteString("\n")
		}
		write(t, dir+"/"+name+".conll", b.String())
	}
}
