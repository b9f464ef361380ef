package config

import (
	"slices"
	"strings"
	"testing"
)

const halvingText = `
name: search
primary: test/macro_f1
seeds: {count: 2}
base: {corpus: {preset: quick}, train: {epochs: 20}}
axes:
  - {name: rate, key: train.learning_rate, range: [0.001, 0.016], scale: log, count: 5}
  - {name: width, key: model.encoder.hidden, range: [8, 11], count: 7}
combinations: {random: 6}
halving: {first: 2, factor: 3}
`

func TestHalving(t *testing.T) {
	s, err := ParseSweep("search.yaml", []byte(halvingText))
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Halving.Rungs(20); !slices.Equal(got, []int{2, 6, 18, 20}) || s.Halving.Metric != "validation/macro_f1" {
		t.Errorf("rungs %v by %s", got, s.Halving.Metric)
	}
	if a, b, c := s.Halving.Kept(9), s.Halving.Kept(10), s.Halving.Kept(1); a != 3 || b != 4 || c != 1 {
		t.Errorf("kept %d %d %d; want 3 4 1", a, b, c)
	}
	var names [2][]string
	for i, a := range s.Axes {
		for _, l := range a.Levels {
			names[i] = append(names[i], l.Name)
		}
	}
	// By ratio 2, and every half rounded to whole numbers, away from zero, once each.
	if !slices.Equal(names[0], []string{"0.001", "0.002", "0.004", "0.008", "0.016"}) || !slices.Equal(names[1], []string{"8", "9", "10", "11"}) {
		t.Errorf("levels %q", names)
	}
	again, err := ParseSweep("again", []byte(s.YAML()))
	if err != nil || again.YAML() != s.YAML() || *again.Halving != *s.Halving {
		t.Errorf("read back: %v\n%s", err, s.YAML())
	}
	for _, c := range [][3]string{
		{"first: 2", "first: 20", "20 epochs of 20"},
		{"factor: 3", "factor: 1", "1 is out of range; expected 2 to 100"},
		{"factor: 3", "factr: 3", "factor"},
		{"factor: 3", "metric: test/macro_f1", "is not one of validation/macro_f1"},
		{"{epochs: 20}", "{epochs: 20, patience: 3}", "train.patience is 3"},
		{"[0.001, 0.016]", "[0, 0.016]", "expected numbers above 0"},
		{"[0.001, 0.016]", "[0.016, 0.001]", "the lower first"},
		{"count: 5", "count: 1", "1 is out of range"},
		{"key: model.encoder.hidden", "key: model.head.kind", "no number"},
		{", count: 7", "", "goes with key and count"},
	} {
		if _, err := ParseSweep("search.yaml", []byte(strings.Replace(halvingText, c[0], c[1], 1))); err == nil || !strings.Contains(err.Error(), c[2]) {
			t.Errorf("%s: %v; want ... %s", c[1], err, c[2])
		}
	}
}
