package dashboard

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"html/template"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// policy lets a page load the style sheet, the script and pictures of this
// server and nothing else: no text of a spec or a document can run, load or
// send anything, wherever it comes to stand.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// securityHeaders are those of every answer.
func securityHeaders(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, no-cache")
}

const (
	loginPath = "/login"
	// tokenField is where the address printed at the start carries the token.
	tokenField = "token"
	// maxLogin is the most bytes of a form that is sent to loginPath.
	maxLogin = 4096
)

// guard decides who is answered.
type guard struct {
	asks   bool
	token  [sha256.Size]byte // of the token
	cookie string            // name, with some of the hash: cookies do not tell ports apart
	pass   string            // value of the cookie
	hosts  []string
	origin *http.CrossOriginProtection
	form   *template.Template // that asks for the token
	assets assets
}

func newGuard(token string, hosts []string, p pages) guard {
	g := guard{form: p.byName["login"], assets: p.assets, asks: token != "", token: sha256.Sum256([]byte(token)), hosts: hosts, origin: http.NewCrossOriginProtection()}
	pass := sha256.Sum256([]byte("invoicelab cookie\n" + token)) // who reads the cookie has not the token
	g.pass = hex.EncodeToString(pass[:])
	name := sha256.Sum256([]byte("invoicelab name\n" + token))
	g.cookie = "invoicelab-" + hex.EncodeToString(name[:4])
	return g
}

// host says why a request is not answered, or nothing. A page of another site
// whose name is made to lead here (DNS rebinding) comes with that name.
func (g *guard) host(r *http.Request) string {
	name := r.Host
	if h, _, err := net.SplitHostPort(name); err == nil {
		name = h
	}
	name = strings.ToLower(strings.TrimSuffix(strings.Trim(name, "[]"), "."))
	if addr, err := netip.ParseAddr(name); err == nil {
		if addr.Unmap().IsLoopback() || g.asks {
			return ""
		}
	}
	if name == "localhost" || slices.ContainsFunc(g.hosts, func(h string) bool { return strings.EqualFold(h, name) }) {
		return ""
	}
	return "this dashboard does not answer to the name " + url.QueryEscape(name) + "; use the address that it printed, or start it with --host"
}

// admit says whether a request may see pages. Where not, it has answered.
func (g *guard) admit(w http.ResponseWriter, r *http.Request) bool {
	if !g.asks || strings.HasPrefix(r.URL.Path, assetPrefix) || r.URL.Path == loginPath {
		return true
	}
	if c, err := r.Cookie(g.cookie); err == nil && same(c.Value, g.pass) {
		return true
	}
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok && g.knows(bearer) {
		return true
	}
	query := r.URL.Query()
	given := query.Get(tokenField)
	query.Del(tokenField)
	next := (&url.URL{Path: r.URL.Path, RawQuery: query.Encode()}).String()
	if given != "" && g.knows(given) {
		g.welcome(w, r, next)
		return false
	}
	g.ask(w, next, given != "")
	return false
}

// knows compares what was given with the token in a time that tells nothing of
// either.
func (g *guard) knows(given string) bool {
	sum := sha256.Sum256([]byte(given))
	return subtle.ConstantTimeCompare(sum[:], g.token[:]) == 1
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// login takes the token from the form of the page that asks for it.
func (g *guard) login(w http.ResponseWriter, r *http.Request) {
	if !g.asks {
		http.NotFound(w, r)
		return
	}
	if err := g.origin.Check(r); err != nil {
		http.Error(w, "the form was sent from another site", http.StatusForbidden)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxLogin)
	if !g.knows(strings.TrimSpace(r.PostFormValue(tokenField))) {
		g.ask(w, r.PostFormValue("next"), true)
		return
	}
	g.welcome(w, r, r.PostFormValue("next"))
}

// welcome leaves the cookie and leads to where the visitor wanted to go.
func (g *guard) welcome(w http.ResponseWriter, r *http.Request, next string) {
	http.SetCookie(w, &http.Cookie{Name: g.cookie, Value: g.pass, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	http.Redirect(w, r, inside(next), http.StatusSeeOther)
}

// inside is a path of this server, the first page where it is none.
func inside(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n") {
		return "/"
	}
	return next
}
