package serverclosedisfatal_test

import (
	"go/format"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/factorlint/factorlint/analyzers/serverclosedisfatal"
)

// TestFix holds the fix to its promises: what it writes is what stands here and what gofmt would write, and leaves
// nothing to report.
func TestFix(t *testing.T) {
	const tail = `
func main() {
	srv := &HTTP.Server{Addr: os.Getenv("ADDR")}
	go serve(srv)
	quit := make(chan os.Signal, 1)
	signal.Notify(quit, syscall.SIGTERM)
	<-quit
	srv.Shutdown(context.Background())
}
`
	tests := []struct{ name, imports, before, after string }{
		{
			name:    "errors imported",
			imports: `"errors" "net/http"`,
			before:  `if err := srv.ListenAndServe(); err != nil { // want "a clean stop is treated as a failure"`,
			after:   `if err := srv.ListenAndServe(); err != nil && !errors.Is(err, http.ErrServerClosed) { // want "a clean stop is treated as a failure"`,
		},
		{
			name:    "errors not imported",
			imports: `web"net/http"`,
			before:  `if err := srv.ListenAndServe(); err != nil { // want "a clean stop is treated as a failure"`,
			after:   `if err := srv.ListenAndServe(); err != nil && err != web.ErrServerClosed { // want "a clean stop is treated as a failure"`,
		},
		{
			name:    "inverted",
			imports: `"errors" "net/http"`,
			before:  `if err := srv.ListenAndServe(); errors.Is(err, http.ErrServerClosed) { // want "the wrong way round"`,
			after:   `if err := srv.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) { // want "the wrong way round"`,
		},
		{
			name:    "inverted comparison",
			imports: `"net/http"`,
			before:  `if err := srv.ListenAndServe(); err != nil && err == http.ErrServerClosed { // want "the wrong way round"`,
			after:   `if err := srv.ListenAndServe(); err != nil && err != http.ErrServerClosed { // want "the wrong way round"`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			source := func(line string) string {
				name := "http"
				imports := "import (\n\t\"context\"\n"
				for _, i := range []string{"errors", "log", "net/http", "os", "os/signal", "syscall"} {
					switch {
					case i == "net/http" && strings.Contains(tt.imports, "web"):
						name, imports = "web", imports+"\tweb \"net/http\"\n"
					case i != "errors" || strings.Contains(tt.imports, i):
						imports += "\t\"" + i + "\"\n"
					}
				}
				return "package main\n\n" + imports + ")\n" + strings.ReplaceAll(tail, "HTTP", name) +
					"\nfunc serve(srv *" + name + ".Server) {\n\t" + line + "\n\t\tlog.Fatal(err)\n\t}\n}\n"
			}
			before, after := source(tt.before), source(tt.after)
			run(t, map[string]string{"shop/main.go": before, "shop/main.go.golden": after}, true)
			if out, err := format.Source([]byte(after)); err != nil || string(out) != after {
				t.Errorf("gofmt changes the fixed file: %v\n%s", err, out)
			}
			run(t, map[string]string{"shop/main.go": strings.ReplaceAll(after, "// want", "// was")}, false)
		})
	}
}

// TestNoFix holds that what no condition decides comes without a fix.
func TestNoFix(t *testing.T) {
	src := `package main

import (
	"context"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	srv := &http.Server{Addr: os.Getenv("ADDR")}
	go func() {
		log.Fatal(srv.ListenAndServe()) // want "a clean stop"
	}()
	quit := make(chan os.Signal, 1)
	signal.Notify(quit, syscall.SIGTERM)
	<-quit
	srv.Shutdown(context.Background())
}
`
	for _, r := range run(t, map[string]string{"shop/main.go": src}, false) {
		for _, d := range r.Diagnostics {
			if len(d.SuggestedFixes) > 0 {
				t.Errorf("fix %q", d.SuggestedFixes[0].Message)
			}
		}
	}
}

func run(t *testing.T, files map[string]string, fix bool) []*analysistest.Result {
	t.Helper()
	dir, cleanup, err := analysistest.WriteFiles(files)
	if err != nil {
		t.Fatal(err)
	}
	defer cleanup()
	if fix {
		return analysistest.RunWithSuggestedFixes(t, dir, serverclosedisfatal.Analyzer, "shop")
	}
	return analysistest.Run(t, dir, serverclosedisfatal.Analyzer, "shop")
}
