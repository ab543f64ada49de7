package dockerfile

import (
	"path"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/dockerfile"
	"github.com/factorlint/factorlint/internal/workload"
)

// A started is a simple command that an image runs when it starts. It has words.
type started struct {
	*dockerfile.Call
	keyword string                 // the instruction that names it: "ENTRYPOINT" or "CMD"
	script  *dockerfile.ScriptFile // the script that it stands in, or nil
}

// by says who runs the command: "CMD", "the entrypoint script docker/start.sh".
func (s started) by() string {
	if s.script != nil {
		return "the entrypoint script " + s.script.Path
	}
	return s.keyword
}

// starts returns what the image of a release runs by default: the command itself, the commands of a text that it gives to a
// shell, and those of a script of the repository. They are nil if only developers use the image.
func starts(r release) (img *workload.Image, calls []started) {
	f := r.file
	img = r.image()
	if r.development() || onWindows(r) {
		return img, nil
	}
	entry, hasEntry := img.Entrypoint.Get()
	cmd, hasCmd := img.Cmd.Get()
	hasEntry = hasEntry && len(entry.Words) > 0
	if !hasEntry {
		if !img.Entrypoint.Absent() && entry.At.IsZero() || !hasCmd || len(cmd.Words) == 0 {
			return img, nil
		}
		return img, callsOf(f, img, "CMD", cmd)
	}
	calls = callsOf(f, img, "ENTRYPOINT", entry)
	if entry.Shell || !hasCmd || len(cmd.Words) == 0 {
		return img, calls
	}
	if runsItsArguments(f, img, entry) {
		return img, append(calls, callsOf(f, img, "CMD", cmd)...)
	}
	if !cmd.Shell && len(calls) == 1 && calls[0].script == nil { // arguments of the ENTRYPOINT's program
		call := *calls[0].Call
		call.Words = append(append([]workload.Word(nil), call.Words...), cmd.Words...)
		calls[0].Call = &call
	}
	return img, calls
}

// runsItsArguments reports whether an ENTRYPOINT execs what CMD names: an init program, or a script by its name or its text.
func runsItsArguments(f *dockerfile.File, img *workload.Image, entry workload.Command) bool {
	words := make([]string, len(entry.Words))
	for i, w := range entry.Words {
		words[i] = w.Text
	}
	rest := dockerfile.Program(words)
	if len(rest) < len(words) && (len(rest) == 0 || rest[0] == words[len(words)-1] && strings.HasPrefix(rest[0], "-")) {
		return true
	}
	if len(rest) == 1 && isInit(rest[0]) {
		return true
	}
	if s := f.ScriptFile(img, lastWords(entry.Words, len(rest))); s != nil {
		for _, c := range s.Calls() {
			for _, w := range c.Words {
				if w.Text == "${@}" {
					return true
				}
			}
		}
		return false
	}
	return strings.Contains(path.Base(rest[0]), "entrypoint")
}

func isInit(word string) bool {
	switch path.Base(word) {
	case "tini", "tini-static", "dumb-init", "catatonit", "docker-init":
		return true
	}
	return false
}

// lastWords returns the last n words.
func lastWords(words []workload.Word, n int) []workload.Word { return words[len(words)-n:] }

// callsOf returns the simple commands of an ENTRYPOINT or CMD.
func callsOf(f *dockerfile.File, img *workload.Image, keyword string, c workload.Command) []started {
	if s, ok := dockerfile.ScriptOf(c, img.Shell); ok {
		list, _ := dockerfile.CallsOf(s.Word)
		return expandScripts(f, img, keyword, list)
	}
	if c.Shell { // for an interpreter that is no POSIX shell
		return nil
	}
	whole := &dockerfile.Call{Words: c.Words, At: c.At}
	return expandScripts(f, img, keyword, []*dockerfile.Call{whole})
}

// expandScripts puts the commands of a script of the repository behind the command that runs it.
func expandScripts(f *dockerfile.File, img *workload.Image, keyword string, list []*dockerfile.Call) (out []started) {
	for _, c := range list {
		out = append(out, started{Call: c, keyword: keyword})
		script := f.ScriptFile(img, lastWords(c.Words, len(c.Args())))
		if script == nil {
			continue
		}
		for _, inner := range script.Calls() {
			out = append(out, started{Call: inner, keyword: keyword, script: script})
		}
	}
	return out
}

// reportAt files a finding at a place of a Dockerfile or of a script of it. Where the script lies among the tools of the
// repository, whose findings do not count, the instruction that starts it takes its place.
func reportAt(p *check.Pass[*dockerfile.File], s started, at check.Span, img *workload.Image, f check.Finding) {
	f.At, f.Logical = at, img.Stage
	if s.script != nil {
		instruction := img.Cmd.At()
		if s.keyword == "ENTRYPOINT" {
			instruction = img.Entrypoint.At()
		}
		if p.Roles.Of(at.File) == check.Product {
			f.Related = append(f.Related, check.Related{At: instruction, Message: "the image starts the script here"})
		} else {
			f.Related = append(f.Related, check.Related{At: at, Message: "stands here"})
			f.At = instruction
		}
	}
	p.Report(f)
}
