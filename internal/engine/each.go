package engine

import (
	"slices"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/dockerfile"
	"github.com/factorlint/factorlint/internal/inorder"
	"github.com/factorlint/factorlint/internal/workload"
	"github.com/factorlint/factorlint/rules"
)

// each runs those checks that were asked for on all subjects, and reports what they find in the order of the subjects. what is
// what users call them, and place tells where one is. A check that breaks down on one does not keep the others from being judged.
func each[T any](r *run, what string, checks []check.Check[T], subjects []T, place func(T) check.Span, report func(T, check.Finding)) {
	checks = slices.DeleteFunc(checks, func(c check.Check[T]) bool {
		return !slices.ContainsFunc(r.rules, func(rule *rules.Rule) bool { return rule.Name == c.Rule })
	})
	step := r.progress.Start("judging", what)
	defer step.End()
	step.Expect(len(subjects))
	type judged struct {
		subject  T
		findings []check.Finding
		broken   []check.Notification
	}
	inorder.Each(subjects, func(subject T) judged {
		j := judged{subject: subject}
		for _, c := range checks {
			j.broken = append(j.broken, check.Shield(place(subject), "looking for "+c.Rule, func() {
				check.Run(c, subject, r.settings, func(f check.Finding) { j.findings = append(j.findings, f) })
			})...)
		}
		return j
	}, func(j judged) {
		step.Done(1)
		r.notes = append(r.notes, j.broken...)
		for _, f := range j.findings {
			report(j.subject, f)
		}
	})
}

func dockerfilePlace(d *dockerfile.File) check.Span { return check.Span{File: d.Path} }

// variantPlace returns the file of the first container that is deployed.
func variantPlace(v *workload.Variant) check.Span {
	if len(v.Deploys) == 0 {
		return check.Span{}
	}
	return check.Span{File: v.Deploys[0].At.File}
}

// workloadPlace returns the file of the manifest or, where there is none, of the image or the program.
func workloadPlace(w *workload.Workload) check.Span {
	switch {
	case w.Deploy != nil:
		return check.Span{File: w.Deploy.At.File}
	case w.Image != nil:
		return check.Span{File: w.Image.File}
	case w.Program != nil:
		return check.Span{File: w.Program.At.File}
	}
	return check.Span{}
}
