package lsp_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/creachadair/jrpc2"
	"github.com/google/go-cmp/cmp"

	"github.com/factorlint/factorlint/internal/engine"
	"github.com/factorlint/factorlint/internal/golang"
)

// shop returns a copy of the sample with a violation of many rules, outside any git repository.
func shop(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "a shop") // the space has to be encoded in URIs
	if err := os.CopyFS(dir, os.DirFS("../../testdata/repos/shop")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// tree writes files into a new folder, and returns it.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const (
	catalog    = "cmd/catalog/main.go"
	dockerfile = "cmd/catalog/Dockerfile"
	orders     = "deploy/orders.yaml"
)

func TestSession(t *testing.T) {
	c := connect(t, shop(t))
	result := c.start(nil)
	if got := result["capabilities"].(object)["positionEncoding"]; got != "utf-16" {
		t.Errorf("position encoding %v", got)
	}
	for _, name := range []string{catalog, dockerfile, orders} {
		c.open(name)
	}

	sigint := c.shows(catalog, "FL0902")
	if got := sigint.String(); got != "37:1-37:34 1 FL0902" || sigint.Source != "factorlint" || !strings.HasSuffix(sigint.CodeDescription.Href, "/rules/sigint-only.md") {
		t.Errorf("%+v", sigint)
	}
	c.shows(dockerfile, "FL0911")
	port := c.shows(orders, "FL0702")
	if got := port.String(); got != "40:29-40:33 1 FL0702" {
		t.Error(got)
	}
	var sides []string
	for _, r := range port.RelatedInformation {
		sides = append(sides, fmt.Sprintf("%s:%d %s", c.path(r.Location.URI), r.Location.Range.Start.Line+1, r.Message))
	}
	if want := []string{"cmd/orders/main.go:42 listens on 9090 here", "cmd/orders/Dockerfile:10 the port of EXPOSE is 8080",
		"deploy/orders.yaml:7 the port 9090 comes from here"}; !slices.Equal(sides, want) {
		t.Errorf("related: %q", sides)
	}

	// a fix
	actions := c.actions(catalog, sigint)
	if want := []string{"Handle SIGTERM as well", "Accept sigint-only here, with a comment", "Apply all safe fixes of factorlint in this file"}; !slices.Equal(titles(actions), want) {
		t.Fatalf("actions %q", titles(actions))
	}
	fix := actions[0]
	if fix.Kind != "quickfix" || !fix.IsPreferred || len(fix.Diagnostics) != 1 || *fix.Edit.DocumentChanges[0].TextDocument.Version != 1 {
		t.Errorf("%+v", fix)
	}
	fixed := c.apply(catalog, fix)
	if !strings.Contains(fixed, "signal.Notify(stop, os.Interrupt, syscall.SIGTERM)") {
		t.Error(fixed)
	}
	c.save(catalog, 2, fixed)
	c.lacks(catalog, "FL0902")

	// a suppression
	actions = c.actions(orders, port, "quickfix")
	if want := []string{"Accept port-mismatch here, with a comment"}; !slices.Equal(titles(actions), want) {
		t.Fatalf("actions %q", titles(actions))
	}
	accepted := c.apply(orders, actions[0])
	if !strings.Contains(accepted, "\n              # factorlint:ignore port-mismatch -- TODO: say why\n              containerPort: 8080\n") {
		t.Error(accepted)
	}
	c.save(orders, 2, accepted)
	c.lacks(orders, "FL0702")

	if !c.end() {
		t.Error("the end was not orderly")
	}
	if got := slices.Compact(slices.Clone(c.requests)); !slices.ContainsFunc(got, func(r string) bool {
		return strings.HasPrefix(r, "client/registerCapability ") && strings.Contains(r, `"**/*.go"`)
	}) {
		t.Errorf("nothing is watched: %q", got)
	}
	if !slices.Contains(c.progress, "begin") || !slices.Contains(c.progress, "end") {
		t.Errorf("progress %q", c.progress)
	}
	if len(c.messages) > 0 {
		t.Errorf("messages %q", c.messages)
	}
}

// The editor shows what check reports, in the order of files.
func TestSameAsCheck(t *testing.T) {
	dir := shop(t)
	res, err := engine.Run(t.Context(), engine.Options{Paths: []string{dir}})
	if err != nil {
		t.Fatal(err)
	}
	c := connect(t, dir)
	c.start(nil)
	c.shows("internal/mail/mail.go", "FL0301") // the last
	c.end()
	var want, got []string
	for _, f := range res.Report.Findings {
		want = append(want, fmt.Sprintf("%s:%d %s %s", f.At.File, f.At.Start.Line, f.Rule.ID, f.Message))
	}
	for _, name := range c.published {
		for _, d := range c.shown[name] {
			got = append(got, fmt.Sprintf("%s:%d %s %s", name, d.Range.Start.Line+1, d.Code, d.Message))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-check +lsp):\n%s", diff)
	}
}

func TestGoIsLoadedForGoAlone(t *testing.T) {
	c := connect(t, shop(t))
	c.start(nil)
	c.open(dockerfile)
	c.open(catalog)
	c.shows("internal/mail/mail.go", "FL0301") // the last
	before := fmt.Sprint(c.shown)
	text := c.read(dockerfile)
	for i := range 3 {
		c.save(dockerfile, 2+2*i, strings.Replace(text, "ENTRYPOINT /usr/local/bin/catalog", `ENTRYPOINT ["/usr/local/bin/catalog"]`, 1))
		c.lacks(dockerfile, "FL0911")
		c.save(dockerfile, 3+2*i, text)
		c.shows(dockerfile, "FL0911")
		if now := fmt.Sprint(c.shown); now != before {
			t.Fatalf("kept code gives something else:\n%s\n%s", before, now)
		}
	}
	if c.loads != 1 {
		t.Errorf("Go code was loaded %d times for a Dockerfile", c.loads)
	}
	c.save(catalog, 2, strings.Replace(c.read(catalog), "os.Interrupt)", "os.Kill)", 1)) // with the same number of bytes, nearly
	c.until("Go code is loaded again", func() bool { return c.loads == 2 })
	c.end()
}

func TestUnsaved(t *testing.T) {
	c := connect(t, shop(t))
	c.start(nil)
	c.open(catalog)
	sigint := c.shows(catalog, "FL0902")
	text := c.read(catalog)
	c.change(catalog, 2, "// a new line\n"+text)
	if got := c.actions(catalog, sigint); len(got) > 0 {
		t.Errorf("actions on a text that the findings are not about: %q", titles(got))
	}
	if got := c.hover(catalog, sigint.Range.Start); got != "" {
		t.Errorf("hover %q", got)
	}
	c.change(catalog, 3, text)
	got := c.actions(catalog, sigint)
	if len(got) == 0 || *got[0].Edit.DocumentChanges[0].TextDocument.Version != 3 {
		t.Errorf("%+v", got)
	}
	c.end()
}

func (c *client) hover(name string, at pos) string {
	c.t.Helper()
	var h *struct{ Contents struct{ Kind, Value string } }
	c.call("textDocument/hover", object{"textDocument": object{"uri": c.uri(name)}, "position": object{"line": at.Line, "character": at.Character}}, &h)
	if h == nil {
		return ""
	}
	return h.Contents.Kind + ": " + h.Contents.Value
}

func TestHover(t *testing.T) {
	c := connect(t, tree(t, map[string]string{"Dockerfile": "FROM alpine:latest\n# factorlint:ignore nothing,FL0911,shell-form-entrypoint -- why\nENTRYPOINT app\n"}))
	c.start(nil)
	c.open("Dockerfile")
	c.shows("Dockerfile", "FL0201")
	for _, tc := range []struct {
		at   pos
		want string // beginning
	}{
		{pos{0, 6}, "markdown: FL0201 · warning · "},
		{pos{0, 18}, "markdown: FL0201 · "}, // at its end
		{pos{0, 2}, "markdown: FL1703 · "},  // a wider one
		{pos{1, 31}, "markdown: FL0911 · error · "},
		{pos{1, 40}, "markdown: FL0911 · error · "},
		{pos{2, 12}, ""}, // silenced
	} {
		got := c.hover("Dockerfile", tc.at)
		if !strings.HasPrefix(got, tc.want) || got != "" && tc.want == "" {
			t.Errorf("%v: %.60q, want %q", tc.at, got, tc.want)
		}
		if strings.Contains(got, "](shell") || got != "" && !strings.Contains(got, "\n# ") {
			t.Errorf("%v: no page, or one with relative links: %s", tc.at, got)
		}
	}
	c.end()
}

func TestFixAll(t *testing.T) {
	c := connect(t, shop(t))
	c.start(nil)
	c.open(catalog)
	sigint := c.shows(catalog, "FL0902")
	for _, only := range []string{"source", "source.fixAll", "source.fixAll.factorlint"} {
		if got := c.actions(catalog, sigint, only); len(got) != 1 || got[0].Kind != "source.fixAll.factorlint" {
			t.Errorf("%s: %q", only, titles(got))
		}
	}
	if got := c.actions(catalog, sigint, "refactor"); len(got) != 0 {
		t.Errorf("refactor: %q", titles(got))
	}
	c.save(catalog, 2, c.apply(catalog, c.actions(catalog, sigint, "source.fixAll")[0]))
	c.lacks(catalog, "FL0902")
	c.end()
}

func TestColumns(t *testing.T) {
	dir := tree(t, map[string]string{"a.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n" +
		"    - {name: é😀, image: a:1, env: [{name: A, value: x}, {name: A, value: y}]}\n"})
	for _, tc := range []struct {
		encodings []string
		want      string
	}{
		{nil, "5:64-5:65 1 FL0330"},
		{[]string{"utf-8", "utf-16"}, "5:67-5:68 1 FL0330"},
		{[]string{"utf-32"}, "5:64-5:65 1 FL0330"},
	} {
		c := connect(t, dir)
		caps := capabilities()
		caps["general"] = object{"positionEncodings": tc.encodings}
		c.start(object{"capabilities": caps})
		if got := c.shows("a.yaml", "FL0330").String(); got != tc.want {
			t.Errorf("%v: %s, want %s", tc.encodings, got, tc.want)
		}
		c.end()
	}
}

func TestBrokenYAML(t *testing.T) {
	c := connect(t, tree(t, map[string]string{"a.yaml": "apiVersion: v1\nkind: Pod\nspec: [\n"}))
	c.start(nil)
	c.open("a.yaml")
	if d := c.shows("a.yaml", "yaml-syntax"); d.Severity != 3 {
		t.Errorf("%+v", d)
	}
	c.save("a.yaml", 2, "apiVersion: v1\nkind: Pod\n")
	c.lacks("a.yaml", "yaml-syntax")
	c.end()
}

// Without documentChanges, plain changes; nothing that the client cannot do is asked of it.
func TestOldClient(t *testing.T) {
	c := connect(t, tree(t, map[string]string{"Dockerfile": "FROM alpine:latest\nENTRYPOINT app\n"}))
	c.start(object{"capabilities": object{}, "workspaceFolders": nil})
	c.open("Dockerfile")
	d := c.shows("Dockerfile", "FL0911")
	actions := c.actions("Dockerfile", d)
	if len(actions) == 0 || len(actions[0].Edit.Changes[c.uri("Dockerfile")]) != 1 || len(actions[0].Edit.DocumentChanges) != 0 {
		t.Errorf("%+v", actions)
	}
	c.end()
	if len(c.requests) > 0 {
		t.Errorf("requests %q", c.requests)
	}
}

func TestSettings(t *testing.T) {
	files := map[string]string{"Dockerfile": "FROM alpine:latest\nENTRYPOINT app\n", "other.yaml": "disable: [FL0911]\n"}
	for _, tc := range []struct {
		name    string
		options object
		shown   string
		message string
	}{
		{"only", object{"only": []string{"unpinned-base-image"}}, "FL0201", ""},
		{"disable", object{"disable": []string{"shell-form-entrypoint"}}, "FL1703 FL0201", ""},
		{"config", object{"config": "other.yaml"}, "FL1703 FL0201", ""},
		{"unknown rule", object{"only": []string{"shell-form-entripoint"}}, "",
			`factorlint: initializationOptions: only: no rule, principle or kind is called "shell-form-entripoint"; did you mean shell-form-entrypoint?`},
		{"unknown key", object{"unly": []string{"go"}}, "", `factorlint: initializationOptions: unknown field "unly"; want config, enable, disable and only`},
		{"no such config", object{"config": "none.yaml"}, "", "none.yaml: no such file"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := connect(t, tree(t, files))
			c.start(object{"initializationOptions": tc.options})
			c.until("something is told", func() bool { return len(c.published)+len(c.messages) > 0 })
			c.open("Dockerfile")
			c.end()
			var codes []string
			for _, d := range c.shown["Dockerfile"] {
				codes = append(codes, d.Code)
			}
			if strings.Join(codes, " ") != tc.shown || !strings.Contains(strings.Join(c.messages, "\n"), tc.message) || tc.message == "" && len(c.messages) > 0 {
				t.Errorf("shown %q, messages %q", codes, c.messages)
			}
		})
	}
}

// A mistake in the configuration is told once, as long as it is there, and what was found before stays until it is mended.
func TestConfiguration(t *testing.T) {
	c := connect(t, tree(t, map[string]string{"Dockerfile": "FROM alpine:latest\nENTRYPOINT app\n", ".factorlint.yaml": "disable: []\n"}))
	c.start(nil)
	c.open(".factorlint.yaml")
	c.shows("Dockerfile", "FL0911")
	for i := range 2 {
		c.save(".factorlint.yaml", 2+i, "disabel: []\n")
		c.until("it is told", func() bool { return len(c.messages) == 1 })
	}
	c.save(".factorlint.yaml", 8, "disable: [FL0911]\n")
	c.lacks("Dockerfile", "FL0911")
	c.save(".factorlint.yaml", 9, "disabel: []\n")
	c.until("it is told again", func() bool { return len(c.messages) == 2 })
	c.end()
	if want := `factorlint: .factorlint.yaml:1:1: unknown key "disabel"; did you mean disable?`; !slices.Equal(c.messages, []string{want, want}) {
		t.Errorf("messages %q", c.messages)
	}
}

func TestFolders(t *testing.T) {
	bad := "FROM alpine:latest\nENTRYPOINT app\n"
	c := connect(t, tree(t, map[string]string{"a/Dockerfile": bad, "b/Dockerfile": bad, "c/Dockerfile": bad, "d/Dockerfile": bad}))
	folder := func(name string) object { return object{"uri": c.uri(name), "name": name} }
	c.start(object{"workspaceFolders": []any{folder("a"), folder("b"), object{"uri": "untitled:x"}, object{"uri": "file://elsewhere/x"}}})
	c.shows("a/Dockerfile", "FL0911")
	c.shows("b/Dockerfile", "FL0911")
	c.notify("workspace/didChangeWorkspaceFolders", object{"event": object{"added": []any{folder("c")}, "removed": []any{folder("b")}}})
	c.shows("c/Dockerfile", "FL0911")
	c.lacks("b/Dockerfile", "FL0911")
	c.open("d/Dockerfile") // of no folder
	if got := c.actions("d/Dockerfile", c.shown["a/Dockerfile"][0]); len(got) > 0 {
		t.Errorf("%q", titles(got))
	}
	c.end()
	if c.shown["d/Dockerfile"] != nil {
		t.Error("a file of no folder was looked at")
	}
}

// What is about no file goes to the log, once.
func TestLog(t *testing.T) {
	c := connect(t, tree(t, map[string]string{"Dockerfile": "FROM alpine:latest\n", ".factorlint.yaml": "services:\n  - name: api\n    dockerfile: none/Dockerfile\n"}))
	c.start(nil)
	c.open("Dockerfile")
	c.shows("Dockerfile", "FL0201")
	c.save("Dockerfile", 2, "FROM scratch\n")
	c.lacks("Dockerfile", "FL0201")
	c.end()
	if want := "services: api: dockerfile none/Dockerfile is not in the tree"; !slices.Equal(c.messages, []string{want}) {
		t.Errorf("messages %q", c.messages)
	}
}

// Each file is shown by the innermost folder of the workspace.
func TestNestedFolders(t *testing.T) {
	bad := "FROM alpine:latest\nENTRYPOINT app\n"
	c := connect(t, tree(t, map[string]string{"Dockerfile": bad, "in/Dockerfile": bad, "in/.factorlint.yaml": "disable: [FL0911]\n"}))
	c.start(object{"workspaceFolders": []any{object{"uri": c.uri(".")}, object{"uri": c.uri("in")}}})
	c.shows("Dockerfile", "FL0911")
	c.shows("in/Dockerfile", "FL0201")
	c.end()
	if got := slices.Sorted(slices.Values(c.published)); !slices.Equal(got, []string{"Dockerfile", "in/Dockerfile"}) || len(c.shown["in/Dockerfile"]) != 2 {
		t.Errorf("published %q, %v", got, c.shown)
	}
}

// An editor that has opened files and no folder: their repository counts, and without one nothing is looked at.
func TestNoFolder(t *testing.T) {
	bad := "FROM alpine:latest\nENTRYPOINT app\n"
	c := connect(t, tree(t, map[string]string{"a/.git/HEAD": "ref: refs/heads/main\n", "a/x/Dockerfile": bad, "b/Dockerfile": bad}))
	c.start(object{"workspaceFolders": nil, "rootUri": nil})
	c.open("b/Dockerfile")
	c.open("a/x/Dockerfile")
	c.shows("a/x/Dockerfile", "FL0911")
	c.end()
	if c.shown["b/Dockerfile"] != nil {
		t.Error("a file of no repository was looked at")
	}
}

// What changes outside of the editor is looked at when the client tells.
func TestWatchedFiles(t *testing.T) {
	c := connect(t, tree(t, map[string]string{"Dockerfile": "FROM alpine:latest\nENTRYPOINT app\n"}))
	c.start(nil)
	c.shows("Dockerfile", "FL0911")
	if err := os.Remove(filepath.Join(c.dir, "Dockerfile")); err != nil {
		t.Fatal(err)
	}
	c.notify("workspace/didChangeWatchedFiles", object{"changes": []any{object{"uri": c.uri("Dockerfile"), "type": 3}}})
	c.lacks("Dockerfile", "FL0911")
	c.end()
}

func TestOrder(t *testing.T) {
	c := connect(t, tree(t, map[string]string{"Dockerfile": "FROM scratch\n"}))
	code := func(method string) jrpc2.Code {
		_, err := c.rpc.Call(t.Context(), method, object{})
		var e *jrpc2.Error
		if !errors.As(err, &e) {
			t.Fatalf("%s: %v", method, err)
		}
		return e.Code
	}
	if got := code("textDocument/hover"); got != -32002 {
		t.Errorf("hover before initialize: %d", got)
	}
	c.start(nil)
	if got := code("initialize"); got != jrpc2.InvalidRequest {
		t.Errorf("a second initialize: %d", got)
	}
	if got := code("textDocument/rename"); got != jrpc2.MethodNotFound {
		t.Errorf("rename: %d", got)
	}
	c.notify("$/setTrace", object{"value": "off"}) // unknown notifications are ignored
	c.notify("$/cancelRequest", object{"id": 7})   // and so is that something unknown is to be cancelled
	c.notify("$/cancelRequest", object{"id": "a"})
	c.call("shutdown", nil, new(any))
	if got := code("textDocument/hover"); got != jrpc2.InvalidRequest {
		t.Errorf("hover after shutdown: %d", got)
	}
	c.notify("exit", nil)
	if !c.wait() {
		t.Error("not orderly")
	}
}

func TestEndOfInput(t *testing.T) {
	c := connect(t, tree(t, map[string]string{"Dockerfile": "FROM scratch\n"}))
	c.start(nil)
	if err := c.rpc.Close(); err != nil {
		t.Fatal(err)
	}
	if c.wait() {
		t.Error("an end without shutdown counts as orderly")
	}
}

// A run that hangs is left when a newer one is asked for, and when the client goes.
func TestRunsEnd(t *testing.T) {
	c := connect(t, shop(t))
	started := make(chan int, 10)
	ended := make(chan int, 10)
	hang := func(ctx context.Context, _ golang.Input) *golang.Result {
		n := len(started)
		started <- n
		<-ctx.Done()
		ended <- n
		return &golang.Result{Failed: true}
	}
	c.hang = hang
	c.start(nil)
	<-started
	c.notify("workspace/didChangeWatchedFiles", object{"changes": []any{object{"uri": c.uri(orders), "type": 2}}})
	<-ended
	<-started
	if !c.end() {
		t.Error("not orderly")
	}
	<-ended
	if len(c.published) > 0 {
		t.Errorf("runs that were left published %q", c.published)
	}
}
