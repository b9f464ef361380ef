package config_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/config"
)

const chosenText = `name: some
primary: test/macro_f1
seeds: [1, 2]
base: {corpus: {path: corpora/x}}
axes:
  - {name: head, key: model.head.kind, values: [linear, prototype]}
  - {name: lr, key: train.learning_rate, values: [0.001, 0.002, 0.003, 0.004, 0.005]}
  - {name: epochs, key: train.epochs, values: [10, 20, 30]}
`

func parsed(t *testing.T, text string) config.Sweep {
	t.Helper()
	s, err := config.ParseSweep("some.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// settingsOf lists head, rate and epochs of every variant.
func settingsOf(t *testing.T, s config.Sweep) []string {
	t.Helper()
	var all []string
	for v, err := range s.Variants() {
		if err != nil {
			t.Fatal(err)
		}
		e := v.Experiment
		all = append(all, fmt.Sprintf("%v %v %v", e.Model.Head.Kind, e.Train.LearningRate, e.Train.Epochs))
	}
	return all
}

func TestListOfCombinations(t *testing.T) {
	s := parsed(t, chosenText+"combinations:\n  - {epochs: 30, head: prototype, lr: 0.002}\n  - {head: linear, lr: 0.001, epochs: 10}\n")
	if got, want := settingsOf(t, s), []string{"prototype 0.002 30", "linear 0.001 10"}; !slices.Equal(got, want) {
		t.Errorf("%q; want %q", got, want)
	}
	if s.Size() != 4 || !reflect.DeepEqual(s.Chosen, [][]int{{1, 1, 2}, {0, 0, 0}}) {
		t.Errorf("size %d, chosen %v", s.Size(), s.Chosen)
	}
	if again := parsed(t, s.YAML()); !reflect.DeepEqual(again.Chosen, s.Chosen) || !slices.Equal(settingsOf(t, again), settingsOf(t, s)) {
		t.Errorf("read back %v", again.Chosen)
	}
}

// A random choice has no combination twice, is the same for the same seed, and
// begins with the choice of fewer.
func TestRandomCombinations(t *testing.T) {
	draw := func(how string) []string { return settingsOf(t, parsed(t, chosenText+"combinations: {"+how+"}\n")) }
	all := draw("random: 30")
	sorted := slices.Clone(all)
	slices.Sort(sorted)
	if len(slices.Compact(sorted)) != 30 {
		t.Errorf("%d different ones of %d; want all 30", len(slices.Compact(sorted)), len(all))
	}
	if seven := draw("random: 7, seed: 1"); !slices.Equal(seven, all[:7]) {
		t.Errorf("%q; want the beginning of %q", seven, all)
	}
	if other := draw("random: 30, seed: 2"); slices.Equal(other, all) {
		t.Error("another seed draws the same")
	}
	s := parsed(t, chosenText+"combinations: {random: 7}\n")
	if again := parsed(t, s.YAML()); !slices.Equal(settingsOf(t, again), all[:7]) {
		t.Error("the stored definition has other combinations")
	}
	// Each head is drawn about equally often: 10 of 20 within 4 standard
	// deviations of a draw without repeats, sqrt(20/4 * 10/29) = 1.3.
	linear := 0
	for _, v := range draw("random: 20, seed: 5") {
		if strings.HasPrefix(v, "linear") {
			linear++
		}
	}
	if linear < 5 || linear > 15 {
		t.Errorf("%d of 20 are linear", linear)
	}
}
