package dashboard

import (
	"context"
	"fmt"
	"net/http"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/train"
)

// Options say what a Server shows, and to whom.
type Options struct {
	Store *experiments.Store
	// Token is asked for before anything is shown, where it is not empty.
	Token string
	// Hosts are names by which browsers may address the server, beside
	// "localhost" and the addresses of loopback. With a token any address in
	// figures is taken too; a name that is not listed never is.
	Hosts []string
	// Diagnose says what is wrong with a finished run; nil where nobody can.
	Diagnose func(ctx context.Context, run experiments.Detail) ([]train.Finding, error)
	// Threads are those of a comparison or figure in the making; 0 is 1.
	Threads int
}

// Server is the dashboard as a handler. Close ends what it computes.
type Server struct {
	store    *experiments.Store
	guard    guard
	pages    pages
	assets   assets
	mux      *http.ServeMux
	works    *works
	diagnose func(context.Context, experiments.Detail) ([]train.Finding, error)
	threads  int
}

// New makes a dashboard of a store, which must stay open until Close.
func New(o Options) *Server {
	if o.Store == nil {
		panic("dashboard: New: no store")
	}
	s := &Server{store: o.Store, assets: newAssets(), mux: http.NewServeMux(), works: newWorks(),
		diagnose: o.Diagnose, threads: max(1, o.Threads)}
	s.pages = newPages(s.assets)
	s.guard = newGuard(o.Token, o.Hosts, s.pages)
	for _, r := range s.routes() {
		s.mux.HandleFunc("GET "+r.path, s.page(r.serve))
	}
	s.mux.HandleFunc("GET "+assetPrefix+"{name}", s.assets.serve)
	s.mux.HandleFunc("POST "+loginPath, s.guard.login)
	return s
}

// route is a page and what gathers it.
type route struct {
	path  string
	serve func(*http.Request) (answer, error)
}

// routes lists all pages. What they are of is in the query, where any name can
// stand, never in the path.
func (s *Server) routes() []route {
	return []route{
		{"/{$}", s.sweeps},
		{"/sweep", s.sweep},
		{"/sweep/figures", s.figures},
		{"/runs", s.runs},
		{"/run", s.run},
		{"/run/labels", s.runLabels},
		{"/run/errors", s.runErrors},
		{"/run/settings", s.runSettings},
		{"/run/environment", s.runEnvironment},
		{"/run/diagnosis", s.runDiagnosis},
		{"/run/artifact", s.runArtifact},
		{"/compare", s.compare},
		{"/claims", s.claims},
		{"/documents", s.documents},
		{"/document", s.document},
	}
}

// ServeHTTP answers a request that the guard lets through.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	securityHeaders(w.Header())
	if refusal := s.guard.host(r); refusal != "" {
		http.Error(w, refusal, http.StatusMisdirectedRequest)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead && r.URL.Path != loginPath {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "the dashboard only shows: GET and HEAD are all it answers", http.StatusMethodNotAllowed)
		return
	}
	if !s.guard.admit(w, r) {
		return
	}
	if h, pattern := s.mux.Handler(r); pattern == "" || h == nil {
		s.write(w, r, s.missing(r))
		return
	}
	s.mux.ServeHTTP(w, r)
}

// Close ends the computations that are under way and waits for them.
func (s *Server) Close() { s.works.close() }

// missing is the page of an address that is none.
func (s *Server) missing(r *http.Request) answer {
	return failed(http.StatusNotFound, fmt.Errorf("there is no page %s", r.URL.Path))
}
