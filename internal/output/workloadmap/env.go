package workloadmap

import (
	"cmp"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/workload"
)

// variables draws the table of environment variables: those that the program reads, then those that are only set.
func (b *builder) variables() {
	rows := map[string]*Variable{}
	var order []string
	row := func(name string) *Variable {
		v := rows[name]
		if v == nil {
			v = &Variable{Name: name, State: Open, Required: "unknown", Read: []Place{}, Set: []Setting{}}
			rows[name] = v
			order = append(order, name)
		}
		return v
	}
	if b.Program != nil {
		for _, e := range b.Program.Env.Members {
			b.read(row(e.Name), e)
		}
	}
	if b.Image != nil {
		for _, e := range b.Image.Env {
			if rows[e.Name] != nil { // a program is told a lot by its base image; what it reads counts
				set := row(e.Name)
				set.Set = append(set.Set, Setting{"image", b.place(e.At)})
			}
		}
	}
	if b.Deploy != nil {
		for i, e := range b.Deploy.Env.Members {
			set := row(e.Name)
			set.Set = append(set.Set, Setting{cmp.Or(e.From, b.source(i), "manifest"), b.place(e.At)})
		}
	}
	slices.Sort(order)
	for _, name := range order {
		v := rows[name]
		b.value(v)
		b.m.Env = append(b.m.Env, *v)
	}
}

// source returns where the i-th variable of the deploy takes its value from, if it names one key: the source that stands
// between it and the next variable.
func (b *builder) source(i int) string {
	env := b.Deploy.Env.Members
	for _, s := range b.Deploy.EnvSources {
		behind := func(e workload.EnvVar) bool { return e.At.File == s.At.File && e.At.Start.Line <= s.At.Start.Line }
		if s.Key != "" && behind(env[i]) && (i+1 == len(env) || !behind(env[i+1])) {
			return s.Kind + " " + s.Name + " key " + s.Key
		}
	}
	return ""
}

// read adds one place at which the program reads a variable.
func (b *builder) read(v *Variable, e workload.EnvRead) {
	v.Prefix = v.Prefix || e.Prefix
	if at := b.place(e.At); !slices.Contains(v.Read, at) {
		v.Read = append(v.Read, at)
	}
	switch required, ok := e.Required.Get(); {
	case ok && required:
		v.Required = "yes"
	case ok && v.Required == "unknown", e.Required.Absent() && v.Required == "unknown":
		v.Required = "no"
	}
	if def, ok := e.Default.Get(); ok && v.Default == nil {
		def = shownDefault(v.Name, def)
		v.Default = &def
	}
}

// value finds out what a variable is in this workload.
func (b *builder) value(v *Variable) {
	if v.Prefix {
		return
	}
	given := b.in.Env(v.Name)
	s, ok := given.Get()
	switch {
	case ok && s != "" && hides(v.Name, s):
		v.State = Hidden
	case ok:
		v.State, v.Value = Set, safe(s)
	case given.Absent():
		v.State = Unset
	case slices.ContainsFunc(v.Set, func(s Setting) bool { return strings.HasPrefix(s.By, "Secret") }):
		v.State = Hidden
	}
}
