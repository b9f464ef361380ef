package dashboard_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/reports/dashboard"
)

// ask sends a request to a dashboard as Host and gives the answer.
func ask(t *testing.T, h http.Handler, method, host, target string, change func(*http.Request)) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, "http://"+host+target, nil)
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Only names of this machine are answered, only to be looked at, and every
// answer has a policy that lets nothing else be loaded.
func TestGuard(t *testing.T) {
	store := shopStore(t)
	board := dashboard.New(dashboard.Options{Store: store, Hosts: []string{"lab.example"}})
	defer board.Close()
	for host, want := range map[string]int{"127.0.0.1:8710": 200, "localhost:9000": 200, "LOCALHOST": 200, "[::1]:8710": 200, "lab.example:8710": 200,
		"evil.example": 421, "127.0.0.1.evil.example:8710": 421, "192.168.0.7:8710": 421, "localhost.evil.example": 421} {
		if got := ask(t, board, "GET", host, "/", nil); got.StatusCode != want {
			t.Errorf("host %s: status %d; want %d", host, got.StatusCode, want)
		}
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH"} {
		if got := ask(t, board, method, "localhost", "/runs", nil); got.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("%s: status %d", method, got.StatusCode)
		}
	}
	if got := ask(t, board, "POST", "localhost", "/login", nil); got.StatusCode != http.StatusNotFound {
		t.Errorf("login without a token to ask for: status %d", got.StatusCode)
	}
	key := keysOf(t, store, "sweep = shop")[0]
	for _, path := range []string{"/", "/runs", "/run?id=" + key, "/nothing", "/run?id=zz", "/compare", "/claims", "/documents"} {
		got := ask(t, board, "GET", "localhost", path, nil)
		policy := got.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'; style-src 'self'; script-src 'self'") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
			t.Errorf("%s: policy %q", path, policy)
		}
		text := body(t, got)
		for _, inline := range []string{" style=", "<style", "<script>", "javascript:", " onclick", "http://", "https://"} {
			if strings.Contains(strings.ReplaceAll(text, "http://www.w3.org/2000/svg", ""), inline) {
				t.Errorf("%s: the page holds %q", path, inline)
			}
		}
	}
}

// With a token nothing is shown without it; the address that holds it leaves a
// cookie that only this server gets, and leads to the same page without it.
func TestToken(t *testing.T) {
	const token = "s3cret-token"
	board := dashboard.New(dashboard.Options{Store: shopStore(t), Token: token})
	defer board.Close()
	for _, target := range []string{"/", "/runs", "/run/artifact?id=0&kind=checkpoint", "/?token=", "/?token=wrong", "/?token=s3cret-toke", "/nothing"} {
		got := ask(t, board, "GET", "192.168.0.7:8710", target, nil)
		if text := body(t, got); got.StatusCode != http.StatusUnauthorized || strings.Contains(text, "shop") || len(got.Cookies()) > 0 {
			t.Errorf("%s: status %d, cookies %v", target, got.StatusCode, got.Cookies())
		}
	}
	if got := ask(t, board, "GET", "evil.example", "/?token="+token, nil); got.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("a name of another site with the token: status %d", got.StatusCode)
	}
	got := ask(t, board, "GET", "192.168.0.7:8710", "/runs?sweep=shop&token="+token, nil)
	if got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/runs?sweep=shop" || len(got.Cookies()) != 1 {
		t.Fatalf("with the token: status %d to %q, cookies %v", got.StatusCode, got.Header.Get("Location"), got.Cookies())
	}
	cookie := got.Cookies()[0]
	if !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode || strings.Contains(cookie.Value, token) {
		t.Errorf("cookie %+v", cookie)
	}
	with := func(c *http.Cookie) int {
		return ask(t, board, "GET", "192.168.0.7:8710", "/runs", func(r *http.Request) { r.AddCookie(c) }).StatusCode
	}
	if got := with(cookie); got != 200 {
		t.Errorf("with the cookie: status %d", got)
	}
	forged := *cookie
	forged.Value = strings.Repeat("0", len(forged.Value))
	if got := with(&forged); got != http.StatusUnauthorized {
		t.Errorf("with a forged cookie: status %d", got)
	}
	bearer := func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
	if got := ask(t, board, "GET", "localhost", "/runs", bearer); got.StatusCode != 200 {
		t.Errorf("with the token as a header: status %d", got.StatusCode)
	}
	login := func(token, next, site string) *http.Response {
		form := url.Values{"token": {token}, "next": {next}}.Encode()
		r := httptest.NewRequest("POST", "http://localhost/login", strings.NewReader(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", site)
		w := httptest.NewRecorder()
		board.ServeHTTP(w, r)
		return w.Result()
	}
	if got := login("wrong", "/runs", "same-origin"); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("form with a wrong token: status %d", got.StatusCode)
	}
	if got := login(token, "/runs", "cross-site"); got.StatusCode != http.StatusForbidden {
		t.Errorf("form of another site: status %d", got.StatusCode)
	}
	for next, want := range map[string]string{"/runs?a=b": "/runs?a=b", "//evil.example/": "/", "https://evil.example/": "/", `/\evil.example`: "/", "": "/"} {
		if got := login(token, next, "same-origin"); got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != want {
			t.Errorf("next %q: status %d to %q; want %q", next, got.StatusCode, got.Header.Get("Location"), want)
		}
	}
}

// Files are found by what the store says of a run, never by a path.
func TestPaths(t *testing.T) {
	store := shopStore(t)
	board := dashboard.New(dashboard.Options{Store: store})
	defer board.Close()
	key := keysOf(t, store, "sweep = shop")[0]
	for _, target := range []string{
		"/run/artifact?id=" + key + "&kind=" + url.QueryEscape("../../etc/passwd"), "/run/artifact?id=" + key + "&kind=/etc/passwd", "/run/artifact?id=" + key + "&kind=%2e%2e%2fshop.db",
		"/run/artifact?id=" + url.QueryEscape("../"+key) + "&kind=checkpoint", "/run/artifact?id=/etc/passwd&kind=checkpoint",
		"/document?id=" + key + "&doc=" + url.QueryEscape("../../../etc/passwd"), "/document?id=" + key + "&doc=/etc/passwd", "/document?id=" + key + "&doc=%2e%2e%2f%2e%2e",
		"/assets/..%2fstyle.css", "/assets/%2e%2e%2f%2e%2e%2fgo.mod", "/etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/shop.db", "/sweep/figures?name=shop&figure=../x",
	} {
		got := ask(t, board, "GET", "localhost", target, nil)
		if text := body(t, got); got.StatusCode == 200 || strings.Contains(text, "root:") || strings.Contains(text, "module github.com") || strings.Contains(text, "SQLite format") {
			t.Errorf("%s: status %d", target, got.StatusCode)
		}
	}
	got := ask(t, board, "GET", "localhost", "/run/artifact?id="+key+"&kind=checkpoint", nil)
	if text := body(t, got); got.StatusCode != 200 || text != "weights of "+key || !strings.HasPrefix(got.Header.Get("Content-Disposition"), "attachment;") {
		t.Errorf("checkpoint: status %d, %q, %q", got.StatusCode, text, got.Header.Get("Content-Disposition"))
	}
	got = ask(t, board, "GET", "localhost", "/run/artifact?id="+key+"&kind="+experiments.KindPredictions, nil)
	if text := body(t, got); got.StatusCode != 200 || strings.Count(text, "\n") != 12 {
		t.Errorf("predictions: status %d, %d lines", got.StatusCode, strings.Count(text, "\n"))
	}
}

// What is asked wrongly is said in a line, with the status of it.
func TestFaults(t *testing.T) {
	board := dashboard.New(dashboard.Options{Store: shopStore(t)})
	defer board.Close()
	for target, want := range map[string]struct {
		status int
		says   string
	}{
		"/run?id=zz":                                         {404, "no run of the store begins so"},
		"/sweep?name=shup":                                   {404, "did you mean shop?"},
		"/runs?where=stat+%3D+done":                          {400, "did you mean state?"},
		"/runs?where=state+%3D":                              {400, "expected a value after state ="},
		"/runs?sort=-test%2Fmacro_f2":                        {400, "did you mean test/macro_f1?"},
		"/runs?column=sed":                                   {400, "did you mean seed?"},
		"/runs?size=100000":                                  {400, "expected 1 to 500"},
		"/runs?sweep=nope":                                   {400, "not in the store"},
		"/compare?sweep=shop&a=head%3Dlinear":                {400, "give the levels of both sides"},
		"/compare?sweep=shop&a=head%3Dliner&b=head%3Dlinear": {400, "did you mean"},
		"/compare?run=zz&run=yy":                             {404, "no run of the store begins so"},
		"/nothing":                                           {404, "there is no page /nothing"},
	} {
		got := ask(t, board, "GET", "localhost", target, nil)
		if text := body(t, got); got.StatusCode != want.status || !strings.Contains(text, want.says) {
			t.Errorf("%s: status %d; want %d and %q in %.900s", target, got.StatusCode, want.status, want.says, text)
		}
	}
}
