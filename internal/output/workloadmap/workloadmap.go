// Package workloadmap is what is shown of a workload: one reading of its facts that every format prints. Values of
// secrets are in none of it.
package workloadmap

import (
	"fmt"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// A Map is everything that is shown of one workload. Its JSON is the format that docs/json.md documents.
type Map struct {
	Name    string   `json:"name"`
	Deploy  *Deploy  `json:"deploy"`
	Image   *Image   `json:"image"`
	Program *Program `json:"program"`
	Links   []Link   `json:"links"`
	Missing []string `json:"missing"`

	Env         []Variable `json:"env"`
	Flags       []Fact     `json:"flags"`
	Configs     []Fact     `json:"configs"`
	Commands    []Fact     `json:"commands"`
	Ports       []Fact     `json:"ports"`
	Signals     []Fact     `json:"signals"`
	Probes      []Fact     `json:"probes"`
	Routes      []Fact     `json:"routes"`
	Connections []Fact     `json:"connections"`
	State       []Fact     `json:"state"`
	Storage     []Fact     `json:"storage"`
	Logs        []Fact     `json:"logs"`
	Limits      []Fact     `json:"limits"`
	Scale       []Fact     `json:"scale"`
	Security    []Fact     `json:"security"`
	Work        []Fact     `json:"work"`
	Unknown     []Fact     `json:"unknown"`
}

// A Place is where a fact stands, as paths are shown to people; the zero Place is none.
type Place struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// String returns "file:line:column", "file" or "".
func (p Place) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, max(p.Column, 1))
}

// A Fact is one thing that is known of a workload, in words.
type Fact struct {
	What  string `json:"what"`  // "listens", "EXPOSE", "liveness"
	Value string `json:"value"` // "9090", "GET /healthz"
	Note  string `json:"note"`  // the rest: "main traffic, set at deploy/api.yaml:7:9"
	Place
	key string // what facts have in common that belong together: a port's number, the route of a probe
}

// A Deploy is the container that a manifest asks for.
type Deploy struct {
	Container string `json:"container"`
	Object    string `json:"object"`
	Kind      string `json:"kind"`
	Platform  string `json:"platform"`
	Variant   string `json:"variant"`
	Chart     string `json:"chart"`
	Overlay   string `json:"overlay"` // the kustomization that renders it, if it lies elsewhere
	Image     string `json:"image"`   // the reference that is pulled, "" if it cannot be told
	ImageAt   Place  `json:"imageAt"`
	Place
}

// An Image is what a stage of a Dockerfile leaves.
type Image struct {
	Stage string `json:"stage"`
	Base  string `json:"base"`
	User  string `json:"user"` // as whom it runs, "" if that cannot be told
	Place
}

// A Program is what a main package is.
type Program struct {
	Name       string `json:"name"`
	ImportPath string `json:"importPath"`
	Directory  string `json:"directory"`
	Class      string `json:"class"`
	GoVersion  string `json:"goVersion"`
	Command    string `json:"command"` // the subcommand that this workload runs, or ""
	Place
}

// A Link says why two parts belong together.
type Link struct {
	From   string `json:"from"`
	To     string `json:"to"`
	Reason string `json:"reason"`
}

// A Variable is one environment variable, as the program reads it and as image and manifest set it.
type Variable struct {
	Name     string    `json:"name"`
	Prefix   bool      `json:"prefix"` // Name is only the beginning of what is read
	State    State     `json:"state"`
	Value    string    `json:"value"`    // in this workload, if State is Set
	Required string    `json:"required"` // "yes", "no" or "unknown"
	Default  *string   `json:"default"`  // null if there is none or it cannot be told
	Read     []Place   `json:"read"`
	Set      []Setting `json:"set"`
}

// A Setting is one place that sets a variable.
type Setting struct {
	By string `json:"by"` // "manifest", "image", "ConfigMap api", "env_file .env"
	Place
}

// A State says what is known about a variable's value.
type State string

// States of a variable.
const (
	Set    State = "set"
	Hidden State = "hidden"  // set, and nothing to print: it looks like a secret
	Unset  State = "unset"   // nothing sets it
	Open   State = "unknown" // it may be set, or to what cannot be told
)

// A Section is one heading of a map and the facts below it.
type Section struct {
	Name  string
	Facts []Fact
}

// Sections returns the facts in the order in which they are shown; the parts, links, variables and what stayed unbound
// are not among them. Sections without facts are left out.
func (m *Map) Sections() []Section {
	all := []Section{
		{"ports", m.Ports}, {"routes", m.Routes}, {"probes", m.Probes}, {"signals", m.Signals}, {"flags", m.Flags},
		{"configs", m.Configs}, {"commands", m.Commands}, {"uses", m.Connections}, {"state", m.State}, {"storage", m.Storage},
		{"logs", m.Logs}, {"limits", m.Limits}, {"scale", m.Scale}, {"security", m.Security}, {"work", m.Work},
		{"unknown", m.Unknown},
	}
	var out []Section
	for _, s := range all {
		if len(s.Facts) > 0 {
			out = append(out, s)
		}
	}
	return out
}

// Of returns the map of a workload. The prefix is put before every file.
func Of(w *workload.Workload, prefix string) *Map {
	b := &builder{Workload: w, in: w.Inputs(), prefix: prefix, m: &Map{
		Name: w.Name, Links: []Link{}, Missing: append([]string{}, w.Missing...), Env: []Variable{},
		Flags: []Fact{}, Configs: []Fact{}, Commands: []Fact{}, Ports: []Fact{}, Signals: []Fact{}, Probes: []Fact{}, Routes: []Fact{},
		Connections: []Fact{}, State: []Fact{}, Storage: []Fact{}, Logs: []Fact{}, Limits: []Fact{}, Scale: []Fact{},
		Security: []Fact{}, Work: []Fact{}, Unknown: []Fact{},
	}}
	for _, l := range w.Links {
		b.m.Links = append(b.m.Links, Link(l))
	}
	b.parts()
	b.variables()
	if w.Program != nil {
		b.program(w.Program)
	}
	if w.Image != nil {
		b.image(w.Image)
	}
	if w.Deploy != nil {
		b.deploy(w.Deploy)
	}
	b.signals()
	b.probes()
	b.unknown()
	return b.m
}

// A builder draws the map of one workload.
type builder struct {
	*workload.Workload
	in     workload.Inputs
	prefix string
	m      *Map
}

// place returns a span as a place.
func (b *builder) place(at check.Span) Place {
	if at.IsZero() {
		return Place{}
	}
	return Place{b.prefix + at.File, at.Start.Line, at.Start.Col}
}

// add appends a fact to a section.
func (b *builder) add(to *[]Fact, at check.Span, what, value, note string) {
	b.keyed(to, at, what, value, note, "")
}

// keyed appends a fact that belongs together with others of its key.
func (b *builder) keyed(to *[]Fact, at check.Span, what, value, note, key string) {
	*to = append(*to, Fact{what, value, note, b.place(at), key})
}
