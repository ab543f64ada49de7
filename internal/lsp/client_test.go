package lsp_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creachadair/jrpc2"
	"github.com/creachadair/jrpc2/channel"

	"github.com/factorlint/factorlint/internal/engine"
	"github.com/factorlint/factorlint/internal/golang"
	"github.com/factorlint/factorlint/internal/lsp"
)

// A client is an editor: it keeps what the server publishes.
type client struct {
	t    *testing.T
	rpc  *jrpc2.Client
	dir  string
	done chan bool // what Serve returned

	mu        sync.Mutex
	shown     map[string][]diag // by path relative to dir
	messages  []string
	requests  []string // of the server
	progress  []string // kinds
	published []string // paths, in order
	changed   chan struct{}
	loads     int            // how often Go code was looked at
	hang      engine.Analyze // instead of looking at Go code, if it is set
}

type pos struct{ Line, Character int }

type diag struct {
	Range           struct{ Start, End pos }
	Severity        int
	Code            string
	CodeDescription struct{ Href string }
	Source          string
	Message         string

	RelatedInformation []struct {
		Location struct {
			URI   string
			Range struct{ Start, End pos }
		}
		Message string
	}
}

func (d diag) String() string {
	r := d.Range
	return fmt.Sprintf("%d:%d-%d:%d %d %s", r.Start.Line, r.Start.Character, r.End.Line, r.End.Character, d.Severity, d.Code)
}

// connect starts a server and a client that talk through pipes.
func connect(t *testing.T, dir string) *client {
	t.Helper()
	in, toServer := io.Pipe()
	fromServer, out := io.Pipe()
	c := &client{t: t, dir: dir, done: make(chan bool, 1), shown: map[string][]diag{}, changed: make(chan struct{}, 1)}
	go func() {
		c.done <- lsp.Serve(t.Context(), in, out, lsp.Options{Version: "v0", Analyze: c.analyze})
		out.CloseWithError(io.EOF)
	}()
	c.rpc = jrpc2.NewClient(listener{channel.LSP(fromServer, toServer), c}, &jrpc2.ClientOptions{
		OnCallback: func(_ context.Context, r *jrpc2.Request) (any, error) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.requests = append(c.requests, r.Method()+" "+r.ParamString())
			return nil, nil
		},
	})
	t.Cleanup(func() {
		toServer.CloseWithError(io.EOF)
		in.CloseWithError(io.EOF)
		fromServer.CloseWithError(io.EOF)
	})
	return c
}

func (c *client) analyze(ctx context.Context, in golang.Input) *golang.Result {
	c.mu.Lock()
	c.loads++
	c.mu.Unlock()
	if c.hang != nil {
		return c.hang(ctx, in)
	}
	return golang.Analyze(ctx, golang.GoList{}, in)
}

// A listener hears notifications in the order in which they come: jrpc2's client does not promise one.
type listener struct {
	channel.Channel
	c *client
}

func (l listener) Recv() ([]byte, error) {
	text, err := l.Channel.Recv()
	var m struct {
		ID     json.RawMessage
		Method string
		Params json.RawMessage
	}
	if err == nil && json.Unmarshal(text, &m) == nil && m.ID == nil && m.Method != "" {
		l.c.notified(m.Method, m.Params)
	}
	return text, err
}

func (c *client) notified(method string, params json.RawMessage) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch method {
	case "textDocument/publishDiagnostics":
		var p struct {
			URI         string
			Diagnostics []diag
		}
		if err := json.Unmarshal(params, &p); err != nil {
			c.t.Errorf("%s: %v", method, err)
		}
		c.shown[c.path(p.URI)] = p.Diagnostics
		c.published = append(c.published, c.path(p.URI))
	case "window/showMessage", "window/logMessage":
		var p struct{ Message string }
		if err := json.Unmarshal(params, &p); err != nil {
			c.t.Errorf("%s: %v", method, err)
		}
		c.messages = append(c.messages, p.Message)
	case "$/progress":
		var p struct{ Value struct{ Kind string } }
		if err := json.Unmarshal(params, &p); err != nil {
			c.t.Errorf("%s: %v", method, err)
		}
		c.progress = append(c.progress, p.Value.Kind)
	}
	select {
	case c.changed <- struct{}{}:
	default:
	}
}

func (c *client) path(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		c.t.Errorf("%s: %v", uri, err)
		return uri
	}
	rel, err := filepath.Rel(c.dir, u.Path)
	if err != nil {
		c.t.Errorf("%s: %v", uri, err)
	}
	return rel
}

func (c *client) uri(name string) string {
	return (&url.URL{Scheme: "file", Path: filepath.Join(c.dir, name)}).String()
}

// until waits until something holds of what the server told.
func (c *client) until(what string, holds func() bool) {
	c.t.Helper()
	timeout := time.After(2 * time.Minute)
	for {
		c.mu.Lock()
		ok := holds()
		c.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-c.changed:
		case <-timeout:
			c.mu.Lock()
			defer c.mu.Unlock()
			c.t.Fatalf("waited in vain until %s; shown %v, messages %q", what, c.shown, c.messages)
		}
	}
}

// shows waits until a finding of a rule is shown in a file, and returns it.
func (c *client) shows(name, rule string) diag {
	c.t.Helper()
	var found diag
	c.until(name+" has "+rule, func() bool {
		i := slices.IndexFunc(c.shown[name], func(d diag) bool { return d.Code == rule })
		if i >= 0 {
			found = c.shown[name][i]
		}
		return i >= 0
	})
	return found
}

// lacks waits until no finding of a rule is shown in a file.
func (c *client) lacks(name, rule string) {
	c.t.Helper()
	c.until(name+" has no "+rule, func() bool {
		return !slices.ContainsFunc(c.shown[name], func(d diag) bool { return d.Code == rule })
	})
}

func (c *client) notify(method string, params any) {
	c.t.Helper()
	if err := c.rpc.Notify(c.t.Context(), method, params); err != nil {
		c.t.Fatalf("%s: %v", method, err)
	}
}

func (c *client) call(method string, params, result any) {
	c.t.Helper()
	if err := c.rpc.CallResult(c.t.Context(), method, params, result); err != nil {
		c.t.Fatalf("%s: %v", method, err)
	}
}

type object = map[string]any

// capabilities are those of a current editor.
func capabilities() object {
	return object{
		"window":       object{"workDoneProgress": true},
		"workspace":    object{"didChangeWatchedFiles": object{"dynamicRegistration": true}, "workspaceEdit": object{"documentChanges": true}},
		"textDocument": object{"hover": object{"contentFormat": []string{"markdown", "plaintext"}}},
	}
}

// start says hello, with options besides the folder and the capabilities.
func (c *client) start(options object) object {
	c.t.Helper()
	params := object{"processId": os.Getpid(), "rootUri": c.uri("."), "capabilities": capabilities(),
		"workspaceFolders": []any{object{"uri": c.uri("."), "name": "it"}}}
	for k, v := range options {
		params[k] = v
	}
	var result object
	c.call("initialize", params, &result)
	c.notify("initialized", object{})
	return result
}

func (c *client) open(name string) {
	c.t.Helper()
	c.notify("textDocument/didOpen", object{"textDocument": object{"uri": c.uri(name), "languageId": "x", "version": 1, "text": c.read(name)}})
}

func (c *client) read(name string) string {
	c.t.Helper()
	text, err := os.ReadFile(filepath.Join(c.dir, name))
	if err != nil {
		c.t.Fatal(err)
	}
	return string(text)
}

// save gives an open file another text, in the editor and on the disk.
func (c *client) save(name string, version int, text string) {
	c.t.Helper()
	c.change(name, version, text)
	if err := os.WriteFile(filepath.Join(c.dir, name), []byte(text), 0o644); err != nil {
		c.t.Fatal(err)
	}
	c.notify("textDocument/didSave", object{"textDocument": object{"uri": c.uri(name)}})
}

func (c *client) change(name string, version int, text string) {
	c.t.Helper()
	c.notify("textDocument/didChange", object{"textDocument": object{"uri": c.uri(name), "version": version},
		"contentChanges": []any{object{"text": text}}})
}

type action struct {
	Title       string
	Kind        string
	IsPreferred bool
	Diagnostics []diag
	Edit        struct {
		Changes         map[string][]edit
		DocumentChanges []struct {
			TextDocument struct {
				URI     string
				Version *int
			}
			Edits []edit
		}
	}
}

type edit struct {
	Range   struct{ Start, End pos }
	NewText string
}

// actions asks for the code actions at a finding.
func (c *client) actions(name string, d diag, only ...string) []action {
	c.t.Helper()
	params := object{"textDocument": object{"uri": c.uri(name)}, "range": d.Range, "context": object{"diagnostics": []any{}}}
	if only != nil {
		params["context"] = object{"diagnostics": []any{}, "only": only}
	}
	var out []action
	c.call("textDocument/codeAction", params, &out)
	return out
}

func titles(actions []action) []string {
	var out []string
	for _, a := range actions {
		out = append(out, a.Title)
	}
	return out
}

// apply returns a file's text after the edits of an action that changes it alone. Columns are UTF-16 code units; the files
// of the tests hold nothing else than ASCII before an edit.
func (c *client) apply(name string, a action) string {
	c.t.Helper()
	if len(a.Edit.DocumentChanges) != 1 || a.Edit.DocumentChanges[0].TextDocument.URI != c.uri(name) {
		c.t.Fatalf("%s changes %+v", a.Title, a.Edit)
	}
	return applyEdits(c.read(name), a.Edit.DocumentChanges[0].Edits)
}

func applyEdits(text string, edits []edit) string {
	offset := func(p pos) int {
		n := 0
		for i, l := range strings.SplitAfter(text, "\n") {
			if i == p.Line {
				return n + p.Character
			}
			n += len(l)
		}
		return n
	}
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b edit) int { return offset(b.Range.Start) - offset(a.Range.Start) })
	for _, e := range edits {
		text = text[:offset(e.Range.Start)] + e.NewText + text[offset(e.Range.End):]
	}
	return text
}

// end says goodbye and returns whether the server calls it orderly.
func (c *client) end() bool {
	c.t.Helper()
	c.call("shutdown", nil, &json.RawMessage{})
	c.notify("exit", nil)
	return c.wait()
}

func (c *client) wait() bool {
	c.t.Helper()
	select {
	case orderly := <-c.done:
		return orderly
	case <-time.After(time.Minute):
		c.t.Fatal("the server did not end")
		return false
	}
}
