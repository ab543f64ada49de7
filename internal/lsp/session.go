package lsp

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/engine"
)

// A session looks at one folder of the workspace, again and again. The server's lock guards what is not said to need none.
type session struct {
	server *server
	dir    string // absolute path; never changes
	ctx    context.Context
	end    context.CancelFunc
	wake   chan struct{} // holds one value: look again
	goCode *goCode       // needs no lock

	abandon   context.CancelFunc // ends the run that is going on; nil if there was none yet
	latest    *snapshot          // nil before the first
	published map[string][]diagnostic
	failed    string          // why the last look gave nothing, "" if it did
	logged    map[string]bool // what was logged about the folder as a whole, to log it once
}

// open begins a session for a folder. It returns nil if there is one already, or if the URI names no folder of this machine.
func (s *server) open(uri string) *session {
	dir, ok := fileOf(uri)
	if !ok {
		s.log(uri + " is no folder of this machine: it is not looked at")
		return nil
	}
	for _, other := range s.sessions {
		if other.dir == dir {
			return nil
		}
	}
	ctx, end := context.WithCancel(s.ctx)
	n := &session{server: s, dir: dir, ctx: ctx, end: end, wake: make(chan struct{}, 1), goCode: &goCode{},
		published: map[string][]diagnostic{}, logged: map[string]bool{}}
	s.sessions = append(s.sessions, n)
	return n
}

// start looks at the folder for the first time.
func (n *session) start() {
	if !n.server.wanted {
		return
	}
	n.server.goBackground(n.loop)
	n.request()
}

// request asks for another look. What a run that is going on would find is out of date already.
func (n *session) request() {
	if n.abandon != nil {
		n.abandon()
	}
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

// stop ends the session.
func (n *session) stop() { n.end() }

// pause is how long files have to stay as they are before they are looked at: several are often saved together.
const pause = 100 * time.Millisecond

func (n *session) loop() {
	for n.quiet() {
		n.look()
	}
}

// quiet waits until a look was asked for and no other was for a while. It reports false at the end of the session.
func (n *session) quiet() bool {
	select {
	case <-n.ctx.Done():
		return false
	case <-n.wake:
	}
	for {
		select {
		case <-n.ctx.Done():
			return false
		case <-n.wake:
		case <-time.After(pause):
			return true
		}
	}
}

// look runs once and tells the client the outcome, unless that is out of date by then.
func (n *session) look() {
	s := n.server
	ctx, cancel := context.WithCancel(n.ctx)
	defer cancel()
	s.mu.Lock()
	n.abandon = cancel
	s.mu.Unlock()
	defer s.progress(n.dir)()
	report, err := n.run(ctx)
	if ctx.Err() != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		if n.failed != err.Error() {
			s.say(err.Error())
		}
		n.failed = err.Error()
		return
	}
	n.failed = ""
	n.latest = newSnapshot(n.dir, s.utf8, report)
	for _, note := range report.Notifications {
		if note.At.IsZero() && !n.logged[note.Message] {
			n.logged[note.Message] = true
			s.log(note.Message)
		}
	}
	n.publish()
}

// run does what check does. A panic becomes an error.
func (n *session) run(ctx context.Context) (report *check.Report, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("this should not have happened: %v", p)
		}
	}()
	settings := n.server.settings // does not change
	cfg, err := settings.configuration(n.dir)
	if err != nil {
		return nil, errors.New(strings.ReplaceAll(err.Error(), n.dir+string(filepath.Separator), ""))
	}
	res, err := engine.Run(ctx, engine.Options{Paths: []string{n.dir}, Config: cfg, Only: settings.Only, Enable: settings.Enable,
		Disable: settings.Disable, Analyze: n.server.options.Analyze, Keep: n.goCode.keep, ReportOnly: true,
		Cache: n.server.options.Cache, Tool: n.server.options.Tool})
	if err != nil {
		return nil, err
	}
	return res.Report, nil
}

// publish sends the diagnostics of each file of which they changed; none for those that have none any more.
func (n *session) publish() {
	now := map[string][]diagnostic{}
	if n.latest != nil {
		now = n.latest.diagnostics(n.server.uri)
	}
	for path := range n.published {
		if now[path] == nil {
			now[path] = []diagnostic{}
		}
	}
	for _, path := range slices.Sorted(maps.Keys(now)) {
		if n.server.sessionOf(path) != n {
			continue // a folder in this one is looked at by itself
		}
		list := now[path]
		if !reflect.DeepEqual(list, n.published[path]) {
			n.server.notify("textDocument/publishDiagnostics", publishParams{n.server.uri(path), list})
		}
		n.published[path] = list
		if len(list) == 0 {
			delete(n.published, path)
		}
	}
}

// uri returns what the client calls a file.
func (s *server) uri(path string) string {
	if d := s.documents[path]; d != nil {
		return d.uri
	}
	return uriOf(path)
}
