package check_test

import (
	"testing"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/rules"
)

// What makes an identity, and what does not.
func TestIdentityIn(t *testing.T) {
	finding := func(rule, file, logical, matter string) check.Finding {
		return check.Finding{Rule: rules.Lookup(rule), At: check.Span{File: file}, Logical: logical, Matter: matter}
	}
	for _, c := range []struct {
		name   string
		a, b   check.Finding
		inFile string // in which both are taken to be
		same   bool
	}{
		{"the same", finding("sigint-only", "a.go", "x/a.main", "m"), finding("sigint-only", "a.go", "x/a.main", " M "), "a.go", true},
		{"another rule", finding("sigint-only", "a.go", "x/a.main", ""), finding("sigterm-unhandled", "a.go", "x/a.main", ""), "a.go", false},
		{"another function", finding("sigint-only", "a.go", "x/a.main", ""), finding("sigint-only", "a.go", "x/a.T.main", ""), "a.go", false},
		{"a package that moved", finding("sigint-only", "cmd/a/main.go", "example.com/x.v2/cmd/a.T.run", ""), finding("sigint-only", "b/main.go", "example.com/x.v2/b.T.run", ""), "main.go", true},
		{"a file that is told again", finding("runs-as-root", "Dockerfile", "Dockerfile/run", "user"), finding("runs-as-root", "b/Dockerfile", "b/Dockerfile/run", "user"), "b/Dockerfile", true},
		{"a binary that moved", finding("committed-binary", "bin/x", "", "bin/x"), finding("committed-binary", "y", "", "y"), "y", true},
		{"a stage put before", finding("unpinned-base-image", "Dockerfile", "0", "debian"), finding("unpinned-base-image", "Dockerfile", "1", "debian"), "Dockerfile", true},
		{"another stage", finding("unpinned-base-image", "Dockerfile", "build", "debian"), finding("unpinned-base-image", "Dockerfile", "run", "debian"), "Dockerfile", false},
	} {
		if same := c.a.IdentityIn(c.inFile) == c.b.IdentityIn(c.inFile); same != c.same {
			t.Errorf("%s: same %v, want %v", c.name, same, c.same)
		}
	}
	f := finding("sigint-only", "a.go", "x/a.main", "")
	second := f
	second.Ordinal = 1
	if f.IdentityIn("a.go") == f.IdentityIn("b.go") || f.IdentityIn("a.go") == second.IdentityIn("a.go") {
		t.Error("file and ordinal make no difference")
	}
}
