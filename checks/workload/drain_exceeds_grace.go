package workload

import (
	"fmt"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

func drainExceedsGrace() check.Check[*workload.Workload] {
	return check.Check[*workload.Workload]{Rule: "drain-exceeds-grace", Run: func(p *check.Pass[*workload.Workload]) {
		w, d := p.Subject, p.Subject.Deploy
		if !runsWhole(w) || d.Development {
			return
		}
		if c := w.Program.Class; c != workload.Server && c != workload.Worker {
			return
		}
		if !drains(w) {
			return // the drain does not begin on the signal that the platform sends: another rule's finding
		}
		time := w.Program.DrainTime(w.Inputs())
		drain, known := time.Get()
		preStop, knownStop := d.PreStop.Or(0)
		grace, knownGrace := d.Grace.Or(d.Platform.DefaultGrace())
		if !known || !knownStop || !knownGrace || drain <= 0 || drain+preStop < grace {
			return
		}
		if d.Grace.Absent() && d.Variant != nil && d.Variant.Incomplete {
			return // an overlay may set it
		}
		at, setting := d.Grace.At(), "terminationGracePeriodSeconds"
		if d.Platform == workload.Compose {
			setting = "stop_grace_period"
		}
		if d.Grace.Absent() {
			at, setting = d.At, "default "+setting
		}
		needs := "may drain for " + drain.String()
		if preStop > 0 {
			needs += fmt.Sprintf(" after a preStop hook of %s", preStop)
		}
		p.Report(check.Finding{
			At: at,
			Message: fmt.Sprintf("%s %s, but its %s is %s: SIGKILL cuts off requests that are still being served",
				w.Program.Title(), needs, setting, grace),
			Related: related(nil, time.At(), fmt.Sprintf("the %s for draining are set here", drain)),
			Logical: logical(d),
			Matter:  w.Program.Name,
		})
	}}
}

// drains reports whether the program handles the signal that its container is stopped with, or may do so.
func drains(w *workload.Workload) bool {
	if w.Program.Signals.Open() {
		return true
	}
	signal, ok := stopSignal(w).Or("SIGTERM")
	return ok && w.Program.Handles(signal)
}

// stopSignal returns the signal that the container is stopped with, if the deploy or the image names one.
func stopSignal(w *workload.Workload) workload.Value[string] {
	stop := workload.Absent[string](check.Span{})
	if w.Deploy != nil {
		stop = w.Deploy.StopSignal
	}
	if stop.Absent() && w.Image != nil {
		stop = w.Image.StopSignal
	}
	return stop
}
