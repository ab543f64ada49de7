package lsp

import (
	"context"
	"path/filepath"
	"slices"

	"github.com/factorlint/factorlint/internal/repository"
)

func (s *server) didOpen(_ context.Context, p didOpenParams) error {
	path, ok := fileOf(p.TextDocument.URI)
	if !ok {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.documents[path] = &document{p.TextDocument.URI, p.TextDocument.Version, p.TextDocument.Text}
	n := s.sessionOf(path)
	if n == nil && s.alone {
		if top, ok := repository.Top(filepath.Dir(path)); ok {
			n = s.open(uriOf(top))
			n.start()
		}
	}
	if n != nil {
		if list := n.published[path]; list != nil { // some clients forget what they had no window for
			s.notify("textDocument/publishDiagnostics", publishParams{p.TextDocument.URI, list})
		}
	}
	return nil
}

func (s *server) didChange(_ context.Context, p didChangeParams) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	path, _ := fileOf(p.TextDocument.URI)
	d := s.documents[path]
	if d == nil || p.TextDocument.Version == nil || len(p.ContentChanges) == 0 {
		return nil
	}
	d.version = *p.TextDocument.Version
	d.text = p.ContentChanges[len(p.ContentChanges)-1].Text
	return nil
}

func (s *server) didClose(_ context.Context, p documentParams) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	path, _ := fileOf(p.TextDocument.URI)
	delete(s.documents, path)
	return nil
}

func (s *server) didSave(_ context.Context, p documentParams) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changed(p.TextDocument.URI)
	return nil
}

func (s *server) didChangeFiles(_ context.Context, p didChangeFilesParams) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range p.Changes {
		s.changed(c.URI)
	}
	return nil
}

// changed has the folder of a file looked at again.
func (s *server) changed(uri string) {
	path, _ := fileOf(uri)
	n := s.sessionOf(path)
	if n == nil || !s.wanted {
		return
	}
	if isGo(filepath.ToSlash(path)) {
		n.goCode.forget()
	}
	n.request()
}

func (s *server) didChangeFolders(_ context.Context, p didChangeFoldersParams) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range p.Event.Removed {
		dir, _ := fileOf(f.URI)
		if i := slices.IndexFunc(s.sessions, func(n *session) bool { return n.dir == dir }); i >= 0 {
			n := s.sessions[i]
			n.stop()
			n.latest = nil
			n.publish()
			s.sessions = slices.Delete(s.sessions, i, i+1)
		}
	}
	for _, f := range p.Event.Added {
		if n := s.open(f.URI); n != nil {
			n.start()
		}
	}
	return nil
}

// sessionOf returns the session of the innermost folder that holds a file, or nil.
func (s *server) sessionOf(path string) *session {
	var best *session
	for _, n := range s.sessions {
		if _, ok := repository.Within(path, n.dir); ok && path != "" && (best == nil || len(n.dir) > len(best.dir)) {
			best = n
		}
	}
	return best
}
