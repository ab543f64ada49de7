package vettool

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
)

func TestAsked(t *testing.T) {
	for args, want := range map[string]bool{
		"":                             false,
		"-V=full":                      true,
		"-flags":                       true,
		"/tmp/b001/vet.cfg":            true,
		"-json /tmp/b001/vet.cfg":      true,
		"-fix -diff /tmp/b001/vet.cfg": true,
		"-factorlint_sigint_only=false -json /tmp/vet.cfg": true,
		"--factorlint_sigint_only /tmp/vet.cfg":            true,
		"-tags prod -json /tmp/vet.cfg":                    true,
		"--config my.cfg":                                  false,
		"--tags prod /tmp/vet.cfg":                         true,
		"json vet.cfg":                                     false,
		"-V":                                               false,
		"--version":                                        false,
		"check":                                            false,
		"check -flags":                                     false,
		"check service.cfg":                                false,
		"check --config my.cfg":                            false,
		"-o json service.cfg":                              false,
		"explain sigint-only":                              false,
	} {
		if got := Asked(strings.Fields(args)); got != want {
			t.Errorf("Asked(%s) = %v", args, got)
		}
	}
}

// The suite has every Go rule; those that are off by default are turned off by flags, and can be turned on by their own.
func TestSuite(t *testing.T) {
	tools, off, err := suite()
	if err != nil {
		t.Fatal(err)
	}
	if err := analysis.Validate(tools); err != nil {
		t.Error(err)
	}
	for name, wantOff := range map[string]bool{"factorlint_sigint_only": false, "factorlint_env_scattered": true} {
		if !slices.ContainsFunc(tools, func(a *analysis.Analyzer) bool { return a.Name == name }) {
			t.Errorf("%s is missing", name)
		}
		if slices.Contains(off, "-"+name+"=false") != wantOff {
			t.Errorf("%s: off by default: %v", name, !wantOff)
		}
	}
}

func TestWithoutFixes(t *testing.T) {
	a := &analysis.Analyzer{Run: func(p *analysis.Pass) (any, error) {
		p.Report(analysis.Diagnostic{Message: "FL0801: a reason", SuggestedFixes: []analysis.SuggestedFix{{Message: "Delete it"}}})
		return "result", nil
	}}
	var got []analysis.Diagnostic
	result, err := withoutFixes(a).Run(&analysis.Pass{Report: func(d analysis.Diagnostic) { got = append(got, d) }})
	if result != "result" || err != nil {
		t.Errorf("result %v, %v", result, err)
	}
	if len(got) != 1 || got[0].Message != "FL0801: a reason" || got[0].SuggestedFixes != nil {
		t.Errorf("reported %v", got)
	}
}
