package dashboard

import (
	"context"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/metrics"
)

// Limits of the tables of a sweep; a link leads to the rest.
const (
	shownActive   = 100
	shownFailures = 20
	shownVariants = 100
)

// sweepPage is one sweep.
type sweepPage struct {
	experiments.SweepProgress
	Bar      template.HTML
	Facts    []fact
	Left     string
	Active   *table
	Failures *table
	Failed   int
	Variants *table
	Count    int // of variants with a finished run
	Counting bool
}

func (s *Server) sweep(r *http.Request) (answer, error) {
	name := r.URL.Query().Get("name")
	progress, err := s.store.SweepProgress(r.Context(), name)
	if err != nil {
		return answer{}, err
	}
	p := sweepPage{SweepProgress: progress, Bar: progressBar(progress.SweepInfo), Facts: sweepFacts(progress.SweepInfo), Failed: progress.Failed}
	if progress.Left > 0 && progress.Running > 0 {
		p.Left = "about " + seconds(progress.Left.Seconds()) + " left"
	}
	p.Active = activeTable(progress)
	if p.Failures, err = s.failures(r.Context(), progress.SweepInfo); err != nil {
		return answer{}, err
	}
	key := fmt.Sprintf("variants/%s/%d/%d", name, progress.Planned.UnixMicro(), progress.Done)
	best, ready, err := result(s.works, r.Context(), key, func(ctx context.Context) (ranking, error) { return s.variants(ctx, progress.SweepInfo) })
	if err != nil {
		return answer{}, err
	}
	p.Variants, p.Count, p.Counting = best.table, best.count, !ready
	return answer{name: "sweep", title: name, section: "sweeps", live: progress.Done+progress.Failed < progress.Trials, waiting: !ready, data: p}, nil
}

func sweepFacts(info experiments.SweepInfo) []fact {
	facts := []fact{{Name: "Compared by", Text: info.Primary}, {Name: "Trials", Text: thousands(info.Trials)}, {Name: "Seeds", Text: seedText(info.Seeds)}}
	for _, a := range info.Axes {
		facts = append(facts, fact{Name: "Axis " + a.Name, Text: strings.Join(a.Levels, ", ")})
	}
	return append(facts, fact{Name: "Planned (UTC)", Text: when(info.Planned)})
}

// seedText lists seeds, many as a range.
func seedText(seeds []uint64) string {
	parts := make([]string, len(seeds))
	ranged := len(seeds) > 3
	for i, seed := range seeds {
		parts[i] = strconv.FormatUint(seed, 10)
		ranged = ranged && (i == 0 || seed == seeds[i-1]+1)
	}
	if ranged {
		return parts[0] + " to " + parts[len(parts)-1]
	}
	return strings.Join(parts, ", ")
}

// levelText is a variant by its levels, in the order of the axes.
func levelText(axes []experiments.AxisInfo, levels map[string]string) string {
	var parts []string
	for _, a := range axes {
		if levels[a.Name] != "" {
			parts = append(parts, levels[a.Name])
		}
	}
	if len(parts) == 0 {
		return "base"
	}
	return strings.Join(parts, " · ")
}

// allLevels writes levels as "axis=level", by the names of the axes.
func allLevels(levels map[string]string) string {
	var parts []string
	for _, axis := range slices.Sorted(maps.Keys(levels)) {
		parts = append(parts, axis+"="+levels[axis])
	}
	return strings.Join(parts, " ")
}

// activeTable lists what runs now, wherever it does.
func activeTable(p experiments.SweepProgress) *table {
	if len(p.Active) == 0 {
		return nil
	}
	t := &table{ID: "active", Caption: "Running now", Columns: []column{{Name: "Run"}, {Name: "Variant"}, {Name: "Seed", Number: true},
		{Name: "Epoch", Number: true}, {Name: "Step", Number: true}, {Name: "Loss", Title: "of the last step", Number: true},
		{Name: "Validation F1", Title: "macro F1 after the last epoch", Number: true}, {Name: "For", Number: true}, {Name: "Where"}}}
	for _, a := range p.Active[:min(len(p.Active), shownActive)] {
		loss, score := dash, dash
		if v, ok := a.Losses["total"]; ok {
			loss = figure(v)
		}
		if a.Score != nil {
			score = figure(*a.Score)
		}
		where := cell{Text: a.Owner}
		if a.Beat.Seconds() > 15 {
			where.Sub = "last heard of " + seconds(a.Beat.Seconds()) + " ago"
		}
		t.Rows = append(t.Rows, []cell{head(a.Run, runLink("/run", a.Key)), text(levelText(p.Axes, a.Levels)), number(float64(a.Seed), strconv.FormatUint(a.Seed, 10)),
			{Text: strconv.Itoa(a.Epoch) + " of " + strconv.Itoa(a.Epochs), Number: true}, whole(a.Step), {Text: loss, Number: true}, {Text: score, Number: true},
			number(a.Seconds, seconds(a.Seconds)), where})
	}
	return t
}

// runLink is a page of a run.
func runLink(path, key string) string { return link(path, "id", key) }

// failures lists the trials whose last attempt failed.
func (s *Server) failures(ctx context.Context, info experiments.SweepInfo) (*table, error) {
	if info.Failed == 0 {
		return nil, nil
	}
	where, err := experiments.ParseWhere("state = failed")
	if err != nil {
		return nil, err
	}
	q := experiments.Search{Filter: experiments.Filter{Sweep: info.Name}, Where: where, Limit: shownFailures}
	columns := []string{"run", "seed", "error"}
	for _, a := range info.Axes {
		columns = append(columns, "level."+a.Name)
	}
	found, err := s.store.Page(ctx, q, columns)
	if err != nil {
		return nil, err
	}
	t := &table{ID: "failures", Caption: "Failed runs", Columns: []column{{Name: "Run"}, {Name: "Variant"}, {Name: "Seed", Number: true}, {Name: "Error"}}}
	for i, row := range found.Rows {
		t.Rows = append(t.Rows, []cell{head(row[0].String(), runLink("/run", found.Keys[i])), text(variantText(row[3:])), {Text: row[1].String(), Number: true}, text(firstLine(row[2].String())).titled(row[2].String())})
	}
	return t, nil
}

// variantText joins the levels of a run as Find gives them.
func variantText(levels []experiments.Cell) string {
	var parts []string
	for _, c := range levels {
		if c.String() != "" {
			parts = append(parts, c.String())
		}
	}
	if len(parts) == 0 {
		return "base"
	}
	return strings.Join(parts, " · ")
}

// variant is the finished runs of one combination of levels.
type variant struct {
	levels  []experiments.Cell
	values  []float64
	seconds []float64
	mean    float64
	sd      float64
}

// ranking is the best variants of a sweep, and how many there are.
type ranking struct {
	table *table
	count int
}

// variants lists the combinations of levels that have finished runs, the best
// first.
func (s *Server) variants(ctx context.Context, info experiments.SweepInfo) (ranking, error) {
	if info.Done == 0 {
		return ranking{}, nil
	}
	where, err := experiments.ParseWhere("state = done")
	if err != nil {
		return ranking{}, err
	}
	columns := []string{info.Primary, "seconds"}
	for _, a := range info.Axes {
		columns = append(columns, "level."+a.Name)
	}
	found, err := s.store.Find(ctx, experiments.Search{Filter: experiments.Filter{Sweep: info.Name}, Where: where}, columns)
	if err != nil {
		return ranking{}, err
	}
	all := groupVariants(found)
	t := &table{ID: "variants", Caption: "Variants, best first", Sortable: true}
	for _, a := range info.Axes {
		t.Columns = append(t.Columns, column{Name: a.Name})
	}
	if len(info.Axes) == 0 {
		t.Columns = append(t.Columns, column{Name: "Variant"})
	}
	t.Columns = append(t.Columns, column{Name: info.Primary, Title: "mean over seeds", Number: true}, column{Name: "sd", Title: "standard deviation over seeds", Number: true},
		column{Name: "Runs", Number: true}, column{Name: "Time", Title: "mean of a run", Number: true}, column{Name: ""})
	for _, v := range all[:min(len(all), shownVariants)] {
		t.Rows = append(t.Rows, v.row(info))
	}
	return ranking{t, len(all)}, nil
}

// groupVariants puts the rows of equal levels together: the primary metric,
// seconds and the levels.
func groupVariants(found experiments.Table) []*variant {
	var all []*variant
	byName := map[string]*variant{}
	for _, row := range found.Rows {
		var name strings.Builder
		for _, c := range row[2:] {
			name.WriteString(c.String() + "\x00")
		}
		v := byName[name.String()]
		if v == nil {
			v = &variant{levels: row[2:]}
			byName[name.String()] = v
			all = append(all, v)
		}
		if row[0].IsNumber() {
			v.values = append(v.values, row[0].Number)
		}
		v.seconds = append(v.seconds, row[1].Number)
	}
	for _, v := range all {
		v.mean, v.sd = metrics.MeanSD(v.values)
	}
	slices.SortStableFunc(all, func(a, b *variant) int {
		switch {
		case a.mean > b.mean:
			return -1
		case a.mean < b.mean:
			return 1
		}
		return len(b.values) - len(a.values) // those without the metric last
	})
	return all
}

func (v *variant) row(info experiments.SweepInfo) []cell {
	var cells []cell
	var wheres []string
	for i, c := range v.levels {
		cells = append(cells, cell{Text: c.String(), Head: i == 0})
		wheres = append(wheres, "level."+info.Axes[i].Name+" = "+strconv.Quote(c.String()))
	}
	if len(cells) == 0 {
		cells = append(cells, cell{Text: "base", Head: true})
	}
	mean, sd := number(v.mean, figure(v.mean)), number(v.sd, figure(v.sd))
	if len(v.values) == 0 {
		mean.Text = dash
	}
	if len(v.values) < 2 {
		sd.Text, sd.Value = dash, ""
	}
	pace, _ := metrics.MeanSD(v.seconds)
	return append(cells, mean, sd, whole(len(v.values)), number(pace, seconds(pace)),
		cell{Text: "runs", Link: link("/runs", "sweep", info.Name, "where", strings.Join(wheres, " and "))})
}
