//go:build ignore

// This program prints how much of each package a profile reaches, and fails if a block of a rule that no test reaches is not explained on
// docs/coverage.md, or one that is explained there is reached. "make cover" runs it from the repository's root.
package main

import (
	"fmt"
	"log"
	"os"
	"strings"

	"golang.org/x/tools/cover"

	"github.com/factorlint/factorlint/internal/coverage"
)

const (
	prefix = "github.com/factorlint/factorlint/"
	page   = "docs/coverage.md"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("want the name of a profile")
	}
	if err := judge(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func judge(name string) error {
	profiles, err := cover.ParseProfiles(name)
	if err != nil {
		return err
	}
	all := coverage.Package{Path: "together"}
	for _, p := range coverage.Packages(profiles, prefix) {
		show(p)
		all.Statements += p.Statements
		all.Reached += p.Reached
	}
	show(all)
	unreached, err := coverage.Unreached(profiles, prefix, ".", coverage.IsRule)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	explained, err := coverage.Explained(string(text))
	if err != nil {
		return fmt.Errorf("%s: %w", page, err)
	}
	missing, stale := coverage.Compare(unreached, explained), coverage.Compare(explained, unreached)
	for _, b := range missing {
		log.Printf("no test reaches %s, %s: %s", b.File, b.Function, b.Line)
	}
	for _, b := range stale {
		log.Printf("%s explains what is reached, or not there: %s, %s: %s", page, b.File, b.Function, b.Line)
	}
	if len(missing)+len(stale) > 0 {
		return fmt.Errorf("a block of a rule is reached by a case in testdata, or explained on %s as \"- `function`: `line`: reason\" below \"## file\"", page)
	}
	return nil
}

// show prints how much of a package is reached.
func show(p coverage.Package) {
	part := 100.0
	if p.Statements > 0 {
		part = 100 * float64(p.Reached) / float64(p.Statements)
	}
	fmt.Printf("%5.1f %% of %5d statements  %s\n", part, p.Statements, strings.TrimSuffix(p.Path, "/"))
}
