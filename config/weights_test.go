package config_test

import (
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/config"
)

// Weights of stages that are of the wrong number or have no effect are refused by name.
func TestStageWeightsWithoutEffect(t *testing.T) {
	for set, want := range map[string]string{
		"curriculum.crf_weights=[0,0.5]":                                         "",
		"curriculum.crf_weights=[0,0.5,1]":                                       "curriculum.crf_weights: 3 numbers; expected 2, one for each stage",
		"curriculum.crf_weights=[0.5,0.5]":                                       "curriculum.crf_weights: [0.5, 0.5] has no effect where model.loss.crf_weight is the same",
		"curriculum.crf_weights=[0,1] model.crf=none":                            "curriculum.crf_weights: [0, 1] has no effect with model.crf none",
		"curriculum.group_weights=[0,1]":                                         "curriculum.group_weights: [0, 1] has no effect with model.head.kind linear",
		"curriculum.group_weights=[0,1] model.head.kind=hybrid":                  "",
		"curriculum.separation_weights=[0.01,0.01] model.head.kind=hybrid":       "curriculum.separation_weights: [0.01, 0.01] has no effect where model.loss.separation_weight is the same",
		"curriculum.group_weights=[0,1] curriculum.kind=none model.crf=crf":      "", // switched off
		"curriculum.entity_weights=[1,2] curriculum.separation_weights=[1,0.01]": "curriculum.separation_weights: [1, 0.01] has no effect with model.head.kind linear",
	} {
		e, err := config.LoadExperiment("quick")
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range strings.Fields("curriculum.kind=staged curriculum.counts=[] curriculum.shares=[0.5] curriculum.stage_epochs=[] model.head.kind=linear " + set) {
			key, text, _ := strings.Cut(s, "=")
			if err := e.Set(key, text); err != nil {
				t.Fatal(err)
			}
		}
		got := ""
		if err := e.Check(); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s:\n got %s\nwant %s", set, got, want)
		}
	}
}
