package workload

import (
	"fmt"
	"strings"

	checkdockerfile "github.com/factorlint/factorlint/checks/dockerfile"
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

func drainNeverRuns() check.Check[*workload.Workload] {
	return check.Check[*workload.Workload]{Rule: "drain-never-runs", Run: func(p *check.Pass[*workload.Workload]) {
		w := p.Subject
		if w.Program == nil || w.Image == nil || w.Deploy != nil && (ends(w.Deploy) || w.Deploy.Development) || !servesAll(w) {
			return
		}
		if c := w.Program.Class; c != workload.Server && c != workload.Worker || !w.Program.Handles("SIGTERM") || len(w.Program.Drains.Members) == 0 {
			return
		}
		f := check.Finding{
			Replaces: []string{"shell-form-entrypoint", "entrypoint-script-swallows-signals"},
			Logical:  w.Image.File + "/" + w.Image.Stage,
			Matter:   w.Program.Name,
		}
		name := w.Program.Title()
		if k, ok := checkdockerfile.KeeperOf(w); ok {
			f.At = k.At
			f.Message = fmt.Sprintf("%s: %s stays PID 1 and passes no signal on, so the SIGTERM on which %s drains never reaches it: it is killed when the grace period ends",
				k.Form, k.Shell, name)
			if k.Init != "" {
				f.Message = fmt.Sprintf("%s under %s: %s takes the SIGTERM on which %s drains for itself and ends: %s is killed at once",
					k.Form, k.Init, k.Shell, name, name)
			}
		} else if signal, ok := otherSignal(w); ok {
			f.At = stopSignal(w).At()
			f.Message = fmt.Sprintf("the container is stopped with %s, but %s drains on SIGTERM and does not handle %s: it is ended at once and drains nothing",
				signal, name, signal)
		} else {
			return
		}
		for _, s := range w.Program.Signals.Members {
			if s.Name == "SIGTERM" {
				f.Related = related(f.Related, s.At, "handles SIGTERM here")
			}
		}
		f.Related = related(f.Related, w.Program.Drains.Members[0].At, "drains here")
		inOrder(w, f.Related)
		p.Report(f)
	}}
}

// otherSignal returns the signal that the container is stopped with, if that is one for which the program is not prepared.
func otherSignal(w *workload.Workload) (name string, ok bool) {
	name, ok = stopSignal(w).Get()
	if !ok || w.Program.Signals.Open() {
		return "", false
	}
	name = strings.ToUpper(name)
	if number, isNumber := signals[name]; isNumber {
		name = number
	} else if !strings.HasPrefix(name, "SIG") {
		name = "SIG" + name
	}
	return name, !w.Program.Handles(name)
}

// signals are the names of signals by the numbers that people write.
var signals = map[string]string{"1": "SIGHUP", "2": "SIGINT", "3": "SIGQUIT", "9": "SIGKILL", "10": "SIGUSR1", "12": "SIGUSR2", "15": "SIGTERM"}
