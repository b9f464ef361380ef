package dashboard_test

import (
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/reports/dashboard"
)

// mostBytes is the size that no page exceeds.
const mostBytes = 1 << 20

// axeRules are those of the WCAG at levels A and AA, axeColours the one of them
// that depends on whether the page is light or dark.
const (
	axeRules   = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], resultTypes: ["violations"]})` + axeFaults
	axeColours = `axe.run(document, {runOnly: {type: "rule", values: ["color-contrast"]}, resultTypes: ["violations"]})` + axeFaults
	axeFaults  = `.then(r => ({passed: r.passes.length, faults: r.violations
	.filter(v => v.impact === "serious" || v.impact === "critical").map(v => v.id + ": " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(" | "))}))`
)

// visitor looks at pages as a careful reader would.
type visitor struct {
	*browser
	axe string
}

func visit(t testing.TB) *visitor {
	t.Helper()
	axe, err := os.ReadFile("../../bin/axe.min.js")
	if err != nil {
		t.Fatalf("%v; \"make axe\" fetches it", err)
	}
	return &visitor{open(t), string(axe)}
}

// settled waits until what is computed beside a page is there.
func (v *visitor) settled() {
	v.t.Helper()
	v.until("the result", `!document.querySelector(".waiting")`)
}

// look checks the page that is open: its size, its width, and what axe-core
// says of it; nothing may be in the log of the browser.
func (v *visitor) look(name string) {
	v.t.Helper()
	var seen struct {
		Bytes, Over float64
		Hacked      bool
		Title       string
		Styled      bool
	}
	v.eval(`fetch(location.href).then(r => r.text()).then(text => ({bytes: new Blob([text]).size, over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
		hacked: window.hacked === 1, title: document.title, styled: getComputedStyle(document.querySelector(".bar")).display === "flex"}))`, &seen)
	if seen.Bytes > mostBytes || seen.Over > 0 || seen.Hacked || seen.Title == "" || !seen.Styled {
		v.t.Errorf("%s: %+v", name, seen)
	}
	v.accessible(name, 10)
	for _, line := range v.log {
		v.t.Errorf("%s: the browser says %s", name, line)
	}
	v.log = nil
}

// accessible asks axe-core about the page that is open, in light and in dark.
func (v *visitor) accessible(name string, least int) {
	v.t.Helper()
	v.eval(v.axe, nil)
	v.examine(name, axeRules, least)
	v.scheme("dark")
	v.examine(name+", dark", axeColours, 0)
	v.scheme("light")
}

// examine runs rules of axe-core, of which at least some must have passed.
func (v *visitor) examine(name, rules string, least int) {
	v.t.Helper()
	var found struct {
		Passed int
		Faults []string
	}
	v.eval(rules, &found)
	if len(found.Faults) > 0 || found.Passed < least {
		v.t.Errorf("%s: axe-core passed %d rules, and found %s", name, found.Passed, strings.Join(found.Faults, "\n\t"))
	}
}

// A reader clicks from page to page of a store of 10,000 runs with 500
// metrics, at the width of a desktop and of a phone.
func TestLargeStore(t *testing.T) {
	server := serve(t, dashboard.Options{Store: largeStore(t)})
	v := visit(t)
	for _, width := range []int{1280, 390} {
		v.size(width, 900)
		name := func(page string) string { return fmt.Sprintf("%s at %d", page, width) }
		v.goTo(server.URL + "/")
		v.look(name("sweeps"))
		v.click(`a[href="/sweep?name=synthetic"]`)
		v.settled()
		v.look(name("sweep"))
		v.click(`a.button[href^="/runs"]`)
		v.look(name("runs"))
		v.click(`thead a[href*="sort=-test%2Fmacro_f1"]`)
		var values []float64
		v.eval(`[...document.querySelectorAll("#runs tbody tr")].map(r => Number(r.querySelector('td[title^="0."]').title))`, &values)
		if len(values) != 50 {
			t.Fatalf("%s: %d rows", name("sorted runs"), len(values))
		}
		for i := 1; i < len(values); i++ {
			if values[i] > values[i-1] {
				t.Errorf("%s: %v after %v", name("sorted runs"), values[i], values[i-1])
			}
		}
		v.click(`a[rel=next]`)
		var at string
		v.eval(`document.querySelector(".between .state").innerText`, &at)
		if at != "51–100 of 10,000 runs" {
			t.Errorf("%s: %q", name("second page"), at)
		}
		v.goTo(server.URL + manyColumns)
		v.look(name("most runs"))
		v.click(`#runs tbody th a`)
		v.look(name("run"))
		for _, tab := range []string{"labels", "errors", "settings", "environment", "diagnosis"} {
			v.click(`.tabs a[href^="/run/` + tab + `"]`)
			v.settled()
			v.look(name(tab))
		}
		for _, page := range []string{"/compare", "/claims", "/documents"} {
			v.click(`.bar a[href="` + page + `"]`)
			v.look(name(page))
		}
	}
}

// Every page of a small store, with the documents, comparisons and figures of
// it, and with markup in every text.
func TestPages(t *testing.T) {
	store := shopStore(t)
	server := serve(t, dashboard.Options{Store: store})
	v := visit(t)
	key := keysOf(t, store, "sweep = shop and level.head = linear and level.loss = ce and seed = 1")[0]
	other := keysOf(t, store, "sweep = shop and level.head = prototype and level.loss = ce and seed = 1")[0]
	noted := keysOf(t, store, "tag = paper")[0]
	failed := keysOf(t, store, "state = failed")[0]
	evilSweep, evilDoc := url.QueryEscape("evil"+evil), url.QueryEscape("evil"+evil)
	for _, width := range []int{1280, 390} {
		v.size(width, 900)
		for _, path := range []string{"/", "/sweep?name=shop", "/sweep?name=" + evilSweep, "/runs", "/runs?sweep=" + evilSweep, "/run?id=" + noted, "/run?id=" + failed, "/run/diagnosis?id=" + failed,
			"/run/labels?id=" + key, "/run/errors?id=" + key, "/run/errors?id=" + key + "&label=TOTAL", "/run/settings?id=" + key, "/run/environment?id=" + key, "/document?id=" + key + "&doc=" + evilDoc,
			"/compare?sweep=shop", "/compare?sweep=" + evilSweep, "/compare?sweep=shop&a=head%3Dlinear&b=head%3Dprototype", "/compare?run=" + key + "&run=" + other,
			"/sweep/figures?name=shop", "/sweep/figures?name=" + evilSweep + "&figure=learning-curves", "/claims", "/documents"} {
			v.goTo(server.URL + path)
			v.settled()
			v.look(fmt.Sprintf("%s at %d", path, width))
		}
	}
	// What pages of the address say comes back as text, too.
	for _, path := range []string{"/runs?where=" + evilDoc, "/run?id=" + evilDoc, "/compare?run=" + evilDoc + "&run=b", "/nothing/" + url.PathEscape(evil)} {
		v.goTo(server.URL + path)
		hacked := true
		v.eval("window.hacked === 1", &hacked)
		if hacked {
			t.Errorf("%s: markup of the address ran", path)
		}
		v.accessible(path, 5)
		v.log = nil // the status is one of a fault
	}
	guarded := serve(t, dashboard.Options{Store: store, Token: "sesame"})
	v.goTo(guarded.URL + "/")
	v.accessible("login", 5)
	v.log = nil
	// Boxes of a document: two are right, or one is missed and one wrong.
	v.goTo(server.URL + "/document?id=" + key + "&doc=receipt-05")
	v.settled()
	var boxes map[string]int
	v.eval(`Object.fromEntries(["right", "missed", "wrong"].map(k => [k, document.querySelectorAll(".judged-" + k + " rect").length]))`, &boxes)
	if boxes["right"] != 1 || boxes["missed"] != 1 || boxes["wrong"] != 1 {
		t.Errorf("boxes %v; want one of each", boxes)
	}
	hidden := false
	v.eval(`(() => { document.querySelector('[data-toggles="hide-missed"]').click(); return getComputedStyle(document.querySelector(".judged-missed")).display === "none"; })()`, &hidden)
	if !hidden {
		t.Error("missed boxes are not hidden by their switch")
	}
	// Two runs are ticked and compared by keyboard and mouse.
	v.goTo(server.URL + "/runs?sweep=shop")
	var disabled []bool
	v.eval(`(() => { const b = document.querySelector("[data-pair]"), boxes = [...document.querySelectorAll('input[name=run]')], was = b.disabled;
		boxes[0].click(); boxes[6].click(); return [was, b.disabled]; })()`, &disabled)
	if !disabled[0] || disabled[1] {
		t.Errorf("the button is disabled before and after two ticks: %v", disabled)
	}
	v.click("[data-pair]")
	v.settled()
	var verdict string
	v.eval(`document.querySelector(".verdict").innerText`, &verdict)
	c := compared(t, store, "level.head = linear and level.loss = ce and seed = 1 and sweep = shop", "level.head = prototype and level.loss = ce and seed = 1 and sweep = shop")
	if want := fmt.Sprintf("%+.2f", 100*c.Difference.Value); !strings.HasSuffix(strings.Replace(verdict, "−", "-", 1), want) {
		t.Errorf("verdict %q; compare gives %s", verdict, want)
	}
}

// compared is what the packages say of two runs.
func compared(t *testing.T, store *experiments.Store, a, b string) experiments.Comparison {
	t.Helper()
	var sides [2]experiments.Side
	for i, filter := range []string{a, b} {
		o, err := store.Outcomes(t.Context(), experiments.Filter{Runs: keysOf(t, store, filter)})
		if err != nil {
			t.Fatal(err)
		}
		sides[i] = experiments.Side{Name: "ab"[i : i+1], Outcomes: o}
	}
	c, err := experiments.Compare(sides[0], sides[1], experiments.CompareOptions{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return c
}
