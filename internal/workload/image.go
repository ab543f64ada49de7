package workload

import "github.com/factorlint/factorlint/internal/check"

// An Image is what one stage of a Dockerfile leaves: its own instructions over those of the stages and the base
// image it is built from.
type Image struct {
	File  string     // the Dockerfile
	Stage string     // the stage's name, or its index ("0") where it has none
	Final bool       // whether docker build without --target makes this image
	At    check.Span // the FROM instruction of the stage

	Base        Value[string] // reference of the base image at the bottom of the chain; "scratch" too
	BaseAt      check.Span    // its reference in the FROM line
	Shell       Shell         // what /bin/sh is
	Env         []EnvVar      // in order; a later one of the same name replaces an earlier
	WorkDir     Value[string] // absent if no stage sets it (then the base image's, usually /)
	User        Value[string] // absent if no stage sets it (then the base image's, usually root)
	StopSignal  Value[string]
	Entrypoint  Value[Command] // absent if no stage sets it
	Cmd         Value[Command]
	Expose      []Port
	Volumes     []Word
	Healthcheck Value[Command]

	// Binaries are the Go programs it carries; incomplete if something built or copied could not be followed.
	Binaries Set[Binary]
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
	Shell bool   // run by a shell: then there is one word, the script
	Words []Word // in exec form, the program and its arguments
	At    check.Span
}

// A Word is a string with its place.
type Word struct {
	Text string
	At   check.Span
}

// A Binary is a Go program in an image, and the package it was built from.
type Binary struct {
	Path    string // absolute path in the image: "/usr/local/bin/api"
	Package string // directory of the main package, relative to the build context: "cmd/api"; "." for its root
	Tags    []string
	At      check.Span // the go build (or install) command
}

// An EnvVar is a variable that an artifact sets.
type EnvVar struct {
	Name  string
	Value Value[string]
	At    check.Span // the name, where it can be told
	From  string     // "ConfigMap api-config", "env_file .env", … or "" when set in place
}

// A Port is a port that an artifact declares.
type Port struct {
	Name     string // of a Kubernetes port, or ""
	Number   Value[int]
	Protocol string // "tcp", "udp", "sctp"
	At       check.Span
}
