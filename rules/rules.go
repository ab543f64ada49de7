// Package rules is the catalogue: one Markdown page per rule, embedded, and the code that reads it. Everything said
// about a rule (its help, its SARIF metadata, its severity, its examples) comes from its page.
package rules

import (
	"embed"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

//go:embed *.md
var pages embed.FS

// DocsURL is the folder that holds the rule pages on the web; Rule.URL is below it.
const DocsURL = "https://github.com/factorlint/factorlint/blob/main/rules/"

// Kind says what a rule looks at.
type Kind string

// The kinds of rule.
const (
	Go         Kind = "go"         // one Go package, or the program of a main package
	Dockerfile Kind = "dockerfile" // one Dockerfile
	Manifest   Kind = "manifest"   // one deploy: a container of Kubernetes or Compose
	Repository Kind = "repository" // the tree: what is committed
	Workload   Kind = "workload"   // a deployed container joined with its image and program
	Comment    Kind = "comment"    // factorlint's own suppression comments, in any file
)

// Kinds returns every kind in the order in which they are documented.
func Kinds() []Kind { return []Kind{Go, Dockerfile, Manifest, Repository, Workload, Comment} }

// Severity says how bad a finding is. The zero Severity is Note.
type Severity int

// Severities in ascending order.
const (
	Note Severity = iota
	Warning
	Error
)

// String returns "note", "warning" or "error", the words of SARIF's level.
func (s Severity) String() string { return severities[s] }

var severities = []string{"note", "warning", "error"}

// Severities returns the words of all severities in ascending order.
func Severities() []string { return slices.Clone(severities) }

// ParseSeverity reads "note", "warning" or "error".
func ParseSeverity(s string) (Severity, error) {
	if i := slices.Index(severities, s); i >= 0 {
		return Severity(i), nil
	}
	return 0, fmt.Errorf("severity %q: want error, warning or note", s)
}

// FixSafety says whether a rule has a fix and whether it keeps the program's meaning.
type FixSafety string

// Fix safeties.
const (
	NoFix     FixSafety = "none"
	UnsafeFix FixSafety = "unsafe"
	SafeFix   FixSafety = "safe"
)

// A Rule is one page of the catalogue.
type Rule struct {
	ID         string      // "FL0902": permanent, never reused
	Name       string      // "sigint-only": kebab-case, the bad thing
	Kind       Kind        // what it looks at
	Principle  Principle   // the principle it belongs to: the id's first two digits
	Also       []Principle // principles it touches besides
	Severity   Severity    // severity unless a finding says otherwise
	Default    bool        // on without configuration
	Precision  string      // very-high, high, medium or low, as GitHub's code scanning orders results
	Summary    string      // one sentence, with a full stop: what is wrong
	Body       string      // the page's Markdown without front matter
	Examples   []Example   // small repositories, run as tests
	Fix        FixSafety
	Options    []Option
	Since      string // version that introduced it
	SecurityAt string // security-severity for GitHub ("7.5"), or "" when the rule is no security rule
}

// An Example is a fenced block of a page: a small repository in txtar form. A bad example fires exactly its rule,
// a good one fires nothing.
type Example struct {
	Bad   bool
	Txtar string
	Line  int // line of the page on which the fence opens, 1-based
}

// URL returns the web address of the rule's page.
func (r *Rule) URL() string { return DocsURL + r.Name + ".md" }

// pageLink matches a link from one rule's page to another's.
var pageLink = regexp.MustCompile(`\]\(([a-z0-9-]+\.md)`)

// Online returns the body of the page as it reads elsewhere: links to files of this repository lead to it on the web.
func (r *Rule) Online() string {
	body := strings.ReplaceAll(r.Body, "](../", "]("+strings.TrimSuffix(DocsURL, "rules/"))
	return pageLink.ReplaceAllString(body, "]("+DocsURL+"$1")
}

// PascalName returns the name in the form SARIF wants for a rule's name: "SigintOnly".
func (r *Rule) PascalName() string {
	var b strings.Builder
	for _, w := range strings.Split(r.Name, "-") {
		if w != "" {
			b.WriteString(strings.ToUpper(w[:1]) + w[1:])
		}
	}
	return b.String()
}

var load = sync.OnceValues(read)

// All returns every rule of the catalogue in order of id. The error names each page that cannot be read; the rules
// of the other pages are returned all the same.
func All() ([]*Rule, error) { return load() }

// Lookup finds a rule by id or name, in any case of letters. It returns nil if there is none.
func Lookup(idOrName string) *Rule { return index()[strings.ToLower(idOrName)] }

// index holds the rules by id and name in lower case.
var index = sync.OnceValue(func() map[string]*Rule {
	all, _ := load()
	m := map[string]*Rule{}
	for _, r := range all {
		m[strings.ToLower(r.ID)], m[strings.ToLower(r.Name)] = r, r
	}
	return m
})

// Select returns the rules that a word names: an id, a name, a kind, the slug of a principle or "all".
func Select(word string) []*Rule {
	all, _ := load()
	if r := Lookup(word); r != nil {
		return []*Rule{r}
	}
	w := strings.ToLower(word)
	var out []*Rule
	for _, r := range all {
		if w == "all" || string(r.Kind) == w || r.Principle.Slug() == w {
			out = append(out, r)
		}
	}
	return out
}

// Page returns the text of the page of that name ("sigint-only"), front matter included.
func Page(name string) (string, error) {
	b, err := pages.ReadFile(name + ".md")
	return string(b), err
}

// Read returns the rule of that name from its page alone, without the rest of the catalogue, which takes milliseconds to read.
func Read(name string) (*Rule, error) {
	text, err := Page(name)
	if err != nil {
		return nil, err
	}
	r, err := parse(name, text)
	if err != nil {
		return nil, fmt.Errorf("rules/%s.md: %w", name, err)
	}
	return r, nil
}

func read() ([]*Rule, error) {
	entries, err := pages.ReadDir(".")
	if err != nil {
		return nil, err
	}
	var (
		out  []*Rule
		errs []error
	)
	for _, e := range entries {
		name := strings.TrimSuffix(e.Name(), ".md")
		if name == "README" {
			continue
		}
		r, err := Read(name)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b *Rule) int { return strings.Compare(a.ID, b.ID) })
	for i := 1; i < len(out); i++ {
		if out[i].ID == out[i-1].ID {
			errs = append(errs, fmt.Errorf("rules/%s.md: id %s is also that of %s.md", out[i].Name, out[i].ID, out[i-1].Name))
		}
	}
	return out, errors.Join(errs...)
}

// parse reads one page: front matter of "key: value" lines between two "---" lines, then Markdown.
func parse(name, text string) (*Rule, error) {
	rest, ok := strings.CutPrefix(text, "---\n")
	if !ok {
		return nil, errors.New("page does not begin with front matter")
	}
	front, body, ok := strings.Cut(rest, "\n---\n")
	if !ok {
		return nil, errors.New("front matter is not closed by ---")
	}
	r := &Rule{Name: name, Fix: NoFix, Body: strings.TrimLeft(body, "\n")}
	seen := map[string]bool{}
	for i, line := range strings.Split(front, "\n") {
		key, value, ok := strings.Cut(line, ": ")
		if !ok {
			return nil, fmt.Errorf("line %d: want \"key: value\"", i+2)
		}
		if seen[key] {
			return nil, fmt.Errorf("line %d: %s is given twice", i+2, key)
		}
		seen[key] = true
		if err := r.set(key, strings.TrimSpace(value)); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+2, err)
		}
	}
	for _, key := range []string{"id", "name", "kind", "severity", "default", "precision", "summary", "since"} {
		if !seen[key] {
			return nil, fmt.Errorf("front matter lacks %s", key)
		}
	}
	r.Examples = examples(body, strings.Count(front, "\n")+4)
	return r, nil
}

func (r *Rule) set(key, value string) (err error) {
	switch key {
	case "id":
		r.ID = value
		r.Principle, err = principleOf(value)
	case "name":
		if value != r.Name {
			err = fmt.Errorf("name %q differs from the file's name", value)
		}
	case "kind":
		r.Kind = Kind(value)
		if !slices.Contains(Kinds(), r.Kind) {
			err = fmt.Errorf("kind %q: want one of %v", value, Kinds())
		}
	case "severity":
		r.Severity, err = ParseSeverity(value)
	case "default":
		r.Default = value == "on"
		if value != "on" && value != "off" {
			err = fmt.Errorf("default %q: want on or off", value)
		}
	case "precision":
		r.Precision = value
		if !slices.Contains([]string{"very-high", "high", "medium", "low"}, value) {
			err = fmt.Errorf("precision %q: want very-high, high, medium or low", value)
		}
	case "summary":
		r.Summary = value
		if !strings.HasSuffix(value, ".") || len(value) > 1024 {
			err = errors.New("summary: want one sentence with a full stop, 1024 bytes at most")
		}
	case "also":
		for _, slug := range strings.Split(value, ", ") {
			p, ok := principleBySlug(slug)
			if !ok {
				return fmt.Errorf("also: no principle %q", slug)
			}
			r.Also = append(r.Also, p)
		}
	case "fix":
		r.Fix = FixSafety(value)
		if r.Fix != UnsafeFix && r.Fix != SafeFix {
			err = fmt.Errorf("fix %q: want safe or unsafe", value)
		}
	case "option":
		var o Option
		o, err = parseOption(value)
		r.Options = append(r.Options, o)
	case "since":
		r.Since = value
	case "security-severity":
		r.SecurityAt = value
	default:
		err = fmt.Errorf("no such key: %s", key)
	}
	return err
}

// examples finds the fenced blocks whose info string is "txtar bad" or "txtar good". first is the page's line on
// which body begins.
func examples(body string, first int) []Example {
	var (
		out      []Example
		cur      *Example
		start    int // of its text
		at, line = 0, first
	)
	for text := range strings.Lines(body) {
		switch fence := strings.TrimSuffix(text, "\n"); {
		case cur != nil && fence == "```":
			cur.Txtar = body[start:at]
			out = append(out, *cur)
			cur = nil
		case cur == nil && (fence == "```txtar bad" || fence == "```txtar good"):
			cur = &Example{Bad: fence == "```txtar bad", Line: line}
			start = at + len(text)
		}
		at += len(text)
		line++
	}
	return out
}
