package main

import (
	"encoding/json"
	"strings"
	"testing"
)

const ownExperiment = `corpus:
  generate: {documents: 120, seed: 3}
  schema: core-73
model:
  encoder: {hidden: 16, layers: 1, buckets: 256}
  head: {kind: prototype, dim: 16}
train: {epochs: 1, learning_rate: 0.01}
`

const ownClaims = `name: own
about: what is claimed of the small sweep
claims:
  - {id: f1, source: us, system: hybrid, metric: macro F1, says: perfect, published: 100, unit: F1 x100, better: higher, decides: 100,
     measure: {sweep: ./small.yaml, variant: {head: hybrid}, metric: test/macro_f1, costs: 1}}
  - {id: gain, source: us, system: hybrid less linear, metric: micro F1 of the total, says: nothing, published: 0, unit: points, better: higher, tolerance: 100, decides: 100,
     measure: {sweep: ./small.yaml, variant: {head: hybrid}, against: {head: linear}, metric: test/micro_f1, labels: [TOTAL_AMOUNT]}}
  - {id: epochs, source: us, system: linear, metric: epochs, says: soon, published: [1, 3], unit: epochs, better: lower, decides: 0.1,
     measure: {sweep: ./small.yaml, variant: {model.head.kind: linear}, metric: validation/macro_f1, reach: 0.0001}}
  - {id: free, source: us, system: CRF, metric: micro F1, says: perfect, published: 100, unit: F1 x100, better: higher, decides: 50,
     measure: {experiment: ./own.yaml, set: {model.encoder.kind: sparse, model.head.kind: linear, model.crf: crf, train.iterations: 15}, metric: test/micro_f1, mode: conll}}
  - {id: nowhere, source: us, system: CRF, metric: micro F1, says: perfect, published: 100, unit: F1 x100, better: higher, decides: 5,
     measure: {experiment: crf, metric: test/micro_f1}}
  - {id: label, source: us, system: prototype, metric: added, says: yes, published: 1, unit: share, better: higher, decides: 1,
     probe: {what: extend, experiment: ./own.yaml, labels: [INVOICE_NUMBER, SUPPLIER_NAME], examples: 3, enough: 0}}
  - {id: memory, source: us, system: prototype, metric: memory, says: none, published: 0, unit: "% more", better: lower, tolerance: 50, decides: 1000, schema: enhanced-161,
     probe: {what: memory, experiment: ./own.yaml, smaller: core-73, documents: 3, repeats: 2, costs: 2}}
  - {id: time, source: us, system: prototype, metric: latency, says: none, published: [0, 5000], unit: "% more", better: lower, tolerance: 100, decides: 10000, schema: enhanced-161,
     probe: {what: latency, experiment: ./own.yaml, smaller: core-73, documents: 3, repeats: 2}}
  - {id: rules, source: us, system: rules, metric: errors, says: none, published: 100, unit: "% fewer", better: higher, decides: 100, calibrated: by the same rules,
     probe: {what: resolution, experiment: quick, set: {corpus.generate.documents: 60}, rules: resolution}}
`

// ledgerRow is what the test reads of reproduce --json.
type ledgerRow struct {
	ID, Verdict, Reason, Method string
	N                           int
	Measured                    *struct {
		Value    float64
		Interval *[2]float64
	}
	Runs, Corpora, Revisions []string
}

func ledgerOf(t *testing.T, text string) map[string]ledgerRow {
	t.Helper()
	var l struct{ Rows []ledgerRow }
	if err := json.Unmarshal([]byte(text), &l); err != nil {
		t.Fatal(err)
	}
	rows := map[string]ledgerRow{}
	for _, r := range l.Rows {
		rows[r.ID] = r
	}
	return rows
}

// Claims of one's own: what is missing is told with its cost, run once, and
// judged; a second call runs nothing and judges alike.
func TestReproduce(t *testing.T) {
	inFolder(t)
	t.Setenv(asProgram, "1") // the memory is that of another process of this program
	write(t, "own.yaml", ownExperiment)
	write(t, "claims.yaml", ownClaims)
	plan := must(t, "reproduce", "./claims.yaml", "--plan", "--store", "s.db").out
	for _, want := range []string{"4 trials: 4 to run, 0 there", "own/nowhere", "there is no corpus corpora/mine", "own/memory", "to be measured, about 2s", "9 claims, about "} {
		if !strings.Contains(plan, want) {
			t.Errorf("the plan lacks %q:\n%s", want, plan)
		}
	}
	rows := ledgerOf(t, must(t, "reproduce", "./claims.yaml", "--no-run", "--store", "s.db", "--json").out)
	for id, r := range rows {
		if r.Verdict != "missing" {
			t.Errorf("%s is %s before anything was run", id, r.Verdict)
		}
	}
	first := must(t, "reproduce", "./claims.yaml", "--store", "s.db", "--workers", "2", "--json")
	rows = ledgerOf(t, first.out)
	for id, want := range map[string]string{"f1": "contradicted", "gain": "reproduced", "epochs": "reproduced", "free": "contradicted", "nowhere": "missing", "label": "contradicted", "memory": "reproduced", "rules": "calibrated"} {
		if r := rows[id]; r.Verdict != want {
			t.Errorf("%s is %s, want %s: %s", id, r.Verdict, want, r.Reason)
		}
	}
	// After one epoch neither model finds these labels: nothing is added.
	if r := rows["label"]; r.Measured == nil || r.Measured.Value != 0 || r.N != 2 {
		t.Errorf("%+v", r)
	}
	if r := rows["f1"]; r.N != 2 || len(r.Runs) != 2 || len(r.Corpora) != 1 || len(r.Revisions) != 1 || r.Method != "t over seeds and documents" || r.Measured.Interval == nil {
		t.Errorf("%+v", r)
	}
	if r := rows["gain"]; len(r.Runs) != 4 || r.N != 2 {
		t.Errorf("%+v", r)
	}
	if r := rows["free"]; r.N != 1 || r.Method != "bootstrap over documents" {
		t.Errorf("%+v", r)
	}
	if r := rows["time"]; r.Measured == nil || r.N != 3 {
		t.Errorf("%+v", r)
	}
	again := must(t, "reproduce", "./claims.yaml", "--store", "s.db", "--json")
	if again.out != first.out || !strings.Contains(again.err, "nothing to run for 9 claims") {
		t.Errorf("a second call:\n%s\n%s", again.err, again.out)
	}
	if r := invoke("reproduce", "./claims.yaml", "--store", "s.db", "--no-run", "--strict"); r.code != 1 || !strings.Contains(r.err, "3 claims are contradicted: own/f1, own/free, own/label") || !strings.Contains(r.out, "9 claims: ") {
		t.Errorf("strict: exit %d, %s", r.code, r.err)
	}
	if text := must(t, "reproduce", "./claims.yaml", "--claim", "f1", "--store", "s.db", "--no-run", "--markdown").out; !strings.Contains(text, "| own/f1 | hybrid, macro F1 (F1 x100) | 100 |") {
		t.Errorf("markdown:\n%s", text)
	}
	for args, want := range map[string]string{
		"reproduce giude":                           `did you mean guide?`,
		"reproduce ./claims.yaml --claim fl":        `no claim "fl" (did you mean f1?)`,
		"reproduce ./claims.yaml --json --markdown": "expected one of them",
		"reproduce ./claims.yaml --workers 0":       "--workers is 0",
	} {
		if r := invoke(strings.Fields(args)...); r.code == 0 || !strings.Contains(r.err, want) {
			t.Errorf("%s: exit %d, %s", args, r.code, r.err)
		}
	}
}
