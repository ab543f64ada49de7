package lsp

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/factorlint/factorlint/internal/engine"
	"github.com/factorlint/factorlint/internal/golang"
)

// goCode keeps what was found in the Go code of a folder, so that a change of a manifest does not load it again.
type goCode struct {
	mu       sync.Mutex
	forgets  int // how often forget was called
	kept     *golang.Result
	keptFrom string // fingerprint of what it was found in
}

// keep returns what looks at Go code only where nothing is kept of it.
func (g *goCode) keep(analyze engine.Analyze) engine.Analyze {
	return func(ctx context.Context, in golang.Input) *golang.Result { return g.look(ctx, in, analyze) }
}

// look returns what is kept, or else what analyze finds. A result with notifications is not kept: what is missing may lie outside
// of the tree, a module that was not downloaded for example.
func (g *goCode) look(ctx context.Context, in golang.Input, analyze engine.Analyze) *golang.Result {
	from := fingerprint(in)
	g.mu.Lock()
	forgets := g.forgets
	if g.kept != nil && g.keptFrom == from {
		defer g.mu.Unlock()
		return own(g.kept)
	}
	g.kept = nil
	g.mu.Unlock()
	res := analyze(ctx, in)
	g.mu.Lock()
	defer g.mu.Unlock()
	if ctx.Err() == nil && g.forgets == forgets && !res.Failed && len(res.Notes) == 0 {
		g.kept, g.keptFrom = res, from
	}
	return own(res)
}

// forget makes the next look load the code, whatever the files look like from outside.
func (g *goCode) forget() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.forgets++
	g.kept = nil
}

// own returns a result that a run may add to. Programs and findings are read by the engine, and never written.
func own(r *golang.Result) *golang.Result {
	c := *r
	c.Programs, c.Findings, c.Withheld = slices.Clone(r.Programs), slices.Clone(r.Findings), slices.Clone(r.Withheld)
	c.Directives, c.Notes = slices.Clone(r.Directives), slices.Clone(r.Notes)
	return &c
}

// fingerprint returns a hash of what the result depends on, files told by their size and time.
func fingerprint(in golang.Input) string {
	h := sha256.New()
	for _, f := range in.Files {
		if !isGo(f) {
			continue
		}
		info, err := os.Stat(filepath.Join(in.Root, filepath.FromSlash(f)))
		if err != nil {
			continue
		}
		h.Write(fmt.Appendf(nil, "%q %d %d\n", f, info.Size(), info.ModTime().UnixNano()))
	}
	for _, r := range in.Rules {
		h.Write([]byte(r.ID + "\n"))
	}
	builds, _ := json.Marshal(in.Builds) // of strings alone
	h.Write(builds)
	return string(h.Sum(nil))
}

// isGo reports whether the go command reads a file.
func isGo(file string) bool {
	switch path.Base(file) {
	case "go.mod", "go.sum", "go.work", "go.work.sum", "modules.txt":
		return true
	}
	return strings.HasSuffix(file, ".go")
}
