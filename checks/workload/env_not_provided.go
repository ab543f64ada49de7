package workload

import (
	"fmt"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

func envNotProvided() check.Check[*workload.Workload] {
	return check.Check[*workload.Workload]{Rule: "env-not-provided", Run: func(p *check.Pass[*workload.Workload]) {
		w, d := p.Subject, p.Subject.Deploy
		if w.Program == nil || w.Image == nil || d == nil || d.Development || !servesAll(w) {
			return
		}
		in, seen := w.Inputs(), map[string]bool{}
		for _, read := range w.Program.Env.Members {
			required, _ := read.Required.Get()
			_, hasDefault := read.Default.Get()
			if !required || hasDefault || read.Prefix || seen[read.Name] {
				continue
			}
			seen[read.Name] = true
			if !in.Env(read.Name).Absent() {
				continue
			}
			p.Report(check.Finding{
				At: d.EnvAt,
				Message: fmt.Sprintf("%s needs %s, but neither %s nor its image sets it: the program refuses to work without it",
					w.Program.Name, read.Name, describe(d)),
				Related: related(nil, read.At, read.Name+" is required here"),
				Logical: logical(d),
				Matter:  read.Name,
			})
		}
	}}
}

func describe(d *workload.Deploy) string {
	if d.Platform == workload.Compose {
		return "the Compose service " + d.Name
	}
	return "the container " + d.Name
}
