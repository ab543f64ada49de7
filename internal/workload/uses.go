package workload

import (
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
)

// UsedBeside returns what tells whether something besides the program may use a variable that the container has: a script or
// another program that the container starts, a command line, another variable's value, a probe, a mounted ConfigMap, or, if the
// image sets it, the build.
func (w *Workload) UsedBeside() func(name string) bool {
	if st := w.start(); st.opaque != "" || st.via != "" || st.others || st.unsure && st.pkg == "" {
		return func(string) bool { return true }
	}
	words := map[string]bool{}
	for _, text := range w.texts() {
		for _, word := range wordsOf(text) {
			words[word] = true
		}
	}
	if w.Image != nil {
		for _, v := range w.Image.Env {
			words[v.Name] = words[v.Name] || v.Used
		}
	}
	return func(name string) bool {
		return words[name] || !slices.ContainsFunc(wordsOf(name), func(word string) bool { return !words[word] })
	}
}

// wordsOf returns the parts of a text that may be names of variables.
func wordsOf(text string) []string {
	return strings.FieldsFunc(text, func(c rune) bool { return c >= 0x80 || !isNameByte(byte(c)) })
}

// texts returns everything around the program that may refer to a variable of its container.
func (w *Workload) texts() []string {
	var out []string
	words := func(vs ...Value[Command]) {
		for _, v := range vs {
			c, _ := v.Get()
			for _, word := range c.Words {
				out = append(out, word.Text)
			}
		}
	}
	if w.Image != nil {
		words(w.Image.Entrypoint, w.Image.Cmd, w.Image.Healthcheck)
	}
	if w.Deploy == nil {
		return out
	}
	words(w.Deploy.Entrypoint, w.Deploy.Args)
	for _, p := range []*Probe{w.Deploy.Liveness, w.Deploy.Readiness, w.Deploy.Startup} {
		if p != nil {
			words(p.Command)
		}
	}
	for _, v := range w.Deploy.Env.Members {
		if s, ok := v.Value.Get(); ok {
			out = append(out, s)
		}
	}
	if w.Deploy.Variant == nil {
		return out
	}
	for _, c := range w.Deploy.Variant.ConfigMaps {
		mounted := func(m Mount) bool { return sourceOf(m) == "ConfigMap "+c.Name || m.Source == "projected" }
		if !slices.ContainsFunc(w.Deploy.Mounts, mounted) {
			continue
		}
		for _, v := range c.Data {
			s, _ := v.Get()
			out = append(out, s)
		}
	}
	return out
}

// markShared notes which variables of a variant's containers are there for others as well: another container takes them from
// the same place, ConfigMap, Secret or file, or something mounts that.
func markShared(v *Variant) {
	places, sources := map[check.Span]int{}, map[string]int{}
	for _, d := range v.Deploys {
		mine, from := map[check.Span]bool{}, map[string]bool{}
		for _, e := range d.Env.Members {
			mine[e.At] = true
		}
		for _, s := range d.EnvSources {
			from[s.Kind+" "+s.Name] = true
		}
		for at := range mine {
			places[at]++
		}
		for name := range from {
			sources[name]++
		}
		for _, m := range d.Mounts {
			sources[sourceOf(m)] += 2
		}
	}
	for _, d := range v.Deploys {
		for i, e := range d.Env.Members {
			d.Env.Members[i].Shared = places[e.At] > 1 || e.From != "" && sources[e.From] > 1
		}
	}
}

// sourceOf names what a volume shows as [EnvVar.From] does.
func sourceOf(m Mount) string {
	switch m.Source {
	case "configMap":
		return "ConfigMap " + m.Name
	case "secret":
		return "Secret " + m.Name
	case "bind":
		return "env_file " + m.Name
	}
	return ""
}
