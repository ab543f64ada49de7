package dockerfile

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/dockerfile"
	"github.com/factorlint/factorlint/internal/workload"
)

func toolchainInRuntime() check.Check[*dockerfile.File] {
	return each("toolchain-in-runtime", func(p *check.Pass[*dockerfile.File], r release) {
		f := p.Subject
		img, list := starts(r)
		if len(list) == 0 {
			return
		}
		base, ok := img.Base.Get()
		if !ok || !isGoSDK(base) || !buildsGo(r) && !runsGo(img, list) || needsGo(f) {
			return
		}
		for _, s := range list { // the program must be one that was built, and nothing that builds must run
			if building(s.Args()) != "" || rebuilds(s.Args()) {
				return
			}
		}
		if !slices.ContainsFunc(list, func(s started) bool { return dockerfile.MayServe(s.Call) }) {
			return
		}
		p.Report(check.Finding{
			At: img.BaseAt,
			Message: fmt.Sprintf("the image that runs is built on %s, so it carries the Go toolchain: hundreds of megabytes for every node to pull, and a compiler for whoever breaks in",
				base),
			Logical: img.Stage, Matter: base,
		})
	})
}

// isGoSDK reports whether a reference is that of an image with the Go toolchain.
func isGoSDK(ref string) bool {
	name, _, _ := strings.Cut(ref, "@")
	name = path.Base(name)
	name, _, _ = strings.Cut(name, ":")
	return name == "golang" || name == "go-toolset"
}

// buildsGo reports whether the stages of the image itself build a program.
func buildsGo(r release) bool {
	for _, s := range r.chain() {
		for _, in := range s.Instructions {
			calls, _ := r.file.Commands(in)
			for _, c := range calls {
				args := c.Args()
				if c.Name() == "go" && len(args) > 1 && (args[1] == "build" || args[1] == "install") || c.Name() == "make" {
					return true
				}
			}
		}
	}
	return false
}

// runsGo reports whether the image starts a program that another of its stages builds.
func runsGo(img *workload.Image, list []started) bool {
	return slices.ContainsFunc(list, func(s started) bool {
		return builds(img, s.Args()[0])
	})
}

// rebuilds reports whether a command is a tool that builds the program when its source changes, or a debugger.
func rebuilds(args []string) bool {
	switch path.Base(args[0]) {
	case "air", "CompileDaemon", "reflex", "realize", "modd", "fresh", "gow", "watchexec", "entr", "nodemon", "dlv", "gin", "make", "go", "bash", "sh":
		return true
	}
	return false
}

// needsGo reports whether code of the repository runs the go command or loads Go packages.
func needsGo(f *dockerfile.File) bool {
	for _, name := range f.Around.Files(".go") {
		if strings.HasSuffix(name, "_test.go") || check.RoleOf(name) != check.Product {
			continue
		}
		text := f.Around.Read(name)
		for _, use := range []string{`exec.Command("go"`, `, "go", "`, `"golang.org/x/tools/go/packages"`, `exec.LookPath("go")`} {
			if bytes.Contains(text, []byte(use)) {
				return true
			}
		}
	}
	return false
}
