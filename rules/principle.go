package rules

import (
	"fmt"
	"strings"
)

// A Principle is one of the twenty principles a rule can belong to: the twelve factors (1–12, https://12factor.net)
// and the eight LIFESPAR principles (13–20). Its number is the first two digits of a rule's id; zero is factorlint
// itself (findings about suppression comments).
type Principle int

// The twelve factors, then LIFESPAR.
const (
	Linter Principle = iota
	Codebase
	Dependencies
	Config
	BackingServices
	BuildReleaseRun
	Processes
	PortBinding
	Concurrency
	Disposability
	DevProdParity
	Logs
	AdminProcesses
	LatencyAware
	Instrumented
	FailureAware
	EventDriven
	Secure
	Parallelizable
	Automated
	ResourceAware
)

// Principles returns the twenty principles in order.
func Principles() []Principle {
	ps := make([]Principle, 0, len(principles)-1)
	for p := Codebase; p <= ResourceAware; p++ {
		ps = append(ps, p)
	}
	return ps
}

type principleText struct{ key, slug, title, summary, path string }

// principles holds what is said about each principle. The key is the factor's Roman numeral or the LIFESPAR letter.
var principles = [...]principleText{
	Linter:          {"", "factorlint", "factorlint", "Findings about factorlint's own comments.", ""},
	Codebase:        {"I", "codebase", "Codebase", "One codebase tracked in revision control, many deploys.", "codebase"},
	Dependencies:    {"II", "dependencies", "Dependencies", "Explicitly declare and isolate dependencies.", "dependencies"},
	Config:          {"III", "config", "Config", "Store config in the environment.", "config"},
	BackingServices: {"IV", "backing-services", "Backing services", "Treat backing services as attached resources.", "backing-services"},
	BuildReleaseRun: {"V", "build-release-run", "Build, release, run", "Strictly separate build and run stages.", "build-release-run"},
	Processes:       {"VI", "processes", "Processes", "Execute the app as one or more stateless processes.", "processes"},
	PortBinding:     {"VII", "port-binding", "Port binding", "Export services via port binding.", "port-binding"},
	Concurrency:     {"VIII", "concurrency", "Concurrency", "Scale out via the process model.", "concurrency"},
	Disposability:   {"IX", "disposability", "Disposability", "Maximize robustness with fast startup and graceful shutdown.", "disposability"},
	DevProdParity:   {"X", "dev-prod-parity", "Dev/prod parity", "Keep development, staging and production as similar as possible.", "dev-prod-parity"},
	Logs:            {"XI", "logs", "Logs", "Treat logs as event streams.", "logs"},
	AdminProcesses:  {"XII", "admin-processes", "Admin processes", "Run admin tasks as one-off processes.", "admin-processes"},
	LatencyAware:    {"L", "latency-aware", "Latency-aware", "Expect every remote call to be slow and bound it.", ""},
	Instrumented:    {"I", "instrumented", "Instrumented", "Tell the platform how the service is.", ""},
	FailureAware:    {"F", "failure-aware", "Failure-aware", "Expect every dependency to fail and contain it.", ""},
	EventDriven:     {"E", "event-driven", "Event-driven", "Lose no event between receipt and completed work.", ""},
	Secure:          {"S", "secure", "Secure", "Run with the least privilege and keep secrets out of artifacts.", ""},
	Parallelizable:  {"P", "parallelizable", "Parallelizable", "Use the processors the platform grants.", ""},
	Automated:       {"A", "automated", "Automated", "Let the platform apply and repair it unattended.", ""},
	ResourceAware:   {"R", "resource-consumption-aware", "Resource-consumption-aware", "Declare and respect what the service consumes.", ""},
}

// Key returns the Roman numeral of a factor ("IX") or the letter of a LIFESPAR principle ("L").
func (p Principle) Key() string { return principles[p].key }

// Slug returns the kebab-case name that users type ("disposability", "latency-aware").
func (p Principle) Slug() string { return principles[p].slug }

// Title returns the name for people ("Disposability").
func (p Principle) Title() string { return principles[p].title }

// Summary returns the principle in one sentence.
func (p Principle) Summary() string { return principles[p].summary }

// IsFactor reports whether p is one of the twelve factors.
func (p Principle) IsFactor() bool { return p >= Codebase && p <= AdminProcesses }

// IsLIFESPAR reports whether p is one of the eight LIFESPAR principles.
func (p Principle) IsLIFESPAR() bool { return p >= LatencyAware && p <= ResourceAware }

// Taxonomy returns the name of the set p belongs to: "TwelveFactor", "LIFESPAR" or "" for factorlint itself.
func (p Principle) Taxonomy() string {
	switch {
	case p.IsFactor():
		return "TwelveFactor"
	case p.IsLIFESPAR():
		return "LIFESPAR"
	}
	return ""
}

// Tag returns the tag that SARIF consumers filter by: "factor-ix" or "lifespar-latency-aware".
func (p Principle) Tag() string {
	switch {
	case p.IsFactor():
		return "factor-" + strings.ToLower(p.Key())
	case p.IsLIFESPAR():
		return "lifespar-" + p.Slug()
	}
	return p.Slug()
}

// URL returns the page about the principle, or "".
func (p Principle) URL() string {
	if p.IsFactor() {
		return "https://12factor.net/" + principles[p].path
	}
	return ""
}

// String returns what a finding shows beside its rule: "IX Disposability", "LIFESPAR Secure".
func (p Principle) String() string {
	switch {
	case p.IsFactor():
		return p.Key() + " " + p.Title()
	case p.IsLIFESPAR():
		return "LIFESPAR " + p.Title()
	}
	return p.Title()
}

func principleOf(id string) (Principle, error) {
	var p, n int
	if _, err := fmt.Sscanf(id, "FL%2d%2d", &p, &n); err != nil || len(id) != 6 || p > int(ResourceAware) || n == 0 {
		return 0, fmt.Errorf("id %q: want FL, two digits of principle (00–20) and two of sequence", id)
	}
	return Principle(p), nil
}

func principleBySlug(slug string) (Principle, bool) {
	for p, t := range principles {
		if t.slug == slug {
			return Principle(p), true
		}
	}
	return 0, false
}
