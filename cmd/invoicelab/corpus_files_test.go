package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/invoicelab/invoicelab/corpus"
)

// A generator that is killed goes on where it was, and the corpus is that of
// one that was not.
func TestGenerateGoesOnAfterAKill(t *testing.T) {
	dir := inFolder(t)
	args := []string{"corpus", "generate", "--documents", "12000", "--seed", "9", "--shard", "3000", "--out", "corpora/killed"}
	cmd := program(t, dir, args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ledger := filepath.Join("corpora", ".killed.part", "ledger.json")
	for began := time.Now(); ; time.Sleep(time.Millisecond) {
		if _, err := os.Stat(ledger); err == nil {
			break
		}
		if time.Since(began) > time.Minute {
			t.Fatal("no checkpoint after a minute")
		}
	}
	// The folder belongs to the process that works there.
	if r := invoke(args...); r.code != 1 || !strings.Contains(r.err, ".killed.part is locked") {
		t.Errorf("a second process: exit %d, %s", r.code, r.err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("it was done before it was killed")
	}
	if _, err := os.Stat("corpora/killed"); err == nil {
		t.Fatal("a corpus that is not complete")
	}
	if r := must(t, args...); !strings.Contains(r.err, "going on after the ") {
		t.Errorf("the second run says %q", r.err)
	}
	args[len(args)-1] = "corpora/whole"
	must(t, append(args, "--compress", "zstd")...)
	killed, whole := openFolder(t, "corpora/killed"), openFolder(t, "corpora/whole")
	if killed.Manifest.Digest != whole.Manifest.Digest {
		t.Errorf("digest %s, without a kill %s", killed.Manifest.Digest, whole.Manifest.Digest)
	}
	n := 0
	for _, err := range killed.Entries() {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 12000 {
		t.Errorf("%d documents", n)
	}
}

func openFolder(t *testing.T, dir string) *corpus.Folder {
	t.Helper()
	f, err := corpus.OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// A file may grow to some size and no more: what a full disk is to who writes.
func TestGenerateOnAFullDisk(t *testing.T) {
	dir := inFolder(t)
	args := []string{"corpus", "generate", "--documents", "8000", "--out"}
	must(t, append(args, "whole")...)
	info, err := os.Stat("whole/train.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	args = append(args, "corpora/full")
	self := program(t, dir, args...)
	limited := exec.Command("bash", append([]string{"-c", fmt.Sprintf(`ulimit -f %d; exec "$0" "$@"`, info.Size()*9/10/1024), self.Path}, args...)...)
	limited.Dir, limited.Env = self.Dir, self.Env
	out, err := limited.CombinedOutput()
	if limited.ProcessState.ExitCode() != 1 || !strings.Contains(string(out), syscall.EFBIG.Error()) || strings.Count(string(out), "\n") != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	if !strings.Contains(string(out), "5000 of 8000 documents are kept in") {
		t.Errorf("it says %s", out)
	}
	entries, err := os.ReadDir("corpora")
	if err != nil || len(entries) != 1 || entries[0].Name() != ".full.part" {
		t.Fatalf("corpora holds %v, %v", entries, err)
	}
	if r := must(t, args...); !strings.Contains(r.err, "going on after the 5000 documents") {
		t.Errorf("with space again: %s", r.err)
	}
	if full, whole := openFolder(t, "corpora/full"), openFolder(t, "whole"); full.Manifest.Digest != whole.Manifest.Digest {
		t.Errorf("digest %s, expected %s", full.Manifest.Digest, whole.Manifest.Digest)
	}
}

func TestPackingFlags(t *testing.T) {
	inFolder(t)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--compress", "gzp"}, `corpus generate: --compress: no compression "gzp" (did you mean gzip?); there are none, gzip, zstd`},
		{[]string{"--shard", "0"}, "corpus generate: --shard 0: expected 1 or more"},
	} {
		r := invoke(append([]string{"corpus", "generate", "--out", "x"}, c.args...)...)
		if r.code != 2 || !strings.Contains(r.err, c.want) {
			t.Errorf("%v: exit %d, %s", c.args, r.code, r.err)
		}
	}
	must(t, "corpus", "generate", "--documents", "60", "--shard", "20", "--compress", "gzip", "--out", "packed")
	for _, file := range []string{"train-00000.jsonl.gz", "train-00001.jsonl.gz"} {
		if _, err := os.Stat("packed/" + file); err != nil {
			t.Error(err)
		}
	}
	must(t, "corpus", "stats", "packed")
}

// What is exported is imported again with the same digest, where the format
// holds everything.
func TestExportAndImport(t *testing.T) {
	inFolder(t)
	must(t, "corpus", "generate", "--documents", "80", "--out", "made")
	must(t, "corpus", "export", "--format", "jsonl", "made", "--out", "packed", "--shard", "9", "--compress", "zstd")
	if a, b := openFolder(t, "made").Manifest, openFolder(t, "packed").Manifest; !reflect.DeepEqual(a, b) {
		t.Errorf("packed again: %+v, was %+v", b, a)
	}
	r := must(t, "corpus", "export", "--format", "hf", "--numbers", "made", "--out", "hf")
	if want := "structure and visual types of 80 documents are no part of the format and are left out\n"; r.err != want {
		t.Errorf("export says %q", r.err)
	}
	must(t, "corpus", "import", "--from", "hf", "hf", "--groups", "hf/groups.csv", "--out", "back")
	made, back := openFolder(t, "made"), openFolder(t, "back")
	if !reflect.DeepEqual(made.Manifest.Splits, back.Manifest.Splits) || len(back.Schema.Groups()) != len(made.Schema.Groups()) {
		t.Errorf("back are %+v, expected %+v", back.Manifest.Splits, made.Manifest.Splits)
	}
	write(t, "labels.txt", "O\nB-X\nI-X\n")
	write(t, "mine/train.jsonl", `{"tokens":["a","b"],"ner_tags":[1,2]}`)
	must(t, "corpus", "import", "--from", "hf", "mine", "--labels", "labels.txt", "--out", "mine-made")
	write(t, "groups.yaml", "Y: things\n")
	for _, c := range []struct {
		code int
		want string
		args []string
	}{
		{1, `groups: entity "X" has none (did you mean "Y"?)`, []string{"corpus", "import", "--from", "hf", "mine", "--labels", "labels.txt", "--groups", "groups.yaml", "--out", "x"}},
		{2, "--groups: the groups are those of --schema", []string{"corpus", "import", "--from", "hf", "mine", "--schema", "core-73", "--groups", "groups.yaml", "--out", "x"}},
		{1, "--labels: groups.yaml: name 0", []string{"corpus", "import", "--from", "hf", "mine", "--labels", "groups.yaml", "--out", "x"}},
		{2, `no format "conl" (did you mean conll?)`, []string{"corpus", "export", "--format", "conl", "made", "--out", "x"}},
		{2, "--shard: format conll does not have it", []string{"corpus", "export", "--format", "conll", "--shard", "5", "made", "--out", "x"}},
		{1, "the folder is not empty", []string{"corpus", "export", "--format", "conll", "made", "--out", "mine"}},
	} {
		if r := invoke(c.args...); r.code != c.code || !strings.Contains(r.err, c.want) {
			t.Errorf("%v: exit %d, %s", c.args, r.code, r.err)
		}
	}
}

// A preset makes the documents of its digest, or nothing.
func TestGeneratePreset(t *testing.T) {
	inFolder(t)
	preset := func(digest string) string {
		return "name: mine\nversion: 3\nabout: a test\nschema: core-73\ndigest: \"" + digest + "\"\ngenerate: {documents: 40, seed: 4}\n"
	}
	must(t, "corpus", "generate", "--documents", "40", "--seed", "4", "--schema", "core-73", "--out", "plain")
	digest := openFolder(t, "plain").Manifest.Digest
	write(t, "mine.yaml", preset(digest))
	must(t, "corpus", "generate", "--preset", "mine.yaml", "--out", "made")
	if m := openFolder(t, "made").Manifest; m.Digest != digest || m.Name != "mine v3" {
		t.Errorf("made %s with digest %s, expected %s", m.Name, m.Digest, digest)
	}
	write(t, "mine.yaml", preset(strings.Repeat("0", 64)))
	r := invoke("corpus", "generate", "--preset", "mine.yaml", "--out", "other")
	if _, err := os.Stat("other"); err == nil || r.code != 1 || !strings.Contains(r.err, "the generator has changed since") {
		t.Errorf("exit %d, %s, folder %v", r.code, r.err, err)
	}
}
