package golang

import (
	"path/filepath"
	"reflect"
	"testing"

	"github.com/factorlint/factorlint/internal/cache"
)

// What was found in a repository is known of a copy of it in another folder: such as what it was at a commit.
func TestCopyElsewhere(t *testing.T) {
	store, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var found [2][]*Module
	for i := range found {
		root := t.TempDir()
		writeAll(t, root, files)
		var packages []string
		found[i], _, packages = lookAt(t, filepath.Join(root, "app"), store)
		if i > 0 && len(packages) > 0 {
			t.Errorf("loaded %q again", packages)
		}
	}
	if !reflect.DeepEqual(found[0], found[1]) {
		t.Error("not the same is found in the copy")
	}
}
