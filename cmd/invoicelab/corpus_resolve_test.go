package main

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestResolve(t *testing.T) {
	inFolder(t)
	r := must(t, "corpus", "resolve", "--text", "Contract: PROJ-2024")
	want := `label      CONTRACT_NUMBER
rule       PROJECT_CODE/CONTRACT_NUMBER
condition  called: its name
reason     "contract" is "contract number", a name of CONTRACT_NUMBER
overruled  PROJECT_CODE, for the value holds "PROJ-2024"
overruled  PROJECT_CODE, for the value begins with "proj"
`
	if r.out != want {
		t.Errorf("got\n%s\nwant\n%s", r.out, want)
	}
	for _, c := range []struct{ args, want string }{
		{"--text|7 Mill St, Hull|--document-type|WAYBILL", "ORIGIN"},
		{"--text|7 Mill St, Hull|--document-type|INVOICE|--section|buyer_info", "BUYER_ADDRESS"},
		{"--text|7 Mill St, Hull|--labels|ORIGIN,SUPPLIER_ADDRESS|--domain|logistics", "ORIGIN"},
		{"--text|Period: May 2024|--near|usage", "SERVICE_PERIOD"},
		{"--text|2024-17|--primary-document-id", "INVOICE_NUMBER"},
		{"--text|$17.00|--page-boundary", "CARRIED_FORWARD"},
		{"--text|$17.00|--position|top_of_page_2", "CARRIED_FORWARD"},
	} {
		r := must(t, append([]string{"corpus", "resolve", "--json"}, strings.Split(c.args, "|")...)...)
		var d struct{ Label, Rule, Level, Condition, Reason string }
		if err := json.Unmarshal([]byte(r.out), &d); err != nil || d.Label != c.want || d.Rule == "" || d.Reason == "" {
			t.Errorf("%s: %+v, %v; expected %s", c.args, d, err, c.want)
		}
	}
}

func TestResolveLines(t *testing.T) {
	inFolder(t)
	write(t, "good.jsonl", `{"text": "Lot: LOT-17", "is": "LOT_NUMBER"}

{"text": "C-9", "near": ["BUYER_NAME"], "labels": ["ACCOUNT_NUMBER", "INVOICE_NUMBER"]}
`)
	r := must(t, "corpus", "resolve", "good.jsonl")
	if lines := strings.Split(strings.TrimSpace(r.out), "\n"); len(lines) != 2 || !strings.HasPrefix(lines[0], "LOT_NUMBER ") || !strings.HasPrefix(lines[1], "ACCOUNT_NUMBER ") {
		t.Errorf("%s", r.out)
	}
	write(t, "mixed.jsonl", `{"text": "Lot: LOT-17", "is": "BATCH_NUMBER"}
{"text": "hello"}
{"text": "S/N: AB1234567890", "is": "SERIAL_NUMBER"}
`)
	r = invoke("corpus", "resolve", "mixed.jsonl", "--json")
	if r.code != 1 || !strings.Contains(r.err, "of 3 values 1 undecided, 1 not as expected") {
		t.Errorf("exit %d: %s", r.code, r.err)
	}
	var errors []string
	for line := range strings.Lines(r.out) {
		var a struct{ Label, Error string }
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatal(err)
		}
		errors = append(errors, a.Label+"|"+a.Error)
	}
	if len(errors) != 3 || errors[0] != "LOT_NUMBER|expected BATCH_NUMBER" || !strings.HasPrefix(errors[1], "|no rule applies") || errors[2] != "SERIAL_NUMBER|" {
		t.Errorf("%q", errors)
	}
}

func TestResolveWrongCalls(t *testing.T) {
	inFolder(t)
	write(t, "bad.jsonl", "{\"text\": \"x\"}\n{\"txt\": \"x\"}\n")
	write(t, "labels.jsonl", `{"text": "x", "labels": ["ORIGIN", "BUYER_ADDRESS"]}`)
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"corpus resolve", 2, "expected --text TEXT"},
		{"corpus resolve --text hello", 1, "no rule applies"},
		{"corpus resolve nowhere.jsonl", 1, "nowhere.jsonl"},
		{"corpus resolve labels.jsonl --text x", 2, "--text and a FILE"},
		{"corpus resolve labels.jsonl", 1, "labels.jsonl:1: the rule ORIGIN/SUPPLIER_ADDRESS needs two or more"},
		{"corpus resolve --text x --labels ORIGIN,TOTAL", 1, "no rule is about TOTAL"},
		{"corpus resolve --text x --rules resoluton", 1, "did you mean resolution?"},
	} {
		r := invoke(strings.Fields(c.args)...)
		if r.code != c.code || !strings.Contains(r.err, c.want) || strings.Count(r.err, "\n") != 1 || r.out != "" {
			t.Errorf("%s: exit %d, want %d with %q:\n%s%s", c.args, r.code, c.code, c.want, r.out, r.err)
		}
	}
	if r := invoke("corpus", "resolve", "bad.jsonl"); r.code != 1 || !strings.Contains(r.err, `bad.jsonl:2: expected an object of evidence: json: unknown field "txt"`) {
		t.Errorf("exit %d: %s", r.code, r.err)
	}
}
