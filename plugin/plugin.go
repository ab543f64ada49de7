// Package plugin makes the Go rules a module plugin of golangci-lint v2, by the name of factorlint. Whoever builds a
// golangci-lint with it imports this package for its effect.
//
// It imports golang.org/x/tools, plugin-module-register and what the analyzers need, so that a build of golangci-lint has
// neither BuildKit nor Helm to compile.
package plugin

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/analyzers"
	"github.com/factorlint/factorlint/internal/gopass"
	"github.com/factorlint/factorlint/internal/suggest"
	"github.com/factorlint/factorlint/rules"
)

func init() { register.Plugin("factorlint", New) }

// Settings is what .golangci.yml can say below linters.settings.custom.factorlint.settings. Each list holds ids, names and
// principles of rules, in any case of letters.
type Settings struct {
	Only    []string `json:"only"`    // look for these rules alone
	Enable  []string `json:"enable"`  // look for these rules too
	Disable []string `json:"disable"` // do not look for these rules
}

// settingNames are the names of the settings.
var settingNames = []string{"disable", "enable", "only"}

// A linter is the plugin with its settings read.
type linter struct{ rules []*rules.Rule }

// New returns the plugin for the settings of a configuration, as golangci-lint has read them: nil, or a map by the names of
// [Settings]. The error names each setting that does not exist and each word that names no Go rule.
func New(settings any) (register.LinterPlugin, error) {
	if err := checkNames(settings); err != nil {
		return nil, err
	}
	s, err := register.DecodeSettings[Settings](settings)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(suggest.CheckWords("only", s.Only, aboutGo), suggest.CheckWords("enable", s.Enable, aboutGo), suggest.CheckWords("disable", s.Disable, aboutGo)); err != nil {
		return nil, err
	}
	chosen, err := rules.Choose(s.Only, rules.Switch{Words: s.Enable, On: true}, rules.Switch{Words: s.Disable})
	if err != nil {
		return nil, err
	}
	return &linter{chosen}, nil
}

// checkNames returns an error for settings that do not exist, with what was probably meant.
func checkNames(settings any) error {
	named, _ := settings.(map[string]any)
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(named)) {
		if !slices.Contains(settingNames, name) {
			errs = append(errs, fmt.Errorf("unknown setting %q%s", name, suggest.DidYouMean(name, settingNames)))
		}
	}
	return errors.Join(errs...)
}

// aboutGo returns an error for a word that names no rule about Go code.
func aboutGo(word string) error {
	if slices.ContainsFunc(rules.Select(word), isGo) {
		return nil
	}
	return fmt.Errorf("%s names no Go rule, and golangci-lint sees nothing else: that is for factorlint check", word)
}

func isGo(r *rules.Rule) bool { return r.Kind == rules.Go }

// BuildAnalyzers implements [register.LinterPlugin]: an analyzer for each chosen rule, called by the rule's id.
func (l *linter) BuildAnalyzers() ([]*analysis.Analyzer, error) {
	var out []*analysis.Analyzer
	for _, a := range analyzers.All() {
		if i := slices.IndexFunc(l.rules, func(r *rules.Rule) bool { return gopass.Name(r.Name) == a.Name }); i >= 0 {
			out = append(out, adapt(a, l.rules[i]))
		}
	}
	return out, nil
}

// GetLoadMode implements [register.LinterPlugin].
func (*linter) GetLoadMode() string { return register.LoadModeTypesInfo }
