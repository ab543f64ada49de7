package workloadmap

import (
	"cmp"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// A Group is one workload in all its variants: a container of a chart with each of its values files, or of a base with each
// overlay.
type Group struct {
	*Map                           // of the first variant
	Workloads []*workload.Workload // of all variants, the first one's first
	Variants  []Variant            // the others
}

// A Variant is what is otherwise in a further variant of a workload.
type Variant struct {
	Name  string
	Only  []Line // what the first variant has not
	Lacks []Line // what the first variant has
}

// A Line is one fact of a section in words.
type Line struct{ Section, Text string }

// GroupsOf returns the maps of workloads, variants of one container together: those with a program first, those with nothing
// but a manifest last, and otherwise in the order of their first ones. The prefix is put before every file.
func GroupsOf(ws []*workload.Workload, prefix string) []*Group {
	type key struct {
		at   check.Span
		name string
		nth  int // of those at this place in one variant: a template may be a loop
	}
	type member struct {
		at      check.Span
		name    string
		variant *workload.Variant
	}
	var groups []*Group
	byKey, count := map[key]*Group{}, map[member]int{}
	for _, w := range ws {
		m := Of(w, prefix)
		var k key
		if d := w.Deploy; d != nil && d.Variant != nil {
			in := member{d.At, d.Name, d.Variant}
			k = key{d.At, d.Name, count[in]}
			count[in]++
			if g := byKey[k]; g != nil && !d.At.IsZero() {
				g.Workloads = append(g.Workloads, w)
				g.Variants = append(g.Variants, g.variant(m))
				continue
			}
		}
		g := &Group{Map: m, Workloads: []*workload.Workload{w}}
		groups = append(groups, g)
		if w.Deploy != nil {
			byKey[k] = g
		}
	}
	slices.SortStableFunc(groups, func(a, b *Group) int { return cmp.Compare(a.rank(), b.rank()) })
	return groups
}

func (m *Map) rank() int {
	switch {
	case m.Program != nil:
		return 0
	case m.Image != nil, len(m.Missing) > 0:
		return 1
	}
	return 2
}

// variant compares another variant with the first.
func (g *Group) variant(m *Map) Variant {
	first, other := g.lines(), m.lines()
	return Variant{Name: m.Deploy.label(), Only: missing(other, first), Lacks: missing(first, other)}
}

// missing returns the lines that are not among others.
func missing(lines, others []Line) (out []Line) {
	known := map[Line]bool{}
	for _, l := range others {
		known[l] = true
	}
	for _, l := range lines {
		if !known[l] {
			out = append(out, l)
		}
	}
	return out
}

// label names the variant: the overlay that renders it, or its own name.
func (d *Deploy) label() string {
	if d.Overlay != "" {
		return d.Overlay
	}
	return d.Variant
}

// lines returns all facts in words, without their places.
func (m *Map) lines() []Line {
	var out []Line
	if d := m.Deploy; d != nil {
		out = append(out, Line{"deploy", d.Object}, Line{"image", d.Image})
	}
	if i := m.Image; i != nil {
		out = append(out, Line{"image", "stage " + i.Stage})
	}
	if p := m.Program; p != nil {
		out = append(out, Line{"program", joined(p.ImportPath, p.Command)})
	}
	for _, v := range m.Env {
		out = append(out, Line{"env", v.Name + " " + v.Shown()})
	}
	for _, s := range m.Sections() {
		for _, f := range s.Facts {
			note, _, _ := strings.Cut(f.Note, "set at ") // a place
			out = append(out, Line{s.Name, joined(f.What, f.Value, strings.TrimSuffix(note, ", "))})
		}
	}
	for _, missing := range m.Missing {
		first, _, _ := strings.Cut(missing, "\n")
		out = append(out, Line{"unbound", first})
	}
	return out
}

// Shown returns a variable's value as a table shows it.
func (v Variable) Shown() string {
	switch {
	case v.Prefix:
		return "(all with this prefix)"
	case v.State == Set && v.Value == "":
		return "(empty)"
	case v.State == Set:
		return "= " + v.Value
	case v.State == Hidden:
		return "(secret)"
	case v.State == Unset:
		return "not set"
	}
	return "?"
}
