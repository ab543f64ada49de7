package redundantautomaxprocs_test

import (
	"testing"

	"github.com/factorlint/factorlint/analyzers/redundantautomaxprocs"
	"github.com/factorlint/factorlint/internal/moduletest"
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
			moduletest.Fixes(t, redundantautomaxprocs.Analyzer, module, tt.before, tt.after)
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
			moduletest.NoFix(t, redundantautomaxprocs.Analyzer, module, src)
		})
	}
}

var module = moduletest.Module{
	"go.mod": `module example.com/shop

go 1.26

require go.uber.org/automaxprocs v1.6.0
`,
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
