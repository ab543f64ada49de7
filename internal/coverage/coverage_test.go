package coverage

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/cover"
)

const source = `package odd

type number int

func (n *number) odd() bool {
	if *n < 0 {
		return false
	}
	return *n%2 == 1
}

func mark() {}
`

// What is not reached is named by file, function and line, and counted.
func TestUnreached(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"checks/odd/odd.go", "internal/odd/odd.go"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(source), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	profiles, err := cover.ParseProfilesFromReader(strings.NewReader(`mode: set
example.com/m/checks/odd/odd.go:5.29,6.12 1 1
example.com/m/checks/odd/odd.go:6.12,8.3 1 0
example.com/m/checks/odd/odd.go:9.2,9.18 1 0
example.com/m/checks/odd/odd.go:12.13,12.14 0 0
example.com/m/internal/odd/odd.go:5.29,6.12 1 0
example.com/m/checks/odd/odd.go:9.2,9.18 1 1
`))
	if err != nil {
		t.Fatal(err)
	}
	got, err := Unreached(profiles, "example.com/m/", dir, IsRule)
	if err != nil {
		t.Fatal(err)
	}
	want := []Block{{"checks/odd/odd.go", "number.odd", "if *n < 0 {"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	packages := []Package{{"checks/odd", 3, 2}, {"internal/odd", 1, 0}}
	if diff := cmp.Diff(packages, Packages(profiles, "example.com/m/")); diff != "" {
		t.Error(diff)
	}
	page := "# Page\n\ntext\n\n## checks/odd/odd.go\n\n- `number.odd`: `if *n < 0 {`: nobody counts below zero: why\n"
	explained, err := Explained(page)
	if err != nil || len(Compare(got, explained)) > 0 || len(Compare(explained, got)) > 0 {
		t.Errorf("%v explains %v: %v", explained, got, err)
	}
	if _, err := Explained(page + "- `number.odd`: a reason\n"); err == nil {
		t.Error("an entry without a line is none")
	}
}
