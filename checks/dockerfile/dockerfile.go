// Package dockerfile holds the rules about one Dockerfile.
package dockerfile

import (
	"slices"
	"strconv"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/dockerfile"
	"github.com/factorlint/factorlint/internal/workload"
)

// All returns every rule about Dockerfiles in order of their ids, one line each.
func All() []check.Check[*dockerfile.File] {
	return []check.Check[*dockerfile.File]{
		unpinnedBaseImage(),
		floatingInstall(),
		configInImage(),
		hostBuiltBinary(),
		buildsAtStart(),
		toolchainInRuntime(),
		processManager(),
		shellFormEntrypoint(),
		entrypointScriptSwallowsSignals(),
		logVolume(),
		redirectedLog(),
		sshdInImage(),
		secretInImage(),
	}
}

// A release is a stage whose image is meant to be deployed.
type release struct {
	file  *dockerfile.File
	stage *dockerfile.Stage
}

// each returns the check that judges every release of a Dockerfile.
func each(rule string, judge func(*check.Pass[*dockerfile.File], release)) check.Check[*dockerfile.File] {
	return check.Check[*dockerfile.File]{Rule: rule, Run: func(p *check.Pass[*dockerfile.File]) {
		for _, r := range releases(p.Subject) {
			judge(p, r)
		}
	}}
}

// releases returns the last stage of a file and those that a manifest builds, but none that is for tests or development by its
// name or the file's. A stage that is built only on the way to another is no release.
func releases(f *dockerfile.File) []release {
	if f.Role() != check.Product {
		return nil
	}
	targets := append([]string{""}, f.Around.Targets...)
	for _, d := range f.Around.Deploys {
		if !d.Development && f.Roles.Of(d.File) == check.Product {
			targets = append(targets, d.Build.Target)
		}
	}
	var out []release
	for _, target := range targets {
		s := f.Find(target)
		if s != nil && s.Role() == check.Product && !slices.ContainsFunc(out, func(r release) bool { return r.stage == s }) {
			out = append(out, release{f, s})
		}
	}
	return out
}

func (r release) image() *workload.Image { return r.file.Image(strconv.Itoa(r.stage.Index), nil) }

// chain returns the stages that make up the image.
func (r release) chain() []*dockerfile.Stage { return r.file.Chain(strconv.Itoa(r.stage.Index)) }

func (r release) development() bool { return r.file.Development(r.stage) }
