package dockerfile

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/dockerfile"
	"github.com/factorlint/factorlint/internal/workload"
)

func entrypointScriptSwallowsSignals() check.Check[*dockerfile.File] {
	return each("entrypoint-script-swallows-signals", func(p *check.Pass[*dockerfile.File], r release) {
		img, list := starts(r)
		for i, s := range list {
			if s.script == nil || i > 0 && list[i-1].script == s.script {
				continue
			}
			first := list[i-1].Call // the command that runs the script
			if group := signalsGroup(first.Words); group || isAction(p.Subject) {
				return
			}
			last, insert := s.script.Last()
			if last == nil || !serves(p.Subject, img, last, s.script) {
				continue
			}
			program := strings.Join(last.Args()[:1], "")
			if program == "${@}" {
				program = "the program it is given"
			}
			f := check.Finding{
				Message: fmt.Sprintf("the entrypoint script %s runs %s without exec: the shell stays %s and passes no signal on, so SIGTERM never reaches %s, which is killed when the grace period ends",
					s.script.Path, program, "PID 1", program),
				Matter: s.script.Path,
			}
			if len(first.Args()) < len(first.Words) {
				f.Message = fmt.Sprintf("the entrypoint script %s runs %s without exec: the shell takes the SIGTERM for itself and ends, so %s is killed at once and shuts nothing down",
					s.script.Path, program, program)
			}
			if !insert.IsZero() {
				f.Fix = &check.Fix{Message: "Let the program replace the shell", Safe: true, Edits: []check.Edit{{At: insert, New: "exec "}}}
			}
			s.Call = last
			reportAt(p, s, last.Words[0].At, img, f)
			return
		}
	})
}

// signalsGroup reports whether an init program that runs the script passes signals to everything below it.
func signalsGroup(words []workload.Word) bool {
	for _, w := range words {
		switch path.Base(w.Text) {
		case "dumb-init":
			return true
		case "tini", "tini-static":
			return slices.ContainsFunc(words, func(w workload.Word) bool { return w.Text == "-g" })
		}
	}
	return false
}

// isAction reports whether the image is that of a GitHub action, which runs once.
func isAction(f *dockerfile.File) bool {
	dir := path.Dir(f.Path)
	return f.Around.Has(path.Join(dir, "action.yml")) || f.Around.Has(path.Join(dir, "action.yaml"))
}

// serves reports whether the command is a program that the image brings along: one that the Dockerfile builds or copies, or
// what CMD gives to the script.
func serves(f *dockerfile.File, img *workload.Image, c *dockerfile.Call, script *dockerfile.ScriptFile) bool {
	args := c.Args()
	if args[0] == "${@}" {
		cmd, ok := img.Cmd.Get()
		words := cmd.Words
		if !ok || len(script.Args) > 0 {
			words = script.Args
		}
		if cmd.Shell || len(words) == 0 || strings.HasPrefix(words[0].Text, "-") {
			return false
		}
		return dockerfile.MayServe(&dockerfile.Call{Words: words})
	}
	for _, at := range dockerfile.Located(img, args[0]) {
		if slices.ContainsFunc(img.Binaries.Members, func(b workload.Binary) bool { return strings.TrimSuffix(b.Path, "/") == at }) {
			return true
		}
		if o, ok := f.Origin(img, at); ok && path.Ext(o.Source) != ".sh" {
			return true
		}
	}
	return path.IsAbs(args[0]) || strings.HasPrefix(args[0], "./")
}
