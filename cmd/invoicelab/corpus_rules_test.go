package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

// What validate prints of a good corpus, of one that was changed by hand, and
// how many findings it lists.
func TestValidate(t *testing.T) {
	inFolder(t)
	must(t, "corpus", "generate", "--documents", "300", "--noise", "0", "--out", "good")
	if r := must(t, "corpus", "validate", "good"); r.out != "300 documents: 0 faults, 0 notes\n" {
		t.Errorf("%s", r.out)
	}
	file := "good/train.jsonl"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(data), "\n")
	for _, k := range []int{4, 5, 6} {
		lines[k] = strings.Replace(lines[k], `"boxes":[[`, `"boxes":[[-`, 1)
	}
	write(t, file, strings.Join(lines, ""))
	r := invoke("corpus", "validate", "good", "--most", "2")
	if r.code != 1 || !strings.Contains(r.out, "train.jsonl:5: document ") || !strings.Contains(r.out, "leaves the page, 0 to 1000 (box)") ||
		!strings.Contains(r.out, "... and 1 more of kind box\n") || !strings.Contains(r.out, "the document was changed") || !strings.Contains(r.err, "corpus validate: 6 faults in good") {
		t.Errorf("exit %d\n%s%s", r.code, r.out, r.err)
	}
	if r := invoke("corpus", "validate", "good", "--all"); strings.Count(r.out, "(box)") != 3 || strings.Contains(r.out, "more of kind") {
		t.Errorf("%s", r.out)
	}
	var report struct {
		Documents, Faults int
		Counts            map[string]int
		Findings          []struct {
			Kind, Severity, File, Document, What string
			Line                                 int
		}
	}
	if err := json.Unmarshal([]byte(invoke("corpus", "validate", "good", "--json").out), &report); err != nil {
		t.Fatal(err)
	}
	if report.Documents != 300 || report.Faults != 6 || report.Counts["box"] != 3 || report.Findings[0].Line != 5 || report.Findings[0].File != "train.jsonl" {
		t.Errorf("%+v", report)
	}
}

func TestStats(t *testing.T) {
	inFolder(t)
	must(t, "corpus", "generate", "--documents", "200", "--out", "small")
	for _, width := range []string{"60", "80", "120"} {
		t.Setenv("COLUMNS", width)
		for _, args := range []string{"--by domain", "--by template --sort schema"} {
			r := must(t, append([]string{"corpus", "stats", "small"}, strings.Fields(args)...)...)
			for line := range strings.Lines(r.out) {
				if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > map[string]int{"60": 60, "80": 80, "120": 120}[width] {
					t.Fatalf("%s in %s columns: a line of %d: %s", args, width, n, line)
				}
			}
			if want := map[string]string{"--by domain": "healthcare", "--by template --sort schema": "mobile_bill"}[args]; !strings.Contains(r.out, want) {
				t.Errorf("%s lacks %s:\n%s", args, want, r.out)
			}
		}
	}
	var table struct {
		By    string
		Parts []struct{ Name string }
		Rows  []struct {
			Entity string
			Splits map[string]struct{ Documents, Spans, Tokens int }
		}
	}
	if err := json.Unmarshal([]byte(must(t, "corpus", "stats", "small", "--json", "--by", "template").out), &table); err != nil {
		t.Fatal(err)
	}
	if table.By != "template" || len(table.Parts) < 10 || len(table.Rows) != 98 || table.Rows[0].Splits["train"].Documents == 0 {
		t.Errorf("%+v", table.By)
	}
	for args, want := range map[string]string{
		"corpus stats small --by templte":    `--by: "templte"; expected domain or template (did you mean template?)`,
		"corpus stats small --sort size":     `--sort: "size"; expected frequency or schema`,
		"corpus validate small --most 0":     "--most is 0",
		"corpus validate small extra":        `surplus operand "extra"`,
		"corpus validate small --rules nope": `rules "nope"`,
	} {
		if r := invoke(strings.Fields(args)...); r.code == 0 || !strings.Contains(r.err, want) || strings.Count(r.err, "\n") != 1 {
			t.Errorf("%s: exit %d: %s", args, r.code, r.err)
		}
	}
}
