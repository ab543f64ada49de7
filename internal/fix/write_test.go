package fix

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tree writes files into a new folder, a link where the text begins with "-> ", and opens it.
func tree(t *testing.T, files map[string]string) (*os.Root, string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if target, isLink := strings.CutPrefix(text, "-> "); isLink {
			if err := os.Symlink(target, file); err != nil {
				t.Fatal(err)
			}
		} else if err := os.WriteFile(file, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(filepath.Join(dir, "in"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root, dir
}

// What a file holds is replaced and its mode kept; nothing is left beside it.
func TestWrite(t *testing.T) {
	root, dir := tree(t, map[string]string{"in/k8s/run.sh": "before"})
	file := filepath.Join(dir, "in", "k8s", "run.sh")
	if err := os.Chmod(file, 0o751); err != nil {
		t.Fatal(err)
	}
	if err := Write(root, "k8s/run.sh", []byte("before"), []byte("after")); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil || string(text) != "after" {
		t.Errorf("holds %q, %v", text, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode() != 0o751 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if entries, err := os.ReadDir(filepath.Dir(file)); err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

// Nothing is written to a file that has changed, that is reached through a link, or that lies outside.
func TestWriteRefuses(t *testing.T) {
	files := map[string]string{
		"out.yaml": "before", "in/changed.yaml": "else", "in/link.yaml": "-> ../out.yaml", "in/near.yaml": "-> k8s/a.yaml",
		"in/k8s/a.yaml": "before", "in/folder": "-> k8s", "in/up": "-> ..",
	}
	for name, why := range map[string]string{
		"changed.yaml": "changed since", "link.yaml": "symbolic link", "near.yaml": "symbolic link", "folder/a.yaml": "symbolic link",
		"up/out.yaml": "symbolic link", "../out.yaml": "outside", "k8s": "not a regular file", "none.yaml": "no such file",
	} {
		root, dir := tree(t, files)
		if err := Write(root, name, []byte("before"), []byte("after")); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v, want %q", name, err, why)
		}
		for file, text := range files {
			if got, err := os.ReadFile(filepath.Join(dir, file)); !strings.HasPrefix(text, "->") && string(got) != text {
				t.Errorf("%s: %s holds %q, %v", name, file, got, err)
			}
		}
	}
}
