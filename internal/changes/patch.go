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

// Between returns the lines of a text that differ from those of an older one.
func Between(before, after []byte) Lines {
	var out Lines
	text := diff.Diff("a", before, "b", after)
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

// ParsePatch reads a patch as git and diff -u write it. The error says that it is none.
func ParsePatch(text []byte) (*Patch, error) {
	out := &Patch{Files: map[string]Lines{}}
	seen := false
	var before string
	for p := (parser{rest: text}); p.more(); {
		line := p.next()
		switch {
		case strings.HasPrefix(line, "diff --git ") || strings.HasPrefix(line, "Binary files "):
			seen = true
		case strings.HasPrefix(line, "--- ") && strings.HasPrefix(string(p.rest), "+++ "):
			seen = true
			before = fileName(line[4:])
			name := stripped(before, fileName(p.next()[4:]))
			lines := Lines{Added: before == devNull}
			for strings.HasPrefix(string(p.rest[:min(3, len(p.rest))]), "@@ ") {
				lines.ranges = append(lines.ranges, p.hunk(p.next())...)
			}
			out.add(name, lines)
		}
	}
	if !seen && len(bytes.TrimSpace(text)) > 0 {
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

// prefixed matches a name with one of the prefixes that git puts before it (git-config, diff.mnemonicPrefix).
var prefixed = regexp.MustCompile(`^[abciow12]/`)

// stripped returns the new name without the prefix that git puts before both.
func stripped(before, after string) string {
	if (before == devNull || prefixed.MatchString(before)) && prefixed.MatchString(after) {
		return after[2:]
	}
	return after
}

// A parser goes through the lines of a patch.
type parser struct{ rest []byte }

func (p *parser) more() bool { return len(p.rest) > 0 }

// next returns the next line without its end.
func (p *parser) next() string {
	line, rest, _ := bytes.Cut(p.rest, []byte("\n"))
	p.rest = rest
	return strings.TrimSuffix(string(line), "\r")
}

// header matches the first line of a hunk: how many lines it takes from the old file, where it begins in the new one, and how many
// lines it has there.
var header = regexp.MustCompile(`^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@`)

// hunk reads the hunk that a line begins, and returns the ranges of new lines in it.
func (p *parser) hunk(first string) (ranges [][2]int) {
	m := header.FindStringSubmatch(first)
	if m == nil {
		return nil
	}
	number := func(text string) int {
		n, err := strconv.Atoi(text)
		if err != nil {
			return 1 // it is left out
		}
		return n
	}
	before, line, after := number(m[1]), number(m[2]), number(m[3])
	for (before > 0 || after > 0) && p.more() {
		text := p.next()
		kind := byte(' ')
		if text != "" {
			kind = text[0]
		}
		switch kind {
		case '+':
			if n := len(ranges); n > 0 && ranges[n-1][1] == line-1 {
				ranges[n-1][1] = line
			} else {
				ranges = append(ranges, [2]int{line, line})
			}
			line++
			after--
		case '-':
			before--
		case '\\': // no newline at the end of the file
		default:
			line++
			before--
			after--
		}
	}
	return ranges
}
