package sigintonly_test

import (
	"go/format"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/factorlint/factorlint/analyzers/sigintonly"
)

// TestFix holds the fix to its promises: what it writes is what stands here and what gofmt would write, and leaves
// nothing to report.
func TestFix(t *testing.T) {
	tests := []struct{ name, before, after string }{
		{
			name: "import added in order",
			before: `package main

import (
	"context"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/valyala/fasthttp"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt) // want "shuts down on SIGINT but not on SIGTERM"
	defer stop()
	time.AfterFunc(time.Hour, stop)
	go fasthttp.ListenAndServe(strings.TrimSpace(os.Args[1]), nil)
	<-ctx.Done()
}
`,
			after: `package main

import (
	"context"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/valyala/fasthttp"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM) // want "shuts down on SIGINT but not on SIGTERM"
	defer stop()
	time.AfterFunc(time.Hour, stop)
	go fasthttp.ListenAndServe(strings.TrimSpace(os.Args[1]), nil)
	<-ctx.Done()
}
`,
		},
		{
			name: "import is there",
			before: `package main

import (
	"os"
	"os/signal"
	"syscall"

	"github.com/valyala/fasthttp"
)

func main() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGINT) // want "SIGTERM"
	go fasthttp.ListenAndServe(os.Args[1], nil)
	<-c
}
`,
			after: `package main

import (
	"os"
	"os/signal"
	"syscall"

	"github.com/valyala/fasthttp"
)

func main() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGINT, syscall.SIGTERM) // want "SIGTERM"
	go fasthttp.ListenAndServe(os.Args[1], nil)
	<-c
}
`,
		},
		{
			name: "groups and comments",
			before: `package main

import (
	"github.com/valyala/fasthttp"

	"os" // for its signals
	"os/signal" // for ours

	"unicode"
)

var _ = unicode.Latin

func main() {
	c := make(chan os.Signal, 1)
	signal.Notify( // want "SIGTERM"
		c,
		os.Interrupt, // Ctrl-C
	)
	go fasthttp.ListenAndServe(os.Args[1], nil)
	<-c
}
`,
			after: `package main

import (
	"github.com/valyala/fasthttp"

	"os"        // for its signals
	"os/signal" // for ours
	"syscall"

	"unicode"
)

var _ = unicode.Latin

func main() {
	c := make(chan os.Signal, 1)
	signal.Notify( // want "SIGTERM"
		c,
		os.Interrupt, syscall.SIGTERM, // Ctrl-C
	)
	go fasthttp.ListenAndServe(os.Args[1], nil)
	<-c
}
`,
		},
		{
			name: "single imports",
			before: `package main

import "github.com/valyala/fasthttp"
import "os"
import "os/signal"

func main() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt) // want "SIGTERM"
	go fasthttp.ListenAndServe(os.Args[1], nil)
	<-c
}
`,
			after: `package main

import "github.com/valyala/fasthttp"
import "os"
import "os/signal"
import "syscall"

func main() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt, syscall.SIGTERM) // want "SIGTERM"
	go fasthttp.ListenAndServe(os.Args[1], nil)
	<-c
}
`,
		},
		{
			name: "list in a package variable",
			before: `package main

import (
	"os"
	"os/signal"

	"github.com/valyala/fasthttp"
)

var stop = []os.Signal{os.Interrupt}

func main() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, stop...) // want "SIGTERM"
	go fasthttp.ListenAndServe(os.Args[1], nil)
	<-c
}
`,
			after: `package main

import (
	"os"
	"os/signal"
	"syscall"

	"github.com/valyala/fasthttp"
)

var stop = []os.Signal{os.Interrupt, syscall.SIGTERM}

func main() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, stop...) // want "SIGTERM"
	go fasthttp.ListenAndServe(os.Args[1], nil)
	<-c
}
`,
		},
		{
			name: "dot import, renamed syscall",
			before: `package main

import (
	. "os"
	. "os/signal"
	sys "syscall"

	"github.com/valyala/fasthttp"
)

func main() {
	c := make(chan Signal, 1)
	Notify(c, sys.SIGINT) // want "SIGTERM"
	go fasthttp.ListenAndServe(Args[1], nil)
	<-c
}
`,
			after: `package main

import (
	. "os"
	. "os/signal"
	sys "syscall"

	"github.com/valyala/fasthttp"
)

func main() {
	c := make(chan Signal, 1)
	Notify(c, sys.SIGINT, sys.SIGTERM) // want "SIGTERM"
	go fasthttp.ListenAndServe(Args[1], nil)
	<-c
}
`,
		},
		{
			name: "local list, renamed imports",
			before: `package main

import (
	"os"
	sig "os/signal"
	_ "syscall"

	"github.com/valyala/fasthttp"
)

func main() {
	c := make(chan os.Signal, 1)
	signals := []os.Signal{os.Interrupt}
	sig.Notify(c, signals...) // want "SIGTERM"
	go fasthttp.ListenAndServe(os.Args[1], nil)
	<-c
}
`,
			after: `package main

import (
	"os"
	sig "os/signal"
	"syscall"
	_ "syscall"

	"github.com/valyala/fasthttp"
)

func main() {
	c := make(chan os.Signal, 1)
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	sig.Notify(c, signals...) // want "SIGTERM"
	go fasthttp.ListenAndServe(os.Args[1], nil)
	<-c
}
`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			run(t, map[string]string{"shop/main.go": tt.before, "shop/main.go.golden": tt.after}, true)
			if out, err := format.Source([]byte(tt.after)); err != nil || string(out) != tt.after {
				t.Errorf("gofmt changes the fixed file: %v\n%s", err, out)
			}
			for _, r := range run(t, map[string]string{"shop/main.go": strings.ReplaceAll(tt.after, "// want", "// was")}, false) {
				for _, err := range r.Action.Package.Errors {
					t.Errorf("the fixed file does not type-check: %v", err)
				}
			}
		})
	}
}

// TestNoFix lists reports that come without a fix, since none would be safe.
func TestNoFix(t *testing.T) {
	tests := map[string]string{
		"list used twice": `package main

import (
	"os"
	"os/signal"

	"github.com/valyala/fasthttp"
)

var stop = []os.Signal{os.Interrupt}

func main() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, stop...) // want "SIGTERM"
	println("stops on", stop[0].String())
	go fasthttp.ListenAndServe(os.Args[1], nil)
	<-c
}
`,
		"another syscall": `package main

import (
	"os"
	"os/signal"

	"github.com/valyala/fasthttp"
)

func main() {
	syscall := make(chan os.Signal, 1)
	signal.Notify(syscall, os.Interrupt) // want "SIGTERM"
	go fasthttp.ListenAndServe(os.Args[1], nil)
	<-syscall
}
`,
	}
	for name, src := range tests {
		t.Run(name, func(t *testing.T) {
			for _, r := range run(t, map[string]string{"shop/main.go": src}, false) {
				for _, d := range r.Diagnostics {
					if len(d.SuggestedFixes) > 0 {
						t.Errorf("fix %q", d.SuggestedFixes[0].Message)
					}
				}
			}
		})
	}
}

// fasthttp stands for every server: it depends on less than net/http does.
const fasthttp = `package fasthttp

type RequestCtx struct{}

type RequestHandler func(ctx *RequestCtx)

func ListenAndServe(addr string, handler RequestHandler) error { return nil }
`

func run(t *testing.T, files map[string]string, fix bool) []*analysistest.Result {
	t.Helper()
	files["github.com/valyala/fasthttp/server.go"] = fasthttp
	dir, cleanup, err := analysistest.WriteFiles(files)
	if err != nil {
		t.Fatal(err)
	}
	defer cleanup()
	if fix {
		return analysistest.RunWithSuggestedFixes(t, dir, sigintonly.Analyzer, "shop")
	}
	return analysistest.Run(t, dir, sigintonly.Analyzer, "shop")
}
