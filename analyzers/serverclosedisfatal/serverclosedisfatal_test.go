package serverclosedisfatal_test

import (
	"go/format"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/factorlint/factorlint/analyzers/serverclosedisfatal"
)

const before = `package main

import (
	"context"
	"errors"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	srv := &http.Server{Addr: os.Getenv("ADDR")}
	go anyError(srv)
	go inverted(srv)
	go always(srv)
	go compared(srv)
	go plain(srv)
	quit := make(chan os.Signal, 1)
	signal.Notify(quit, syscall.SIGTERM)
	<-quit
	srv.Shutdown(context.Background())
}

func anyError(srv *http.Server) {
	if err := srv.ListenAndServe(); err != nil { // want "a clean stop is treated as a failure"
		log.Fatal(err)
	}
}

func inverted(srv *http.Server) {
	if err := srv.ListenAndServe(); errors.Is(err, http.ErrServerClosed) { // want "the wrong way round"
		log.Fatal(err)
	}
}

// no condition decides: no fix is safe
func always(srv *http.Server) {
	log.Fatal(srv.ListenAndServe()) // want "a clean stop is treated as a failure"
}
`

const after = `package main

import (
	"context"
	"errors"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	srv := &http.Server{Addr: os.Getenv("ADDR")}
	go anyError(srv)
	go inverted(srv)
	go always(srv)
	go compared(srv)
	go plain(srv)
	quit := make(chan os.Signal, 1)
	signal.Notify(quit, syscall.SIGTERM)
	<-quit
	srv.Shutdown(context.Background())
}

func anyError(srv *http.Server) {
	if err := srv.ListenAndServe(); err != nil && !errors.Is(err, http.ErrServerClosed) { // want "a clean stop is treated as a failure"
		log.Fatal(err)
	}
}

func inverted(srv *http.Server) {
	if err := srv.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) { // want "the wrong way round"
		log.Fatal(err)
	}
}

// no condition decides: no fix is safe
func always(srv *http.Server) {
	log.Fatal(srv.ListenAndServe()) // want "a clean stop is treated as a failure"
}
`

const aliasBefore = `package main

import (
	"log"
	web "net/http"
)

func compared(srv *web.Server) {
	if err := srv.ListenAndServe(); err != nil && err == web.ErrServerClosed { // want "the wrong way round"
		log.Fatal(err)
	}
}

func plain(srv *web.Server) {
	err := srv.ListenAndServe() // want "a clean stop is treated as a failure"
	if err != nil {
		log.Fatal(err)
	}
}
`

const aliasAfter = `package main

import (
	"log"
	web "net/http"
)

func compared(srv *web.Server) {
	if err := srv.ListenAndServe(); err != nil && err != web.ErrServerClosed { // want "the wrong way round"
		log.Fatal(err)
	}
}

func plain(srv *web.Server) {
	err := srv.ListenAndServe() // want "a clean stop is treated as a failure"
	if err != nil && err != web.ErrServerClosed {
		log.Fatal(err)
	}
}
`

// TestFix holds the fix to its promises: what it writes is what stands here and what gofmt would write. That nothing is
// left to report is seen by the cases.
func TestFix(t *testing.T) {
	dir, cleanup, err := analysistest.WriteFiles(map[string]string{
		"shop/main.go": before, "shop/main.go.golden": after, "shop/web.go": aliasBefore, "shop/web.go.golden": aliasAfter,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer cleanup()
	analysistest.RunWithSuggestedFixes(t, dir, serverclosedisfatal.Analyzer, "shop")
	for _, src := range []string{after, aliasAfter} {
		if out, err := format.Source([]byte(src)); err != nil || string(out) != src {
			t.Errorf("gofmt changes a fixed file: %v\n%s", err, out)
		}
	}
}
