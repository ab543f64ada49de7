package workloadmap

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// signals adds what stops the container, what the program makes of it and how much time that may take.
func (b *builder) signals() {
	to := &b.m.Signals
	var stop workload.Value[string]
	if b.Image != nil {
		stop = b.Image.StopSignal
	}
	if d := b.Deploy; d != nil && !d.StopSignal.Absent() {
		stop = d.StopSignal
	}
	b.started()
	known(b, to, "stop signal", stop)
	if p := b.Program; p != nil {
		b.handled(p)
	}
	d := b.Deploy
	if d == nil || b.Program == nil && d.Grace.Absent() {
		return
	}
	if t, ok := d.PreStop.Get(); ok {
		b.add(to, d.PreStop.At(), "preStop", t.String(), "of the grace period")
	}
	if t, ok := d.Grace.Get(); ok {
		b.add(to, d.Grace.At(), "grace", t.String(), "until SIGKILL")
	} else if d.Grace.Absent() && !d.OneShot {
		b.add(to, check.Span{}, "grace", d.Platform.DefaultGrace().String(), "until SIGKILL, the default")
	}
}

// started adds which instruction or key starts the container, and whether a shell stands between it and the program.
func (b *builder) started() {
	type source struct {
		by      string
		command workload.Value[workload.Command]
		part    string
	}
	entry, cmd := []source{}, []source{}
	if d := b.Deploy; d != nil {
		keys := [2]string{"command", "args"}
		if d.Platform == workload.Compose {
			keys = [2]string{"entrypoint", "command"}
		}
		entry, cmd = append(entry, source{keys[0], d.Entrypoint, "manifest"}), append(cmd, source{keys[1], d.Args, "manifest"})
	}
	if i := b.Image; i != nil {
		entry, cmd = append(entry, source{"ENTRYPOINT", i.Entrypoint, "image"}), append(cmd, source{"CMD", i.Cmd, "image"})
	}
	for _, s := range slices.Concat(entry, cmd) {
		c, ok := s.command.Get()
		if s.command.Absent() || ok && len(c.Words) == 0 {
			continue
		}
		if !ok {
			return
		}
		form := "in exec form"
		if c.Shell {
			form = "in shell form"
		}
		b.keyed(&b.m.Signals, c.At, "started", form, "by "+s.by, s.part)
		return
	}
}

func (b *builder) handled(p *workload.Program) {
	to := &b.m.Signals
	for _, s := range p.Signals.Members {
		b.add(to, s.At, "handles", s.Name, "with "+s.Via)
	}
	if len(p.Signals.Members) == 0 && p.Signals.Complete {
		b.add(to, check.Span{}, "handles", "none", "")
	}
	for _, s := range p.Late {
		b.add(to, s.At, "too late", cmp.Or(s.Name, "signals"), "handled only when nothing is served any more, with "+s.Via)
	}
	for i := range p.Drains.Members {
		d := &p.Drains.Members[i]
		note := "as long as it takes"
		if limit := d.Limit(b.in); !limit.Absent() {
			note = "for a time that cannot be told"
			if t, ok := limit.Get(); ok {
				note = "within " + t.String()
			}
		}
		b.add(to, d.At, "drains", d.Server+"."+d.Method, note)
	}
	if t, ok := p.DrainTime(b.in).Get(); ok && t > 0 {
		b.add(to, p.DrainTime(b.in).At(), "drain time", t.String(), "at most, together")
	}
}

// probes adds how the platform asks after the container, and which route answers.
func (b *builder) probes() {
	d := b.Deploy
	if d == nil {
		return
	}
	for _, p := range []struct {
		what  string
		probe *workload.Probe
	}{{"startup", d.Startup}, {"liveness", d.Liveness}, {"readiness", d.Readiness}} {
		if p.probe == nil {
			continue
		}
		value, note, route := b.probe(p.probe)
		b.keyed(&b.m.Probes, p.probe.At, p.what, value, note, route)
	}
}

// probe returns what a probe does, what is known of the answer, and the name of the route that gives it.
func (b *builder) probe(p *workload.Probe) (value, note, answer string) {
	if c, ok := p.Command.Get(); ok {
		first := ""
		if len(c.Words) > 0 {
			first = firstWord(c.Words[0].Text)
		}
		return "runs " + first, "", "" // the rest may hold a password
	}
	route, ok := p.Path.Get()
	if !ok {
		return "connects to " + show(p.Port), "", ""
	}
	value = "GET " + route + " on " + show(p.Port)
	if b.Program == nil {
		return value, "", ""
	}
	routes := b.Program.Routes
	if i := slices.IndexFunc(routes.Members, func(r workload.Route) bool {
		return (r.Method == "" || r.Method == http.MethodGet) && r.Known && r.Matches(route)
	}); i >= 0 {
		r := routes.Members[i]
		return value, fmt.Sprintf("answered by %s at %s", routeName(r), b.place(r.At)), routeName(r)
	}
	if routes.Complete {
		return value, "no known route answers", ""
	}
	return value, "which route answers cannot be told", ""
}
