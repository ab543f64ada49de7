// Package corpus measures the rules on real repositories: what they find, and, where somebody has read the code and
// labelled it, whether that is right.
package corpus

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Labels are what somebody who read repositories says about them, by repository ("owner/name").
//
// A file of labels is Markdown. Its headings name the repositories, "alias = owner/name". Of its other lines these count,
// with " — " between their parts:
//
//	alias FILE:LINE[,LINE…] — FLnnnn rule-name — why it is a violation — certain|likely|arguable
//	NOT: alias FILE:LINE — FLnnnn rule-name — why it is none — certain|likely|arguable
//	BIND: alias MANIFEST:LINE container NAME ⇐ DOCKERFILE ⇐ DIRECTORY OF THE MAIN PACKAGE
//	BIND: alias MANIFEST:LINE container NAME ⇐ external
//
// "[off]" before the certainty says that the rule is off by default. Line 0 stands for the whole file.
type Labels map[string]*Repository

// A Repository is what is labelled in one repository.
type Repository struct {
	Violations []Label // one for each line
	Fine       []Label // look-alikes that are no violations
	Bindings   []Binding
}

// A Label says that a rule is violated at a place, or not.
type Label struct {
	File string
	Line int    // 0 for the whole file
	Rule string // id
	Sure string // "certain", "likely" or "arguable"
	Why  string
}

// String returns the place and the rule.
func (l Label) String() string { return fmt.Sprintf("%s:%d %s", l.File, l.Line, l.Rule) }

// A Binding says what a container runs.
type Binding struct {
	File     string // the manifest
	Line     int    // of the container's name
	Name     string
	External bool   // an image that the repository does not make
	Image    string // the Dockerfile
	Program  string // directory of the main package, or "" if it is no Go program
}

// String returns the container's place and name.
func (b Binding) String() string { return fmt.Sprintf("%s:%d %s", b.File, b.Line, b.Name) }

var (
	alias = regexp.MustCompile(`([\w.-]+) = ([\w.-]+/[\w.-]*\w)`)
	place = regexp.MustCompile(`^(?:(?:NOT|BIND): )?([\w.-]+) (\S+):(\d+(?:,\d+)*)(?: container (\S+))?$`)
	rule  = regexp.MustCompile(`^(FL\d{4}) [\w-]+$`)
)

// ParseLabels reads a file of labels. The error names every line that looks like a label and cannot be read; the
// others are returned all the same.
func ParseLabels(text string) (Labels, error) {
	var (
		labels = Labels{}
		names  = map[string]string{} // repositories by alias
		errs   []error
	)
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimRight(line, " \t\r")
		if strings.HasPrefix(line, "#") {
			for _, m := range alias.FindAllStringSubmatch(line, -1) {
				names[m[1]] = m[2]
				labels[m[2]] = &Repository{}
			}
			continue
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(line, "NOT: "), "BIND: "), " ")
		known := labels[names[name]]
		if known == nil {
			continue // prose, and facts of other kinds
		}
		if err := known.add(line); err != nil {
			errs = append(errs, fmt.Errorf("line %d: %w", i+1, err))
		}
	}
	return labels, errors.Join(errs...)
}

func (r *Repository) add(line string) error {
	if strings.HasPrefix(line, "BIND: ") {
		return r.bind(strings.Split(line, " ⇐ "))
	}
	parts := strings.Split(line, " — ")
	if len(parts) < 4 {
		return fmt.Errorf("want four parts with \" — \" between them: place, rule, why, certainty")
	}
	last := len(parts) - 1
	m, id, sure := place.FindStringSubmatch(parts[0]), rule.FindStringSubmatch(parts[1]), parts[last]
	switch {
	case m == nil || m[4] != "":
		return fmt.Errorf("no place: %q", parts[0])
	case id == nil:
		return fmt.Errorf("no rule: %q", parts[1])
	case !slices.Contains([]string{"certain", "likely", "arguable"}, sure):
		return fmt.Errorf("no certainty: %q", sure)
	}
	for _, n := range strings.Split(m[3], ",") {
		at, err := strconv.Atoi(n)
		if err != nil {
			return err
		}
		l := Label{File: m[2], Line: at, Rule: id[1], Sure: sure, Why: strings.Join(parts[2:last], " — ")}
		if strings.HasPrefix(line, "NOT: ") {
			r.Fine = append(r.Fine, l)
		} else {
			r.Violations = append(r.Violations, l)
		}
	}
	return nil
}

func (r *Repository) bind(parts []string) error {
	m := place.FindStringSubmatch(parts[0])
	if m == nil || m[4] == "" || len(parts) < 2 {
		return fmt.Errorf("want a manifest, a line, a container and what it runs: %q", parts[0])
	}
	at, err := strconv.Atoi(m[3])
	if err != nil {
		return err
	}
	b := Binding{File: m[2], Line: at, Name: m[4], External: parts[1] == "external"}
	if !b.External {
		b.Image = parts[1]
		if len(parts) > 2 {
			b.Program = program(parts[2])
		}
	}
	r.Bindings = append(r.Bindings, b)
	return nil
}

// program returns the directory that a label names, which remarks in parentheses may follow or replace. Scripts and
// what comes from elsewhere are no Go program.
func program(text string) string {
	dir, _, _ := strings.Cut(text, " ")
	if strings.HasPrefix(dir, "(") || dir == "external" || path.Ext(dir) == ".sh" {
		return ""
	}
	return path.Clean(dir)
}
