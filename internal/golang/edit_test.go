package golang

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/factorlint/factorlint/internal/cache"
)

// layers are a program, a package below it and one below that, in which something stands that a finding of the program names.
var layers = map[string]string{
	"go.mod":                      "module example.com/app\n\ngo 1.24\n",
	"main.go":                     "package main\n\nimport \"example.com/app/internal/service\"\n\nfunc main() { service.Run() }\n",
	"internal/service/service.go": "package service\n\nimport (\n\t\"net/http\"\n\n\t\"example.com/app/internal/core\"\n)\n\n// Run serves.\nfunc Run() {\n\tc := core.Signals()\n\tgo http.ListenAndServe(\":8080\", nil)\n\t<-c\n}\n",
	"internal/core/core.go":       "package core\n\nimport (\n\t\"os\"\n\t\"os/signal\"\n\t\"syscall\"\n)\n\n// Signals are what ends a program.\nfunc Signals() chan os.Signal {\n\tc := make(chan os.Signal, 1)\n\tsignal.Notify(c, os.Interrupt, syscall.SIGTERM)\n\treturn c\n}\n\nfunc helper() int { return 1 }\n",
}

// After an edit of a package that all others import, what is found is what is found without a cache, down to the places, and no more
// is looked at than depends on the edit.
func TestEditOfImported(t *testing.T) {
	store, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	writeAll(t, dir, layers)
	before, _, _ := lookAt(t, dir, store)
	if !slices.Contains(related(before), "internal/core/core.go") {
		t.Fatalf("related places %q, want one in the imported package", related(before))
	}
	const core = "internal/core/core.go"
	for _, c := range []struct {
		name, file, old, now string
		same                 bool     // nothing else is found
		loaded               []string // packages
	}{
		{"a line more in a function", core, "return 1", "_ = 2\n\treturn 1", true, []string{"app", "core"}},
		{"lines that move", core, "// Signals are", "// Here:\n// Signals are", false, []string{"app", "core"}},
		{"a line more above what a finding names", core, "\tsignal.Notify", "\t_ = 3\n\tsignal.Notify", false, []string{"app", "core"}},
		{"another fact", core, "os.Interrupt, syscall.SIGTERM", "os.Interrupt, syscall.SIGHUP", false, []string{"app", "core"}},
		{"the fact as it was", core, "syscall.SIGHUP", "syscall.SIGTERM", false, nil},
		{"another declaration", core, "func Signals()", "func Signals(more ...int)", false, []string{"app", "core", "service"}},
		{"a declaration of what is between", "internal/service/service.go", "func Run()", "func Run(addr ...string)", false, []string{"app", "service"}},
		{"a declaration that nobody uses", core, "func helper", "func Helper", true, []string{"app", "core", "service"}},
		{"an import less", "internal/service/service.go", "core.Signals()", "make(chan int)", false, nil},
	} {
		name := filepath.Join(dir, filepath.FromSlash(c.file))
		text, err := os.ReadFile(name)
		if err != nil || !strings.Contains(string(text), c.old) {
			t.Fatalf("%s: no %q, %v", c.name, c.old, err)
		}
		writeAll(t, dir, map[string]string{c.file: strings.Replace(string(text), c.old, c.now, 1)})
		now, _, packages := lookAt(t, dir, store)
		if same := reflect.DeepEqual(before, now); same != c.same {
			t.Errorf("%s: the same is found: %t, want %t", c.name, same, c.same)
		}
		if c.loaded != nil && !slices.Equal(packages, c.loaded) {
			t.Errorf("%s: loaded %q, want %q", c.name, packages, c.loaded)
		}
		before = now
	}
}

// What the cache has of a package between has parts of the edited one: they are those of its source, and nothing starts over.
func TestEditOfExposed(t *testing.T) {
	store, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	writeAll(t, dir, map[string]string{
		"go.mod":                      "module example.com/app\n\ngo 1.24\n",
		"main.go":                     "package main\n\nimport (\n\t\"example.com/app/internal/conf\"\n\t\"example.com/app/internal/service\"\n)\n\nfunc main() {\n\tvar c *conf.Config = service.Config()\n\tprintln(c.Port())\n}\n",
		"internal/service/service.go": "package service\n\nimport \"example.com/app/internal/conf\"\n\n// Config is the service's.\nfunc Config() *conf.Config { return &conf.Config{} }\n",
		"internal/conf/conf.go":       "package conf\n\n// A Config is a configuration.\ntype Config struct{ port int }\n\n// Port is the port.\nfunc (c *Config) Port() int { return c.port }\n",
	})
	lookAt(t, dir, store)
	for _, port := range []string{"c.port + 1", "c.port + 2"} {
		writeAll(t, dir, map[string]string{"internal/conf/conf.go": "package conf\n\n// A Config is a configuration.\ntype Config struct{ port int }\n\n// Port is the port.\nfunc (c *Config) Port() int { return " + port + " }\n"})
		if _, modules, packages := lookAt(t, dir, store); modules != 1 || !slices.Equal(packages, []string{"app", "conf"}) {
			t.Errorf("%s: the module was loaded %d times, packages %q", port, modules, packages)
		}
	}
}

// related returns the files that findings name beside their own.
func related(mods []*Module) []string {
	var out []string
	for _, m := range mods {
		for _, p := range m.Packages {
			for _, f := range p.Findings {
				for _, r := range f.Related {
					out = append(out, r.At.File)
				}
			}
		}
	}
	return out
}
