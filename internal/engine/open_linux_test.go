package engine_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/factorlint/factorlint/internal/engine"
)

// A run leaves no file open: an editor's server runs many.
func TestRunClosesFiles(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "Dockerfile"), []byte("FROM scratch\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	count := func() int {
		open, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(open)
	}
	before := count()
	for range 20 {
		if _, err := engine.Run(t.Context(), engine.Options{Paths: []string{dir}, Only: []string{"dockerfile"}}); err != nil {
			t.Fatal(err)
		}
	}
	if after := count(); after >= before+20 {
		t.Errorf("%d files are open after 20 runs, %d before", after, before)
	}
}
