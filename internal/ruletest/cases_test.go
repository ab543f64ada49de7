package ruletest

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/rules"
)

// A testCase is one small repository, and what is expected of it.
type testCase struct {
	name   string
	files  []txtar.File
	wants  []want
	notify []string // codes of notifications
}

// A want is an expected finding.
type want struct {
	file     string
	line     int
	id       string
	from, to int // byte columns, the end exclusive; 0 if any will do
	message  *regexp.Regexp
}

func (w want) String() string {
	s := fmt.Sprintf("%s:%d %s", w.file, w.line, w.id)
	if w.from > 0 {
		s += fmt.Sprintf(" col %d-%d", w.from, w.to)
	}
	return s + fmt.Sprintf(" %q", w.message)
}

// matches reports whether a finding is the expected one.
func (w want) matches(f check.Finding) bool {
	return f.Rule.ID == w.id && f.At.File == w.file && f.At.Start.Line == w.line && w.message.MatchString(f.Message) &&
		(w.from == 0 || f.At.Start.Col == w.from && f.At.End.Col == w.to && f.At.End.Line == w.line)
}

// split takes an archive apart by the first element of its files' names, one case each.
func split(a *txtar.Archive) ([]*testCase, error) {
	var out []*testCase
	for _, f := range a.Files {
		name, file, ok := strings.Cut(f.Name, "/")
		if !ok {
			return nil, fmt.Errorf("%s: want the name of a case, a slash and the name of a file", f.Name)
		}
		if len(out) == 0 || out[len(out)-1].name != name {
			if slices.ContainsFunc(out, func(c *testCase) bool { return c.name == name }) {
				return nil, fmt.Errorf("%s: the files of case %s do not stand together", f.Name, name)
			}
			out = append(out, &testCase{name: name})
		}
		if err := out[len(out)-1].add(file, f.Data); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return out, nil
}

// add adds a file to a case. The one called "expect" is none of the repository's: its lines "notify CODE", also after "# ", are
// notifications that are to be given.
func (c *testCase) add(name string, data []byte) error {
	if name == "expect" {
		for line := range strings.Lines(string(data)) {
			code, ok := strings.CutPrefix(strings.TrimPrefix(strings.TrimSpace(line), "# "), "notify ")
			if !ok {
				return fmt.Errorf("line %q: want notify CODE", line)
			}
			c.notify = append(c.notify, code)
		}
		return nil
	}
	wants, err := wantsIn(strings.TrimSuffix(name, encoded), string(data))
	if strings.HasSuffix(name, encoded) {
		for i := range wants {
			wants[i].line = 0 // of the file as a whole
		}
	}
	c.wants = append(c.wants, wants...)
	c.files = append(c.files, txtar.File{Name: name, Data: data})
	return err
}

var (
	wantComment = regexp.MustCompile(`(?://|#) want(-next)? (FL.*)$`)
	wantFinding = regexp.MustCompile(`^(FL\d{4})(?: col (\d+)-(\d+))? "((?:[^"\\]|\\.)*)"(?: |$)`)
)

// wantsIn returns the findings that comments of a file expect: on their own line, or "want-next" on the next line that
// holds no such comment itself.
func wantsIn(file, text string) (out []want, err error) {
	var next []want
	for i, line := range strings.Split(text, "\n") {
		m := wantComment.FindStringSubmatch(strings.TrimRight(line, "\r"))
		var here []want
		if m != nil {
			if here, err = parseWants(m[2]); err != nil {
				return nil, fmt.Errorf("line %d: %w", i+1, err)
			}
			if m[1] != "" {
				next = append(next, here...)
				continue
			}
		}
		for _, w := range append(here, next...) {
			w.file, w.line = file, i+1
			out = append(out, w)
		}
		next = nil
	}
	return out, nil
}

func parseWants(s string) (out []want, err error) {
	for s != "" {
		m := wantFinding.FindStringSubmatch(s)
		if m == nil {
			return nil, fmt.Errorf("%q: want FL and four digits, perhaps columns, and a quoted regexp", s)
		}
		w := want{id: m[1]}
		w.from, _ = strconv.Atoi(m[2]) // digits, or nothing
		w.to, _ = strconv.Atoi(m[3])
		if w.message, err = regexp.Compile(strings.ReplaceAll(m[4], `\"`, `"`)); err != nil {
			return nil, err
		}
		out, s = append(out, w), strings.TrimLeft(s[len(m[0]):], " ")
	}
	return out, nil
}

// compare tells how a report differs from what a case expects.
func (c *testCase) compare(r *check.Report) (diffs []string) {
	rest := slices.Clone(c.wants)
	for _, f := range r.Findings {
		if i := slices.IndexFunc(rest, func(w want) bool { return w.matches(f) }); i >= 0 {
			rest = slices.Delete(rest, i, i+1)
			continue
		}
		diffs = append(diffs, "unexpected "+show(f))
	}
	for _, w := range rest {
		diffs = append(diffs, "missing    "+w.String())
	}
	notify := slices.Clone(c.notify)
	for _, n := range r.Notifications {
		if i := slices.Index(notify, n.Code); i >= 0 {
			notify = slices.Delete(notify, i, i+1)
		} else if n.Level >= rules.Warning {
			diffs = append(diffs, fmt.Sprintf("unexpected notification %s at %s:%d: %s", n.Code, n.At.File, n.At.Start.Line, n.Message))
		}
	}
	for _, code := range notify {
		diffs = append(diffs, "missing    notification "+code)
	}
	return diffs
}

func show(f check.Finding) string {
	return fmt.Sprintf("%s:%d %s col %d-%d %q", f.At.File, f.At.Start.Line, f.Rule.ID, f.At.Start.Col, f.At.End.Col, f.Message)
}

// encoded is the end of the names of files that are no text: they stand in base64 after lines of comments, and are written
// decoded, under the name without it.
const encoded = ".base64"

func decode(data []byte) ([]byte, error) {
	var text strings.Builder
	for line := range strings.Lines(string(data)) {
		if !strings.HasPrefix(line, "#") {
			text.WriteString(strings.TrimSpace(line))
		}
	}
	return base64.StdEncoding.DecodeString(text.String())
}

// write writes the files of a repository.
func write(dir string, files []txtar.File) error {
	for _, f := range files {
		if name, ok := strings.CutSuffix(f.Name, encoded); ok {
			var err error
			if f.Data, err = decode(f.Data); err != nil {
				return fmt.Errorf("%s: %w", f.Name, err)
			}
			f.Name = name
		}
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
