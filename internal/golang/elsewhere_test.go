package golang

import (
	"path/filepath"
	"testing"

	"github.com/factorlint/factorlint/internal/cache"
)

// A copy of a repository in another folder, such as what it was at a commit, is not told of places in the first, though most of its
// packages are alike.
func TestCopyElsewhere(t *testing.T) {
	store, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, edit := range []string{"", "\n// again\n"} {
		root := t.TempDir()
		writeAll(t, root, files)
		main := map[string]string{"app/cmd/api/main.go": files["app/cmd/api/main.go"] + edit}
		writeAll(t, root, main)
		lookAt(t, filepath.Join(root, "app"), store) // compares with what is found without the cache
	}
}
