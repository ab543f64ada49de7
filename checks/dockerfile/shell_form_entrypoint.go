package dockerfile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/dockerfile"
	"github.com/factorlint/factorlint/internal/workload"
	"github.com/factorlint/factorlint/rules"
)

func shellFormEntrypoint() check.Check[*dockerfile.File] {
	return each("shell-form-entrypoint", func(p *check.Pass[*dockerfile.File], r release) {
		img := r.image()
		if onWindows(r) {
			return
		}
		st, ok := shellStarted(img)
		if !ok {
			return
		}
		script, ok := dockerfile.ScriptOf(st.command, img.Shell)
		// without a shell in the image, or with a JSON array that is none, the container does not start at all, which is
		// another fault
		if !ok || script.OneShot || strings.HasPrefix(script.Word.Text, "[") || img.Shell == workload.NoShell && script.Shell == workload.NoShell {
			return
		}
		severity, message := verdict(st, script, img)
		if message == "" {
			return
		}
		p.ReportAs(severity, check.Finding{
			At: st.at, Message: message, Logical: img.Stage, Matter: st.keyword,
			Fix: execForm(p.Subject, st, script, img),
		})
	})
}

// A shellStart is what an image runs by default, as far as a shell may be part of it.
type shellStart struct {
	keyword string // the instruction to edit: "ENTRYPOINT" or "CMD"
	command workload.Command
	at      check.Span // its arguments
	init    string     // the init program that runs the shell, or ""
}

// shellStarted says which of ENTRYPOINT and CMD may start a shell. ok is false if neither does, or if that cannot be told.
func shellStarted(img *workload.Image) (s shellStart, ok bool) {
	entry, hasEntry := img.Entrypoint.Get()
	cmd, hasCmd := img.Cmd.Get()
	if !hasEntry && !img.Entrypoint.Absent() || !hasCmd && !img.Cmd.Absent() {
		return s, false
	}
	if len(entry.Words) == 0 { // CMD is the command; an ENTRYPOINT of the base image's execs it by convention
		return shellStart{keyword: "CMD", command: cmd, at: cmd.At}, len(cmd.Words) > 0
	}
	if entry.Shell { // CMD is ignored
		return shellStart{keyword: "ENTRYPOINT", command: entry, at: entry.At}, true
	}
	s = shellStart{keyword: "ENTRYPOINT", command: entry, at: entry.At}
	if name := path.Base(entry.Words[0].Text); name == "tini" || name == "docker-init" || name == "catatonit" {
		rest := afterOptions(entry.Words[1:])
		if slices.ContainsFunc(entry.Words[1:len(entry.Words)-len(rest)], func(w workload.Word) bool { return w.Text == "-g" }) {
			return s, false // signals the whole group
		}
		if s.init = name; len(rest) == 0 {
			return shellStart{keyword: "CMD", command: cmd, at: cmd.At, init: name}, len(cmd.Words) > 0
		}
		s.command.Words = rest
		return s, true
	}
	if len(cmd.Words) > 0 && !cmd.Shell && !slices.ContainsFunc(entry.Words, func(w workload.Word) bool { return strings.Contains(w.Text, " ") }) {
		// ENTRYPOINT ["sh", "-c"] with the script in CMD
		all := entry
		all.Words = append(slices.Clone(entry.Words), cmd.Words...)
		if script, ok := dockerfile.ScriptOf(all, img.Shell); ok && script.Word == cmd.Words[0] {
			return shellStart{keyword: "CMD", command: all, at: cmd.At}, true
		}
	}
	// what another program or a script does with a CMD in shell form is its own affair
	return s, true
}

// afterOptions drops the options of an init program.
func afterOptions(words []workload.Word) []workload.Word {
	for i, w := range words {
		switch {
		case w.Text == "--":
			return words[i+1:]
		case !strings.HasPrefix(w.Text, "-") && (i == 0 || words[i-1].Text != "-p" && words[i-1].Text != "-e"):
			return words[i:]
		}
	}
	return nil
}

// verdict returns how bad it is and why, "" if all is well or cannot be told.
func verdict(st shellStart, s dockerfile.Script, img *workload.Image) (rules.Severity, string) {
	base, ok := img.Base.Get()
	if !ok {
		base = "the base image"
	}
	return judge(formOf(st), st.init, s, base)
}

// formOf says how a shell is started.
func formOf(st shellStart) string {
	if st.command.Shell {
		return "shell-form " + st.keyword
	}
	return fmt.Sprintf("%s runs %s -c", st.keyword, path.Base(st.command.Words[0].Text))
}

// nameOfShell returns the name of a shell, or the path of one that is not known.
func nameOfShell(s workload.Shell) string {
	switch s {
	case workload.Dash, workload.Ash, workload.Bash:
		return string(s)
	}
	return "/bin/sh"
}

// judge is verdict for a shell that is run in that form, perhaps under an init program, in an image on that base.
func judge(form, init string, s dockerfile.Script, base string) (rules.Severity, string) {
	program := s.Program
	if program == "" {
		program = "the program"
	}
	shell := nameOfShell(s.Shell)
	end := fmt.Sprintf("so SIGTERM never reaches %s, which is killed when the grace period ends", program)
	stays := "stays PID 1 and passes no signal on, " + end
	if init != "" {
		form += " under " + init
		stays = fmt.Sprintf("takes the SIGTERM for itself and ends, so %s is killed at once and shuts nothing down", program)
	}
	fate := s.Fate
	if fate == dockerfile.Depends && s.Shell == workload.Bash && dockerfile.BashReplacesItself(base) {
		fate = dockerfile.Replaced
	}
	switch fate {
	case dockerfile.Stays:
		if s.Shell == workload.UnknownShell {
			return rules.Warning, fmt.Sprintf("%s: the shell %s", form, stays)
		}
		return rules.Error, fmt.Sprintf("%s: %s %s", form, shell, stays)
	case dockerfile.Depends:
		if s.Shell == workload.Bash {
			return rules.Warning, fmt.Sprintf("%s: unless it is 5.1 or later, bash %s", form, stays)
		}
		return rules.Warning, fmt.Sprintf("%s: unless /bin/sh of %s replaces itself by %s, it %s", form, base, program, stays)
	case dockerfile.Replaced:
		if program == "sleep" || program == "tail" { // it only keeps the container up
			return 0, ""
		}
		return rules.Note, fmt.Sprintf("%s: SIGTERM reaches %s only because %s replaces itself by the last command; dash, or a command after it, would keep the signal",
			form, program, shell)
	}
	return 0, ""
}

// execForm offers the edit that takes the shell out of the way: the exec form where the shell has nothing to do, exec
// before the command where it expands something, runs a script that says nothing about its shell, or is given comments or several lines,
// which may hold some. Both leave the rest as it is. None would help where the command is another shell with a script.
func execForm(f *dockerfile.File, st shellStart, s dockerfile.Script, img *workload.Image) *check.Fix {
	switch {
	case s.Start < 0 || st.init != "" || st.at != st.command.At || runsShell(s, img):
		return nil
	case len(s.Words) > 0 && !(st.keyword == "ENTRYPOINT" && !img.Cmd.Absent()) && // CMD would become arguments
		st.at.Start.Line == st.at.End.Line && !mayComment(s) && !needsShell(f, img, s.Words[0]):
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		list := make([]string, len(s.Words))
		for i, w := range s.Words {
			b.Reset()
			if enc.Encode(w) != nil {
				return nil
			}
			list[i] = strings.TrimSpace(b.String())
		}
		return &check.Fix{
			Message: "Use the exec form", Safe: true,
			Edits: []check.Edit{{At: st.at, New: "[" + strings.Join(list, ", ") + "]"}},
		}
	}
	at := s.Word.At.Start.Offset
	if !st.command.Shell {
		at++ // the quote
	}
	if before := at + s.Start; before+len(s.Program) <= len(f.Source) && string(f.Source[at:before]) == s.Word.Text[:s.Start] {
		pos := s.Word.At.Start
		pos.Col += before - pos.Offset
		pos.Offset = before
		return &check.Fix{
			Message: "Let the program replace the shell", Safe: true,
			Edits: []check.Edit{{At: check.Span{File: f.Path, Start: pos, End: pos}, New: "exec "}},
		}
	}
	return nil
}

// runsShell reports whether the command of a script is a shell that is given a script in turn.
func runsShell(s dockerfile.Script, img *workload.Image) bool {
	inner := workload.Command{}
	for _, w := range s.Words {
		inner.Words = append(inner.Words, workload.Word{Text: w})
	}
	_, ok := dockerfile.ScriptOf(inner, img.Shell)
	return ok
}

// mayComment reports whether a script holds a "#" that none of its words does.
func mayComment(s dockerfile.Script) bool {
	return strings.Count(s.Word.Text, "#") > strings.Count(strings.Join(s.Words, ""), "#")
}

// needsShell reports whether a program may be a script without "#!", which the kernel refuses to run and shells run themselves.
func needsShell(f *dockerfile.File, img *workload.Image, program string) bool {
	for _, at := range dockerfile.Located(img, program) {
		if o, ok := f.Origin(img, at); ok && o.File != "" {
			return !bytes.HasPrefix(f.Around.Read(o.File), []byte("#!"))
		}
	}
	return path.Ext(program) == ".sh"
}

// onWindows reports whether the image is one of Windows, whose shell form runs cmd.exe.
func onWindows(r release) bool {
	ref := strings.ToLower(r.chain()[0].Ref)
	return strings.Contains(ref, "windows") || strings.Contains(ref, "nanoserver")
}
