package experiments_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The states of a run that is done and of one that the store does not know are
// collected; that of a run to be made and what is not ours stay.
func TestCollectStates(t *testing.T) {
	path := filepath.Join(t.TempDir(), "runs.db")
	s := create(t, path)
	sweep, trials := tiny(t, 2)
	mustRun(t, s, sweep, trials[:1], 1)
	if err := s.Add(t.Context(), sweep, trials); err != nil {
		t.Fatal(err)
	}
	folder := path + "-states"
	if s.StatesPath() != folder {
		t.Fatalf("states in %s; want %s", s.StatesPath(), folder)
	}
	state := func(name string) string {
		dir := filepath.Join(folder, name)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "state.safetensors"), []byte("12345"), 0o666); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	go1, go2 := state(trials[0].Key+"-cpu-avx2-abc"), state(strings.Repeat("0", 64)+"-cpu-avx2-abc")
	stay := []string{state(trials[1].Key + "-cpu-avx2-abc"), state("notes"), state("a-b")}
	there := func(dir string) bool { _, err := os.Stat(dir); return err == nil }
	for _, dry := range []bool{true, false} {
		n, err := s.Collect(t.Context(), dry)
		if err != nil || n.Files != 2 || n.Bytes != 10 {
			t.Errorf("dry %v: %+v, %v; want 2 files of 10 bytes", dry, n, err)
		}
		if there(go1) != dry || there(go2) != dry {
			t.Errorf("dry %v: the states of no use are there: %v %v", dry, there(go1), there(go2))
		}
		for _, dir := range stay {
			if !there(dir) {
				t.Errorf("dry %v: %s is gone", dry, dir)
			}
		}
	}
	mustRun(t, s, sweep, trials, 7)
	for _, dir := range stay[1:] {
		os.RemoveAll(dir)
	}
	if n, err := s.Collect(t.Context(), false); err != nil || n.Files != 1 || there(folder) {
		t.Errorf("%+v, %v; the folder is there: %v", n, err, there(folder))
	}
}
