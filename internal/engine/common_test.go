package engine

import "testing"

// Paths that no folder holds, as on different drives, are told: the search for one ends.
func TestCommon(t *testing.T) {
	if root, ok := common([]string{"/a/b/c", "/a/d"}); root != "/a" || !ok {
		t.Errorf("%q, %v", root, ok)
	}
	if root, ok := common([]string{"c", "/d"}); ok { // as unrelated as C: and D:
		t.Errorf("%q holds both", root)
	}
}
