// Package changes tells what changed in a repository: by a patch, or since a revision, which it takes out of git's store.
package changes

import (
	"bytes"
	"errors"
	"io/fs"
	"regexp"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/factorlint/factorlint/internal/check"
)

// Lines are the lines of a file that were added or altered.
type Lines struct {
	Added  bool // the file is new
	ranges [][2]int
}

// Touch reports whether one of the lines of a span changed. A span that is only a file changed if the file is new.
func (l Lines) Touch(at check.Span) bool {
	if l.Added {
		return true
	}
	last := at.End.Line
	if at.End.Col == 1 && last > at.Start.Line {
		last--
	}
	for _, r := range l.ranges {
		if at.Start.Line > 0 && at.Start.Line <= r[1] && r[0] <= max(last, at.Start.Line) {
			return true
		}
	}
	return false
}

// Between returns the lines of a text that differ from those of an older one in more than how they end.
func Between(before, after []byte) Lines {
	var out Lines
	text := diff.Diff("a", unixEnds(before), "b", unixEnds(after))
	for p := (parser{rest: text}); p.more(); {
		if line := p.next(); strings.HasPrefix(line, "@@ ") {
			out.ranges = append(out.ranges, p.hunk(line)...)
		}
	}
	return out
}

// A Patch holds the changed lines of files, by their new names from the top of the repository.
type Patch struct {
	Files   map[string]Lines
	Outside []string // names in it that are no files of a repository, and do not count
}

// ParsePatch reads a patch as git and diff -u write it. The error says that it is none, or in which line it is not as they write it: what
// was left out then could not be told from what did not change.
func ParsePatch(text []byte) (*Patch, error) {
	out := &Patch{Files: map[string]Lines{}}
	var h heading
	seen := false
	p := parser{rest: text}
	for p.more() && p.err == nil {
		line := p.next()
		names, git := strings.CutPrefix(line, "diff --git ")
		switch {
		case git:
			h = heading{git: names}
			seen = true
		case strings.HasPrefix(line, "Binary files "):
			seen = true
		case strings.HasPrefix(line, "diff --cc ") || strings.HasPrefix(line, "diff --combined "):
			p.fail("it compares a merge with all of its parents: compare with one of them")
		case h.git != "" && strings.HasPrefix(line, "rename to "):
			h.to = fileName(line[len("rename to "):])
		case h.git != "" && strings.HasPrefix(line, "copy to "):
			h.to = fileName(line[len("copy to "):])
			out.add(h.to, Lines{Added: true})
		case strings.HasPrefix(line, "--- ") && strings.HasPrefix(string(p.rest), "+++ "):
			seen = true
			h.before, h.after = line[4:], p.next()[4:]
			out.add(h.name(), Lines{Added: fileName(h.before) == devNull, ranges: p.hunks()})
			h = heading{}
		}
	}
	switch {
	case p.err != nil:
		return nil, p.err
	case !seen && len(bytes.TrimSpace(text)) > 0:
		return nil, errors.New("no patch: no line begins with \"diff --git\" or \"---\"")
	}
	return out, nil
}

func (p *Patch) add(name string, lines Lines) {
	switch {
	case name == devNull: // the file is gone
	case fs.ValidPath(name):
		was := p.Files[name]
		p.Files[name] = Lines{Added: was.Added || lines.Added, ranges: append(was.ranges, lines.ranges...)}
	default:
		p.Outside = append(p.Outside, name)
	}
}

// devNull is the name of a file that is not there.
const devNull = "/dev/null"

// fileName returns the name in a line of a patch's header: quoted as C does, or up to a tab.
func fileName(text string) string {
	if strings.HasPrefix(text, `"`) {
		if name, ok := unquote(text); ok {
			return name
		}
	}
	name, _, _ := strings.Cut(text, "\t")
	return name
}

// unquote returns what git quoted (git-config, core.quotePath). Go's escapes are those of C, but for an octal one above \377.
func unquote(text string) (string, bool) {
	quoted, err := strconv.QuotedPrefix(text)
	if err != nil {
		return "", false
	}
	name, err := strconv.Unquote(quoted)
	return name, err == nil
}

// A heading is what stands above the changes of a file.
type heading struct {
	git           string // both names as git writes them; "" if another program wrote the patch
	to            string // the name that git says a file was renamed or copied to, or ""
	before, after string // as they stand behind "---" and "+++"
}

// prefixed matches a name with one of the prefixes that git puts before it (git-config, diff.mnemonicPrefix).
var prefixed = regexp.MustCompile(`^[abciow12]/`)

// name returns the new name of the file, devNull if it is gone, without the prefix that git puts before it. A prefix is not the same
// before both names, so that there is none where they are alike (git-config, diff.noPrefix).
func (h heading) name() string {
	before, after := fileName(h.before), fileName(h.after)
	written, _, _ := strings.Cut(h.after, "\t")
	switch {
	case h.to != "" && strings.HasSuffix(after, h.to):
		return h.to
	case before == after || h.git == written+" "+written:
		return after
	case (before == devNull || prefixed.MatchString(before)) && prefixed.MatchString(after):
		return after[2:]
	}
	return after
}
