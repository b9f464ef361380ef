package dashboard_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// chromium is the browser of all tests of this binary, spoken to through the
// DevTools protocol over a pair of pipes. The first test that needs it starts
// it, TestMain ends it.
type chromium struct {
	cmd     *exec.Cmd
	profile string // folder
	to      *os.File
	answers chan message
	next    int
}

var theChromium = sync.OnceValues(startChromium)

// endChromium ends the browser if it was started.
var endChromium = func() {}

// browser is a page of the chromium with a profile of its own, so that no
// test meets cookies or a cache of another.
type browser struct {
	*chromium
	t       testing.TB
	session string
	log     []string // messages of the console and errors of scripts
	loaded  int
}

type message struct {
	ID      int             `json:"id"`
	Session string          `json:"sessionId"`
	Method  string          `json:"method"`
	Params  json.RawMessage `json:"params"`
	Result  json.RawMessage `json:"result"`
	Error   *struct {
		Message string `json:"message"`
	} `json:"error"`
}

// patience is how long a test waits for the browser: machines differ, and
// tests run beside others.
const patience = 2 * time.Minute

// startChromium starts the program CHROMIUM, or the one found by its name.
func startChromium() (*chromium, error) {
	name := os.Getenv("CHROMIUM")
	if name == "" {
		name = "chromium"
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return nil, fmt.Errorf("no browser: %w; install it with \"apt-get install chromium\", or set CHROMIUM to the path of one", err)
	}
	profile, err := os.MkdirTemp("", "dashboard-browser-")
	if err != nil {
		return nil, err
	}
	theirs, to, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	from, answers, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	c := &chromium{to: to, profile: profile, answers: make(chan message, 1024)}
	c.cmd = exec.Command(path, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
		"--disable-sync", "--hide-scrollbars", "--remote-debugging-pipe", "--user-data-dir="+profile, "about:blank")
	c.cmd.ExtraFiles = []*os.File{theirs, answers} // descriptors 3 and 4
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	theirs.Close()
	answers.Close()
	go func() {
		defer close(c.answers)
		in := bufio.NewReaderSize(from, 1<<20)
		for {
			line, err := in.ReadBytes(0)
			if err != nil {
				return
			}
			var m message
			if json.Unmarshal(bytes.TrimSuffix(line, []byte{0}), &m) == nil {
				c.answers <- m
			}
		}
	}()
	endChromium = func() {
		c.cmd.Process.Kill()
		c.cmd.Wait()
		os.RemoveAll(profile)
	}
	return c, nil
}

// open opens a page, which is closed with the test.
func open(t testing.TB) *browser {
	t.Helper()
	c, err := theChromium()
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{chromium: c, t: t}
	var own struct{ BrowserContextID string }
	b.call("Target.createBrowserContext", nil, &own)
	var target struct{ TargetID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank", "browserContextId": own.BrowserContextID}, &target)
	var session struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &session)
	b.session = session.SessionID
	t.Cleanup(func() {
		b.session = ""
		b.call("Target.disposeBrowserContext", map[string]any{"browserContextId": own.BrowserContextID}, nil)
	})
	for _, domain := range []string{"Page", "Runtime", "Network", "Log"} {
		b.call(domain+".enable", nil, nil)
	}
	return b
}

// call sends a command and waits for its answer.
func (b *browser) call(method string, params map[string]any, into any) {
	b.t.Helper()
	b.next++
	id := b.next
	m := map[string]any{"id": id, "method": method}
	if params != nil {
		m["params"] = params
	}
	if b.session != "" {
		m["sessionId"] = b.session
	}
	text, err := json.Marshal(m)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.to.Write(append(text, 0)); err != nil {
		b.t.Fatal(err)
	}
	answer := b.wait(method, func(m message) bool { return m.ID == id })
	if answer.Error != nil {
		b.t.Fatalf("%s: %s", method, answer.Error.Message)
	}
	if into != nil {
		if err := json.Unmarshal(answer.Result, into); err != nil {
			b.t.Fatalf("%s: %v", method, err)
		}
	}
}

// wait reads messages up to one that is wanted.
func (b *browser) wait(what string, wanted func(message) bool) message {
	b.t.Helper()
	late := time.After(patience)
	for {
		select {
		case m, ok := <-b.answers:
			if !ok {
				b.t.Fatalf("%s: the browser ended", what)
			}
			switch {
			case m.Session != b.session: // of a page of before
			case m.Method == "Page.loadEventFired":
				b.loaded++
			case m.Method == "Runtime.exceptionThrown" || m.Method == "Log.entryAdded":
				b.log = append(b.log, string(m.Params))
			}
			if wanted(m) {
				return m
			}
		case <-late:
			b.t.Fatalf("%s: no answer in %v", what, patience)
		}
	}
}

// size sets the width and height of the page in pixels.
func (b *browser) size(width, height int) {
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}, nil)
}

// scheme has the page drawn as for a reader who prefers "light" or "dark".
func (b *browser) scheme(name string) {
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]any{{"name": "prefers-color-scheme", "value": name}}}, nil)
}

// goTo opens an address and waits until it is loaded.
func (b *browser) goTo(url string) {
	b.t.Helper()
	b.leaves(func() { b.call("Page.navigate", map[string]any{"url": url}, nil) })
}

// leaves does what leads to another page and waits until that is loaded.
func (b *browser) leaves(do func()) {
	b.t.Helper()
	before := b.loaded
	do()
	if b.loaded == before {
		b.wait("loading", func(m message) bool { return b.loaded > before })
	}
}

// eval runs an expression, or awaits a promise, and gives its value.
func (b *browser) eval(expression string, into any) {
	b.t.Helper()
	var r struct {
		Result struct {
			Value json.RawMessage `json:"value"`
		} `json:"result"`
		ExceptionDetails *struct {
			Text      string `json:"text"`
			Exception struct {
				Description string `json:"description"`
			} `json:"exception"`
		} `json:"exceptionDetails"`
	}
	b.call("Runtime.evaluate", map[string]any{"expression": expression, "awaitPromise": true, "returnByValue": true, "allowUnsafeEvalBlockedByCSP": true}, &r)
	if e := r.ExceptionDetails; e != nil {
		b.t.Fatalf("%.200s: %s %s", expression, e.Text, e.Exception.Description)
	}
	if into != nil {
		if err := json.Unmarshal(r.Result.Value, into); err != nil {
			b.t.Fatalf("%.200s: %v in %s", expression, err, r.Result.Value)
		}
	}
}

// until waits for an expression to become true.
func (b *browser) until(what, expression string) {
	b.t.Helper()
	for late := time.Now().Add(patience); time.Now().Before(late); time.Sleep(100 * time.Millisecond) {
		ok := false
		b.eval("Boolean("+expression+")", &ok)
		if ok {
			return
		}
	}
	var text string
	b.eval("document.body.innerText", &text)
	b.t.Fatalf("%s did not come to be; the page says %.600s", what, text)
}

// click clicks the first element that fits a selector, as a mouse does, and
// waits for the page that it leads to.
func (b *browser) click(selector string) {
	b.t.Helper()
	b.until(selector, fmt.Sprintf("document.querySelector(%q)", selector))
	b.leaves(func() { b.eval(fmt.Sprintf("document.querySelector(%q).click()", selector), nil) })
}
