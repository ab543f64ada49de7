// Package vettool lets the factorlint command answer the go command where "go vet -vettool" or "go fix -fixtool" names it.
package vettool

import (
	"log"
	"os"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/factorlint/factorlint/analyzers"
	"github.com/factorlint/factorlint/internal/gopass"
	"github.com/factorlint/factorlint/rules"
)

// Asked reports whether the go command calls: the arguments, without the command's name, ask for the tool's version or its
// flags, or are flags and the file that describes a package.
func Asked(args []string) bool {
	if len(args) == 0 {
		return false
	}
	flags, last := args[:len(args)-1], args[len(args)-1]
	if last == "-V=full" || last == "-flags" {
		return len(flags) == 0
	}
	for i, arg := range flags {
		value := i > 0 && strings.TrimLeft(flags[i-1], "-") == "tags" // the only flag with a value that may stand behind it
		if !value && !passedOn(arg) {
			return false
		}
	}
	return strings.HasSuffix(last, ".cfg")
}

// passedOn reports whether an argument is a flag that the go command passes on to a tool.
func passedOn(arg string) bool {
	name, isFlag := strings.CutPrefix(arg, "-")
	name, _, _ = strings.Cut(strings.TrimPrefix(name, "-"), "=")
	switch name {
	case "json", "fix", "diff", "tags", "v", "all", "source":
		return isFlag
	}
	return isFlag && strings.HasPrefix(name, gopass.Name(""))
}

// Run answers the go command and ends the process. It takes the arguments from os.Args, as unitchecker does.
func Run() {
	tools, off, err := suite()
	if err != nil {
		log.Fatal(err)
	}
	os.Args = slices.Insert(os.Args, 1, off...)
	unitchecker.Main(tools...)
}

// suite returns the analyzers of the Go rules, and the flags that turn off those that are off by default. Flags behind them that
// name an analyzer win. The go command applies every fix, so those that need a person's eye are left out.
func suite() (tools []*analysis.Analyzer, off []string, err error) {
	all, err := rules.All()
	if err != nil {
		return nil, nil, err
	}
	byName := map[string]*rules.Rule{}
	for _, r := range all {
		byName[gopass.Name(r.Name)] = r
	}
	for _, a := range analyzers.All() {
		r := byName[a.Name]
		if !r.Default {
			off = append(off, "-"+a.Name+"=false")
		}
		if r.Fix != rules.SafeFix {
			a = withoutFixes(a)
		}
		tools = append(tools, a)
	}
	return tools, off, nil
}

// withoutFixes returns an analyzer that reports the same and offers no fix.
func withoutFixes(a *analysis.Analyzer) *analysis.Analyzer {
	out := *a
	out.Run = func(p *analysis.Pass) (any, error) {
		inner := *p
		inner.Report = func(d analysis.Diagnostic) {
			d.SuggestedFixes = nil
			p.Report(d)
		}
		return a.Run(&inner)
	}
	return &out
}
