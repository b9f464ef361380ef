package dashboard

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/train"
)

// diagnosisPage says what is wrong with a run.
type diagnosisPage struct {
	runHead
	Waiting, Clean bool
	Findings       []finding
	Absent         string
	Ask            string // link that begins it
}

type finding struct {
	Name, Evidence string
	Changes        []string
}

// runDiagnosis looks at the model of a run with the documents that it was
// trained on. That takes seconds of a core, so it waits to be asked for.
func (s *Server) runDiagnosis(r *http.Request) (answer, error) {
	h, err := s.runOf(r, "/run/diagnosis")
	if err != nil {
		return answer{}, err
	}
	p := diagnosisPage{runHead: h}
	switch {
	case h.State == experiments.StateFailed:
		if f, ok := train.FailureOf(h.Error); ok {
			p.add(f)
		} else {
			p.Absent = "The run failed, and its error says all that is known: " + firstLine(h.Error)
		}
	case h.State != experiments.StateDone:
		p.Absent = fmt.Sprintf("The run is %s: a diagnosis looks at what it learned, when it is done.", h.State)
	case s.diagnose == nil:
		p.Absent = "This dashboard was started without the means to diagnose; use invoicelab diagnose " + h.Run + "."
	case r.URL.Query().Get("go") == "":
		p.Ask = link("/run/diagnosis", "id", h.Key, "go", "1")
	default:
		found, ready, err := result(s.works, r.Context(), "diagnosis/"+h.Key, func(ctx context.Context) ([]train.Finding, error) { return s.diagnose(ctx, h.Detail) })
		p.Waiting = !ready
		if err != nil {
			p.Absent = "The run cannot be diagnosed here: " + err.Error()
		}
		for _, f := range found {
			p.add(f)
		}
		p.Clean = ready && err == nil && len(found) == 0
	}
	a := h.of("diagnosis", p)
	a.waiting = p.Waiting
	return a, nil
}

func (p *diagnosisPage) add(f train.Finding) {
	name := strings.ReplaceAll(f.Name, "_", " ")
	p.Findings = append(p.Findings, finding{strings.ToUpper(name[:min(1, len(name))]) + name[min(1, len(name)):], f.Evidence, f.Changes})
}
