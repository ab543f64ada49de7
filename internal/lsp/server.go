// Package lsp answers editors in the Language Server Protocol: what check finds as diagnostics, fixes and suppressions as
// code actions, the pages of rules as hovers.
package lsp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/creachadair/jrpc2"
	"github.com/creachadair/jrpc2/handler"

	"github.com/factorlint/factorlint/internal/cache"
	"github.com/factorlint/factorlint/internal/engine"
)

// Options are about the server, not about what an editor asks of it.
type Options struct {
	Version string         // of factorlint, as the client shows it
	Analyze engine.Analyze // see engine.Options
	Cache   *cache.Cache   // of what was found in Go code; nil for none
	Tool    string         // see engine.Options
}

// Serve answers the client at the other end of in and out until it says that it exits, in ends, or ctx is over. It reports
// whether the client asked for the shutdown before, as the protocol wants it.
func Serve(ctx context.Context, in io.Reader, out io.Writer, o Options) (orderly bool) {
	ctx, end := context.WithCancel(ctx)
	defer end()
	s := &server{options: o, ctx: ctx, end: end, documents: map[string]*document{}}
	s.rpc = jrpc2.NewServer(s.methods(), &jrpc2.ServerOptions{AllowPush: true, DisableBuiltin: true,
		NewContext: func() context.Context { return ctx }})
	s.rpc.Start(newFrame(in, out))
	go func() {
		s.rpc.WaitStatus()
		end()
	}()
	<-ctx.Done()
	over := make(chan struct{})
	go func() {
		s.background.Wait()
		close(over)
	}()
	select {
	case <-over:
	case <-time.After(grace):
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.phase == shutDown
}

// grace is how long the run that is going on may take to notice that nobody waits for it: its go command is to be gone.
const grace = 2 * time.Second

// A server talks to one client.
type server struct {
	options    Options
	rpc        *jrpc2.Server
	ctx        context.Context // of the whole conversation
	end        context.CancelFunc
	background sync.WaitGroup // what outlives the request that caused it

	mu        sync.Mutex
	phase     phase
	client    capabilities
	utf8      bool // columns are bytes: the client can count them
	settings  settings
	wanted    bool // whether the settings can be followed
	alone     bool // the client has no folder: each document's repository is looked at
	sessions  []*session
	documents map[string]*document // open ones by path
}

type phase int

const (
	starting phase = iota
	running
	shutDown
)

// A document is a file as it stands in the editor.
type document struct {
	uri     string
	version int
	text    string
}

// Codes of errors besides those of JSON-RPC.
const (
	notInitialized   jrpc2.Code = -32002
	requestCancelled jrpc2.Code = -32800
)

func (s *server) methods() handler.Map {
	m := handler.Map{
		"initialize":                          handler.New(s.initialize),
		"initialized":                         func(context.Context, *jrpc2.Request) (any, error) { s.initialized(); return nil, nil },
		"shutdown":                            func(context.Context, *jrpc2.Request) (any, error) { s.shutdown(); return nil, nil },
		"exit":                                func(context.Context, *jrpc2.Request) (any, error) { s.end(); return nil, nil },
		"textDocument/didOpen":                handler.New(s.didOpen),
		"textDocument/didChange":              handler.New(s.didChange),
		"textDocument/didSave":                handler.New(s.didSave),
		"textDocument/didClose":               handler.New(s.didClose),
		"textDocument/codeAction":             handler.New(s.codeAction),
		"textDocument/hover":                  handler.New(s.hover),
		"workspace/didChangeWatchedFiles":     handler.New(s.didChangeFiles),
		"workspace/didChangeWorkspaceFolders": handler.New(s.didChangeFolders),
		"$/cancelRequest":                     handler.New(s.cancel),
	}
	for name, h := range m {
		m[name] = s.guard(name, h)
	}
	return m
}

// guard refuses what comes at the wrong time, and turns a panic into an error of that one request.
func (s *server) guard(method string, h jrpc2.Handler) jrpc2.Handler {
	return func(ctx context.Context, req *jrpc2.Request) (v any, err error) {
		defer func() {
			if p := recover(); p != nil {
				v, err = nil, &jrpc2.Error{Code: jrpc2.InternalError, Message: fmt.Sprintf("%s: %v", method, p)}
			}
		}()
		s.mu.Lock()
		now := s.phase
		s.mu.Unlock()
		switch {
		case method == "exit":
		case now == starting && method != "initialize":
			return nil, &jrpc2.Error{Code: notInitialized, Message: "the first request has to be initialize"}
		case now == running && method == "initialize", now == shutDown:
			return nil, &jrpc2.Error{Code: jrpc2.InvalidRequest, Message: method + ": not any more"}
		}
		v, err = h(ctx, req)
		if errors.Is(err, context.Canceled) {
			err = &jrpc2.Error{Code: requestCancelled, Message: "cancelled"}
		}
		return v, err
	}
}

func (s *server) cancel(_ context.Context, p struct {
	ID jsonText `json:"id"`
}) error {
	s.rpc.CancelRequest(string(p.ID))
	return nil
}

// A jsonText is a value as it was written.
type jsonText string

// UnmarshalJSON implements json.Unmarshaler.
func (t *jsonText) UnmarshalJSON(b []byte) error {
	*t = jsonText(b)
	return nil
}

type initializeResult struct {
	Capabilities map[string]any    `json:"capabilities"`
	ServerInfo   map[string]string `json:"serverInfo"`
}

func (s *server) initialize(_ context.Context, p initializeParams) (*initializeResult, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.phase = running
	s.client = p.Capabilities
	s.utf8 = slices.Contains(p.Capabilities.General.PositionEncodings, "utf-8")
	var err error
	if s.settings, err = parseSettings(p.InitializationOptions); err != nil {
		s.say("initializationOptions: " + err.Error() + ". Nothing is checked until they are corrected.")
	}
	s.wanted = err == nil
	folders := p.WorkspaceFolders
	if len(folders) == 0 && p.RootURI != "" {
		folders = []workspaceFolder{{URI: p.RootURI}}
	}
	s.alone = len(folders) == 0
	for _, f := range folders {
		s.open(f.URI)
	}
	encoding := "utf-16"
	if s.utf8 {
		encoding = "utf-8"
	}
	return &initializeResult{
		ServerInfo: map[string]string{"name": "factorlint", "version": s.options.Version},
		Capabilities: map[string]any{
			"positionEncoding":   encoding,
			"textDocumentSync":   map[string]any{"openClose": true, "change": 1, "save": map[string]any{"includeText": false}}, // 1: whole texts
			"codeActionProvider": map[string]any{"codeActionKinds": []string{quickFix, fixAll}},
			"hoverProvider":      true,
			"workspace":          map[string]any{"workspaceFolders": map[string]any{"supported": true, "changeNotifications": true}},
		},
	}, nil
}

func (s *server) initialized() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, session := range s.sessions {
		session.start()
	}
	if s.client.Workspace.DidChangeWatchedFiles.DynamicRegistration {
		s.goBackground(s.watch)
	}
}

func (s *server) shutdown() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.phase = shutDown
	for _, session := range s.sessions {
		session.stop()
	}
}

// goBackground does something that no request waits for.
func (s *server) goBackground(f func()) {
	s.background.Go(func() {
		defer func() {
			if p := recover(); p != nil {
				s.log(fmt.Sprintf("this should not have happened: %v", p))
			}
		}()
		f()
	})
}

// watched are the files that decide on findings, for edits that happen outside of the editor.
var watched = []string{
	"**/*.go", "**/{go.mod,go.sum,go.work,go.work.sum,modules.txt}",
	"**/*[Dd]ockerfile*", "**/Containerfile*", "**/.{dockerignore,helmignore,gitignore}",
	"**/*.{yaml,yml,json,tpl,env}", "**/.env*", "**/Kustomization",
	"**/*.{mk,sh,bash,hcl,tiltfile}", "**/{Tiltfile,Makefile,makefile,GNUmakefile}",
}

// watch asks the client to tell of changes to files.
func (s *server) watch() {
	var watchers []map[string]string
	for _, glob := range watched {
		watchers = append(watchers, map[string]string{"globPattern": glob})
	}
	s.call("client/registerCapability", map[string]any{"registrations": []any{map[string]any{
		"id": "files", "method": "workspace/didChangeWatchedFiles", "registerOptions": map[string]any{"watchers": watchers},
	}}})
}

// answerTime is how long the client has to answer a question.
const answerTime = 10 * time.Second

// call asks the client something. It reports whether the answer was no error.
func (s *server) call(method string, params any) bool {
	ctx, cancel := context.WithTimeout(s.ctx, answerTime)
	defer cancel()
	_, err := s.rpc.Callback(ctx, method, params)
	return err == nil
}

// notify tells the client something. That it is gone is noticed when its next message is read.
func (s *server) notify(method string, params any) { _ = s.rpc.Notify(s.ctx, method, params) }

// say shows the user what is wrong.
func (s *server) say(message string) {
	s.notify("window/showMessage", messageParams{severityError, "factorlint: " + message})
}

// log adds a line to the client's log of this server.
func (s *server) log(message string) {
	s.notify("window/logMessage", messageParams{severityWarning, message})
}
