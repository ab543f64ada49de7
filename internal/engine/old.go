package engine

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/changes"
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/rules"
)

// A known is a finding of the past: how bad it is, and what stands in the lines of its places.
type known struct {
	severity rules.Severity
	places   map[string]bool
}

// knownAs returns the identity of a finding but for its ordinal, and what is known of it. former tells which name a file had.
func knownAs(f check.Finding, rep *check.Report, former func(file string) string) (identity string, k known) {
	k = known{f.Severity, map[string]bool{}}
	for _, at := range places(f) {
		text := former(at.File)
		for _, line := range linesOf(rep.Sources[at.File], at) {
			text += "\n" + strings.Join(strings.Fields(string(line)), " ") // white space aside
		}
		k.places[text] = true
	}
	f.Ordinal = 0
	return f.IdentityIn(rep.Prefix + former(f.At.File)), k
}

// covers reports whether a finding of now is no more than k: no worse, and at none but the same places.
func (k known) covers(now known) bool {
	for text := range now.places {
		if !k.places[text] {
			return false
		}
	}
	return now.severity <= k.severity
}

// places returns all places that a finding names.
func places(f check.Finding) []check.Span {
	out := []check.Span{f.At}
	for _, rel := range f.Related {
		if !rel.At.IsZero() {
			out = append(out, rel.At)
		}
	}
	return out
}

// linesOf returns the lines of a text that a span lies in; none for a span that is only a file.
func linesOf(text []byte, at check.Span) [][]byte {
	lines := bytes.Split(text, []byte("\n"))
	if at.Start.Line < 1 || at.Start.Line > len(lines) {
		return nil
	}
	return lines[at.Start.Line-1 : min(max(at.Start.Line, at.End.Line), len(lines))]
}

// setAside moves the old findings of a report to those that are left out. Of several that are alike, those in lines that changed are
// new.
func (p *Past) setAside(r *run, rep *check.Report) {
	if p == nil {
		return
	}
	c := p.compare(r, rep)
	left, old := maps.Clone(p.findings), map[string]bool{} // by identity
	for _, changed := range []bool{false, true} {
		for _, f := range rep.Findings {
			if c.changed(f) != changed {
				continue
			}
			if !c.known(f) {
				old[f.Identity] = !changed
				continue
			}
			id, now := knownAs(f, rep, c.former)
			if i := slices.IndexFunc(left[id], func(k known) bool { return k.covers(now) }); i >= 0 {
				left[id] = slices.Delete(slices.Clone(left[id]), i, i+1)
				old[f.Identity] = true
			}
		}
	}
	rep.Findings = slices.DeleteFunc(rep.Findings, func(f check.Finding) bool {
		if old[f.Identity] {
			rep.Suppressed = append(rep.Suppressed, check.Suppressed{Finding: f, Reason: p.reason()})
		}
		return old[f.Identity]
	})
	for _, message := range p.strays(r) {
		rep.Notifications = slices.Insert(rep.Notifications, 0, check.Notification{Code: "patch-file", Level: rules.Warning, Message: message})
	}
	if p.note != "" {
		rep.Notifications = slices.Insert(rep.Notifications, 0, check.Notification{Code: "past-unread", Level: rules.Warning,
			Message: fmt.Sprintf("it cannot be told what was found at %s, since %s: findings count as new that have a side in a changed line", p.name, p.note)})
	}
}

// strays tells which names in a patch do not count: those that no file of a repository can have, and of those that are not there how many.
// Were they passed over in silence, a patch with other prefixes than git's, or with names from a folder, would make everything old.
func (p *Past) strays(r *run) (messages []string) {
	if p.patch == nil {
		return nil
	}
	for _, name := range p.patch.Outside {
		messages = append(messages, fmt.Sprintf("%q in the patch is no file of the repository: it does not count", name))
	}
	lost := slices.DeleteFunc(slices.Sorted(maps.Keys(p.patch.Files)), func(name string) bool { return !r.lost(name) })
	if len(lost) > 0 {
		messages = append(messages, fmt.Sprintf("of the %d files that the patch changes %d cannot be found from the top of the repository and do not count, such as %q",
			len(p.patch.Files), len(lost), lost[0]))
	}
	return messages
}

// reason says how it is known that a finding is old.
func (p *Past) reason() string {
	switch {
	case p.patch != nil:
		return "in lines that the patch leaves alone"
	case p.note != "":
		return "in lines that are as they were at " + p.name
	}
	return "found at " + p.name + " as well"
}

// A comparison is one of a report with the past.
type comparison struct {
	past   *Past
	now    *check.Report
	before map[string]string        // former names of files that were renamed
	lines  map[string]changes.Lines // that changed, by file
}

func (p *Past) compare(r *run, rep *check.Report) *comparison {
	c := &comparison{past: p, now: rep, lines: map[string]changes.Lines{}}
	if p.report != nil {
		c.before = changes.Renamed(sources(p.report, r.gone), sources(rep, p.run.gone))
	}
	return c
}

// sources returns the contents of the files that findings name and that are wanted.
func sources(rep *check.Report, wanted func(file string) bool) map[string][]byte {
	out := map[string][]byte{}
	for _, f := range rep.Findings {
		for _, at := range places(f) {
			if text, ok := rep.Sources[at.File]; ok && out[at.File] == nil && wanted(at.File) {
				out[at.File] = text
			}
		}
	}
	return out
}

// former returns the name that a file had.
func (c *comparison) former(file string) string {
	if name, ok := c.before[file]; ok {
		return name
	}
	return file
}

// known reports whether it can be told if the past had a finding: all of its places could be read there.
func (c *comparison) known(f check.Finding) bool {
	p := c.past
	if p.patch != nil || p.note != "" {
		return false
	}
	return p.run == nil || !slices.ContainsFunc(places(f), func(at check.Span) bool { return p.run.unread(c.former(at.File)) })
}

// changed reports whether a place of a finding lies in a line that changed.
func (c *comparison) changed(f check.Finding) bool {
	return slices.ContainsFunc(places(f), func(at check.Span) bool { return c.changedLines(at.File).Touch(at) })
}

func (c *comparison) changedLines(file string) changes.Lines {
	if c.past.patch != nil {
		return c.past.patch.Files[c.now.Prefix+file]
	}
	lines, ok := c.lines[file]
	if !ok {
		lines = changes.Lines{Added: true}
		if c.past.run != nil {
			if before, err := c.past.run.tree.ReadFile(c.former(file)); err == nil {
				lines = changes.Between(before, c.now.Sources[file])
			}
		}
		c.lines[file] = lines
	}
	return lines
}
