package workload

import (
	"fmt"
	"slices"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

func envDrift() check.Check[*workload.Workload] {
	return check.Check[*workload.Workload]{Rule: "env-drift", Run: func(p *check.Pass[*workload.Workload]) {
		w, d := p.Subject, p.Subject.Deploy
		if !runsWhole(w) || d.Development {
			return
		}
		in := w.Inputs()
		var seen []string
		for _, read := range w.Program.Env.Members {
			required, _ := read.Required.Get() // then env-not-provided speaks
			_, hasDefault := read.Default.Get()
			if required || hasDefault || read.Prefix || slices.Contains(seen, read.Name) || !in.Env(read.Name).Absent() {
				continue
			}
			seen = append(seen, read.Name)
			other, by := setElsewhere(w, read.Name)
			if by == nil {
				continue
			}
			p.Report(check.Finding{
				At: d.EnvAt,
				Message: fmt.Sprintf("%s does not set %s, which %s of %s sets: here %s goes on without it",
					describe(d), read.Name, describe(by), other.At.File, w.Program.Title()),
				Related: related(related(nil, read.At, read.Name+" is read here"), other.At, "another deploy sets it here"),
				Logical: logical(d),
				Matter:  read.Name,
			})
		}
	}}
}

// setElsewhere returns the variable as another variant that deploys the program sets it, and where by; nil if none does.
func setElsewhere(w *workload.Workload, name string) (v workload.EnvVar, by *workload.Deploy) {
	for _, o := range w.Siblings {
		if o.Program != w.Program || o.Deploy.Variant == w.Deploy.Variant || ends(o.Deploy) {
			continue
		}
		env := o.Deploy.Env.Members
		if i := slices.IndexFunc(env, func(v workload.EnvVar) bool { return v.Name == name }); i >= 0 {
			return env[i], o.Deploy
		}
	}
	return v, nil
}
