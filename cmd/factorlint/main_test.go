package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/rules"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"factorlint": main})
}

func TestScripts(t *testing.T) {
	kept := t.TempDir() // what the standard library declares is computed once for all scripts
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"copies": copies},
		Setup: func(e *testscript.Env) error {
			cache, err := os.UserCacheDir()
			if err != nil {
				return err
			}
			e.Setenv("GOCACHE", filepath.Join(cache, "go-build"))
			e.Setenv("XDG_CACHE_HOME", kept)
			return nil
		},
	})
}

func TestUseColor(t *testing.T) {
	for _, c := range []struct {
		mode, env string
		terminal  bool
		want      bool
	}{
		{"auto", "", true, true},
		{"auto", "", false, false},
		{"auto", "NO_COLOR=1", true, false},
		{"auto", "NO_COLOR=1 FORCE_COLOR=1", true, false},
		{"auto", "NO_COLOR=", true, true}, // empty is unset
		{"auto", "FORCE_COLOR=1", false, true},
		{"auto", "FORCE_COLOR=0", false, false},
		{"auto", "CLICOLOR_FORCE=1", false, true},
		{"auto", "CLICOLOR_FORCE=1 CLICOLOR=0 TERM=dumb", false, true},
		{"auto", "CLICOLOR_FORCE=0", true, true},
		{"auto", "CLICOLOR=0", true, false},
		{"auto", "CLICOLOR=1", false, false},
		{"auto", "TERM=dumb", true, false},
		{"auto", "TERM=xterm", false, false},
		{"always", "NO_COLOR=1 TERM=dumb", false, true},
		{"never", "FORCE_COLOR=1", true, false},
	} {
		env := func(name string) string {
			for _, pair := range strings.Fields(c.env) {
				if v, ok := strings.CutPrefix(pair, name+"="); ok {
					return v
				}
			}
			return ""
		}
		if got := useColor(c.mode, env, c.terminal); got != c.want {
			t.Errorf("useColor(%s, %s, terminal %v) = %v; want %v", c.mode, c.env, c.terminal, got, c.want)
		}
	}
}

func TestShowsProgress(t *testing.T) {
	for _, c := range []struct {
		name, value string
		want        bool
	}{
		{"TERM", "xterm", true},
		{"TERM", "", true},
		{"TERM", "dumb", false},
		{"CI", "true", false},
		{"CI", "1", false},
		{"CI", "false", true},
		{"GITHUB_ACTIONS", "true", false},
		{"TF_BUILD", "True", false},
	} {
		a := &app{env: func(name string) string {
			if name == c.name {
				return c.value
			}
			return ""
		}}
		if got := a.showsProgress(); got != c.want {
			t.Errorf("%s=%s: %v, want %v", c.name, c.value, got, c.want)
		}
	}
}

func TestExitCode(t *testing.T) {
	finding := func(s rules.Severity) []check.Finding { return []check.Finding{{Severity: s}} }
	unread := func(s rules.Severity) []check.Notification { return []check.Notification{{Level: s}} }
	for _, c := range []struct {
		name   string
		report check.Report
		failOn rules.Severity
		flags  checkFlags
		want   int
	}{
		{"clean", check.Report{}, rules.Note, checkFlags{}, 0},
		{"at the limit", check.Report{Findings: finding(rules.Warning)}, rules.Warning, checkFlags{}, 1},
		{"above", check.Report{Findings: finding(rules.Error)}, rules.Warning, checkFlags{}, 1},
		{"below", check.Report{Findings: finding(rules.Note)}, rules.Warning, checkFlags{}, 0},
		{"below error", check.Report{Findings: finding(rules.Warning)}, rules.Error, checkFlags{}, 0},
		{"exit zero", check.Report{Findings: finding(rules.Error)}, rules.Note, checkFlags{exitZero: true}, 0},
		{"untrusted", check.Report{Untrusted: true}, rules.Note, checkFlags{}, 2},
		{"untrusted wins over findings", check.Report{Untrusted: true, Findings: finding(rules.Error)}, rules.Note, checkFlags{}, 2},
		{"untrusted wins over exit zero", check.Report{Untrusted: true}, rules.Note, checkFlags{exitZero: true}, 2},
		{"notification", check.Report{Notifications: unread(rules.Error)}, rules.Note, checkFlags{}, 0},
		{"strict", check.Report{Notifications: unread(rules.Warning)}, rules.Note, checkFlags{strict: true}, 2},
		{"strict note", check.Report{Notifications: unread(rules.Note)}, rules.Note, checkFlags{strict: true}, 0},
	} {
		if got := exitCode(&c.report, c.failOn, &c.flags); got != c.want {
			t.Errorf("%s: exit code %d, want %d", c.name, got, c.want)
		}
	}
}
