//go:build unix

package repository_test

import (
	"io/fs"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/factorlint/factorlint/internal/repository"
)

// Reading a FIFO would wait for somebody to write to it.
func TestFIFO(t *testing.T) {
	dir := write(t, map[string]string{"a.yaml": "", ".git/HEAD": ""})
	for _, name := range []string{"fifo.yaml", ".gitignore", ".git/index"} {
		if err := syscall.Mkfifo(filepath.Join(dir, name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		tree, files, notes := open(t, dir, repository.Options{})
		if files != "a.yaml?" || len(notes) != 1 || notes[0] != "git-index" {
			t.Errorf("got %s, notifications %v", files, notes)
		}
		if _, err := tree.ReadFile("fifo.yaml"); err == nil {
			t.Error("ReadFile reads a FIFO")
		}
		if _, err := fs.ReadFile(tree.FS(), "fifo.yaml"); err == nil {
			t.Error("the file system reads a FIFO")
		}
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("waits for a FIFO")
	}
}
