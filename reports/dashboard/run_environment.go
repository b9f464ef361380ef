package dashboard

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
)

// environmentPage says what a run was made in.
type environmentPage struct {
	runHead
	Facts   []fact
	Build   *table
	Modules *table
	Patch   string // link
	Absent  bool
}

func (s *Server) runEnvironment(r *http.Request) (answer, error) {
	h, err := s.runOf(r, "/run/environment")
	if err != nil {
		return answer{}, err
	}
	p := environmentPage{runHead: h, Absent: h.Environment == nil}
	for _, f := range []fact{{Name: "Revision", Text: h.Revision}, {Name: "Go", Text: h.GoVersion}, {Name: "Device", Text: h.Device}, {Name: "Process", Text: h.Owner},
		{Name: "Started (UTC)", Text: when(h.Started)}, {Name: "Finished (UTC)", Text: when(h.Finished)}, {Name: "Attempts", Text: strconv.Itoa(h.Attempts)}, {Name: "Corpus digest", Text: short(h.Corpus), Title: h.Corpus}} {
		if f.Text != "" {
			p.Facts = append(p.Facts, f)
		}
	}
	if _, ok := h.Artifacts["patch"]; ok {
		p.Patch = link("/run/artifact", "id", h.Key, "kind", "patch")
	}
	if e := h.Environment; e != nil {
		p.Facts = append(p.Facts, fact{Name: "Program", Text: short(e.Program), Title: "sha256 " + e.Program}, fact{Name: "Platform", Text: e.OS + "/" + e.Arch}, fact{Name: "Cores", Text: strconv.Itoa(e.Cores)})
		p.Build = &table{ID: "build", Caption: "Settings of the build", Columns: []column{{Name: "Setting"}, {Name: "Value"}}}
		for _, name := range slices.Sorted(maps.Keys(e.Build)) {
			p.Build.Rows = append(p.Build.Rows, []cell{head(name, ""), text(e.Build[name])})
		}
		p.Modules = &table{ID: "modules", Caption: "Modules", Sortable: true, Columns: []column{{Name: "Module"}, {Name: "Version"}, {Name: "Sum"}}}
		for _, m := range e.Modules {
			p.Modules.Rows = append(p.Modules.Rows, []cell{head(m.Path, ""), text(m.Version), text(m.Sum)})
		}
	}
	return h.of("environment", p), nil
}
