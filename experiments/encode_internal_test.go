package experiments

import (
	"math"
	"reflect"
	"testing"

	"github.com/invoicelab/invoicelab/metrics"
	"github.com/invoicelab/invoicelab/train"
)

// The bytes are written out by hand from the description in encode.go: other
// programs read them too.
func TestTallyBytes(t *testing.T) {
	tally := metrics.Tally{Labels: []string{"a", "bc"}, Docs: []metrics.DocCount{
		{Doc: "d", Domain: "", Template: "t", Labels: []metrics.LabelCount{{Label: 0, Count: metrics.Count{TP: 2, Pred: 3, Gold: 2}}, {Label: 1, Count: metrics.Count{TP: 0, Pred: 0, Gold: 200}}}},
	}}
	want := []byte{1, 2, 1, 'a', 2, 'b', 'c', 1, 1, 'd', 0, 1, 't', 2, 1, 2, 1, 0, 1, 0, 0, 0xC8, 0x01}
	got := encodeTally(tally)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("bytes % x; want % x", got, want)
	}
	back, err := decodeTally(got)
	if err != nil || !reflect.DeepEqual(back, tally) {
		t.Errorf("read back %+v, %v", back, err)
	}
	for n := range got {
		if _, err := decodeTally(got[:n]); err == nil {
			t.Errorf("%d of %d bytes were read without an error", n, len(got))
		}
	}
	if _, err := decodeTally(append(got, 0)); err == nil {
		t.Error("a surplus byte was read without an error")
	}
}

func FuzzDecodeTally(f *testing.F) {
	f.Add(encodeTally(metrics.Tally{Labels: []string{"x"}, Docs: []metrics.DocCount{{Doc: "d"}}}))
	f.Add([]byte{1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F})
	f.Fuzz(func(t *testing.T, b []byte) {
		decodeTally(b) // must not panic, nor take memory out of proportion
	})
}

func TestStepKeepsEveryBit(t *testing.T) {
	nan := math.Float64frombits(0x7FF8_0000_0000_1234)
	e := train.StepEvent{Step: 3, LearningRate: 1e-300, GradNorm: math.Inf(-1), Losses: map[string]float64{"total": nan, "crf": 0, "entity": math.Copysign(0, -1)}}
	layout, vals := encodeStep(e)
	if layout != "crf\nentity\ntotal" || len(vals) != 40 {
		t.Fatalf("layout %q of %d bytes", layout, len(vals))
	}
	back := train.StepEvent{Step: 3}
	if err := decodeStep(&back, layout, vals); err != nil {
		t.Fatal(err)
	}
	if back.LearningRate != e.LearningRate || back.GradNorm != e.GradNorm {
		t.Errorf("read back %+v", back)
	}
	for name, v := range e.Losses {
		if math.Float64bits(back.Losses[name]) != math.Float64bits(v) {
			t.Errorf("%s: %x; want %x", name, math.Float64bits(back.Losses[name]), math.Float64bits(v))
		}
	}
	if err := decodeStep(&back, layout, vals[:39]); err == nil {
		t.Error("39 of 40 bytes were read without an error")
	}
}

func TestKeyring(t *testing.T) {
	k := keyring{"aaaaaaaaaaaa1", "aaaaaaaaaaaa2", "aaaaaaaaaab00", "b000000000000"}
	for key, want := range map[string]string{"aaaaaaaaaaaa1": "aaaaaaaaaaaa1", "aaaaaaaaaab00": "aaaaaaaaaab", "b000000000000": "b000000000"} {
		if got := k.short(key); got != want {
			t.Errorf("short(%s) = %s; want %s", key, got, want)
		}
	}
	if got, err := k.find("B0"); err != nil || got != "b000000000000" {
		t.Errorf("find(B0) = %s, %v", got, err)
	}
	if _, err := k.find("aaaa"); err == nil || err.Error() != "run aaaa: several runs begin so (aaaaaaaaaaaa1, aaaaaaaaaaaa2); give more of the id" {
		t.Errorf("find(aaaa): %v", err)
	}
	if _, err := k.find("c"); err == nil || err.Error() != "run c: no run of the store begins so" {
		t.Errorf("find(c): %v", err)
	}
}
