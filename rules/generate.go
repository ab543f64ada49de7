//go:build ignore

// This program writes rules/README.md, the index of the catalogue. Run it from the repository's root.
package main

import (
	"log"
	"os"

	"github.com/factorlint/factorlint/rules"
)

func main() {
	log.SetFlags(0)
	if _, err := rules.All(); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile("rules/README.md", []byte(rules.Index()), 0o644); err != nil {
		log.Fatal(err)
	}
}
