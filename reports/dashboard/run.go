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
)

// runHead is what all pages of a run begin with.
type runHead struct {
	experiments.Detail
	Tabs []tab
	Tab  string // name of the page
}

// tab is a page of a run.
type tab struct {
	Name, Link string
	Here       bool
}

// runTabs are the pages of a run, in the order in which they are shown.
var runTabs = []struct{ name, path string }{
	{"Overview", "/run"}, {"Labels", "/run/labels"}, {"Errors", "/run/errors"}, {"Settings", "/run/settings"}, {"Environment", "/run/environment"}, {"Diagnosis", "/run/diagnosis"},
}

// runOf reads the run that a request names.
func (s *Server) runOf(r *http.Request, path string) (runHead, error) {
	var h runHead
	id := r.URL.Query().Get("id")
	var err error
	if h.Detail, err = s.store.Show(r.Context(), id); err != nil {
		return h, err
	}
	for _, t := range runTabs {
		h.Tabs = append(h.Tabs, tab{t.name, runLink(t.path, h.Key), t.path == path})
		if t.path == path {
			h.Tab = t.name
		}
	}
	return h, nil
}

// of makes the answer of a page of a run.
func (h runHead) of(name string, data any) answer {
	return answer{name: name, title: "Run " + h.Run + ": " + h.Tab, section: "runs", data: data}
}

// runPage is the overview of a run.
type runPage struct {
	runHead
	Facts   []fact
	Curves  []plot
	Main    *table
	Metrics *table
	Parts   *table
	Files   []fact
}

func (s *Server) run(r *http.Request) (answer, error) {
	h, err := s.runOf(r, "/run")
	if err != nil {
		return answer{}, err
	}
	p := runPage{runHead: h, Facts: runFacts(h.Detail)}
	if p.Curves, err = s.curves(r.Context(), h.Detail); err != nil {
		return answer{}, err
	}
	p.Main, p.Metrics = metricTables(h.Metrics)
	p.Parts = partTable(h.Detail)
	for _, kind := range slices.Sorted(maps.Keys(h.Artifacts)) {
		f := fact{Name: kind, Text: short(h.Artifacts[kind]), Title: "sha256 " + h.Artifacts[kind]}
		if _, ok := artifactFiles[kind]; ok {
			f.Link = link("/run/artifact", "id", h.Key, "kind", kind)
		}
		p.Files = append(p.Files, f)
	}
	a := h.of("run", p)
	a.live = h.State == experiments.StateRunning || h.State == experiments.StatePending
	return a, nil
}

func runFacts(d experiments.Detail) []fact {
	facts := []fact{{Name: "Sweeps", Text: strings.Join(d.Sweeps, ", ")}}
	if len(d.Sweeps) > 0 {
		facts[0].Link = link("/sweep", "name", d.Sweeps[0])
	}
	for _, axis := range slices.Sorted(maps.Keys(d.Levels)) {
		facts = append(facts, fact{Name: axis, Text: d.Levels[axis]})
	}
	add := func(name, text string) {
		if text != "" {
			facts = append(facts, fact{Name: name, Text: text})
		}
	}
	add("Seed", strconv.FormatUint(d.Seed, 10))
	facts = append(facts, fact{Name: "Corpus", Text: d.CorpusName, Title: "digest " + d.Corpus})
	add("Schema", d.Schema)
	switch d.State {
	case experiments.StateDone:
		add("Time", seconds(d.Seconds))
		add("Epochs", fmt.Sprintf("%d, best %d", d.Epochs, d.BestEpoch+1))
		add("Steps", thousands(d.Steps))
		add("Parameters", thousands(d.Parameters))
		add("Finished (UTC)", when(d.Finished))
	case experiments.StateRunning:
		add("Running for", seconds(d.Seconds))
		add("Where", d.Owner)
	case experiments.StateFailed:
		add("Failed (UTC)", when(d.Finished))
	}
	add("Device", d.Device)
	add("Revision", d.Revision)
	if d.Attempts > 1 {
		add("Attempts", strconv.Itoa(d.Attempts))
	}
	return facts
}

// splitNames are the splits whose metrics stand side by side.
var splitNames = []string{"test", "validation", "heldout"}

// metricTables sets the final metrics that splits share side by side, and
// lists the others; nil where there are none.
func metricTables(values experiments.Figures) (main, others *table) {
	bySplit := map[string]map[string]float64{}
	var rest []string
	var names []string
	for _, full := range slices.Sorted(maps.Keys(values)) {
		split, name, _ := strings.Cut(full, "/")
		if !slices.Contains(splitNames, split) || strings.Contains(name, "/") || !isScore(name) {
			rest = append(rest, full)
			continue
		}
		if bySplit[name] == nil {
			bySplit[name] = map[string]float64{}
			names = append(names, name)
		}
		bySplit[name][split] = values[full]
	}
	if len(names) > 0 {
		main = &table{ID: "scores", Caption: "Scores by split", Columns: []column{{Name: "Score"}}}
		var splits []string
		for _, split := range splitNames {
			if slices.ContainsFunc(names, func(n string) bool { _, ok := bySplit[n][split]; return ok }) {
				splits = append(splits, split)
				main.Columns = append(main.Columns, column{Name: split, Number: true})
			}
		}
		for _, name := range names {
			row := []cell{{Text: strings.ReplaceAll(name, "_", " "), Head: true}}
			for _, split := range splits {
				v, ok := bySplit[name][split]
				if !ok {
					row = append(row, cell{Text: dash, Number: true})
					continue
				}
				row = append(row, number(v, figure(v)))
			}
			main.Rows = append(main.Rows, row)
		}
	}
	if len(rest) > 0 {
		others = &table{ID: "metrics", Caption: "Other metrics", Sortable: true, Columns: []column{{Name: "Metric"}, {Name: "Value", Number: true}}}
		for _, name := range rest {
			others.Rows = append(others.Rows, []cell{head(name, ""), number(values[name], figure(values[name]))})
		}
	}
	return main, others
}

// partTable says where the time of a run went.
func partTable(d experiments.Detail) *table {
	if len(d.Parts) == 0 {
		return nil
	}
	t := &table{ID: "parts", Caption: "Time by part", Columns: []column{{Name: "Part"}, {Name: "Seconds", Number: true}, {Name: "Share", Number: true}, {Name: ""}}}
	names := slices.Sorted(maps.Keys(d.Parts))
	slices.SortStableFunc(names, func(a, b string) int { // the longest first
		switch {
		case d.Parts[a] > d.Parts[b]:
			return -1
		case d.Parts[a] < d.Parts[b]:
			return 1
		}
		return 0
	})
	for _, name := range names {
		v := d.Parts[name]
		share := 0.0
		if d.Seconds > 0 {
			share = v / d.Seconds
		}
		t.Rows = append(t.Rows, []cell{head(name, ""), number(v, strconv.FormatFloat(v, 'f', 2, 64)), number(share, strconv.FormatFloat(100*share, 'f', 1, 64)+" %"), {Drawing: bar(share)}})
	}
	return t
}

// bar draws a share of 0 to 1.
func bar(share float64) template.HTML {
	return template.HTML(fmt.Sprintf(`<svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="f-v0" width="%.2f" height="8"/></svg>`, 100*min(1, max(0, share))))
}

// artifactFiles are the kinds of artifacts that are handed out, with the names
// and types of their files.
var artifactFiles = map[string]struct{ ending, kind string }{
	"checkpoint":                {".safetensors", "application/octet-stream"},
	experiments.KindPredictions: {".jsonl", "application/x-ndjson"},
	"patch":                     {".patch", "text/plain; charset=utf-8"},
}

// runArtifact hands out a file that a run left. It is asked for by its kind,
// and found by what the store says of the run: no path of a request is ever
// opened.
func (s *Server) runArtifact(r *http.Request) (answer, error) {
	d, err := s.store.Show(r.Context(), r.URL.Query().Get("id"))
	if err != nil {
		return answer{}, err
	}
	kind := r.URL.Query().Get("kind")
	form, known := artifactFiles[kind]
	if _, has := d.Artifacts[kind]; !known || !has {
		return answer{}, absent(fmt.Errorf("run %s has no artifact %q", d.Run, kind))
	}
	content, err := s.artifact(r.Context(), d.Key, kind)
	if err != nil {
		return answer{}, err
	}
	return answer{file: &download{d.Run + form.ending, form.kind, content}}, nil
}

func (s *Server) artifact(ctx context.Context, key, kind string) ([]byte, error) {
	switch kind {
	case "checkpoint":
		return s.store.Checkpoint(ctx, key)
	case "patch":
		return s.store.Patch(ctx, key)
	}
	all, err := s.store.Predictions(ctx, key)
	if err != nil {
		return nil, err
	}
	return jsonLines(all)
}
