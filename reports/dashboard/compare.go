package dashboard

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/nearest"
)

// comparePage compares two runs, two variants of a sweep, or a sweep by
// factor.
type comparePage struct {
	Sweep, A, B, Metric string
	RunA, RunB          string
	Sweeps, Levels      []string
	Metrics             []string
	Waiting             bool
	Problem             string
	Sides               *sidesView
	Factors             *factorsView
	Command             string // that prints the same
}

// comparison is what a request asks to be compared.
type comparison struct {
	sweep string // empty for runs
	sides [2]string
	opt   experiments.CompareOptions
}

// comparedMetrics are offered; counts per document are kept of these splits.
var comparedMetrics = []string{"test/macro_f1", "test/micro_f1", "test/weighted_f1", "test/macro_precision", "test/macro_recall", "heldout/macro_f1", "heldout/micro_f1"}

func (s *Server) compare(r *http.Request) (answer, error) {
	q := r.URL.Query()
	p := comparePage{Sweep: q.Get("sweep"), A: strings.TrimSpace(q.Get("a")), B: strings.TrimSpace(q.Get("b")), Metric: q.Get("metric"), Metrics: comparedMetrics}
	sweeps, err := s.store.Sweeps(r.Context())
	if err != nil {
		return answer{}, err
	}
	for _, info := range sweeps {
		p.Sweeps = append(p.Sweeps, info.Name)
		if info.Name == p.Sweep {
			for _, a := range info.Axes {
				for _, l := range a.Levels {
					p.Levels = append(p.Levels, a.Name+"="+l)
				}
			}
		}
	}
	a := answer{name: "compare", title: "Compare", section: "compare"}
	ask := comparison{sweep: p.Sweep, sides: [2]string{p.A, p.B}, opt: experiments.CompareOptions{Metric: p.Metric, Seed: 1, Threads: s.threads}}
	runs := slices.DeleteFunc(slices.Clone(q["run"]), func(run string) bool { return strings.TrimSpace(run) == "" })
	switch {
	case len(runs) > 0:
		if len(runs) != 2 {
			p.Problem = fmt.Sprintf("%s to compare: expected two", count(len(runs), "run"))
		}
		ask.sweep = ""
		copy(ask.sides[:], runs)
		p.RunA, p.RunB = ask.sides[0], ask.sides[1]
		p.Command = "invoicelab compare " + strings.Join(runs, " ")
	case p.Sweep == "":
		a.data = p
		return a, nil
	case (p.A == "") != (p.B == ""):
		p.Problem = "give the levels of both sides, or of none to compare the sweep by factor"
	case p.A == "":
		p.Command = "invoicelab compare " + p.Sweep
	default:
		p.Command = "invoicelab compare " + strings.Join([]string{p.Sweep, p.A, p.B}, " ")
	}
	if p.Metric != "" {
		p.Command += " --metric " + p.Metric
	}
	if p.Problem == "" {
		err = s.fillComparison(r.Context(), &p, ask)
	}
	if err != nil {
		if status := statusOf(err); status != http.StatusInternalServerError {
			a.status = status
		}
		p.Problem = err.Error()
	}
	if p.Problem != "" && a.status == 0 {
		a.status = http.StatusBadRequest
	}
	a.waiting, a.data = p.Waiting, p
	return a, nil
}

// fillComparison computes what is asked for, or says that it is under way.
func (s *Server) fillComparison(ctx context.Context, p *comparePage, ask comparison) error {
	filters, names, stamp, err := s.filters(ctx, &ask)
	if err != nil {
		return err
	}
	key := "compare/" + url.QueryEscape(ask.sweep) + "/" + url.QueryEscape(ask.sides[0]) + "/" + url.QueryEscape(ask.sides[1]) + "/" + ask.opt.Metric + "/" + stamp
	if ask.sweep != "" && ask.sides[0] == "" {
		table, ready, err := result(s.works, ctx, key, func(ctx context.Context) (experiments.FactorTable, error) { return s.byFactor(ctx, ask) })
		if p.Waiting = !ready; ready && err == nil {
			p.Factors = viewFactors(table)
		}
		return err
	}
	c, ready, err := result(s.works, ctx, key, func(ctx context.Context) (experiments.Comparison, error) {
		var sides [2]experiments.Side
		err := s.store.AtOnce(ctx, func(at *experiments.Store) error {
			for i, f := range filters {
				outcomes, err := at.Outcomes(ctx, f)
				if err != nil {
					return err
				}
				if len(outcomes) == 0 {
					return fmt.Errorf("no finished run of %s", names[i])
				}
				sides[i] = experiments.Side{Name: names[i], Outcomes: outcomes}
			}
			return nil
		})
		if err != nil {
			return experiments.Comparison{}, err
		}
		c, err := experiments.Compare(sides[0], sides[1], ask.opt)
		if err == nil {
			c.Calibrate(func(run string) ([]experiments.Prediction, error) { return s.store.Predictions(ctx, run) })
		}
		return c, err
	})
	if p.Waiting = !ready; ready && err == nil {
		p.Sides = viewSides(c)
	}
	return err
}

// filters selects the runs of both sides. stamp changes when the store has
// more of them.
func (s *Server) filters(ctx context.Context, ask *comparison) (filters [2]experiments.Filter, names [2]string, stamp string, err error) {
	names = ask.sides
	if ask.sweep == "" {
		for i, run := range ask.sides {
			d, err := s.store.Show(ctx, run)
			if err != nil {
				return filters, names, "", err
			}
			if d.State != experiments.StateDone {
				return filters, names, "", wrong("run %s is %s: only finished runs are compared", d.Run, d.State)
			}
			filters[i], names[i] = experiments.Filter{Runs: []string{d.Key}}, d.Run
		}
		return filters, names, "", nil
	}
	info, err := s.store.Sweep(ctx, ask.sweep)
	if err != nil {
		return filters, names, "", err
	}
	if ask.opt.Metric == "" {
		ask.opt.Metric = info.Primary
	}
	stamp = fmt.Sprint(info.Planned.UnixMicro(), "/", info.Done)
	if ask.sides[0] == "" {
		return filters, names, stamp, nil
	}
	for i, text := range ask.sides {
		filters[i].Sweep = info.Name
		if filters[i].Levels, err = parseLevels(info, text); err != nil {
			return filters, names, "", err
		}
	}
	return filters, names, stamp, nil
}

func (s *Server) byFactor(ctx context.Context, ask comparison) (experiments.FactorTable, error) {
	var info experiments.SweepInfo
	var runs []experiments.RunInfo
	var outcomes []experiments.Outcome
	err := s.store.AtOnce(ctx, func(at *experiments.Store) (err error) {
		f := experiments.Filter{Sweep: ask.sweep}
		if info, err = at.Sweep(ctx, ask.sweep); err != nil {
			return err
		}
		if runs, err = at.Runs(ctx, f); err != nil {
			return err
		}
		outcomes, err = at.Outcomes(ctx, f)
		return err
	})
	if err != nil {
		return experiments.FactorTable{}, err
	}
	return experiments.CompareFactors(info, runs, outcomes, ask.opt)
}

// parseLevels reads "axis=level,axis=level".
func parseLevels(info experiments.SweepInfo, text string) (map[string]string, error) {
	levels := map[string]string{}
	for _, part := range strings.Split(text, ",") {
		name, level, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok {
			return nil, wrong("%q: expected AXIS=LEVEL, several with commas between", text)
		}
		i := slices.IndexFunc(info.Axes, func(a experiments.AxisInfo) bool { return a.Name == name })
		if i < 0 {
			var axes []string
			for _, a := range info.Axes {
				axes = append(axes, a.Name)
			}
			return nil, wrong("sweep %s has no axis %q%s", info.Name, name, nearest.Hint(name, axes))
		}
		if !slices.Contains(info.Axes[i].Levels, level) {
			return nil, wrong("axis %s has no level %q%s", name, level, nearest.Hint(level, info.Axes[i].Levels))
		}
		levels[name] = level
	}
	return levels, nil
}
