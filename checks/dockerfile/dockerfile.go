// Package dockerfile holds the rules about one Dockerfile.
package dockerfile

import (
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/dockerfile"
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

// shipped reports whether the image of the file's last stage is meant to be deployed, by the names of both: one for
// tests or for development is nobody's release.
func shipped(f *dockerfile.File) bool {
	last := f.Find("")
	return last != nil && f.Role() == check.Product && last.Role() == check.Product
}
