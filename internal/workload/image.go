package workload

import (
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
)

// An Image is what one stage of a Dockerfile leaves: its own instructions over those of the stages and the base
// image it is built from.
type Image struct {
	File  string     // the Dockerfile
	Stage string     // the stage's name, or its index ("0") where it has none
	Final bool       // whether docker build without --target makes this image
	At    check.Span // the FROM instruction of the stage

	Developers bool // it is made for developers or tests, by its names

	Base        Value[string] // reference of the base image at the bottom of the chain; "scratch" too
	BaseAt      check.Span    // its reference in the FROM line
	Shell       Shell         // what /bin/sh is
	Env         []EnvVar      // in order; a later one of the same name replaces an earlier
	WorkDir     Value[string] // absent if no stage sets it (then the base image's, usually /)
	User        Value[string] // absent if no stage sets it: then it is BaseUser
	BaseUser    Value[string] // as whom the base image runs, where its reference tells: "root", "65532"
	DropsRoot   bool          // what it starts may give up root by itself
	StopSignal  Value[string]
	Entrypoint  Value[Command] // absent if no stage sets it
	Cmd         Value[Command]
	Expose      []Port
	Volumes     []Word
	Healthcheck Value[Command]

	// Binaries are the Go programs that the Dockerfile builds and the image carries; incomplete if something that is
	// run could not be followed. A program built elsewhere and copied from the build context is only in Copies.
	Binaries Set[Binary]
	Copies   []Copy // what COPY and ADD put into it, in order
}

// A Copy is a COPY or ADD instruction of an image.
type Copy struct {
	From    string          // "" for the build context; else a stage (see Stage) or the reference of an image
	Stage   bool            // From is the name or index of a stage
	Sources []Value[string] // as written, variables expanded
	Dest    Value[string]   // absolute; ends in a slash if the source's name is kept
	At      check.Span      // the instruction
}

// A Shell says which program /bin/sh is in an image.
type Shell string

// Shells. Whether a shell replaces itself by the command it runs differs between them.
const (
	UnknownShell Shell = ""
	Dash         Shell = "dash" // Debian, Ubuntu
	Ash          Shell = "ash"  // Alpine, BusyBox
	Bash         Shell = "bash" // RHEL, Fedora, Rocky, Amazon Linux
	NoShell      Shell = "none" // scratch, distroless
)

// A Command is an ENTRYPOINT, CMD, HEALTHCHECK or a manifest's command.
type Command struct {
	Shell       bool     // run by a shell: then there is one word, the script
	Interpreter []string // the SHELL that runs it; nil for /bin/sh -c
	Words       []Word   // in exec form, the program and its arguments
	At          check.Span
}

// A Word is a string with its place.
type Word struct {
	Text string
	At   check.Span
}

// Part returns the place of a part of the text; that of the word if it does not stand there as it is.
func (w Word) Part(from, to int) check.Span {
	if !w.At.Spells(w.Text) {
		return w.At
	}
	quote := (w.At.End.Offset - w.At.Start.Offset - len(w.Text)) / 2
	at := w.At
	at.Start = check.Pos{Offset: at.Start.Offset + quote + from, Line: at.Start.Line, Col: at.Start.Col + quote + from}
	at.End = check.Pos{Offset: at.Start.Offset + to - from, Line: at.Start.Line, Col: at.Start.Col + to - from}
	return at
}

// A Binary is a Go program in an image, and the package it was built from.
type Binary struct {
	Path    string // absolute path in the image: "/usr/local/bin/api"; "/app/" if go build chose the name in there
	Package string // directory of the main package, relative to the build context: "cmd/api"; "." for its root
	Tags    []string
	At      check.Span // the go build (or install) command

	// ImportPath is the package as the command names it, when that tells no directory; then Package is "".
	ImportPath string
	// Implied is set if go build chose the name: Path is this program only if its last element is the program's Name.
	Implied bool
}

// An EnvVar is a variable that an artifact sets.
type EnvVar struct {
	Name   string
	Value  Value[string]
	At     check.Span // the name, where it can be told
	From   string     // "ConfigMap api-config", "env_file .env", … or "" when set in place
	Used   bool       // of an image: the build may use it as well
	Shared bool       // of a deploy: another container takes it from the same place, ConfigMap, Secret or file
}

// A Port is a port that an artifact declares.
type Port struct {
	Name     string // of a Kubernetes port, or ""
	Number   Value[int]
	Protocol string // "tcp", "udp", "sctp"
	At       check.Span
}

// RunsAs returns the user of the image, by name or number, without its group. ok is false if that cannot be told.
func (i *Image) RunsAs() (user string, ok bool) {
	v := i.User
	if v.Absent() {
		v = i.BaseUser
	}
	user, ok = v.Get()
	user, _, _ = strings.Cut(user, ":")
	return user, ok && user != ""
}

// stepsDown are programs that run another as a user who is not root, and options that have one do so.
var stepsDown = []string{"gosu", "su-exec", "setpriv", "su", "sudo", "runuser", "chroot", "chpst", "setuidgid", "s6-setuidgid", "capsh",
	"start-stop-daemon", "supervisord"}

// MayDropRoot reports whether a command names a program that runs another as a user who is not root.
func MayDropRoot(c Command) bool {
	for _, w := range c.Words {
		for _, word := range strings.FieldsFunc(w.Text, func(r rune) bool { return strings.ContainsRune(" \t\r\n;&|()\"'`", r) }) {
			if slices.Contains(stepsDown, path.Base(word)) {
				return true
			}
		}
	}
	return false
}
