package dockerfile

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/dockerfile"
)

func hostBuiltBinary() check.Check[*dockerfile.File] {
	return each("host-built-binary", func(p *check.Pass[*dockerfile.File], r release) {
		f := p.Subject
		img, list := starts(r)
		for _, s := range list {
			args := s.Args()
			if s.Substitute {
				continue
			}
			for _, at := range dockerfile.Located(img, args[0]) {
				o, ok := f.Origin(img, at)
				if !ok || path.Ext(o.Source) != "" {
					continue
				}
				built := builtBy(f, o)
				if built == "" || declared(f) {
					return
				}
				where := o.Copy.At
				for _, src := range o.Copy.Sources {
					if name, ok := src.Get(); ok && (len(o.Copy.Sources) == 1 || path.Base(name) == path.Base(o.Source)) {
						where = src.At()
					}
				}
				p.Report(check.Finding{
					At: where,
					Message: fmt.Sprintf("the program %s is copied from the build context, where %s: the image holds whatever lay on the machine that built it, of any commit and toolchain",
						o.Source, built),
					Logical: img.Stage, Matter: o.Source,
				})
				return
			}
		}
	})
}

// builtBy says how a program comes into the build context, "" if nothing in the repository tells.
func builtBy(f *dockerfile.File, o dockerfile.Origin) string {
	if o.File != "" {
		if text := f.Around.Read(o.File); strings.HasPrefix(string(text), "\x7fELF") {
			return "it is committed"
		}
		return ""
	}
	name := path.Base(o.Source)
	for _, file := range slices.Concat(f.Around.Files("/Makefile"), f.Around.Files(".mk"), f.Around.Files(".sh")) {
		vars := map[string]string{}
		for line := range strings.Lines(string(f.Around.Read(file))) {
			if m := assignment.FindStringSubmatch(line); m != nil && vars[m[1]] == "" {
				vars[m[1]] = strings.Trim(m[2], `"'`)
			}
			m := goBuildOut.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			out := strings.Trim(reference.ReplaceAllStringFunc(m[1], func(ref string) string { return vars[strings.Trim(ref, "$(){}")] }), `"'`)
			if path.Base(out) == name || out != "" && strings.HasSuffix(out, "/") && strings.HasSuffix(strings.TrimSpace(line), "/"+name) {
				return fmt.Sprintf("%s builds it", file)
			}
		}
	}
	return ""
}

// assignment and reference are those of make and of shells.
var (
	assignment = regexp.MustCompile(`^\s*(?:export\s+)?(\w+)\s*[:?]?=\s*([^\s#$]+)\s*$`)
	reference  = regexp.MustCompile(`\$\(\w+\)|\$\{\w+\}|\$\w+`)
)

var goBuildOut = regexp.MustCompile(`go build\b.*\s-o[ =]*(\S+)`)

// declared reports whether the repository says that its images are built by a tool that brings the programs along.
func declared(f *dockerfile.File) bool {
	for _, name := range []string{"/.goreleaser.yml", "/.goreleaser.yaml", "/goreleaser.yml", "/goreleaser.yaml", "/.promu.yml", "/.ko.yaml"} {
		if len(f.Around.Files(name)) > 0 {
			return true
		}
	}
	for _, suffix := range []string{".yml", ".yaml", "/Jenkinsfile"} {
		for _, name := range f.Around.Files(suffix) {
			if !isPipeline(name) {
				continue
			}
			if text := string(f.Around.Read(name)); strings.Contains(text, "go build") || strings.Contains(text, "make ") || strings.Contains(text, "goreleaser") || strings.Contains(text, "promu") {
				return true
			}
		}
	}
	return false
}

// isPipeline reports whether a file describes what CI runs.
func isPipeline(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(name, ".github/workflows/") || strings.HasPrefix(name, ".circleci/") || strings.HasPrefix(base, ".gitlab-ci") ||
		strings.HasPrefix(base, ".travis") || strings.HasPrefix(base, ".drone") || strings.HasPrefix(base, "azure-pipelines") || strings.HasPrefix(base, "cloudbuild") ||
		base == "Jenkinsfile" || strings.HasPrefix(base, "bitbucket-pipelines") || strings.HasPrefix(base, "appveyor") || strings.HasPrefix(base, "circle.") || strings.HasPrefix(base, "wercker")
}
