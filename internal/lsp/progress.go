package lsp

import "path/filepath"

// progress shows, where the client can, that a folder is being looked at, until the function that it returns is called.
func (s *server) progress(dir string) (done func()) {
	s.mu.Lock()
	wanted := s.client.Window.WorkDoneProgress
	s.mu.Unlock()
	token := "factorlint " + uriOf(dir)
	if !wanted || !s.call("window/workDoneProgress/create", map[string]any{"token": token}) {
		return func() {}
	}
	report := func(value map[string]any) { s.notify("$/progress", map[string]any{"token": token, "value": value}) }
	report(map[string]any{"kind": "begin", "title": "factorlint", "message": filepath.Base(dir)})
	return func() { report(map[string]any{"kind": "end"}) }
}
