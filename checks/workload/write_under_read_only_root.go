package workload

import (
	"fmt"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

func writeUnderReadOnlyRoot() check.Check[*workload.Workload] {
	return check.Check[*workload.Workload]{Rule: "write-under-read-only-root", Run: func(p *check.Pass[*workload.Workload]) {
		w, d := p.Subject, p.Subject.Deploy
		if !runsService(w) || d.Variant != nil && d.Variant.Incomplete {
			return
		}
		if only, _ := d.ReadOnlyRoot.Get(); !only {
			return
		}
		refused := refusedWrites(w)
		if len(refused) == 0 {
			return
		}
		setting := "readOnlyRootFilesystem"
		if d.Platform == workload.Compose {
			setting = "read_only"
		}
		f := check.Finding{
			At: d.ReadOnlyRoot.At(),
			Message: fmt.Sprintf("%s writes to %s, but %s makes all of %s read-only, and no volume that can be written to lies there: the write fails",
				w.Program.Title(), refused[0].dir, setting, describe(d)),
			Logical: logical(d),
			Matter:  refused[0].dir,
		}
		for _, r := range refused {
			f.Related = related(f.Related, r.at, "writes to "+r.dir+" here")
		}
		p.Report(f)
	}}
}

// refusedWrites returns the places that the program writes to, its log included, where no writable volume lies.
func refusedWrites(w *workload.Workload) []place {
	var out []place
	add := func(t workload.Text, at check.Span) {
		if r, ok := placeOf(w, t, at); ok && !r.inVolume(w.Image) && !r.onVolume(w, isWritable) {
			out = append(out, r)
		}
	}
	for _, write := range w.Program.Writes.Members {
		if write.Leaves && (write.OnRequest || write.Sure) { // what configuration decides may be decided against
			add(write.Path, write.At)
		}
	}
	for _, log := range w.Program.Logs.Members {
		if log.Always {
			add(log.Path, log.At)
		}
	}
	return out
}
