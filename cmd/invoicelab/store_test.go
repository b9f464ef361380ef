package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestStoreCommands(t *testing.T) {
	inFolder(t)
	must(t, "sweep", "run", "small.yaml", "--store", "runs.db")
	must(t, "store", "backup", "copy.db", "--store", "runs.db")
	if a, b := must(t, "runs", "--store", "runs.db", "--json").out, must(t, "runs", "--store", "copy.db", "--json").out; a != b || a == "" {
		t.Errorf("the backup lists\n%s\nwant\n%s", b, a)
	}
	if r := must(t, "store", "delete", "--where", "level.head = linear", "--store", "runs.db"); strings.Count(r.out, "linear") != 2 || !strings.Contains(r.err, "2 runs; --yes") || len(runsOf(t, "runs.db")) != 4 {
		t.Errorf("%s%s", r.out, r.err)
	}
	must(t, "store", "delete", "--where", "level.head = linear", "--yes", "--store", "runs.db")
	done := 0
	for _, r := range runsOf(t, "runs.db") {
		if r.State == "done" {
			done++
		}
	}
	if done != 2 {
		t.Errorf("%d runs are done, want 2", done)
	}
	// Each deleted run leaves weights and predictions.
	for _, args := range []string{"store gc --dry --store runs.db", "store gc --store runs.db"} {
		if r := must(t, strings.Fields(args)...); !strings.HasPrefix(r.err, "4 files of ") {
			t.Errorf("%s: %s", args, r.err)
		}
	}
	run := runsOf(t, "copy.db")[0].Run
	must(t, "show", run, "--store", "copy.db", "--predictions", "p.jsonl", "--checkpoint", "w.safetensors")
	must(t, "store", "delete", "--plans", "small", "--store", "runs.db")
	if rows := runsOf(t, "runs.db"); len(rows) != 2 {
		t.Errorf("%d runs, want the 2 that are done", len(rows))
	}
	for args, want := range map[string]string{
		"store delete --store runs.db":                   "expected either",
		"store delete zz --where seed=1 --store runs.db": "expected either",
		"store delete --where= --store runs.db":          "--where is empty",
		"store delete --where sed=1 --store runs.db":     "did you mean seed?",
		"store backup --store runs.db":                   "missing operand FILE",
		"store bakup x":                                  "did you mean backup?",
	} {
		if r := invoke(strings.Fields(args)...); r.code != 2 || !strings.Contains(r.err, want) {
			t.Errorf("%s: exit %d: %s", args, r.code, r.err)
		}
	}
	if r := invoke("store", "backup", "copy.db", "--store", "runs.db"); r.code != 1 || !strings.Contains(r.err, "the file exists") {
		t.Errorf("exit %d: %s", r.code, r.err)
	}
}

// A store of an older release is copied as it is, and the user is told.
func TestStoreBackupOfAnOlderRelease(t *testing.T) {
	content, err := os.ReadFile("../../experiments/testdata/v1.db")
	if err != nil {
		t.Fatal(err)
	}
	files := os.DirFS("../../experiments/testdata/v1.db.files")
	dir := t.TempDir()
	store, copied := filepath.Join(dir, "old.db"), filepath.Join(dir, "copy.db")
	if err := errors.Join(os.WriteFile(store, content, 0o666), os.CopyFS(store+".files", files)); err != nil {
		t.Fatal(err)
	}
	if r := must(t, "store", "backup", copied, "--store", store); !strings.Contains(r.err, "form of an older release (version 1)") || !strings.Contains(r.err, "8 runs, 8 artifacts") {
		t.Error(r.err)
	}
	if after, err := os.ReadFile(store); err != nil || !bytes.Equal(content, after) {
		t.Errorf("the store was changed, %v", err)
	}
	if r := must(t, "runs", "--store", copied, "--columns", "run,state", "--format", "csv"); strings.Count(r.out, ",done\n") != 8 {
		t.Errorf("the copy lists\n%s", r.out)
	}
}

// What ctrl-C ends says so, in one line.
func TestInterrupted(t *testing.T) {
	inFolder(t)
	must(t, "sweep", "run", "small.yaml", "--store", "runs.db")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	if code := run(ctx, []string{"invoicelab", "runs", "--store", "runs.db"}, &out, &errs); code != 1 || errs.String() != "invoicelab: interrupted\n" || out.Len() > 0 {
		t.Errorf("exit %d: %q, %q", code, out.String(), errs.String())
	}
}
