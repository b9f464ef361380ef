package metrics_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/invoicelab/invoicelab/metrics"
)

// What is put together from replicates is what the paired bootstrap gives.
func TestReplicatesArePaired(t *testing.T) {
	draw := rand.New(rand.NewPCG(7, 8))
	var sides [2][]metrics.Tally
	gold := make([][3]int32, 30)
	for d := range gold {
		for l := range gold[d] {
			gold[d][l] = int32(draw.IntN(3))
		}
	}
	for side := range sides {
		for range 3 {
			tally := metrics.Tally{Labels: []string{"A", "B", "C"}}
			for d := range gold {
				doc := metrics.DocCount{Doc: fmt.Sprint(d)}
				for l, g := range gold[d] {
					tp := int32(draw.IntN(int(g) + 1))
					doc.Labels = append(doc.Labels, metrics.LabelCount{Label: int32(l), Count: metrics.Count{TP: tp, Pred: tp + int32(draw.IntN(2+side)), Gold: g}})
				}
				tally.Docs = append(tally.Docs, doc)
			}
			sides[side] = append(sides[side], tally)
		}
	}
	macro, err := metrics.MetricStatistic("macro_f1", nil)
	if err != nil {
		t.Fatal(err)
	}
	stats := []metrics.Statistic{macro, metrics.LabelF1(1)}
	r := metrics.Resampling{Resamples: 300, Seed: 5, Stream: "test", Threads: 2}
	want, err := metrics.PairedBootstrap(sides[0], sides[1], stats, r)
	if err != nil {
		t.Fatal(err)
	}
	for s := range stats {
		var of [2][]metrics.Replicates
		for side := range sides {
			for _, tally := range sides[side] {
				all, err := metrics.Replicate(tally, stats, r)
				if err != nil {
					t.Fatal(err)
				}
				of[side] = append(of[side], all[s])
			}
		}
		got, err := metrics.PairedReplicates(of[0], of[1], len(gold), r)
		if err != nil || !reflect.DeepEqual(got, want[s]) {
			t.Errorf("statistic %d: %+v, %v; want %+v", s, got, err, want[s])
		}
		if mean, err := metrics.MeanReplicates(of[1], r); err != nil || mean != want[s].B {
			t.Errorf("statistic %d: mean %+v, %v; want %+v", s, mean, err, want[s].B)
		}
	}
	if got, err := metrics.Replicate(metrics.Tally{Labels: []string{"A"}}, stats, r); err == nil {
		t.Errorf("no documents: %v", got)
	}
}
