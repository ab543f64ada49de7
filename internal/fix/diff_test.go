package fix

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Git makes of the files before, with the patch, the files after: whatever ends their lines, and whatever they are called.
func TestDiffApplies(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Fatal(err)
	}
	before := map[string][]byte{
		"a.yaml": []byte("a: 1\nb: 2\n"), "crlf.yaml": []byte("a: 1\r\nb: 2\r\n"), "end/none.yaml": []byte("a: 1"), "with space.yaml": []byte("x\n"),
		"quote\"d\\ \té.yaml": []byte("x\ny\n"), "same.yaml": []byte("x\n"), "mixed.yaml": []byte("\ufeffa\r\nb\n\xff\xfe\n"),
	}
	after := map[string][]byte{
		"a.yaml": []byte("a: 1\nb: 3\n"), "crlf.yaml": []byte("a: 1\r\nb: 3\r\n"), "end/none.yaml": []byte("a: 2"), "with space.yaml": []byte("y\n"),
		"quote\"d\\ \té.yaml": []byte("x\nz\n"), "same.yaml": []byte("x\n"), "mixed.yaml": []byte("\ufeffa\r\nc\n\xff\xfe\n"),
	}
	dir := t.TempDir()
	for name, text := range before {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, "svc", name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "svc", name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	patch := Diff("svc/", before, after)
	if err := os.WriteFile(filepath.Join(dir, "p"), patch, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"init", "-q"}, {"apply", "p"}} {
		c := exec.Command("git", args...)
		c.Dir = dir
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s\n%s", args, err, out, patch)
		}
	}
	for name, want := range after {
		got, err := os.ReadFile(filepath.Join(dir, "svc", name))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if p := Diff("", before, before); len(p) > 0 {
		t.Errorf("nothing changes, and the patch is\n%s", p)
	}
}
