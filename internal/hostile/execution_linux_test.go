package hostile

import "testing"

// A shell-form ENTRYPOINT, to see that images are judged whatever becomes of the Go code.
const shellForm = "-- Dockerfile --\nFROM debian:12\nENTRYPOINT /api --serve | cat\n"

const program = "-- main.go --\npackage main\n\nfunc main() {}\n"

func toolchainLine(t *testing.T) {
	s := newSandbox(t, "-- go.mod --\nmodule example.com/m\n\ngo 1.99.0\n\ntoolchain go1.99.1\n"+program+shellForm)
	s.env = append(s.env, "GOPROXY=http://"+s.listen().address, "GONOSUMDB=*", "GOFLAGS=-mod=mod")
	s.both(func(r result) { r.exits(2).says(`^go\.mod: .*1\.99`, `^Dockerfile:2:.*FL0911`) })
}

const native = "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n" + program + `-- native/native.go --
package native

// #cgo pkg-config: anything
// #cgo CFLAGS: -fplugin=./evil.so -Ievil
// #cgo LDFLAGS: -Wl,-rpath,evil
// #include "native.h"
import "C"

func Zero() int { return int(C.zero()) }
-- native/native.h --
static int zero(void) { return 0; }
`

func cgo(t *testing.T) {
	s := newSandbox(t, native)
	s.env = append(s.env, "CC="+s.path("traps/gcc"), "CXX="+s.path("traps/g++"), "PKG_CONFIG="+s.path("traps/pkg-config"), "CGO_ENABLED=1")
	s.run("check")
	s.run("check", "--untrusted").says(`^native/native\.go: warning Go files in native need cgo`)
}

func packagesDriver(t *testing.T) {
	s := newSandbox(t, "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n"+program) // every sandbox has one on PATH and in GOPACKAGESDRIVER
	s.both(func(r result) { r.exits(0) })
}

func goSettings(t *testing.T) {
	s := newSandbox(t, `-- go.mod --
module example.com/m

go 1.26
-- go.work --
go 1.26

use (
	.
	../outside
)
-- overlay.json --
{"Replace": {"main.go": "../outside/outside.go"}}
-- ../outside/go.mod --
module example.com/outside

go 1.26
-- ../outside/outside.go --
package outside
-- ../goenv --
GOFLAGS=-toolexec=/nowhere/toolexec
CC=/nowhere/cc
`+program)
	run := s.path("traps/go-toolexec")
	for _, env := range [][]string{
		{"GOFLAGS=-toolexec=" + run},
		{"GOFLAGS=-vettool=" + run + " -exec=" + run},
		{"GOFLAGS=-overlay=" + s.in("overlay.json")},
		{"GOFLAGS=-modfile=" + s.path("outside/go.mod")},
		{"GOENV=" + s.path("goenv")},
		{"GOROOT=" + s.repo, "GOTOOLDIR=" + s.path("traps"), "GCCGO=" + run, "GOEXPERIMENT=nothing", "GODEBUG=gotypesalias=0"},
	} {
		before := s.env
		s.env = append(s.env, env...)
		s.run("check", "--untrusted").exits(0).says(`go\.work: warning the workspace uses \.\./outside, which lies outside the repository`)
		s.env = before
	}
	s.env = append(s.env, "GOFLAGS=-toolexec="+run)
	s.run("check").exits(0)
}

func moduleDownloads(t *testing.T) {
	s := newSandbox(t, `-- go.mod --
module example.com/m

go 1.26

require example.com/absent.git v1.0.0
-- go.sum --
example.com/absent.git v1.0.0 h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
example.com/absent.git v1.0.0/go.mod h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
-- main.go --
package main

import _ "example.com/absent.git"

func main() {}
`+shellForm)
	// version control systems are asked by nobody, though the user allows it
	s.env = append(s.env, "GOPROXY=direct", "GOVCS=*:all", "GONOSUMDB=*", "GOPRIVATE=example.com")
	s.run("check", "--untrusted").says(`example\.com/absent\.git`, `FL0911`)
	// and with --offline, the proxy is not asked either
	s.env = append(s.env, "GOPROXY=http://"+s.listen().address+",direct", "GOPRIVATE=")
	s.both(func(r result) { r.exits(2).says(`example\.com/absent\.git`, `FL0911`) }, "--offline")
	s.run("baseline", "--offline").exits(2)
}

func codeOfRepository(t *testing.T) {
	s := newSandbox(t, "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n\ntool example.com/m/tool\n"+`-- main.go --
package main

import "os"

//go:generate touch MARK

var _ = os.WriteFile("MARK", nil, 0o644)

func init() { os.WriteFile("MARK", nil, 0o644) }

func main() { os.WriteFile("MARK", nil, 0o644) }
-- main_test.go --
package main

import "testing"

func TestMain(*testing.M) { os.WriteFile("MARK", nil, 0o644) }
-- tool/main.go --
package main

import "os"

func main() { os.WriteFile("MARK", nil, 0o644) }
-- Makefile --
X := $(shell touch MARK)
build:
	touch MARK
	docker build -t $(shell touch MARK) .
-- Dockerfile --
FROM golang:1.26
RUN touch MARK
COPY entrypoint.sh /
ENTRYPOINT ["/entrypoint.sh"]
-- entrypoint.sh --
#!/bin/sh
touch MARK
-- Tiltfile --
local("touch MARK")
-- skaffold.yaml --
apiVersion: skaffold/v4beta1
kind: Config
build: {artifacts: [{image: a, custom: {buildCommand: touch MARK}}]}
-- docker-bake.hcl --
target "a" { tags = ["${file("MARK")}"] }
`)
	s.both(func(result) {})
}

// Without a revision to compare with, git is not run: the trap of that name shows it.
func gitSettings(t *testing.T) {
	s := newSandbox(t, `-- .git/HEAD --
ref: refs/heads/main
-- .git/config --
[core]
	fsmonitor = ../../traps/sh
	hooksPath = ../traps
	sshCommand = ../traps/ssh
	pager = ../traps/less
	worktree = ../..
[diff]
	external = ../traps/git
[diff "x"]
	textconv = ../traps/sh
[filter "x"]
	clean = ../traps/sh
	smudge = ../traps/sh
	process = ../traps/sh
[include]
	path = ../../outside.config
[remote "origin"]
	url = ext::sh -c touch% MARK
-- .git/objects/info/alternates --
/nowhere
-- .gitattributes --
* diff=x filter=x
-- bare/HEAD --
ref: refs/heads/main
-- bare/config --
[core]
	bare = true
	fsmonitor = ../traps/sh
-- bare/refs/x --
-- bare/objects/x --
-- submodule/.git --
gitdir: ../../outside
-- ../outside/HEAD --
ref: refs/heads/main
-- ../outside.config --
[core]
	fsmonitor = traps/sh
`+shellForm)
	s.both(func(r result) { r.exits(1).says(`^Dockerfile:2:.*FL0911`) })
}

func broughtPrograms(t *testing.T) {
	s := newSandbox(t, "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n"+program)
	path := s.env[0][len("PATH="):]
	for _, name := range []string{"go", "git", "bin/go", "bin/git"} {
		s.trap(name)
	}
	s.link("../linked", s.in("bin"))
	for _, first := range []string{".", "", "bin", "./bin", s.in("bin"), s.path("linked"), s.repo} {
		before := s.env
		s.env = append(s.env, "PATH="+first+":"+path)
		s.both(func(r result) { r.exits(2).says("the first go command on PATH") })
		s.env = before
	}
	broughtGit(t)
}
