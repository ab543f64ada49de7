package engine

import (
	"path"
	"slices"

	checkdockerfile "github.com/factorlint/factorlint/checks/dockerfile"
	checkmanifest "github.com/factorlint/factorlint/checks/manifest"
	checkrepository "github.com/factorlint/factorlint/checks/repository"
	checkworkload "github.com/factorlint/factorlint/checks/workload"
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/dockerfile"
	"github.com/factorlint/factorlint/internal/repository"
	"github.com/factorlint/factorlint/internal/workload"
	"github.com/factorlint/factorlint/rules"
)

// check looks for what the rules are about, in all that was read and bound.
func (r *run) check() {
	report := func(f check.Finding) { r.findings = append(r.findings, f) }
	seen := renderings{}
	each(r, "Dockerfiles", checkdockerfile.All(), r.dockerfiles, dockerfilePlace, func(_ *dockerfile.File, f check.Finding) { report(f) })
	r.dockerfiles = nil // what the images of workloads are, Bind has taken from them
	each(r, "variants", checkmanifest.All(), r.variants, variantPlace, func(v *workload.Variant, f check.Finding) { seen.report(f, v, r.settings.Roles, report) })
	each(r, "the repository", checkrepository.All(), []*repository.Tree{r.tree}, func(*repository.Tree) check.Span { return check.Span{} }, func(_ *repository.Tree, f check.Finding) { report(f) })
	each(r, "workloads", slices.Concat(checkworkload.All(), checkdockerfile.Commands()), r.workloads, workloadPlace, func(w *workload.Workload, f check.Finding) {
		if f.Workload == "" {
			f.Workload = w.Name
		}
		if w.Deploy == nil {
			report(f)
			return
		}
		seen.report(f, w.Deploy.Variant, r.settings.Roles, report)
	})
	bound := r.deployed()
	for _, f := range r.golang.Findings {
		report(raised(f, bound))
	}
	for _, w := range r.golang.Withheld {
		f := raised(w.Finding, bound)
		// triage finds a comment again, and counts it as used; what is deployed is judged wherever it lies, and so is what
		// the user asked for by its folder or a role
		if w.By != nil || f.Workload != "" || r.isAskedFor(f.At.File) {
			report(f)
		}
	}
}

// renderings holds what was found in the renderings of charts: which one showed it first.
type renderings map[rendered]*workload.Variant

type rendered struct {
	rule  *rules.Rule
	chart string
	at    check.Span
}

// report files what was found in a variant. A defect of a template that several values files show is one finding, and a
// value that a values file gives is named with its line there: unless it is one of the chart's tests.
func (seen renderings) report(f check.Finding, v *workload.Variant, roles check.Roles, report func(check.Finding)) {
	if v == nil || v.Chart == "" {
		report(overlaid(f, v))
		return
	}
	places := []check.Span{f.At}
	for _, rel := range f.Related {
		places = append(places, rel.At)
	}
	for _, at := range places {
		origin, ok := v.Origins[at]
		if ok && roles.Of(origin.File) != check.Product {
			return // the values of the chart's own tests are at fault
		}
		if ok && !slices.Contains(places, origin) {
			places = append(places, origin)
			f.Related = append(f.Related, check.Related{At: origin, Message: "the chart takes it from here"})
		}
	}
	id := rendered{f.Rule, v.Chart, f.At}
	if first := seen[id]; first == nil || first == v {
		seen[id] = v
		report(f)
	}
}

// overlaid names the overlay that shows a defect of something that it takes in: another may show none.
func overlaid(f check.Finding, v *workload.Variant) check.Finding {
	if v == nil || v.Overlay.File == "" {
		return f
	}
	beside := func(file string) bool { return path.Dir(file) == path.Dir(v.Overlay.File) }
	if !beside(f.At.File) && !slices.ContainsFunc(f.Related, func(r check.Related) bool { return beside(r.At.File) }) {
		f.Related = append(f.Related, check.Related{At: v.Overlay, Message: "this overlay deploys it"})
	}
	return f
}

// raised returns a finding about a program that an image carries with that workload; a server that handles no SIGTERM
// is then an error, since a container is always stopped by one.
func raised(f check.Finding, bound map[check.Span]*workload.Workload) check.Finding {
	w := bound[f.At]
	if w == nil {
		return f
	}
	f.Workload = w.Name
	if f.Rule != nil && f.Rule.Name == "sigterm-unhandled" {
		f.Severity = rules.Error
	}
	return f
}

// deployed returns the workloads whose program an image carries, by the place of the program's main listener or, of a
// worker, the first call that takes its work.
func (r *run) deployed() map[check.Span]*workload.Workload {
	out := map[check.Span]*workload.Workload{}
	for _, w := range r.workloads {
		if w.Program == nil || w.Image == nil || r.settings.Roles.Of(w.Image.File) != check.Product {
			continue
		}
		if l, ok := w.Program.MainListen(); ok {
			out[l.At] = w
		}
		if w.Program.Class == workload.Worker {
			out[w.Program.Consumes[0].At] = w
		}
	}
	return out
}
