package dashboard

import (
	"context"
	"math"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/experiments"
)

// plot is a drawing of curves with its title.
type plot struct {
	Title   string
	Drawing drawing
}

// curves draws what a run recorded by epoch: validation scores in one drawing,
// each component of the loss in one of its own scale.
func (s *Server) curves(ctx context.Context, d experiments.Detail) ([]plot, error) {
	all, err := s.store.Curves(ctx, d.Key)
	if err != nil {
		return nil, err
	}
	var scores, losses []series
	for _, c := range all {
		line := series{name: strings.TrimPrefix(strings.TrimPrefix(c.Name, "validation/"), "loss/")}
		for _, p := range c.Points {
			line.x = append(line.x, float64(p.Epoch+1))
			line.y = append(line.y, p.Value)
			if n := len(line.stages); n == 0 || line.stages[n-1].stage != p.Stage {
				line.stages = append(line.stages, stageStart{p.Stage, float64(p.Epoch + 1)})
			}
		}
		line.name = strings.ReplaceAll(line.name, "_", " ")
		switch {
		case strings.HasPrefix(c.Name, "loss/"):
			losses = append(losses, line)
		case strings.HasPrefix(c.Name, "validation/") && isScore(c.Name):
			scores = append(scores, line)
		}
	}
	mark := 0.0
	if d.State == experiments.StateDone {
		mark = float64(d.BestEpoch + 1)
	}
	var plots []plot
	if len(scores) > 0 {
		plots = append(plots, plot{"Scores on the validation split by epoch", drawChart(lineChart{lines: first(scores, "macro f1", "micro f1"), from: 0, to: 1, mark: mark})})
	}
	if len(losses) > 0 {
		plots = append(plots, plot{"Loss by epoch", drawChart(lineChart{lines: first(losses, "total"), from: math.NaN(), to: math.NaN(), mark: mark})})
	}
	return plots, nil
}

// isScore says whether a metric lies between 0 and 1, the more the better.
func isScore(name string) bool {
	return slices.ContainsFunc([]string{"_f1", "_precision", "_recall", "token_accuracy"}, func(end string) bool { return strings.HasSuffix(name, end) })
}

// mostLines is how many lines a drawing can tell apart by colour.
const mostLines = 6

// first puts the lines of those names before the others.
func first(lines []series, names ...string) []series {
	slices.SortStableFunc(lines, func(a, b series) int { return rank(names, a.name) - rank(names, b.name) })
	return lines[:min(len(lines), mostLines)]
}

func rank(names []string, name string) int {
	if i := slices.Index(names, name); i >= 0 {
		return i
	}
	return len(names)
}
