package synthetic_test

import (
	"context"
	"flag"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/experiments/synthetic"
)

// storeFile is a store of Make to measure on; making one of the size that the
// figures are stated for takes half a minute.
var storeFile = flag.String("store", "", "store that ./experiments/bench made, to measure on; made anew when absent")

func benchStore(b *testing.B) *experiments.Store {
	b.Helper()
	path := *storeFile
	if path == "" {
		path = filepath.Join(b.TempDir(), "synthetic.db")
		if err := synthetic.Make(b.Context(), path, synthetic.Options{Runs: synthetic.MaxRuns, Metrics: 500, Seed: 1}, nil); err != nil {
			b.Fatal(err)
		}
	}
	s, err := experiments.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	return s
}

func where(b *testing.B, text string) experiments.Where {
	b.Helper()
	w, err := experiments.ParseWhere(text)
	if err != nil {
		b.Fatal(err)
	}
	return w
}

// BenchmarkQueries times what the list of runs, the comparison and the
// dashboard ask of a store of 10,000 runs x 500 metrics.
func BenchmarkQueries(b *testing.B) {
	s := benchStore(b)
	columns := []string{"run", "state", "seed", "seconds", "level.head", "level.loss", "tag", "test/micro_f1", "test/macro_f1"}
	first, err := s.Keys(b.Context(), experiments.Search{Limit: 1})
	if err != nil || len(first) == 0 {
		b.Fatal(err)
	}
	levels := func(head string) experiments.Filter {
		return experiments.Filter{Sweep: synthetic.Name, Levels: map[string]string{"head": head, "loss": "ce", "rate": "0.003", "dropout": "0.1"}}
	}
	for _, q := range []struct {
		name string
		do   func(ctx context.Context) error
	}{
		{"list/page", func(ctx context.Context) error {
			_, err := s.Page(ctx, experiments.Search{Limit: 100}, columns)
			return err
		}},
		{"list/last page", func(ctx context.Context) error {
			_, err := s.Page(ctx, experiments.Search{Offset: 9900, Limit: 100}, columns)
			return err
		}},
		{"list/filtered", func(ctx context.Context) error {
			_, err := s.Page(ctx, experiments.Search{Where: where(b, "state = done and level.head = hybrid and test/macro_f1 > 0.6"), Limit: 100}, columns)
			return err
		}},
		{"list/all", func(ctx context.Context) error {
			_, err := s.Find(ctx, experiments.Search{}, columns)
			return err
		}},
		{"top 10", func(ctx context.Context) error {
			_, err := s.Find(ctx, experiments.Search{Where: where(b, "state = done"), Sort: experiments.ParseSort("-test/macro_f1"), Limit: 10}, columns)
			return err
		}},
		{"top 10/of a setting", func(ctx context.Context) error {
			_, err := s.Find(ctx, experiments.Search{Where: where(b, "model.loss.kind = combined"), Sort: experiments.ParseSort("-test/macro_f1"), Limit: 10}, columns)
			return err
		}},
		{"compare/read two variants of 10 seeds", func(ctx context.Context) error {
			for _, head := range []string{"linear", "hybrid"} {
				if _, err := s.Outcomes(ctx, levels(head)); err != nil {
					return err
				}
			}
			return nil
		}},
		{"list/command, 100 runs", func(ctx context.Context) error {
			_, _, err := s.List(ctx, experiments.Search{Limit: 100}, []string{"test/micro_f1", "test/macro_f1"})
			return err
		}},
		{"list/command, all runs", func(ctx context.Context) error {
			_, _, err := s.List(ctx, experiments.Search{}, []string{"test/micro_f1", "test/macro_f1"})
			return err
		}},
		{"groups/1000 variants", func(ctx context.Context) error {
			_, err := s.Groups(ctx, experiments.Search{}, []string{"level.head", "level.loss", "level.rate", "level.dropout"}, "test/macro_f1", 0.95)
			return err
		}},
		{"groups/4 heads", func(ctx context.Context) error {
			_, err := s.Groups(ctx, experiments.Search{}, []string{"level.head"}, "test/macro_f1", 0.95)
			return err
		}},
		{"one run", func(ctx context.Context) error {
			_, err := s.Show(ctx, first[0])
			return err
		}},
		{"curves of a run", func(ctx context.Context) error {
			_, err := s.Curves(ctx, first[0])
			return err
		}},
		{"progress of a sweep", func(ctx context.Context) error {
			_, err := s.SweepProgress(ctx, synthetic.Name)
			return err
		}},
	} {
		b.Run(q.name, func(b *testing.B) {
			least, cpu := time.Hour, cpuTime(b)
			for b.Loop() {
				begin := time.Now()
				if err := q.do(b.Context()); err != nil {
					b.Fatal(err)
				}
				least = min(least, time.Since(begin))
			}
			b.ReportMetric((cpuTime(b)-cpu).Seconds()*1e3/float64(b.N), "cpu-ms")
			b.ReportMetric(least.Seconds()*1e3, "least-ms")
			b.ReportMetric(b.Elapsed().Seconds()*1e3/float64(b.N), "mean-ms")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// cpuTime is what this process has used, of all threads: on a machine that
// others use as well it says more than the clock.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
