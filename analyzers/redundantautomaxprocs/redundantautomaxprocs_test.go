package redundantautomaxprocs_test

import (
	"go/format"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/factorlint/factorlint/analyzers/redundantautomaxprocs"
)

// TestFix holds the fix to its promises: what it writes is what stands here and what gofmt would write, compiles, and
// leaves nothing to report.
func TestFix(t *testing.T) {
	tests := []struct{ name, before, after string }{
		{
			name: "a group of its own",
			before: `package main

import (
	"fmt"

	_ "go.uber.org/automaxprocs" // want "automaxprocs sets GOMAXPROCS"
)

func main() { fmt.Println() }
`,
			after: `package main

import (
	"fmt"
)

func main() { fmt.Println() }
`,
		},
		{
			name: "between groups",
			before: `package main

import (
	"fmt"

	_ "go.uber.org/automaxprocs" // want "automaxprocs sets GOMAXPROCS"

	"os"
)

func main() { fmt.Println(os.Args) }
`,
			after: `package main

import (
	"fmt"

	"os"
)

func main() { fmt.Println(os.Args) }
`,
		},
		{
			name: "the only import",
			before: `package main

import (
	_ "go.uber.org/automaxprocs" // want "automaxprocs sets GOMAXPROCS"
)

func main() {}
`,
			after: `package main

func main() {}
`,
		},
		{
			name: "without parentheses",
			before: `package main

import "fmt"
import _ "go.uber.org/automaxprocs" // want "automaxprocs sets GOMAXPROCS"

func main() { fmt.Println() }
`,
			after: `package main

import "fmt"

func main() { fmt.Println() }
`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			run(t, tt.before, tt.after)
			if out, err := format.Source([]byte(tt.after)); err != nil || string(out) != tt.after {
				t.Errorf("gofmt changes the fixed file: %v\n%s", err, out)
			}
			run(t, strings.ReplaceAll(tt.after, "// want", "// was"), "")
		})
	}
}

// TestNoFix lists reports that come without a fix, since none would be safe.
func TestNoFix(t *testing.T) {
	tests := map[string]string{
		"called": `package main

import "go.uber.org/automaxprocs/maxprocs" // want "maxprocs sets GOMAXPROCS"

func main() { maxprocs.Set() }
`,
	}
	for name, src := range tests {
		t.Run(name, func(t *testing.T) {
			for _, r := range run(t, src, "") {
				for _, d := range r.Diagnostics {
					if len(d.SuggestedFixes) > 0 {
						t.Errorf("fix %q", d.SuggestedFixes[0].Message)
					}
				}
			}
		})
	}
}

// run analyses a program that lies in a module, and compares what the fixes make of it with golden, unless that is empty.
func run(t *testing.T, src, golden string) []*analysistest.Result {
	t.Helper()
	files := map[string]string{"go.mod": goMod, "main.go": src}
	for name, text := range vendored {
		files[name] = text
	}
	if golden != "" {
		files["main.go.golden"] = golden
	}
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if golden != "" {
		return analysistest.RunWithSuggestedFixes(t, dir, redundantautomaxprocs.Analyzer, ".")
	}
	return analysistest.Run(t, dir, redundantautomaxprocs.Analyzer, ".")
}

const goMod = `module example.com/shop

go 1.26

require go.uber.org/automaxprocs v1.6.0
`

var vendored = map[string]string{
	"vendor/modules.txt": `# go.uber.org/automaxprocs v1.6.0
## explicit; go 1.20
go.uber.org/automaxprocs
go.uber.org/automaxprocs/maxprocs
`,
	"vendor/go.uber.org/automaxprocs/automaxprocs.go": `package automaxprocs
`,
	"vendor/go.uber.org/automaxprocs/maxprocs/maxprocs.go": `package maxprocs

func Set() (func(), error) { return nil, nil }
`,
}
