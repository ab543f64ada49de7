package gomaxprocsoverride_test

import (
	"testing"

	"github.com/factorlint/factorlint/analyzers/gomaxprocsoverride"
	"github.com/factorlint/factorlint/internal/moduletest"
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
			moduletest.Fixes(t, gomaxprocsoverride.Analyzer, module, tt.before, tt.after)
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
			moduletest.NoFix(t, gomaxprocsoverride.Analyzer, module, src)
		})
	}
}

var module = moduletest.Module{
	"go.mod": `module example.com/shop

go 1.26

require github.com/hibiken/asynq v0.24.0
`,
	"vendor/modules.txt": `# github.com/hibiken/asynq v0.24.0
## explicit; go 1.20
github.com/hibiken/asynq
`,
	"vendor/github.com/hibiken/asynq/asynq.go": `package asynq

type Server struct{}

func (*Server) Run(handler any) error { return nil }
`,
}
