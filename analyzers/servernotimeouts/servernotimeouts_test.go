package servernotimeouts_test

import (
	"testing"

	"github.com/factorlint/factorlint/analyzers/servernotimeouts"
	"github.com/factorlint/factorlint/internal/moduletest"
)

// TestFix holds the fix to its promises: what it writes is what stands here and what gofmt would write, and leaves
// nothing to report.
func TestFix(t *testing.T) {
	tests := []struct{ name, before, after string }{
		{
			name: "keys aligned and import added in order",
			before: `package main

import (
	"net/http" // serves
	"os"
	"unicode"
)

var _ = unicode.Latin

func main() {
	srv := &http.Server{ // want "neither ReadHeaderTimeout nor ReadTimeout"
		Addr:    os.Args[1], // from the command line
		Handler: http.NewServeMux(),
		// no limit
	}
	srv.ListenAndServe()
}
`,
			after: `package main

import (
	"net/http" // serves
	"os"
	"time"
	"unicode"
)

var _ = unicode.Latin

func main() {
	srv := &http.Server{ // want "neither ReadHeaderTimeout nor ReadTimeout"
		Addr:    os.Args[1], // from the command line
		Handler: http.NewServeMux(),
		// no limit
		ReadHeaderTimeout: 10 * time.Second,
	}
	srv.ListenAndServe()
}
`,
		},
		{
			name: "one line and imports apart",
			before: `package main

import "net/http"
import "os"

func main() {
	srv := http.Server{Addr: os.Args[1]} // want "neither"
	srv.ListenAndServe()
}
`,
			after: `package main

import "net/http"
import "time"
import "os"

func main() {
	srv := http.Server{Addr: os.Args[1], ReadHeaderTimeout: 10 * time.Second} // want "neither"
	srv.ListenAndServe()
}
`,
		},
		{
			name: "time by another name",
			before: `package main

import (
	"net/http"
	"os"
	clock "time"
)

func main() {
	srv := &http.Server{ // want "neither"
		Addr:        os.Args[1],
		IdleTimeout: clock.Minute,
	}
	srv.ListenAndServe()
}
`,
			after: `package main

import (
	"net/http"
	"os"
	clock "time"
)

func main() {
	srv := &http.Server{ // want "neither"
		Addr:              os.Args[1],
		IdleTimeout:       clock.Minute,
		ReadHeaderTimeout: 10 * clock.Second,
	}
	srv.ListenAndServe()
}
`,
		},
		{
			name: "empty, and not formatted",
			before: `package main

import ("net/http")

func main() {
	(&http.Server{}).ListenAndServe() // want "neither"
}
`,
			after: `package main

import ("net/http"
	"time")

func main() {
	(&http.Server{ReadHeaderTimeout: 10 * time.Second}).ListenAndServe() // want "neither"
}
`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			moduletest.Fixes(t, servernotimeouts.Analyzer, module, tt.before, tt.after)
		})
	}
}

// TestNoFix lists reports that come without a fix, since none would be safe.
func TestNoFix(t *testing.T) {
	tests := map[string]string{
		"no literal": `package main

import (
	"net/http"
	"os"
)

func main() {
	http.ListenAndServe(os.Args[1], nil) // want "http.ListenAndServe builds a server with neither"
}
`,
		"code behind the import": `package main

import "net/http"; func main() { srv := &http.Server{Addr: ":8080"}; srv.ListenAndServe() } // want "neither"
`,
		"another time": `package main

import (
	"net/http"
	"os"
)

const time = 1

func main() {
	srv := &http.Server{Addr: os.Args[time]} // want "neither"
	srv.ListenAndServe()
}
`,
	}
	for name, src := range tests {
		t.Run(name, func(t *testing.T) {
			moduletest.NoFix(t, servernotimeouts.Analyzer, module, src)
		})
	}
}

var module = moduletest.Module{"go.mod": "module example.com/shop\n\ngo 1.26\n"}
