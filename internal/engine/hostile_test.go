package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// A broken or hostile file costs a notification, two seconds and 512 MB at most, and the files beside it are checked all
// the same.
func TestHostileManifests(t *testing.T) {
	const good = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - {name: c, image: i}\n"
	head := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"
	bomb := head + "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := range 30 {
		bomb += fmt.Sprintf("a%d: &a%[1]d [%s]\n", i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 10), ", "))
	}
	for _, c := range []struct{ name, file, text, code string }{
		{"unterminated quote", "bad.yaml", head + "data: {a: \"b\n", "yaml-syntax"},
		{"truncated", "bad.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, labels: {a:", "yaml-syntax"},
		{"tabs", "bad.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: c\n", "yaml-syntax"},
		{"no text", "bad.yaml", head + "data: {a: \x00\xff}\n", "yaml-syntax"},
		{"documents", "bad.yaml", strings.Repeat("---\n"+head, 10_000), "yaml-limit"},
		{"alias bomb", "bad.yaml", bomb, "yaml-limit"},
		{"alias of itself", "bad.yaml", head + "data: &a {a: *a}\n", "yaml-"},
		{"levels", "bad.yaml", head + "data: " + strings.Repeat("[", 12_000) + strings.Repeat("]", 12_000) + "\n", "yaml-"},
		{"levels in blocks", "bad.yaml", head + "data:\n" + blocks(500), "yaml-"},
		{"unclosed levels", "bad.yaml", head + "data: " + strings.Repeat("{a: ", 12_000) + "\n", "yaml-"},
		{"scalar", "bad.yaml", head + "data: {a: \"" + strings.Repeat("x", 20<<20) + "\"}\n", "yaml-limit"},
		{"long line", "bad.yaml", head + "data: {a: [\"" + strings.Repeat("x\", \"", 60_000) + "}\n", "yaml-syntax"},
		{"compose", "compose.yaml", "services:\n  a: {image: \"" + strings.Repeat("x", 20<<20) + "\"}\n", "manifest-read"},
		{"compose levels", "compose.yaml", "services:\n  a: {image: i, x: " + strings.Repeat("[", 12_000) + strings.Repeat("]", 12_000) + "}\n", "yaml-"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range map[string]string{c.file: c.text, "good/pod.yaml": good} {
				name = filepath.Join(dir, name)
				if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			var (
				res   *Result
				err   error
				start = time.Now()
			)
			peak := peakHeap(func() { res, err = Run(t.Context(), Options{Paths: []string{dir}, Only: []string{"manifest"}}) })
			took := time.Since(start)
			if err != nil {
				t.Fatal(err)
			}
			told := false
			for _, n := range res.Report.Notifications {
				told = told || strings.HasPrefix(n.Code, c.code) && n.At.File == c.file
			}
			if !told {
				t.Errorf("notifications: %+v, want %s", res.Report.Notifications, c.code)
			}
			found := false
			for _, f := range res.Report.Findings {
				found = found || f.Rule.Name == "no-memory-limit" && f.At.File == "good/pod.yaml"
			}
			if !found {
				t.Error("the file beside it was not checked")
			}
			if took > 2*time.Second {
				t.Errorf("took %v", took)
			}
			if peak > 512<<20 {
				t.Errorf("took %d MiB", peak>>20)
			}
			t.Logf("%v, %d MiB", took.Round(time.Millisecond), peak>>20)
		})
	}
}

// blocks returns mappings in mappings, each on a line of its own.
func blocks(levels int) string {
	var b strings.Builder
	for i := range levels {
		fmt.Fprintf(&b, "%s a:\n", strings.Repeat(" ", i))
	}
	return b.String()
}

// peakHeap returns how many bytes of the heap were in use at most while f ran, beyond those before.
func peakHeap(f func()) uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before, peak := m.HeapAlloc, m.HeapAlloc
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapAlloc)
			select {
			case <-done:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	f()
	close(done)
	<-stopped
	return peak - before
}
