package train_test

import (
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/kernels/device"
	"github.com/invoicelab/invoicelab/train"
)

// A model that never saw CODE gets it from examples, the same for the same seed, and
// what it costs is counted.
func TestExtend(t *testing.T) {
	be, err := device.Open("cpu", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer be.Close()
	ds := toy(false)
	for _, head := range []string{"prototype", "hybrid"} {
		first := toyJob(smaller())
		first.Model.Head.Kind = head
		first.Curriculum.Kind, first.Curriculum.Sampler = "none", "uniform"
		small, err := runOn(t, "cpu", 1, first, nil)
		if err != nil {
			t.Fatal(err)
		}
		x, err := train.Extend(be, small.Checkpoint, ds, "CODE", 5, true, 1)
		if err != nil {
			t.Fatal(err)
		}
		if len(x.Examples) != 5 || x.New.Gold != 4 || len(x.Labels) != 2 || len(x.Model) == 0 {
			t.Fatalf("%s: examples %v, new %+v, labels %v", head, x.Examples, x.New, x.Labels)
		}
		// AMOUNT is of another group than CODE and NAME.
		if was, is := x.Before[1].Score().F1, x.After[1].Score().F1; was < 0.9 || is < was-0.3 {
			t.Errorf("%s: AMOUNT falls from %v to %v", head, was, is)
		}
		// The group stage of hybrid has learned that a CODE is O; without one it is found.
		if head == "prototype" && (x.New.TP < 2 || x.After[0].Score().F1 < 0.8) {
			t.Errorf("new %+v, NAME from %+v to %+v", x.New, x.Before[0], x.After[0])
		}
		again, err := train.Extend(be, small.Checkpoint, ds, "CODE", 5, true, 1)
		if err != nil || string(again.Model) != string(x.Model) {
			t.Errorf("%s: the same call gives another model (%v)", head, err)
		}
		for want, call := range map[string]func() (train.Extension, error){
			"label CDE is not in schema toy":       func() (train.Extension, error) { return train.Extend(be, small.Checkpoint, ds, "CDE", 5, true, 1) },
			"label NAME: the model has it already": func() (train.Extension, error) { return train.Extend(be, small.Checkpoint, ds, "NAME", 5, true, 1) },
			"label CODE: the model has it already": func() (train.Extension, error) { return train.Extend(be, x.Model, ds, "CODE", 5, true, 1) },
			"13 examples are asked for, and 12":    func() (train.Extension, error) { return train.Extend(be, small.Checkpoint, ds, "CODE", 13, true, 1) },
		} {
			if _, err := call(); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want ...%s", err, want)
			}
		}
	}
}
