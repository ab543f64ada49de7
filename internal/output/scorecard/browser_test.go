package scorecard_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/factorlint/factorlint/internal/output/scorecard"
)

// TestBrowser opens the page in headless Chromium. Where there is none it is skipped, and says so; with
// FACTORLINT_BROWSER=required, as make browser sets it, that is a failure.
func TestBrowser(t *testing.T) {
	b := start(t, browserPath(t))
	var page bytes.Buffer
	r, ws := report()
	if err := scorecard.WriteHTML(&page, scorecard.Of(r, ws), "1.2.3"); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, page.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	url := "file://" + file
	b.open(url)

	b.want("no script of the repository ran", `String(window.pwned)`, "undefined")
	b.want("no image", `document.images.length`, 0.0)
	b.want("all findings are shown", visible, 4.0)
	b.want("the filter is shown", `document.querySelector("#filter").hidden`, false)
	for _, f := range []struct {
		field, value string
		shown        float64
	}{
		{"severity", "error", 2}, {"severity", "warning", 1}, {"principle", "9", 1}, {"principle", "19", 1}, {"principle", "12", 0},
		{"workload", "0", 2}, {"workload", "1", 1}, {"workload", "-", 1}, {"text", "FL0901 sigterm", 1}, {"text", "nowhere", 0},
	} {
		b.eval(fmt.Sprintf(`{const x = document.querySelector("#filter").elements[%q]; x.value = %q; x.dispatchEvent(new Event("input", {bubbles: true}))}`, f.field, f.value))
		b.want(f.field+" "+f.value, visible, f.shown)
		b.want("status of "+f.field+" "+f.value, `document.querySelector("#filter output").textContent`, fmt.Sprintf("%v of 4", f.shown))
		b.eval(`document.querySelector("#filter").reset()`)
		b.want("after a reset", `new Promise(done => setTimeout(() => done(`+visible+`), 10))`, 4.0)
	}

	// a link to what is folded or filtered away shows it
	b.eval(`document.querySelector(".cells details:not([open])").id = "folded"`)
	b.want("a cell leads to its details", `new Promise(done => {
		location.hash = document.querySelector("#folded > div").id;
		setTimeout(() => done(document.querySelector("#folded").open && document.activeElement === document.querySelector("#folded > div")), 50)})`, true)
	b.want("a finding that is filtered away", `new Promise(done => {
		const x = document.querySelector("#filter").elements.text; x.value = "nowhere"; x.dispatchEvent(new Event("input", {bubbles: true}));
		document.querySelector('.cells a[href="#f0"]').click();
		setTimeout(() => done(!document.querySelector("#f0").hidden), 50)})`, true)

	for _, scheme := range []string{"light", "dark"} {
		b.call("Emulation.setEmulatedMedia", map[string]any{"features": []any{map[string]string{"name": "prefers-color-scheme", "value": scheme}}}, nil)
		b.want(scheme+" text that is hard to read", contrast, "")
	}
	b.want("dark ground", `getComputedStyle(document.body).backgroundColor`, "rgb(20, 23, 27)")
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": 400, "height": 800, "deviceScaleFactor": 1, "mobile": false}, nil)
	b.want("in a narrow window sticks out", `[...document.querySelectorAll("body *")].filter(x => x.getBoundingClientRect().right > 400 && !x.closest(".scroll, pre, .unseen, .skip")).map(x => x.tagName + "." + x.className).join(" ")`, "")

	b.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil)
	b.open(url)
	b.want("without scripts there is no filter", `document.querySelector("#filter").hidden`, true)
	b.want("and every finding", visible, 4.0)
	for _, e := range b.errors {
		t.Error(e)
	}
	for _, r := range b.requests {
		if r != url {
			t.Errorf("the page asks for %s", r)
		}
	}
}

const visible = `[...document.querySelectorAll(".finding")].filter(x => x.checkVisibility()).length`

// contrast lists the texts whose contrast is below 4.5 (WCAG 2.2, 1.4.3).
const contrast = `(() => {
	document.querySelectorAll("details").forEach(d => d.open = true);
	const parse = c => c.match(/[\d.]+/g).map(Number);
	const light = c => parse(c).slice(0, 3).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
	const clear = c => c === "none" || parse(c)[3] === 0;
	const bad = new Set();
	for (const x of document.querySelectorAll("body *")) {
		if (![...x.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || !x.checkVisibility() || ["TITLE", "title", "SCRIPT", "OPTION"].includes(x.tagName)) continue;
		const svg = x.tagName === "text";
		let ground = svg ? getComputedStyle(x.parentElement.querySelector("rect")).fill : "", up = x;
		while (!svg && clear(ground = getComputedStyle(up).backgroundColor)) up = up.parentElement;
		const a = light(svg ? getComputedStyle(x).fill : getComputedStyle(x).color), b = light(ground);
		if ((Math.max(a, b) + .05) / (Math.min(a, b) + .05) < 4.5) bad.add(x.tagName + "." + x.getAttribute("class"));
	}
	return [...bad].join(" ");
})()`

// browserPath returns the browser to use.
func browserPath(t *testing.T) string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const none = "no browser was found: the page was not opened in one. Install chromium"
	if os.Getenv("FACTORLINT_BROWSER") == "required" {
		t.Fatal(none)
	}
	t.Skip(none)
	return ""
}

// A browser is a page in headless Chromium, spoken to with its DevTools protocol over pipes: messages in JSON, each with a
// zero byte behind it (https://chromedevtools.github.io/devtools-protocol/).
type browser struct {
	t        *testing.T
	to       *os.File
	from     *bufio.Reader
	session  string
	id       int
	loaded   bool
	errors   []string
	requests []string
}

func start(t *testing.T, path string) *browser {
	t.Helper()
	read, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	from, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	profile, err := os.MkdirTemp("", "factorlint-browser")
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe",
		"--user-data-dir="+profile, "--window-size=1400,1000", "about:blank")
	c.ExtraFiles = []*os.File{read, write} // the browser's descriptors 3 and 4
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	read.Close()
	write.Close()
	t.Cleanup(func() { // its children may write for a moment more
		to.Close()
		from.Close()
		_ = c.Process.Kill()
		_ = c.Wait()
		for range 20 {
			if os.RemoveAll(profile) == nil {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
	})
	b := &browser{t: t, to: to, from: bufio.NewReader(from)}
	if err := from.SetReadDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	var target struct{ TargetID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var session struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &session)
	b.session = session.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		b.call(domain+".enable", map[string]any{}, nil)
	}
	return b
}

type message struct {
	ID     int                       `json:"id,omitempty"`
	Method string                    `json:"method,omitempty"`
	Params any                       `json:"params,omitempty"`
	Sess   string                    `json:"sessionId,omitempty"`
	Result json.RawMessage           `json:"result,omitempty"`
	Error  *struct{ Message string } `json:"error,omitempty"`
}

// call calls a method and waits for its result.
func (b *browser) call(method string, params, result any) {
	b.t.Helper()
	b.id++
	text, err := json.Marshal(message{ID: b.id, Method: method, Params: params, Sess: b.session})
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.to.Write(append(text, 0)); err != nil {
		b.t.Fatal(err)
	}
	for {
		m := b.receive()
		if m.ID != b.id {
			continue
		}
		if m.Error != nil {
			b.t.Fatalf("%s: %s", method, m.Error.Message)
		}
		if result != nil {
			if err := json.Unmarshal(m.Result, result); err != nil {
				b.t.Fatal(err)
			}
		}
		return
	}
}

// receive waits for the next message and keeps what an event tells.
func (b *browser) receive() message {
	b.t.Helper()
	text, err := b.from.ReadBytes(0)
	if err != nil {
		b.t.Fatalf("the browser says no more: %v", err)
	}
	text = bytes.TrimSuffix(text, []byte{0})
	var m message
	if err := json.Unmarshal(text, &m); err != nil {
		b.t.Fatal(err)
	}
	switch m.Method {
	case "Page.loadEventFired":
		b.loaded = true
	case "Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled":
		b.errors = append(b.errors, string(text))
	case "Network.requestWillBeSent":
		var e struct {
			Params struct{ Request struct{ URL string } }
		}
		if err := json.Unmarshal(text, &e); err != nil {
			b.t.Fatal(err)
		}
		b.requests = append(b.requests, e.Params.Request.URL)
	}
	return m
}

// open goes to an address and waits until the page is there.
func (b *browser) open(url string) {
	b.t.Helper()
	b.loaded = false
	b.call("Page.navigate", map[string]any{"url": url}, nil)
	for !b.loaded {
		b.receive()
	}
}

// eval returns the value of an expression.
func (b *browser) eval(expression string) any {
	b.t.Helper()
	var r struct {
		Result           struct{ Value any }
		ExceptionDetails any
	}
	b.call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "awaitPromise": true}, &r)
	if r.ExceptionDetails != nil {
		b.t.Fatalf("%s: %v", expression, r.ExceptionDetails)
	}
	return r.Result.Value
}

func (b *browser) want(what, expression string, want any) {
	b.t.Helper()
	if got := b.eval(expression); got != want {
		b.t.Errorf("%s: %v, want %v", strings.TrimSpace(what), got, want)
	}
}
