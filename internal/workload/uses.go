package workload

import (
	"regexp"
	"slices"
)

// UsedBeside reports whether something besides the program may use a variable that the container has: a script or another
// program that the container starts, a command line, another variable's value, a probe, a ConfigMap, or, if the image sets
// it, the build.
func (w *Workload) UsedBeside(name string) bool {
	if st := w.start(); st.opaque != "" || st.via != "" || st.unsure && st.pkg == "" {
		return true
	}
	word, err := regexp.Compile(`\b` + regexp.QuoteMeta(name) + `\b`)
	if err != nil {
		return true
	}
	return slices.ContainsFunc(w.texts(), word.MatchString) ||
		w.Image != nil && slices.ContainsFunc(w.Image.Env, func(v EnvVar) bool { return v.Name == name && v.Used })
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
	if w.Deploy.Variant != nil {
		for _, c := range w.Deploy.Variant.ConfigMaps {
			for _, v := range c.Data {
				s, _ := v.Get()
				out = append(out, s)
			}
		}
	}
	return out
}

// SharesEnv reports whether a variable that its deploy gets from elsewhere is there for others as well: another container
// names the same ConfigMap, Secret or file, stands where the variable does, or something mounts it.
func (d *Deploy) SharesEnv(v EnvVar) bool {
	if d.Variant == nil {
		return false
	}
	for _, o := range d.Variant.Deploys {
		if slices.ContainsFunc(o.Mounts, func(m Mount) bool { return v.From != "" && v.From == sourceOf(m) }) {
			return true
		}
		if o == d {
			continue
		}
		if slices.ContainsFunc(o.EnvSources, func(s EnvSource) bool { return v.From != "" && v.From == s.Kind+" "+s.Name }) ||
			slices.ContainsFunc(o.Env.Members, func(other EnvVar) bool { return other.At == v.At }) {
			return true
		}
	}
	return false
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
