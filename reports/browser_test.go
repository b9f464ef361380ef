package reports_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/invoicelab/invoicelab/reports"
)

// chromium runs a headless browser with a new profile and gives what it writes
// to standard output. The browser is CHROMIUM or found by its name; without
// one the test fails and says how to get it.
func chromium(t *testing.T, args ...string) []byte {
	t.Helper()
	name := os.Getenv("CHROMIUM")
	if name == "" {
		name = "chromium"
	}
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("no browser: %v; install it with \"apt-get install chromium\", or set CHROMIUM to the path of one", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, append([]string{
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--hide-scrollbars", "--user-data-dir=" + t.TempDir(),
	}, args...)...)
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", path, err, log.String())
	}
	return out.Bytes()
}

// probe is a page that loads the report in a frame of a given width, uses it as
// a reader would, and leaves what it saw in its own text. Both come from one
// server, so that the frame can be looked into.
const probe = `<!doctype html><meta charset="utf-8"><body style="margin:0">
<iframe src="/report.html" style="width:%dpx;height:1600px;border:0;display:block"></iframe>
<pre id="seen"></pre>
<script>
addEventListener("load", () => {
  const frame = document.querySelector("iframe"), page = frame.contentDocument, seen = {};
  const shown = sel => [...page.querySelectorAll(sel)].filter(e => e.getClientRects().length > 0).length;
  seen.overflow = page.documentElement.scrollWidth - page.documentElement.clientWidth;
  seen.hacked = frame.contentWindow.hacked === 1;
  seen.wide = shown(".wide svg"); seen.narrow = shown(".narrow svg");
  seen.background = frame.contentWindow.getComputedStyle(page.querySelector(".finding")).borderLeftWidth;
  const table = page.querySelector("#t-variants"), button = [...table.tHead.querySelectorAll("button")].find(b => b.textContent === "Macro F1");
  const order = () => [...table.tBodies[0].rows].map(r => Number(r.cells[3].dataset.v));
  button.click(); seen.down = order(); seen.sort = button.closest("th").getAttribute("aria-sort");
  button.click(); seen.up = order();
  const input = page.querySelector('input[data-for="t-variants"]');
  input.value = "HYBRID staged"; input.dispatchEvent(new Event("input"));
  seen.filtered = [...table.tBodies[0].rows].filter(r => !r.hidden).map(r => r.cells[0].textContent);
  seen.unnamed = [...page.querySelectorAll("main > section > figure svg")].filter(s => !s.getAttribute("aria-label")).length;
  document.getElementById("seen").textContent = JSON.stringify(seen);
});
</script>`

// TestBrowser opens the report in Chromium at the widths of a desktop and of a
// phone: nothing overflows, each width has its own drawings, tables sort and
// filter under the page's content policy, and markup in names does nothing.
func TestBrowser(t *testing.T) {
	d := eight(98, 19, 60).data()
	d.Sweep.About = `<script>window.hacked=1</script><img src=x onerror="parent.hacked=1;window.hacked=1">`
	text := page(t, d)
	for _, width := range []int{1280, 390} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			if r.URL.Path == "/report.html" {
				fmt.Fprint(w, text)
			} else {
				fmt.Fprintf(w, probe, width)
			}
		}))
		dom := string(chromium(t, "--window-size=1400,1700", "--virtual-time-budget=4000", "--dump-dom", server.URL+"/"))
		server.Close()
		_, dom, _ = strings.Cut(dom, `<pre id="seen">`)
		dom, _, _ = strings.Cut(dom, "</pre>")
		var seen struct {
			Overflow         int
			Hacked           bool
			Wide, Narrow     int
			Background, Sort string
			Down, Up         []float64
			Filtered         []string
			Unnamed          int
		}
		if err := json.Unmarshal([]byte(html.UnescapeString(dom)), &seen); err != nil {
			t.Fatalf("width %d: %v in %q", width, err, dom)
		}
		if seen.Overflow > 0 {
			t.Errorf("width %d: the page is %d pixels too wide", width, seen.Overflow)
		}
		if seen.Hacked {
			t.Errorf("width %d: markup from a name ran", width)
		}
		wide, narrow := len(reports.Figures()), 0
		if width < 720 {
			wide, narrow = 0, len(reports.Figures())
		}
		if seen.Wide != wide || seen.Narrow != narrow {
			t.Errorf("width %d: %d wide and %d narrow drawings shown", width, seen.Wide, seen.Narrow)
		}
		if seen.Background != "4px" {
			t.Errorf("width %d: the style does not apply", width)
		}
		if seen.Sort != "descending" || len(seen.Down) != 8 || !slices.IsSortedFunc(seen.Down, func(a, b float64) int { return int(1e9 * (b - a)) }) || !slices.IsSorted(seen.Up) {
			t.Errorf("width %d: sorted %s %v, then %v", width, seen.Sort, seen.Down, seen.Up)
		}
		if len(seen.Filtered) != 2 || !strings.Contains(seen.Filtered[0]+seen.Filtered[1], "hybrid · ce · staged") {
			t.Errorf("width %d: filtered to %v", width, seen.Filtered)
		}
		if seen.Unnamed > 0 {
			t.Errorf("width %d: %d drawings without a label", width, seen.Unnamed)
		}
	}
}

// TestScreenshots looks at pixels: the page is drawn at both widths, in light
// and dark, and the candidate's blue is on it.
func TestScreenshots(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "report.html")
	if err := os.WriteFile(file, []byte(page(t, eight(54, 6, 60).data())), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, flag string
		width      int
		paper      uint32 // red of the background
		blue       [3]uint32
	}{
		{"light, 1280", "--blink-settings=preferredColorScheme=1", 1280, 0xff, [3]uint32{0x00, 0x72, 0xb2}},
		{"dark, 1280", "--blink-settings=preferredColorScheme=0", 1280, 0x16, [3]uint32{0x4b, 0xa3, 0xda}},
		{"light, 390", "--blink-settings=preferredColorScheme=1", 390, 0xff, [3]uint32{0x00, 0x72, 0xb2}},
	} {
		frame := filepath.Join(dir, "frame.html")
		// A window of Chromium is at least 500 pixels wide, a frame is not.
		content := fmt.Sprintf(`<body style="margin:0"><iframe src="report.html" style="width:%dpx;height:3200px;border:0;display:block"></iframe>`, c.width)
		if err := os.WriteFile(frame, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		shot := filepath.Join(dir, "shot.png")
		chromium(t, fmt.Sprintf("--window-size=%d,3200", max(c.width, 500)), c.flag, "--screenshot="+shot, "file://"+frame)
		f, err := os.Open(shot)
		if err != nil {
			t.Fatal(err)
		}
		picture, err := png.Decode(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		if r, _, _, _ := picture.At(2, 2).RGBA(); r>>8 != c.paper {
			t.Errorf("%s: the corner has red %#x, want %#x", c.name, r>>8, c.paper)
		}
		blue, other, all := 0, 0, 0
		for y := 0; y < picture.Bounds().Max.Y; y++ {
			for x := 0; x < c.width; x++ {
				r, g, b, _ := picture.At(x, y).RGBA()
				all++
				switch {
				case r>>8 == c.blue[0] && g>>8 == c.blue[1] && b>>8 == c.blue[2]:
					blue++
				case r>>8 != c.paper:
					other++
				}
			}
		}
		if share := float64(blue) / float64(all); share < 0.001 || share > 0.3 {
			t.Errorf("%s: %.4f of the picture is the candidate's colour", c.name, share)
		}
		if share := float64(other) / float64(all); share < 0.03 || share > 0.8 {
			t.Errorf("%s: %.3f of the picture is not background", c.name, share)
		}
	}
}

// checker runs axe-core in a page and leaves its serious findings in the
// page's text.
const checker = `<script src="/axe.min.js"></script><script>
addEventListener("load", () => axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}).then(result => {
  const found = result.violations.filter(v => v.impact === "serious" || v.impact === "critical")
    .map(v => v.id + ": " + v.nodes.length + " such as " + v.nodes[0].html.slice(0, 200) + " " + v.nodes[0].any.concat(v.nodes[0].all, v.nodes[0].none).map(c => c.message).join("; ").slice(0, 300));
  const seen = document.createElement("pre");
  seen.id = "seen";
  seen.textContent = JSON.stringify({passed: result.passes.length, found});
  document.body.append(seen);
}));</script></body>`

// TestAccessibility has axe-core look at the report, in light and in dark and
// at the width of a phone.
func TestAccessibility(t *testing.T) {
	axe, err := os.ReadFile("../bin/axe.min.js")
	if err != nil {
		t.Fatalf("%v; \"make axe\" fetches it", err)
	}
	text := page(t, eight(40, 6, 60).data())
	// The page's own policy admits no other script.
	head, rest, ok := strings.Cut(text, `<meta http-equiv="Content-Security-Policy"`)
	if !ok {
		t.Fatal("no content policy")
	}
	_, rest, _ = strings.Cut(rest, ">\n")
	text = strings.Replace(head+rest, "</body>", checker, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/axe.min.js" {
			w.Header().Set("Content-Type", "text/javascript")
			w.Write(axe)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, text)
	}))
	defer server.Close()
	for _, c := range []struct{ name, size, scheme string }{
		{"light", "1280,1600", "1"}, {"dark", "1280,1600", "0"}, {"narrow", "500,1600", "1"},
	} {
		dom := string(chromium(t, "--window-size="+c.size, "--blink-settings=preferredColorScheme="+c.scheme, "--virtual-time-budget=20000", "--dump-dom", server.URL+"/"))
		_, dom, _ = strings.Cut(dom, `<pre id="seen">`)
		dom, _, _ = strings.Cut(dom, "</pre>")
		var seen struct {
			Passed int
			Found  []string
		}
		if err := json.Unmarshal([]byte(html.UnescapeString(dom)), &seen); err != nil {
			t.Fatalf("%s: %v in %q", c.name, err, dom)
		}
		if seen.Passed < 10 {
			t.Errorf("%s: %d rules passed: axe-core did not see the page", c.name, seen.Passed)
		}
		for _, f := range seen.Found {
			t.Errorf("%s: %s", c.name, f)
		}
	}
}
