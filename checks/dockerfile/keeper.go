package dockerfile

import (
	"fmt"
	"path"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/dockerfile"
	"github.com/factorlint/factorlint/internal/workload"
)

// A Keeper is a shell that stays in front of a workload's program and passes no signal on.
type Keeper struct {
	Form  string     // how it is started: "shell-form CMD", "command runs sh -c"
	Shell string     // "dash", "/bin/sh"
	Init  string     // the init program that runs it, or "": then it is PID 1 and takes no notice of SIGTERM
	At    check.Span // what starts it
}

// KeeperOf returns the shell that certainly keeps the signals of a workload with an image for itself: the one that its manifest's command
// starts, or its image, around a program that the Dockerfile builds. ok is false if there is none, or if it cannot be told.
func KeeperOf(w *workload.Workload) (k Keeper, ok bool) {
	d := w.Deploy
	var command workload.Command
	if d != nil && (!d.Entrypoint.Absent() || !d.Args.Absent()) {
		c, ok := commandOf(w)
		if !ok || len(c.command.Words) == 0 {
			return k, false
		}
		command = c.command
		k.Form = fmt.Sprintf("%s runs %s -c", c.key, path.Base(c.command.Words[0].Text))
	} else {
		st, ok := shellStarted(w.Image)
		if !ok {
			return k, false
		}
		command, k.Init, k.At, k.Form = st.command, st.init, st.at, formOf(st)
	}
	script, ok := dockerfile.ScriptOf(command, w.Image.Shell)
	if !ok || script.OneShot || script.Fate != dockerfile.Stays || !builds(w.Image, script.Program) {
		return k, false
	}
	if k.At.IsZero() {
		k.At = script.Word.At
	}
	k.Shell = nameOfShell(script.Shell)
	return k, true
}
