package gomaxprocsoverride_test

import (
	"go/format"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/factorlint/factorlint/analyzers/gomaxprocsoverride"
)

// TestFix holds the fix to its promises: what it writes is what stands here and what gofmt would write, compiles, and
// leaves nothing to report.
func TestFix(t *testing.T) {
	tests := []struct{ name, before, after string }{
		{
			name: "import goes with the call",
			before: `package main

import (
	"runtime"

	"github.com/hibiken/asynq"
)

func main() {
	runtime.GOMAXPROCS(runtime.NumCPU()) // want "GOMAXPROCS is set to"

	new(asynq.Server).Run(nil)
}
`,
			after: `package main

import (
	"github.com/hibiken/asynq"
)

func main() {
	new(asynq.Server).Run(nil)
}
`,
		},
		{
			name: "question goes with the call",
			before: `package main

import (
	"fmt"
	"os"
	"runtime"

	"github.com/hibiken/asynq"
)

func main() {
	fmt.Println("starts")
	if len(os.Getenv("GOMAXPROCS")) == 0 {
		runtime.GOMAXPROCS(runtime.NumCPU()) // want "GOMAXPROCS is set to"
	}

	new(asynq.Server).Run(nil)
}
`,
			after: `package main

import (
	"fmt"

	"github.com/hibiken/asynq"
)

func main() {
	fmt.Println("starts")

	new(asynq.Server).Run(nil)
}
`,
		},
		{
			name: "import stays",
			before: `package main

import "runtime"
import "github.com/hibiken/asynq"

const threads = 16

func main() {
	println(runtime.Version())
	runtime.GOMAXPROCS(threads) // want "GOMAXPROCS is set to 16"
	new(asynq.Server).Run(nil)
}
`,
			after: `package main

import "runtime"
import "github.com/hibiken/asynq"

const threads = 16

func main() {
	println(runtime.Version())
	new(asynq.Server).Run(nil)
}
`,
		},
		{
			name: "single import",
			before: `package main

import "runtime"
import "github.com/hibiken/asynq"

func main() {
	if true {
		println("starts")
		runtime.GOMAXPROCS(8) // want "GOMAXPROCS is set to 8"
	}
	new(asynq.Server).Run(nil)
}
`,
			after: `package main

import "github.com/hibiken/asynq"

func main() {
	if true {
		println("starts")
	}
	new(asynq.Server).Run(nil)
}
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
		"value used": `package main

import (
	"runtime"

	"github.com/hibiken/asynq"
)

func main() {
	println(runtime.GOMAXPROCS(8)) // want "GOMAXPROCS is set to 8"
	new(asynq.Server).Run(nil)
}
`,
		"another condition": `package main

import (
	"os"
	"runtime"

	"github.com/hibiken/asynq"
)

func main() {
	if os.Getenv("FAST") != "" {
		runtime.GOMAXPROCS(8) // want "GOMAXPROCS is set to 8"
	}
	new(asynq.Server).Run(nil)
}
`,
		"one line": `package main

import (
	"runtime"

	"github.com/hibiken/asynq"
)

func main() { runtime.GOMAXPROCS(8); new(asynq.Server).Run(nil) } // want "GOMAXPROCS is set to 8"
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
		return analysistest.RunWithSuggestedFixes(t, dir, gomaxprocsoverride.Analyzer, ".")
	}
	return analysistest.Run(t, dir, gomaxprocsoverride.Analyzer, ".")
}

const goMod = `module example.com/shop

go 1.26

require github.com/hibiken/asynq v0.24.0
`

var vendored = map[string]string{
	"vendor/modules.txt": `# github.com/hibiken/asynq v0.24.0
## explicit; go 1.20
github.com/hibiken/asynq
`,
	"vendor/github.com/hibiken/asynq/asynq.go": `package asynq

type Server struct{}

func (*Server) Run(handler any) error { return nil }
`,
}
