//go:build ignore

// This program begins a new rule: its page, its implementation and its cases, to be filled in. "make rule" runs it from the
// repository's root.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"

	"github.com/factorlint/factorlint/rules"
)

func main() {
	log.SetFlags(0)
	var r rule
	flag.StringVar(&r.Kind, "kind", "", "go, dockerfile, manifest, repository or workload")
	flag.StringVar(&r.Name, "name", "", "the bad thing in kebab-case: log-to-file")
	flag.StringVar(&r.ID, "id", "", "FL, two digits of principle, two of sequence: FL1101")
	flag.Parse()
	if err := r.create(); err != nil {
		log.Fatal(err)
	}
}

// A rule is what the templates need to know.
type rule struct{ Kind, Name, ID string }

// kinds tells for each kind of rule what its checks look at, the package of that, and a file its cases hold.
var kinds = map[string]struct{ Subject, Import, File, Comment string }{
	"go":         {"", "", "main.go", "//"},
	"dockerfile": {"*dockerfile.File", "dockerfile", "Dockerfile", "#"},
	"manifest":   {"*workload.Variant", "workload", "deploy/shop.yaml", "#"},
	"repository": {"*repository.Tree", "repository", ".env", "#"},
	"workload":   {"*workload.Workload", "workload", "compose.yaml", "#"},
}

// Package is the name of the Go package of a rule about Go.
func (r rule) Package() string { return strings.ReplaceAll(r.Name, "-", "") }

// Func is the name of the function that returns a check.
func (r rule) Func() string {
	words := strings.Split(r.Name, "-")
	for i, w := range words[1:] {
		words[i+1] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, "")
}

// Subject, Import, File and Comment tell about the rule's kind.
func (r rule) Subject() string { return kinds[r.Kind].Subject }
func (r rule) Import() string  { return kinds[r.Kind].Import }
func (r rule) File() string    { return kinds[r.Kind].File }
func (r rule) Comment() string { return kinds[r.Kind].Comment }

var (
	kebab = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)+$`)
	id    = regexp.MustCompile(`^FL(0[1-9]|1[0-9]|20)(0[1-9]|[1-9][0-9])$`)
)

func (r rule) create() error {
	if _, ok := kinds[r.Kind]; !ok || !kebab.MatchString(r.Name) || !id.MatchString(r.ID) {
		return errors.New("want for example: make rule KIND=go NAME=log-to-file ID=FL1101\n" +
			"kinds are go, dockerfile, manifest, repository and workload; an id is FL, the principle (01 to 20) and a number")
	}
	for _, word := range []string{r.Name, r.ID} {
		if old := rules.Lookup(word); old != nil {
			return fmt.Errorf("%s is taken: rules/%s.md has the id %s", word, old.Name, old.ID)
		}
	}
	code, text := filepath.Join("checks", r.Kind, strings.ReplaceAll(r.Name, "-", "_")+".go"), check
	list, line := filepath.Join("checks", r.Kind, r.Kind+".go"), r.Func()+"(),"
	if r.Kind == "go" {
		code, text = filepath.Join("analyzers", r.Package(), r.Package()+".go"), analyzer
		list, line = filepath.Join("analyzers", "analyzers.go"), r.Package()+".Analyzer, // "+r.ID
	}
	for _, f := range []struct{ name, text string }{
		{filepath.Join("rules", r.Name+".md"), page}, {code, text}, {filepath.Join("testdata", r.Name+".txtar"), cases},
	} {
		if err := r.write(f.name, f.text); err != nil {
			return err
		}
		fmt.Println("wrote", f.name)
	}
	fmt.Printf("now add to All in %s, in its order:\n\t%s\n", list, line)
	return nil
}

// write writes a new file.
func (r rule) write(name, text string) error {
	t, err := template.New(name).Parse(text)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	return errors.Join(t.Execute(f, r), f.Close())
}

const page = `---
id: {{.ID}}
name: {{.Name}}
kind: {{.Kind}}
severity: warning
default: off
precision: medium
summary: One sentence that says what is wrong.
since: 0.1.0
---
# {{.Name}}

What happens at run time, and why it matters for the principle.

## Bad

` + "```txtar bad" + `
-- {{.File}} --
` + "```" + `

## Good

` + "```txtar good" + `
-- {{.File}} --
` + "```" + `

## Not reported

- Look-alikes that are fine.

## Precision

See docs/corpus.md.

## References

- The specification that says so.
`

const analyzer = `// Package {{.Package}} implements the rule {{.Name}} ({{.ID}}).
package {{.Package}}

import (
	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports what the rule's page says.
var Analyzer = gopass.New("{{.Name}}", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	p := observe.ProgramOf(pass.Pass)
	if p == nil {
		return
	}
	for _, l := range p.Listens.Members {
		pass.ReportSpan(l.At, l.At, "what is wrong here, and what comes of it at run time", nil)
	}
}
`

const check = `package {{.Kind}}

import (
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/{{.Import}}"
)

// {{.Func}} reports what the rule's page says.
func {{.Func}}() check.Check[{{.Subject}}] {
	return check.Check[{{.Subject}}]{Rule: "{{.Name}}", Run: func(p *check.Pass[{{.Subject}}]) {
		p.Report(check.Finding{
			At:      check.Span{File: "{{.File}}", Start: check.Pos{Line: 1, Col: 1}, End: check.Pos{Line: 1, Col: 2}},
			Message: "what is wrong here, and what comes of it at run time",
		})
	}}
}
`

const cases = `Each case is a small repository. A comment says what is expected at its line, and "want-next" at the next.

-- violation/{{.File}} --
{{.Comment}} want-next {{.ID}} "a regular expression that the message matches"
-- look-alike/{{.File}} --
`
