//go:build integration

package integration

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/creachadair/jrpc2"
	"github.com/creachadair/jrpc2/channel"
)

// An editor is a client of factorlint lsp, the process.
type editor struct {
	rpc   *jrpc2.Client
	stdin io.Closer
	shown chan published
	wait  func() error
}

type published struct {
	URI         string
	Diagnostics []struct {
		Code  string
		Range any
	}
}

func (p published) codes() []string {
	var out []string
	for _, d := range p.Diagnostics {
		out = append(out, d.Code)
	}
	return out
}

func startEditor(t *testing.T, dir string) *editor {
	t.Helper()
	c := exec.CommandContext(t.Context(), command, "lsp")
	c.Dir = t.TempDir() // not where the repository is
	c.Stderr = os.Stderr
	stdin, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	e := &editor{stdin: stdin, shown: make(chan published, 1000), wait: c.Wait}
	e.rpc = jrpc2.NewClient(channel.LSP(stdout, stdin), &jrpc2.ClientOptions{
		OnNotify: func(r *jrpc2.Request) {
			var p published
			if r.Method() == "textDocument/publishDiagnostics" && r.UnmarshalParams(&p) == nil {
				e.shown <- p
			}
		},
		OnCallback: func(context.Context, *jrpc2.Request) (any, error) { return nil, nil },
	})
	e.call(t, "initialize", map[string]any{"rootUri": "file://" + dir, "capabilities": map[string]any{}}, nil)
	e.notify(t, "initialized", map[string]any{})
	return e
}

func (e *editor) call(t *testing.T, method string, params, result any) {
	t.Helper()
	r, err := e.rpc.Call(t.Context(), method, params)
	if err == nil && result != nil {
		err = r.UnmarshalResult(result)
	}
	if err != nil {
		t.Fatalf("%s: %v", method, err)
	}
}

func (e *editor) notify(t *testing.T, method string, params any) {
	t.Helper()
	if err := e.rpc.Notify(t.Context(), method, params); err != nil {
		t.Fatalf("%s: %v", method, err)
	}
}

// until waits for what is shown in a file to satisfy ok, and returns it.
func (e *editor) until(t *testing.T, uri string, ok func(published) bool) published {
	t.Helper()
	timeout := time.After(5 * time.Minute)
	for {
		select {
		case p := <-e.shown:
			if p.URI == uri && ok(p) {
				return p
			}
		case <-timeout:
			t.Fatalf("waited in vain for %s", uri)
		}
	}
}

// exitCode waits for the end of the process.
func (e *editor) exitCode(t *testing.T) int {
	t.Helper()
	err := e.wait()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return exit.ExitCode()
	case err != nil:
		t.Fatal(err)
	}
	return 0
}

// A session with the process: it shows a finding, offers its fix, and shows it no more once the fix is saved. (V7)
func TestLanguageServer(t *testing.T) {
	dir := copyTree(t, "testdata/repos/shop")
	file := filepath.Join(dir, "cmd/catalog/main.go")
	uri := "file://" + file
	e := startEditor(t, dir)
	document := map[string]any{"uri": uri, "languageId": "go", "version": 1, "text": read(t, file)}
	e.notify(t, "textDocument/didOpen", map[string]any{"textDocument": document})
	shows := func(p published) bool { return slices.Contains(p.codes(), "FL0902") }
	found := e.until(t, uri, shows)

	at := found.Diagnostics[slices.Index(found.codes(), "FL0902")].Range
	var actions []struct {
		Title string
		Edit  struct {
			Changes map[string][]struct{ NewText string }
		}
	}
	e.call(t, "textDocument/codeAction", map[string]any{"textDocument": document, "range": at, "context": map[string]any{}}, &actions)
	if len(actions) == 0 || !strings.Contains(actions[0].Edit.Changes[uri][0].NewText, "syscall.SIGTERM") {
		t.Fatalf("actions: %+v", actions)
	}
	if r := run(t, dir, nil, command, "check", "--only", "FL0902", "--fix"); r.code != 0 { // the same edits
		t.Fatalf("check --fix: %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	e.notify(t, "textDocument/didSave", map[string]any{"textDocument": document})
	e.until(t, uri, func(p published) bool { return !shows(p) })

	e.call(t, "shutdown", nil, nil)
	e.notify(t, "exit", nil)
	if code := e.exitCode(t); code != 0 {
		t.Errorf("exit code %d after shutdown and exit", code)
	}
}

// An editor that dies ends the process, whatever it is doing.
func TestLanguageServerAlone(t *testing.T) {
	e := startEditor(t, copyTree(t, "testdata/repos/shop"))
	if err := e.stdin.Close(); err != nil {
		t.Fatal(err)
	}
	if code := e.exitCode(t); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
}
