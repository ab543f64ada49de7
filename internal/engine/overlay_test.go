package engine_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/factorlint/factorlint/internal/engine"
	"github.com/factorlint/factorlint/internal/overlay"
)

// A text counts for the packages that import its package too, and leaves nothing in the cache that would count for what is on the
// disk.
func TestOverlay(t *testing.T) {
	const program = "-- main.go --\npackage main\n\nimport (\n\t\"net/http\"\n\n\t\"example.com/api/internal/listen\"\n)\n\n" +
		"func main() { http.ListenAndServe(listen.Addr, nil) }\n-- internal/listen/listen.go --\npackage listen\n\nconst Addr = \":8080\"\n"
	const module = "-- go.mod --\nmodule example.com/api\n\ngo 1.26\n"
	for _, withModule := range []string{module, ""} { // without a go.mod one is made up, which is a text for a file as well
		dir := unpack(t, program+withModule)
		port := func(want string, texts overlay.Files) {
			t.Helper()
			lines, res := run(t, engine.Options{Paths: []string{dir}, Only: []string{"hardcoded-port"}, Overlay: texts})
			if diff := cmp.Diff([]string{"main.go:9 hardcoded-port"}, lines); diff != "" {
				t.Fatalf("(-want +got):\n%s", diff)
			}
			if message := res.Report.Findings[0].Message; !strings.Contains(message, "port "+want) {
				t.Errorf("want port %s: %s", want, message)
			}
		}
		typed := overlay.Files{filepath.Join(dir, "internal", "listen", "listen.go"): []byte("package listen\n\nconst Addr = \":9090\"\n")}
		port("8080", nil)
		port("9090", typed)
		port("9090", typed)
		port("8080", nil)
	}
}

// A text that is larger than what is read of a file is told as such a file is.
func TestOverlayTooLarge(t *testing.T) {
	dir := unpack(t, "-- x.yaml --\na: b\n")
	file := filepath.Join(dir, "x.yaml")
	typed, _ := run(t, engine.Options{Paths: []string{dir}, Overlay: overlay.Files{file: make([]byte, 10<<20+1)}})
	if err := os.WriteFile(file, make([]byte, 10<<20+1), 0o666); err != nil {
		t.Fatal(err)
	}
	saved, _ := run(t, engine.Options{Paths: []string{dir}})
	if diff := cmp.Diff(saved, typed); diff != "" || len(saved) == 0 {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
