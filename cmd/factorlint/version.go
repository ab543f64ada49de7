package main

import (
	"encoding/json"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/factorlint/factorlint/internal/output"
)

// A version is what the Go toolchain recorded about the build.
type version struct {
	Version  string `json:"version"`  // "v0.1.0", "(devel)"
	Revision string `json:"revision"` // of the repository, if it was built in one
	Time     string `json:"time"`     // of that revision, RFC 3339
	Modified bool   `json:"modified"` // whether the tree differed from it
	Go       string `json:"go"`       // "go1.26.0"
}

func readVersion() version {
	v := version{Version: "(devel)"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	v.Go = info.GoVersion
	if info.Main.Version != "" {
		v.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Revision = s.Value
		case "vcs.time":
			v.Time = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}

// semantic returns the version in the form of semver.org.
func (v version) semantic() string {
	if s, ok := strings.CutPrefix(v.Version, "v"); ok {
		return s
	}
	return "0.0.0-devel"
}

func (v version) String() string {
	s := "factorlint " + v.Version
	if v.Revision != "" {
		s += fmt.Sprintf(", revision %s of %s", v.Revision, v.Time)
	}
	if v.Modified {
		s += ", modified"
	}
	return s + ", " + v.Go
}

func (a *app) versionCommand() *cobra.Command {
	var f formatFlag
	c := &cobra.Command{
		Use:               "version",
		Short:             "Print the version",
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			if err := f.check(); err != nil {
				return err
			}
			v := readVersion()
			if f.format == "json" {
				return json.NewEncoder(a.stdout).Encode(v)
			}
			_, err := fmt.Fprintln(a.stdout, v)
			return err
		},
	}
	f.add(c, output.ListFormats())
	return c
}
