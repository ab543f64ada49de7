package moduletest

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// Violation returns the module of the first case in the archive of a rule's cases whose comments expect a finding.
func Violation(t testing.TB, archive string) Module {
	t.Helper()
	a, err := txtar.ParseFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]Module{}
	found := ""
	for _, f := range a.Files {
		name, file, _ := strings.Cut(f.Name, "/")
		if cases[name] == nil {
			cases[name] = Module{}
		}
		cases[name][file] = string(f.Data)
		if found == "" && bytes.Contains(f.Data, []byte("// want")) {
			found = name
		}
	}
	if found == "" {
		t.Fatalf("%s: no case expects a finding", archive)
	}
	return cases[found]
}
