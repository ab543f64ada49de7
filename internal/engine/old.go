package engine

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/factorlint/factorlint/internal/changes"
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/rules"
)

// A known is a finding of the past: how bad it is, and what stands in the lines of its places, as hashes.
type known struct {
	severity rules.Severity
	places   map[[sha256.Size]byte]bool
}

// A knowing tells what is known of the findings of a report. Thousands of them may stand in one file, or in one line.
type knowing struct {
	rep    *check.Report
	former func(file string) string // which name a file had
	lines  map[string][][]byte      // of files
	texts  map[check.Span][sha256.Size]byte
}

func newKnowing(rep *check.Report, former func(file string) string) *knowing {
	return &knowing{rep, former, map[string][][]byte{}, map[check.Span][sha256.Size]byte{}}
}

// of returns the identity of a finding but for its ordinal, and what is known of it.
func (k *knowing) of(f check.Finding) (identity string, out *known) {
	out = &known{severity: f.Severity, places: map[[sha256.Size]byte]bool{}}
	for _, at := range places(f) {
		out.places[k.text(at)] = true
	}
	f.Ordinal = 0
	return f.IdentityIn(k.rep.Prefix + k.former(f.At.File)), out
}

// text returns a hash of what stands in the lines of a place, white space aside.
func (k *knowing) text(at check.Span) [sha256.Size]byte {
	lines := check.Span{File: at.File, Start: check.Pos{Line: at.Start.Line}, End: check.Pos{Line: at.End.Line}}
	sum, ok := k.texts[lines]
	if !ok {
		h := sha256.New()
		io.WriteString(h, k.former(at.File)) //nolint:errcheck // a hash takes everything
		for _, line := range k.linesOf(at) {
			h.Write([]byte("\n"))
			h.Write(bytes.Join(bytes.Fields(line), []byte(" ")))
		}
		sum = [sha256.Size]byte(h.Sum(nil))
		k.texts[lines] = sum
	}
	return sum
}

// linesOf returns the lines of a file that a span lies in; none for a span that is only a file.
func (k *knowing) linesOf(at check.Span) [][]byte {
	lines, ok := k.lines[at.File]
	if !ok {
		lines = bytes.Split(k.rep.Sources[at.File], []byte("\n"))
		k.lines[at.File] = lines
	}
	if at.Start.Line < 1 || at.Start.Line > len(lines) {
		return nil
	}
	return lines[at.Start.Line-1 : min(max(at.Start.Line, at.End.Line), len(lines))]
}

// covers reports whether a finding of now is no more than k: no worse, and at none but the same places.
func (k *known) covers(now *known) bool {
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

// maxCompared is how many pairs of findings are compared at most, of which one is of the past. Then the rest is new.
const maxCompared = 10_000_000

// setAside moves the old findings of a report to those that are left out. Of several that are alike, those in lines that changed are
// new.
func (p *Past) setAside(r *run, rep *check.Report) {
	if p == nil {
		return
	}
	c := p.compare(r, rep)
	now, old := newKnowing(rep, c.former), map[string]bool{} // by identity
	taken, left := map[*known]bool{}, maxCompared            // of the past: a finding of now is no more than it
	for _, changed := range []bool{false, true} {
		for _, f := range rep.Findings {
			if c.changed(f) != changed {
				continue
			}
			if !c.known(f) {
				old[f.Identity] = !changed
				continue
			}
			id, k := now.of(f)
			for _, before := range p.findings[id] {
				if left--; left < 0 {
					break
				}
				if !taken[before] && before.covers(k) {
					taken[before], old[f.Identity] = true, true
					break
				}
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
