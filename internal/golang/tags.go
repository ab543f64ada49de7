package golang

import (
	"bytes"
	"go/build/constraint"
	"maps"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/overlay"
)

// A Build is a main package that an image of the tree is built from.
type Build struct {
	Dir  string   // relative to the root
	Tags []string // that go build is given
}

// tags returns the build tags to load a module with: of those that its images are built with the ones that decide about its
// own files. A tag that all builds give is one. One that only some give is one if it does no harm to the others: it adds files
// and takes none away, no other such tag adds files to the same packages, and it does not stand for an environment.
func tags(m module, mods []module, in Input) []string {
	given := map[string]int{}
	total := 0
	for _, b := range in.Builds {
		if !m.owns(b.Dir, mods) {
			continue
		}
		total++
		for _, t := range slices.Compact(slices.Sorted(slices.Values(b.Tags))) {
			given[t]++
		}
	}
	if len(given) == 0 {
		return nil
	}
	var (
		out   []string
		added = map[string]string{} // which tag adds files to a folder
		clash = map[string]bool{}
		from  = constrained(m, mods, in)
	)
	for _, t := range slices.Sorted(maps.Keys(given)) {
		dirs, harmless := effect(t, from)
		switch {
		case len(dirs) == 0 && harmless: // none of the module's files
		case given[t] == total:
			out = append(out, t)
		case harmless && !slices.Contains(environments, t):
			out = append(out, t)
			for _, dir := range dirs {
				if other, ok := added[dir]; ok {
					clash[t], clash[other] = true, true
				}
				added[dir] = t
			}
		}
	}
	return slices.DeleteFunc(out, func(t string) bool { return clash[t] })
}

// environments are tags that say for whom a program is built, and not what it can do.
var environments = []string{"dev", "development", "debug", "test", "testing", "integration", "e2e", "local", "mock", "race", "staging"}

// owns reports whether a folder belongs to m and to no other module below it.
func (m module) owns(dir string, mods []module) bool {
	if dir != m.dir && !below(dir, m.dir) {
		return false
	}
	return !slices.ContainsFunc(mods, func(o module) bool {
		return o.dir != m.dir && below(o.dir, m.dir) && (dir == o.dir || below(dir, o.dir))
	})
}

// A constrainedFile is a Go file with a build constraint.
type constrainedFile struct {
	dir  string
	expr constraint.Expr
}

// constrained returns the files of a module that have build constraints.
func constrained(m module, mods []module, in Input) []constrainedFile {
	var out []constrainedFile
	for _, f := range in.Files {
		if !strings.HasSuffix(f, ".go") || strings.HasSuffix(f, "_test.go") || m.passesOver(f) || !m.owns(path.Dir(f), mods) {
			continue
		}
		if expr := constraintOf(in.Overlay, in.absolute(f)); expr != nil {
			out = append(out, constrainedFile{path.Dir(f), expr})
		}
	}
	return out
}

// passesOver reports whether a file of the module is no part of it for the go command, for its name or that of a folder that it is in.
func (m module) passesOver(file string) bool {
	for elem := range strings.SplitSeq(strings.TrimPrefix(file, m.dir+"/"), "/") {
		if elem == "testdata" || strings.HasPrefix(elem, ".") || strings.HasPrefix(elem, "_") {
			return true
		}
	}
	return false
}

// constraintOf reads the //go:build line of a file. It is nil if there is none in the file's first bytes.
func constraintOf(texts overlay.Files, file string) constraint.Expr {
	for _, line := range bytes.Split(headOf(texts, file), []byte("\n")) {
		s := strings.TrimSpace(string(line))
		if strings.HasPrefix(s, "package ") {
			return nil
		}
		if constraint.IsGoBuild(s) {
			if expr, err := constraint.Parse(s); err == nil {
				return expr
			}
			return nil
		}
	}
	return nil
}

// headOf returns the first bytes of a file, nil if it cannot be read.
func headOf(texts overlay.Files, file string) []byte {
	const head = 8 << 10
	if text, ok := texts[file]; ok {
		return text[:min(head, len(text))]
	}
	f, err := os.Open(file)
	if err != nil {
		return nil
	}
	defer f.Close()
	text := make([]byte, head)
	n, _ := f.Read(text)
	return text[:n]
}

// effect returns the folders to which a tag adds files. harmless is false if it takes files away.
func effect(tag string, files []constrainedFile) (dirs []string, harmless bool) {
	harmless = true
	for _, f := range files {
		without := f.expr.Eval(always)
		with := f.expr.Eval(func(t string) bool { return t == tag || always(t) })
		switch {
		case without && !with:
			harmless = false
		case with && !without && !slices.Contains(dirs, f.dir):
			dirs = append(dirs, f.dir)
		}
	}
	return dirs, harmless
}

// always reports whether a build tag is set in every build for a container.
func always(tag string) bool {
	return slices.Contains([]string{"linux", "unix", "gc", "cgo", runtime.GOARCH}, tag) || strings.HasPrefix(tag, "go1.")
}
