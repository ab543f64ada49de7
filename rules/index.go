package rules

import (
	"fmt"
	"strings"
)

// Index returns the text of rules/README.md: every rule of the catalogue in a table for each principle.
func Index() string {
	all, _ := load()
	var b strings.Builder
	b.WriteString(`# Rules

<!-- Written by "make generate" from the pages in this folder. -->

A rule has an id that never changes its meaning and a name that says the bad thing; both may be used everywhere. "Off"
rules must be asked for: they are a matter of policy, or err too often. Severities are those of a finding unless its page says
otherwise.

`)
	for _, kind := range Kinds() {
		fmt.Fprintf(&b, "- **%s** rules look at %s.\n", kind, kind.About())
	}
	for _, p := range append(Principles(), Linter) {
		head := false
		for _, r := range all {
			if r.Principle != p {
				continue
			}
			if !head {
				fmt.Fprintf(&b, "\n## %s\n\n%s\n\n| id | rule | kind | severity | default | what is wrong |\n|---|---|---|---|---|---|\n", p, p.Summary())
				head = true
			}
			on := "off"
			if r.Default {
				on = "on"
			}
			fmt.Fprintf(&b, "| %s | [%s](%s.md) | %s | %s | %s | %s |\n", r.ID, r.Name, r.Name, r.Kind, r.Severity, on, strings.ReplaceAll(r.Summary, "|", `\|`))
		}
	}
	return b.String()
}

// About says what rules of a kind look at.
func (k Kind) About() string {
	switch k {
	case Go:
		return "a Go package, or at the program of a main package"
	case Dockerfile:
		return "a Dockerfile"
	case Manifest:
		return "what is deployed together: the containers of Kubernetes manifests or of a Compose project"
	case Repository:
		return "what is committed"
	case Workload:
		return "a deployed container joined with its image and its program"
	case Comment:
		return "factorlint's own suppression comments"
	}
	return string(k)
}
