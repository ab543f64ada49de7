package sigintonly_test

import (
	"testing"

	"github.com/factorlint/factorlint/analyzers/sigintonly"
	"github.com/factorlint/factorlint/internal/moduletest"
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
			moduletest.Fixes(t, sigintonly.Analyzer, module, tt.before, tt.after)
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
			moduletest.NoFix(t, sigintonly.Analyzer, module, src)
		})
	}
}

// fasthttp stands for every server: it depends on less than net/http does.
var module = moduletest.Module{
	"go.mod": "module example.com/shop\n\ngo 1.26\n\nrequire github.com/valyala/fasthttp v1.50.0\n",
	"vendor/modules.txt": `# github.com/valyala/fasthttp v1.50.0
## explicit; go 1.20
github.com/valyala/fasthttp
`,
	"vendor/github.com/valyala/fasthttp/server.go": `package fasthttp

type RequestCtx struct{}

type RequestHandler func(ctx *RequestCtx)

func ListenAndServe(addr string, handler RequestHandler) error { return nil }
`,
}
