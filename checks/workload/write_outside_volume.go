package workload

import (
	"fmt"
	"path"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
	"github.com/factorlint/factorlint/rules"
)

func writeOutsideVolume() check.Check[*workload.Workload] {
	return check.Check[*workload.Workload]{Rule: "write-outside-volume", Run: func(p *check.Pass[*workload.Workload]) {
		w, d := p.Subject, p.Subject.Deploy
		if !runsService(w) || d.Variant != nil && d.Variant.Incomplete {
			return
		}
		if only, _ := d.ReadOnlyRoot.Get(); only {
			return // nothing is left there: another rule says that the write fails
		}
		lost, upload := losesFiles(w)
		if len(lost) == 0 {
			return
		}
		r, many := replicated(d)
		severity := rules.Note
		if many || upload {
			severity = rules.Warning
		}
		f := check.Finding{
			At: d.At,
			Message: fmt.Sprintf("%s writes to %s when it answers requests, where %s has no volume: what is written there is gone when the container is replaced",
				w.Program.Title(), lost[0].dir, describe(d)),
			Logical: logical(d),
			Matter:  lost[0].dir,
		}
		for _, l := range lost {
			f.Related = related(f.Related, l.at, "writes to "+l.dir+" here")
		}
		if many {
			f.Message += ", and other replicas do not see it"
			f.Related = related(f.Related, r.at, r.said)
		}
		p.ReportAs(severity, f)
	}}
}

// losesFiles returns the places outside all volumes in which requests leave files; upload says that files which users send are
// among them.
func losesFiles(w *workload.Workload) (lost []place, upload bool) {
	for _, write := range w.Program.Writes.Members {
		if !write.OnRequest || write.Temporary || !write.Leaves {
			continue
		}
		l, ok := placeOf(w, write.Path, write.At)
		if !ok || l.inVolume(w.Image) || l.onVolume(w, func(workload.Mount) bool { return true }) {
			continue
		}
		lost = append(lost, l)
		upload = upload || strings.HasPrefix(path.Ext(write.Via), ".Save") || strings.Contains(strings.ToLower(l.dir), "upload")
	}
	return lost, upload
}
