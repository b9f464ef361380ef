package dashboard

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/invoicelab/invoicelab/experiments"
)

// answer is what a page shows.
type answer struct {
	status  int    // of HTTP; 0 is 200
	name    string // of the template
	title   string
	section string // of the navigation that it belongs to
	// live pages are asked for again while they are open, and what changed is
	// replaced; waiting ones soon, because what they show is being computed.
	live, waiting bool
	data          any
	file          *download // in place of a page
}

// download is a file that a browser keeps.
type download struct {
	name, kind string
	content    []byte
}

// problem is an error that has a status of HTTP.
type problem struct {
	status int
	error
}

func (p problem) Unwrap() error { return p.error }

// wrong is a fault of the address: what it names is not there, or is none.
func wrong(format string, args ...any) error {
	return problem{http.StatusBadRequest, fmt.Errorf(format, args...)}
}

// absent says that there is nothing of that name.
func absent(err error) error { return problem{http.StatusNotFound, err} }

func failed(status int, err error) answer {
	title := "Something failed"
	switch status {
	case http.StatusNotFound:
		title = "Not found"
	case http.StatusBadRequest:
		title = "This does not work"
	}
	return answer{status: status, name: "problem", title: title, data: err.Error()}
}

// pages are the templates by name, each with the frame of all.
type pages struct {
	byName map[string]*template.Template
	assets assets
}

func newPages(a assets) pages {
	p := pages{map[string]*template.Template{}, a}
	names, err := fs.Glob(templates, "templates/*.gohtml")
	if err != nil {
		panic("dashboard: newPages: " + err.Error()) // the pattern is right
	}
	shared := template.Must(template.New("frame.gohtml").Funcs(functions).ParseFS(templates, "templates/frame.gohtml", "templates/table.gohtml", "templates/runhead.gohtml"))
	for _, path := range names {
		name := strings.TrimSuffix(strings.TrimPrefix(path, "templates/"), ".gohtml")
		if name == "frame" || name == "table" || name == "runhead" {
			continue
		}
		p.byName[name] = template.Must(template.Must(shared.Clone()).ParseFS(templates, path))
	}
	return p
}

// functions are those that templates call.
var functions = template.FuncMap{
	"link":   link,
	"count":  count,
	"number": thousands,
	"when":   when,
	"soft":   soft,
}

// soft lets a long name break after its separators.
func soft(name string) template.HTML {
	safe := template.HTMLEscapeString(name)
	return template.HTML(strings.NewReplacer("_", "_<wbr>", "/", "/<wbr>", ".", ".<wbr>", "=", "=<wbr>", ",", ",<wbr>").Replace(safe))
}

// link is a path with a query of names and values.
func link(path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Add(pairs[i], pairs[i+1])
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// frame is what the template of all pages needs.
type frame struct {
	Title, Section, Store string
	Assets                assets
	Live, Waiting, Login  bool
	Data                  any
}

// page makes a handler of what gathers a page.
func (s *Server) page(serve func(*http.Request) (answer, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a, err := serve(r)
		if err != nil {
			if r.Context().Err() != nil {
				return // nobody waits for the answer
			}
			a = failed(statusOf(err), err)
		}
		s.write(w, r, a)
	}
}

// statusOf is the status of an error: of the address that asks for what is not
// there, or of the store.
func statusOf(err error) int {
	var p problem
	var field *experiments.FieldError
	var unknown *experiments.NotFoundError
	switch {
	case errors.As(err, &p):
		return p.status
	case errors.As(err, &field):
		return http.StatusBadRequest
	case errors.As(err, &unknown):
		return http.StatusNotFound
	case errors.Is(err, context.DeadlineExceeded):
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// write sends a page, or says that the browser has it already.
func (s *Server) write(w http.ResponseWriter, r *http.Request, a answer) {
	if f := a.file; f != nil {
		w.Header().Set("Content-Type", f.kind)
		w.Header().Set("Content-Disposition", "attachment; filename="+strconv.Quote(f.name))
		w.Header().Set("Content-Length", strconv.Itoa(len(f.content)))
		w.Write(f.content)
		return
	}
	var b bytes.Buffer
	f := frame{Title: a.title, Section: a.section, Store: s.store.Path(), Assets: s.assets, Live: a.live, Waiting: a.waiting, Data: a.data}
	if err := s.pages.byName[a.name].ExecuteTemplate(&b, "frame.gohtml", f); err != nil {
		http.Error(w, "the page cannot be made: "+err.Error(), http.StatusInternalServerError)
		return
	}
	sum := sha256.Sum256(b.Bytes())
	tag := `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
	h := w.Header()
	h.Set("ETag", tag)
	if a.status == 0 && r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	if a.status != 0 {
		w.WriteHeader(a.status)
	}
	w.Write(b.Bytes())
}
