// Package vettool lets the factorlint command answer the go command where "go vet -vettool" or "go fix -fixtool" names it.
package vettool

import (
	"log"
	"os"
	"slices"
	"strings"

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
		value := i > 0 && strings.TrimLeft(flags[i-1], "-") == "tags" // the only flag that the go command passes on with a value of its own
		if !strings.HasPrefix(arg, "-") && !value {
			return false
		}
	}
	return strings.HasSuffix(last, ".cfg")
}

// Run answers the go command and ends the process. It takes the arguments from os.Args, as unitchecker does.
func Run() {
	off, err := quiet()
	if err != nil {
		log.Fatal(err)
	}
	os.Args = slices.Insert(os.Args, 1, off...)
	unitchecker.Main(analyzers.All()...)
}

// quiet returns the flags that turn off the rules that are off by default. Flags behind them that name a rule win.
func quiet() ([]string, error) {
	all, err := rules.All()
	var out []string
	for _, r := range all {
		if r.Kind == rules.Go && !r.Default {
			out = append(out, "-"+gopass.Name(r.Name)+"=false")
		}
	}
	return out, err
}
