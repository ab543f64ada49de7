package workload

import (
	"fmt"
	"slices"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

func envNotProvided() check.Check[*workload.Workload] {
	return check.Check[*workload.Workload]{Rule: "env-not-provided", Run: func(p *check.Pass[*workload.Workload]) {
		w, d := p.Subject, p.Subject.Deploy
		others := unreadOf(w)
		for _, read := range notProvided(w) {
			f := check.Finding{
				At: d.EnvAt,
				Message: fmt.Sprintf("%s needs %s, but neither %s nor its image sets it: the program refuses to work without it",
					w.Program.Title(), read.Name, describe(d)),
				Related: related(nil, read.At, read.Name+" is required here"),
				Logical: logical(d),
				Matter:  read.Name,
			}
			if i := slices.IndexFunc(others, func(u unread) bool { return alike(u.name, read.Name) }); i >= 0 {
				f.Message += fmt.Sprintf("; %s sets %s, which nothing reads", others[i].by, others[i].name)
				f.Related = related(f.Related, others[i].at, others[i].name+" is set here")
			}
			p.Report(f)
		}
	}}
}

// notProvided returns the reads of variables that the program requires and that nothing sets, one for each variable.
func notProvided(w *workload.Workload) []workload.EnvRead {
	if w.Program == nil || w.Image == nil || w.Deploy == nil || w.Deploy.Development || !servesAll(w) {
		return nil
	}
	var out []workload.EnvRead
	in := w.Inputs()
	for _, read := range w.Program.Env.Members {
		required, _ := read.Required.Get()
		_, hasDefault := read.Default.Get()
		seen := slices.ContainsFunc(out, func(o workload.EnvRead) bool { return o.Name == read.Name })
		if required && !hasDefault && !read.Prefix && !seen && in.Env(read.Name).Absent() {
			out = append(out, read)
		}
	}
	return out
}

func describe(d *workload.Deploy) string {
	if d.Platform == workload.Compose {
		return "the Compose service " + d.Name
	}
	return "the container " + d.Name
}
