// Package config reads .factorlint.yaml, and describes it as a JSON schema.
package config

import (
	"maps"
	"slices"

	"github.com/factorlint/factorlint/internal/workload"
	"github.com/factorlint/factorlint/rules"
)

// A Config is the content of .factorlint.yaml. It can choose what is looked for and say what belongs together; it
// names nothing to run, load or download.
//
// The tags of its fields, and of the types within, are all that the reader and the schema know about keys: the name of the key, the
// form of its texts (see forms), whether it has to be there, and what it means, for people.
type Config struct {
	Path string `key:"-"` // the file it was read from; paths in it are relative to its folder

	Enable    []string        `key:"enable" form:"word" doc:"Rules to look for besides those that are on by default: names, ids, kinds, principles or all."`
	Disable   []string        `key:"disable" form:"word" doc:"Rules not to look for. It wins over enable."`
	Rules     map[string]Rule `key:"rules" form:"rule" doc:"Settings of single rules, by name or id. They win over enable and disable."`
	Exclude   []string        `key:"exclude" form:"glob" doc:"Short for exclude in paths."` // empty once it was read: see Paths
	Paths     Paths           `key:"paths" doc:"What is looked at, and as what."`
	FailOn    string          `key:"fail-on" form:"severity" doc:"The severity from which on findings make the exit code 1: warning if it is not given."`
	Services  []Service       `key:"services" doc:"What belongs together. Each entry overrides what is found out about one service."`
	Helm      []Rendering     `key:"helm" doc:"Renderings of charts. A chart that is named here is rendered in these ways alone, others with each of their values files."`
	Kustomize []string        `key:"kustomize" form:"path" doc:"The folders of the kustomizations to build, in place of those that no other takes in."`
}

// A Rule is how one rule behaves.
type Rule struct {
	Enable   *bool             `key:"enable" doc:"Whether the rule is looked for."` // nil if that is not said
	Severity string            `key:"severity" form:"severity" doc:"The severity of all its findings."`
	Options  map[string]string `key:"options" form:"option" doc:"What the rule can be told. Its page lists them."`
}

// Paths say what is looked at, and as what.
type Paths struct {
	Exclude []string `key:"exclude" form:"glob" doc:"Patterns, as in .gitignore, of what is neither judged nor used as evidence."`
	Roles   Roles    `key:"roles" doc:"What files are for, where their folders do not tell. If patterns of two roles match a file, the first of product, test, sample and tooling counts."`
}

// Roles are patterns, as in .gitignore, by the role of the files that they match.
type Roles struct {
	Product []string `key:"product" form:"glob" doc:"Part of what is shipped."`
	Test    []string `key:"test" form:"glob" doc:"Tests, fixtures, mocks, benchmarks: evidence without findings."`
	Sample  []string `key:"sample" form:"glob" doc:"Examples, demos, documentation: evidence without findings."`
	Tooling []string `key:"tooling" form:"glob" doc:"Scripts and programs for developers and CI: evidence without findings."`
}

// A Service says what belongs together.
type Service struct {
	Name       string   `key:"name" form:"text" required:"true" doc:"How the workload is called in reports."`
	Program    string   `key:"program" form:"path" doc:"The folder of its main package."`
	Dockerfile string   `key:"dockerfile" form:"path" doc:"The Dockerfile that its image is built from."`
	Target     string   `key:"target" form:"text" doc:"The stage of the Dockerfile, if it is not the last one."`
	Deploys    []string `key:"deploys" form:"deploy" doc:"The containers that run it: FILE#CONTAINER for Kubernetes, FILE#SERVICE for Compose."`
}

// A Rendering is a chart with values.
type Rendering struct {
	Chart  string   `key:"chart" form:"path" required:"true" doc:"The folder of the chart."`
	Values []string `key:"values" form:"path" doc:"Values files that are laid over the chart's own, one after the other, as helm -f does."`
}

// Bindings returns the services in the words of package workload.
func (c *Config) Bindings() []workload.Binding {
	var out []workload.Binding
	for _, s := range c.Services {
		out = append(out, workload.Binding{Name: s.Name, Program: s.Program, Dockerfile: s.Dockerfile, Target: s.Target, Deploys: s.Deploys})
	}
	return out
}

// Switches returns what the configuration turns on and off, the strongest last.
func (c *Config) Switches() []rules.Switch {
	out := []rules.Switch{{Words: c.Enable, On: true}, {Words: c.Disable}}
	for _, name := range slices.Sorted(maps.Keys(c.Rules)) {
		if on := c.Rules[name].Enable; on != nil {
			out = append(out, rules.Switch{Words: []string{name}, On: *on})
		}
	}
	return out
}

// Severity returns the severity that findings of a rule are to have. ok is false if the configuration does not say.
func (c *Config) Severity(r *rules.Rule) (s rules.Severity, ok bool) {
	s, err := rules.ParseSeverity(c.Rules[r.Name].Severity)
	return s, err == nil
}
