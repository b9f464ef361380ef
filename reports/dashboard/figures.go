package dashboard

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"runtime/debug"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/reports"
)

// figuresPage shows the figures of a report of a sweep.
type figuresPage struct {
	Sweep   string
	Figures []figureView
	Waiting bool
	Absent  string
	Names   []figureLink
}

type figureLink struct {
	Short, Link string
	Here        bool
}

// figureView is a figure, or why it is left out.
type figureView struct {
	Name, Short, Title, Caption, Absent string
	Drawing                             drawing
}

// mostFigures is the most runs whose report is computed for a page: more take
// minutes, which a command does better.
const mostFigures = 2000

func (s *Server) figures(r *http.Request) (answer, error) {
	q := r.URL.Query()
	info, err := s.store.Sweep(r.Context(), q.Get("name"))
	if err != nil {
		return answer{}, err
	}
	all := reports.Figures()
	figure, ok := reports.FigureNamed(q.Get("figure"))
	if q.Get("figure") == "" {
		figure, ok = all[0], true
	}
	if !ok {
		return answer{}, absent(fmt.Errorf("there is no figure %q", q.Get("figure")))
	}
	p := figuresPage{Sweep: info.Name}
	for _, f := range all {
		p.Names = append(p.Names, figureLink{f.Short, link("/sweep/figures", "name", info.Name, "figure", f.Name), f.Name == figure.Name})
	}
	a := answer{name: "figures", title: figure.Short + " of " + info.Name, section: "sweeps"}
	switch {
	case info.Done == 0:
		p.Absent = "No run is finished yet."
	case info.Done > mostFigures:
		p.Absent = fmt.Sprintf("%s runs take minutes to draw: invoicelab report %s does it in a terminal.", thousands(info.Done), info.Name)
	default:
		view, ready, err := s.figureOf(r.Context(), info, figure)
		p.Waiting = !ready
		if err != nil {
			p.Absent = "The figures cannot be drawn: " + err.Error()
		} else if ready {
			p.Figures = append(p.Figures, view)
		}
	}
	a.waiting, a.data = p.Waiting, p
	return a, nil
}

// figureOf draws a figure of the report of a sweep, which is computed once for
// all of its figures.
func (s *Server) figureOf(ctx context.Context, info experiments.SweepInfo, f reports.Figure) (v figureView, ready bool, err error) {
	stamp := fmt.Sprintf("%s/%d/%d", info.Name, info.Planned.UnixMicro(), info.Done)
	report, ready, err := result(s.works, ctx, "report/"+stamp, func(ctx context.Context) (*reports.Report, error) { return s.report(ctx, info) })
	if !ready || err != nil {
		return v, ready, err
	}
	return result(s.works, ctx, "figure/"+f.Name+"/"+stamp, func(context.Context) (v figureView, err error) {
		defer func() {
			// What one figure cannot draw must not end the server.
			if fault := recover(); fault != nil {
				err = fmt.Errorf("figure %s: %v\n%s", f.Name, fault, debug.Stack())
			}
		}()
		wide, err := f.Inline(report, reports.WideWidth)
		var left *reports.Absent
		if errors.As(err, &left) {
			return figureView{Name: f.Name, Short: f.Short, Absent: left.Reason}, nil
		}
		if err != nil {
			return v, err
		}
		narrow, err := f.Inline(report, reports.NarrowWidth)
		if err != nil {
			return v, err
		}
		// Every text in them is escaped when drawn.
		return figureView{Name: f.Name, Short: f.Short, Title: wide.Title, Caption: wide.Caption, Drawing: drawing{template.HTML(wide.SVG), template.HTML(narrow.SVG)}}, nil
	})
}

// report computes the report of a sweep as it is now.
func (s *Server) report(ctx context.Context, info experiments.SweepInfo) (*reports.Report, error) {
	sweep, err := s.store.Definition(ctx, info.Name)
	if err != nil {
		return nil, err
	}
	outcomes, err := s.store.Outcomes(ctx, experiments.Filter{Sweep: info.Name})
	if err != nil {
		return nil, err
	}
	if len(outcomes) == 0 {
		return nil, fmt.Errorf("sweep %s has no finished run", info.Name)
	}
	manifest, err := s.store.Manifest(ctx, outcomes[0].CorpusDigest)
	if err != nil {
		return nil, err
	}
	return reports.New(reports.Data{Sweep: sweep, Corpus: manifest, Outcomes: outcomes, Seed: 1})
}
