package manifest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/suggest"
	"github.com/factorlint/factorlint/internal/workload"
)

// danglingProbePort is FL0704. The kubelet looks a probe's named port up in the probed container alone (kubelet,
// prober.extractPort).
func danglingProbePort() check.Check[*workload.Variant] {
	return check.Check[*workload.Variant]{Rule: "dangling-probe-port", Run: func(p *check.Pass[*workload.Variant]) {
		if p.Subject.Incomplete {
			return // a patch may add the port
		}
		for _, d := range p.Subject.Deploys {
			if !isBuiltIn(d) {
				continue
			}
			for _, probe := range []struct {
				kind, effect string
				*workload.Probe
			}{
				{"startup", "the container is restarted again and again", d.Startup},
				{"liveness", "the container is restarted again and again", d.Liveness},
				{"readiness", "the pod never gets ready and receives no traffic", d.Readiness},
			} {
				if probe.Probe != nil {
					probePort(p, d, probe.kind, probe.effect, probe.Port)
				}
			}
		}
	}}
}

func probePort(p *check.Pass[*workload.Variant], d *workload.Deploy, kind, effect string, port workload.Value[string]) {
	name, ok := port.Get()
	if _, err := strconv.Atoi(name); !ok || err == nil {
		return
	}
	if slices.ContainsFunc(d.Ports, func(c workload.Port) bool { return c.Name == name || strings.Contains(c.Name, "$") }) {
		return
	}
	f := check.Finding{
		At: port.At(),
		Message: fmt.Sprintf("the %s probe of %s asks the port named %q, but the container declares %s: the probe always fails and %s",
			kind, container(d), name, list(d.Ports), effect),
		Logical: logical(d),
		Matter:  kind + " " + name,
		Fix:     renamePort(port, d.Ports),
	}
	for _, c := range d.Ports[:min(len(d.Ports), maxNamed)] {
		f.Related = append(f.Related, check.Related{At: c.At, Message: "declares " + describe(c)})
	}
	p.Report(f)
}

// renamePort returns the fix that gives a reference the name it was meant to have, if that can be only one: the nearest
// of the declared names, one typing mistake away, and no other is near. It writes nothing where the name does not stand as
// it is, as in what a template renders.
func renamePort(ref workload.Value[string], ports []workload.Port) *check.Fix {
	const most = 100 // ports that are compared
	name, _ := ref.Get()
	if len(ports) > most {
		return nil
	}
	var names, near []string
	for _, c := range ports {
		if c.Name != "" && !slices.Contains(names, c.Name) {
			names = append(names, c.Name)
		}
	}
	for _, n := range names {
		if strings.EqualFold(n, name) || len(name) > 3 && suggest.Distance(n, name) == 1 {
			near = append(near, n)
		}
	}
	if len(near) != 1 || !verbatim(ref) {
		return nil
	}
	return &check.Fix{
		Message: fmt.Sprintf("Name the port %q", near[0]),
		Safe:    true, // nothing could have used the reference as it was
		Edits:   []check.Edit{{At: inQuotes(ref.At(), name), New: near[0]}},
	}
}

// inQuotes returns the place of a text within the quotes that stand around it, if any do: the span spells the text.
func inQuotes(at check.Span, text string) check.Span {
	quotes := (at.End.Offset - at.Start.Offset - len(text)) / 2
	at.Start.Offset, at.Start.Col = at.Start.Offset+quotes, at.Start.Col+quotes
	at.End.Offset, at.End.Col = at.End.Offset-quotes, at.End.Col-quotes
	return at
}
