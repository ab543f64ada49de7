package workloadmap

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// parts draws what the workload is made of.
func (b *builder) parts() {
	if d := b.Deploy; d != nil {
		b.m.Deploy = &Deploy{Container: d.Name, Object: d.Object, Kind: d.Kind, Platform: string(d.Platform), Place: b.place(d.At)}
		if ref, ok := d.Image.Get(); ok {
			b.m.Deploy.Image, b.m.Deploy.ImageAt = ref, b.place(d.Image.At())
		}
		if v := d.Variant; v != nil {
			b.m.Deploy.Variant, b.m.Deploy.Chart = v.Name, v.Chart
			if v.Overlay.File != "" && path.Dir(v.Overlay.File) != path.Dir(d.At.File) {
				b.m.Deploy.Overlay = b.prefix + v.Overlay.File
			}
		}
	}
	if i := b.Image; i != nil {
		base, _ := i.Base.Get()
		user, _ := i.RunsAs()
		b.m.Image = &Image{Stage: i.Stage, Base: base, User: user, Place: b.place(i.At)}
	}
	if p := b.Program; p != nil {
		b.m.Program = &Program{Name: p.Name, ImportPath: p.ImportPath, Directory: path.Join(b.prefix, p.Dir), GoVersion: p.GoVersion,
			Class: string(cmp.Or(p.Class, workload.Uncertain)), Place: b.place(p.At)}
		if word, ok := b.Subcommand().Get(); ok {
			if i := slices.IndexFunc(p.Commands.Members, func(c workload.Subcommand) bool { return firstWord(c.Path) == word }); i >= 0 {
				b.m.Program.Command = word
			}
		}
	}
}

// image adds what only the image says.
func (b *builder) image(i *workload.Image) {
	for _, p := range i.Expose {
		b.keyed(&b.m.Ports, p.At, "EXPOSE", show(p.Number), otherProtocol(p.Protocol), show(p.Number))
	}
	for _, v := range i.Volumes {
		b.add(&b.m.Storage, v.At, "VOLUME", v.Text, "")
	}
	if user, ok := i.RunsAs(); ok {
		at := i.User.At()
		if i.User.Absent() {
			at = i.BaseAt
		}
		b.add(&b.m.Security, at, "image user", user, "")
	}
}

// deploy adds what only the manifest says.
func (b *builder) deploy(d *workload.Deploy) {
	b.published(d)
	for _, m := range d.Mounts {
		note := strings.TrimSpace(m.Source + " " + m.Name)
		if m.ReadOnly {
			note += ", read-only"
		}
		b.add(&b.m.Storage, m.At, "mounts", m.Path, note)
	}
	for _, l := range []struct {
		what  string
		value workload.Value[string]
	}{
		{"CPU request", d.CPURequest}, {"CPU limit", d.CPULimit},
		{"memory request", d.MemoryRequest}, {"memory limit", d.MemoryLimit},
	} {
		known(b, &b.m.Limits, l.what, l.value)
	}
	for _, name := range []string{"GOMEMLIMIT", "GOMAXPROCS", "GOGC"} {
		known(b, &b.m.Limits, name, b.in.Env(name))
	}
	b.scale(d)
	known(b, &b.m.Security, "read-only root", d.ReadOnlyRoot)
	known(b, &b.m.Security, "privileged", d.Privileged)
	known(b, &b.m.Security, "non-root", d.NonRoot)
	known(b, &b.m.Security, "user", d.RunAsUser)
}

// published adds the ports of the container and of what leads to it.
func (b *builder) published(d *workload.Deploy) {
	what := "containerPort"
	if d.Platform == workload.Compose {
		what = "container port"
	}
	for _, p := range d.Ports {
		b.keyed(&b.m.Ports, p.At, what, show(p.Number), joined(p.Name, otherProtocol(p.Protocol)), show(p.Number))
	}
	for _, p := range d.Services {
		what, note := "Service", joined(p.Service, p.Name, otherProtocol(p.Protocol))
		if d.Platform == workload.Compose {
			what, note = "published", otherProtocol(p.Protocol)
		}
		to := show(p.Target)
		if i := slices.IndexFunc(d.Ports, p.LeadsTo); i >= 0 {
			to = show(d.Ports[i].Number)
		}
		b.keyed(&b.m.Ports, p.At, what, show(p.Port)+" → "+show(p.Target), note, to)
	}
	if d.Variant == nil {
		return
	}
	for _, in := range d.Variant.Ingresses {
		for _, to := range in.Backends {
			if slices.ContainsFunc(d.Services, func(p *workload.ServicePort) bool { return p.Service == to.Service }) {
				b.add(&b.m.Ports, to.Port.At(), "Ingress", "→ "+show(to.Port), in.Name+" to Service "+to.Service)
			}
		}
	}
}

// scale adds how many of the container there are, and when.
func (b *builder) scale(d *workload.Deploy) {
	known(b, &b.m.Scale, "replicas", d.Replicas)
	if c := d.Cron; c != nil {
		known(b, &b.m.Scale, "schedule", c.Schedule)
		known(b, &b.m.Scale, "concurrency", c.Concurrency)
	}
	if d.Variant == nil {
		return
	}
	for _, s := range d.Variant.Scalers {
		if !slices.Contains(s.Scales, d) {
			continue
		}
		var by []string
		for _, m := range s.Metrics {
			by = append(by, m.Resource)
		}
		note := s.Name
		if len(by) > 0 {
			note += ", by " + strings.Join(by, ", ")
		}
		b.add(&b.m.Scale, s.At, s.Kind, show(s.Min)+" to "+show(s.Max), note)
	}
	for _, p := range d.Variant.Budgets {
		if slices.Contains(p.Selects, d) {
			b.add(&b.m.Scale, p.At, "PodDisruptionBudget", p.Name, "")
		}
	}
}

// unknown adds what cannot be told, and why.
func (b *builder) unknown() {
	to := &b.m.Unknown
	if p := b.Program; p != nil {
		for _, why := range p.Unbounded {
			b.add(to, check.Span{}, "program", why, "")
		}
	}
	d := b.Deploy
	if d == nil {
		return
	}
	for _, s := range d.EnvSources {
		if !s.Found {
			b.add(to, s.At, "variables", joined(s.Kind, s.Name, s.Key), "not in the tree")
		}
	}
	if d.Variant != nil && d.Variant.Incomplete {
		b.add(to, check.Span{}, "manifest", "what is added when it is rendered", "")
	}
}

// known adds a value if it is known.
func known[T any](b *builder, to *[]Fact, what string, v workload.Value[T]) {
	if x, ok := v.Get(); ok {
		b.add(to, v.At(), what, safe(fmt.Sprint(x)), "")
	}
}

// show returns a value for people: "?" if it cannot be told, "none" if it is missing.
func show[T any](v workload.Value[T]) string {
	x, ok := v.Get()
	switch {
	case ok:
		return fmt.Sprint(x)
	case v.Absent():
		return "none"
	}
	return "?"
}

func otherProtocol(protocol string) string {
	if strings.EqualFold(protocol, "tcp") {
		return ""
	}
	return protocol
}

// joined joins the words that are not empty.
func joined(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(s string) bool { return s == "" }), " ")
}

func firstWord(s string) string {
	if f := strings.Fields(s); len(f) > 0 {
		return f[0]
	}
	return ""
}
