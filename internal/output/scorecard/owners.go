package scorecard

import (
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
	"github.com/factorlint/factorlint/rules"
)

// owners returns the rows that a finding belongs to: those that it names and, unless it is of a rule that joins artifacts, all
// that are made of what it lies in. It is empty for what is about the repository alone.
func (c *Card) owners(f check.Finding) (rows []int) {
	named := c.named(f)
	for n, row := range c.Rows {
		within := f.Rule.Kind != rules.Workload && slices.ContainsFunc(row.Workloads, func(w *workload.Workload) bool { return belongs(f, w) })
		if within || slices.Contains(named, n) {
			rows = append(rows, n)
		}
	}
	return rows
}

// named returns the rows that a finding names. A name may stand for one container of production and one of development;
// then those count in whose manifests the finding has a place, if there are any.
func (c *Card) named(f check.Finding) (rows []int) {
	for n, row := range c.Rows {
		if f.Workload != "" && (row.Name == f.Workload || slices.Contains(f.Sharing, row.Name)) {
			rows = append(rows, n)
		}
	}
	shown := slices.DeleteFunc(slices.Clone(rows), func(n int) bool {
		return !slices.ContainsFunc(c.Rows[n].Workloads, func(w *workload.Workload) bool { return w.Deploy != nil && hasPlaceIn(f, w.Deploy) })
	})
	if len(shown) > 0 {
		return shown
	}
	return rows
}

func hasPlaceIn(f check.Finding, d *workload.Deploy) bool {
	in := func(at check.Span) bool { return at.File == d.File || at.File == d.At.File }
	return in(f.At) || slices.ContainsFunc(f.Related, func(r check.Related) bool { return in(r.At) })
}

// belongs reports whether a finding of a rule about one artifact lies in a part of a workload.
func belongs(f check.Finding, w *workload.Workload) bool {
	switch f.Rule.Kind {
	case rules.Go:
		return w.Program != nil && inProgram(f.At.File, w.Program)
	case rules.Dockerfile:
		return w.Image != nil && inImage(f, w.Image) || w.Deploy != nil && inDeploy(f, w.Deploy)
	case rules.Manifest:
		return w.Deploy != nil && inDeploy(f, w.Deploy)
	}
	return false
}

// inProgram reports whether a Go file is of a package that a program reaches.
func inProgram(file string, p *workload.Program) bool {
	dir := path.Dir(file)
	return dir == path.Clean(p.Dir) || slices.ContainsFunc(p.Packages, func(at check.Span) bool { return path.Dir(at.File) == dir })
}

// inImage reports whether a finding lies in the Dockerfile of an image. Which of its images are built on the stage in which it
// lies is not known, so it counts for all of them.
func inImage(f check.Finding, img *workload.Image) bool { return f.At.File == img.File }

// inDeploy reports whether a finding of a manifest lies in what a deploy is made of: its object and container, or a
// Service, Ingress, autoscaler, budget, ConfigMap or Secret that belongs to it.
func inDeploy(f check.Finding, d *workload.Deploy) bool {
	rendered := d.Variant != nil && (d.Variant.Chart != "" || d.Variant.Overlay.File != "") // a patch or a values file may be at fault
	if (f.Logical == d.Object || f.Logical == d.Object+"/"+d.Name) && (rendered || hasPlaceIn(f, d)) {
		return true
	}
	for _, s := range d.EnvSources {
		if f.Logical == "v1/"+s.Kind+"/"+d.Namespace()+"/"+s.Name && (s.Key == "" || s.Key == f.Matter) {
			return true
		}
	}
	return slices.Contains(around(d), f.At)
}

// around returns the places of what leads to a deploy, scales it or protects it.
func around(d *workload.Deploy) (out []check.Span) {
	v := d.Variant
	if v == nil {
		return nil
	}
	services := map[string]bool{}
	for _, s := range v.Services {
		if !slices.Contains(s.Selects, d) {
			continue
		}
		services[s.Name] = true
		out = append(out, s.At)
		for _, p := range s.Ports {
			out = append(out, p.At, p.Target.At(), p.Port.At())
		}
		for _, a := range s.Affinity {
			out = append(out, a.At)
		}
	}
	for _, in := range v.Ingresses {
		for _, b := range in.Backends {
			if services[b.Service] {
				out = append(out, in.At, b.Port.At())
				for _, a := range in.Affinity {
					out = append(out, a.At)
				}
			}
		}
	}
	for _, s := range v.Scalers {
		if slices.Contains(s.Scales, d) {
			out = append(out, s.At, s.Min.At(), s.Max.At())
			for _, m := range s.Metrics {
				out = append(out, m.At)
			}
		}
	}
	for _, b := range v.Budgets {
		if slices.Contains(b.Selects, d) {
			out = append(out, b.At)
		}
	}
	for _, p := range v.Previews {
		if strings.HasSuffix(d.Object, "/"+p.Namespace+"/"+p.Name) {
			out = append(out, p.At)
		}
	}
	return out
}
