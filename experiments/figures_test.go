package experiments_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/invoicelab/invoicelab/experiments"
)

func TestFiguresInJSON(t *testing.T) {
	f := experiments.Figures{"b": 0.1, "a": math.NaN(), "c": math.Inf(1), "d": math.Inf(-1)}
	got, err := json.Marshal(f)
	if want := `{"a":"nan","b":0.1,"c":"inf","d":"-inf"}`; err != nil || string(got) != want {
		t.Errorf("got %s (%v), want %s", got, err, want)
	}
}
