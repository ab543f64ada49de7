package overlay_test

import (
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/factorlint/factorlint/internal/overlay"
)

func TestOf(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "folder", "file")
	for _, err := range []error{
		os.Mkdir(filepath.Dir(file), 0o777), os.WriteFile(file, []byte("on the disk"), 0o666),
		os.Symlink("folder/file", filepath.Join(dir, "link")), os.Symlink("folder", filepath.Join(dir, "other")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(filepath.Dir(file))
	for name, want := range map[string]string{
		"file":                             "folder/file",
		"../folder/./file":                 "folder/file",
		filepath.Join(dir, "link"):         "folder/file",
		filepath.Join(dir, "other/file"):   "folder/file",
		"new":                              "folder/new",
		filepath.Join(dir, "other", "new"): "folder/new",
		".":                                "",
		"none/new":                         "",
		"file/new":                         "",
	} {
		got, err := overlay.Of(name, []byte("typed"))
		if want == "" {
			if err == nil {
				t.Errorf("Of(%s) = %v, want an error", name, got)
			}
			continue
		}
		if full := filepath.Join(dir, want); err != nil || !slices.Equal(slices.Collect(maps.Keys(got)), []string{full}) {
			t.Errorf("Of(%s) = %v, %v; want %s", name, got, err, full)
		} else if text, err := got.ReadFile(full); err != nil || string(text) != "typed" {
			t.Errorf("ReadFile(%s) = %q, %v", full, text, err)
		}
	}
	if text, err := (overlay.Files{}).ReadFile(file); err != nil || string(text) != "on the disk" {
		t.Errorf("ReadFile = %q, %v", text, err)
	}
}

func TestOpen(t *testing.T) {
	f := overlay.Open("name", []byte("text"))
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Name() != "name" || info.Size() != 4 || !info.Mode().IsRegular() {
		t.Errorf("Stat = %v, %v", info, err)
	}
	if text, err := io.ReadAll(f); err != nil || string(text) != "text" {
		t.Errorf("it holds %q, %v", text, err)
	}
}
