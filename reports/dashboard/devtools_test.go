package dashboard_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"
)

// browser is a Chromium that a test speaks to through the DevTools protocol,
// over a pair of pipes. It shows one page.
type browser struct {
	t       *testing.T
	to      *os.File
	answers chan message
	next    int
	session string
	log     []string // messages of the console and errors of scripts
	loaded  int
}

type message struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Message string `json:"message"`
	} `json:"error"`
}

// patience is how long a test waits for the browser: machines differ, and
// tests run beside others.
const patience = 2 * time.Minute

// open starts a browser, which ends with the test. The program is CHROMIUM or
// found by its name; without one the test fails and says how to get it.
func open(t *testing.T) *browser {
	t.Helper()
	name := os.Getenv("CHROMIUM")
	if name == "" {
		name = "chromium"
	}
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("no browser: %v; install it with \"apt-get install chromium\", or set CHROMIUM to the path of one", err)
	}
	theirs, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	from, answers, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
		"--disable-sync", "--hide-scrollbars", "--remote-debugging-pipe", "--user-data-dir="+t.TempDir(), "about:blank")
	cmd.ExtraFiles = []*os.File{theirs, answers} // descriptors 3 and 4
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirs.Close()
	answers.Close()
	b := &browser{t: t, to: to, answers: make(chan message, 1024)}
	go func() {
		defer close(b.answers)
		in := bufio.NewReaderSize(from, 1<<20)
		for {
			line, err := in.ReadBytes(0)
			if err != nil {
				return
			}
			var m message
			if json.Unmarshal(bytes.TrimSuffix(line, []byte{0}), &m) == nil {
				b.answers <- m
			}
		}
	}()
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		to.Close()
		from.Close()
	})
	var target struct{ TargetID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var session struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &session)
	b.session = session.SessionID
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
			switch m.Method {
			case "Page.loadEventFired":
				b.loaded++
			case "Runtime.exceptionThrown", "Log.entryAdded":
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
