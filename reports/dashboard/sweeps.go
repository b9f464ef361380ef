package dashboard

import (
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"github.com/invoicelab/invoicelab/experiments"
)

// fact is a figure at the head of a page.
type fact struct{ Name, Text, Title, Link string }

// sweepsPage lists the sweeps of a store.
type sweepsPage struct {
	Cards []sweepCard
	Store string
}

// sweepCard is a sweep in the list of all.
type sweepCard struct {
	experiments.SweepInfo
	Bar  template.HTML
	Axes string
}

func (s *Server) sweeps(r *http.Request) (answer, error) {
	all, err := s.store.Sweeps(r.Context())
	if err != nil {
		return answer{}, err
	}
	p := sweepsPage{Store: s.store.Path()}
	live := false
	for _, info := range all {
		live = live || info.Running > 0
		p.Cards = append(p.Cards, sweepCard{info, progressBar(info), axesText(info.Axes)})
	}
	return answer{name: "sweeps", title: "Sweeps", section: "sweeps", live: live || len(all) == 0, data: p}, nil
}

// axesText says what a sweep varies: "2 head × 3 loss".
func axesText(axes []experiments.AxisInfo) string {
	parts := make([]string, len(axes))
	for i, a := range axes {
		parts[i] = fmt.Sprintf("%d %s", len(a.Levels), a.Name)
	}
	return strings.Join(parts, " × ")
}

// progressBar draws how many trials are done, run and failed. The rest of the
// bar is what is to be done.
func progressBar(s experiments.SweepInfo) template.HTML {
	total := float64(max(1, s.Trials))
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="progress" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label="%d of %d done, %d running, %d failed">`, s.Done, s.Trials, s.Running, s.Failed)
	at := 0.0
	for _, part := range []struct {
		n     int
		class string
	}{{s.Done, "p-done"}, {s.Running, "p-running"}, {s.Failed, "p-failed"}} {
		width := 100 * float64(part.n) / total
		if part.n > 0 {
			fmt.Fprintf(&b, `<rect class="%s" x="%.3f" width="%.3f" height="6"/>`, part.class, at, width)
		}
		at += width
	}
	b.WriteString("</svg>")
	return template.HTML(b.String()) // figures only
}
