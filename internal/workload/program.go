package workload

import (
	"time"

	"github.com/factorlint/factorlint/internal/check"
)

// A Program is what one main package does, as far as can be told from what its main function reaches.
type Program struct {
	Name       string     // of the binary that go build makes: the directory's or the module's last element
	ImportPath string     // of the main package
	Dir        string     // of the main package, relative to the repository's root; "." for the root
	ModuleDir  string     // of its module, relative to the repository's root
	GoVersion  string     // the module's go line ("1.24.0"), or ""
	At         check.Span // the name of func main
	Class      Class

	Env       Set[EnvRead]
	Flags     Set[Flag]
	Listens   Set[Listen]
	Signals   Set[Signal]
	Drains    Set[Drain]
	Unbounded []string // why the sets that are open are open, for people: "os.Getenv of a computed name at a.go:3"
}

// A Class says what sort of program it is.
type Class string

// Classes. Rules about servers are silent on Uncertain.
const (
	Server     Class = "server"     // serves requests until it is told to stop
	Worker     Class = "worker"     // consumes a queue or a schedule until it is told to stop
	Serverless Class = "serverless" // is run by a function runtime
	Job        Class = "job"        // runs to its end
	Uncertain  Class = "unknown"
)

// An EnvRead is one environment variable that the program reads.
type EnvRead struct {
	Name     string
	Prefix   bool          // Name is only the beginning of the names that are read
	Required Value[bool]   // whether the program refuses to work without it
	Default  Value[string] // what it uses instead, if that is a constant
	Via      string        // the library that reads it: "os", "github.com/caarlos0/env/v11"
	At       check.Span
}

// A Flag is one command-line flag that the program defines.
type Flag struct {
	Name    string
	Default Value[string]
	At      check.Span
}

// A Listen is one address that the program serves on.
type Listen struct {
	Addr      Text   // as given to the listener: "host:port", ":port", a bare port for some frameworks
	Network   string // "tcp", "unix", …
	Framework string // import path of the package that serves
	Role      ListenRole
	At        check.Span // the serve call
}

// A ListenRole says what a listener is for.
type ListenRole string

// Listener roles. Rules about servers mean MainTraffic.
const (
	MainTraffic ListenRole = "main"
	Auxiliary   ListenRole = "auxiliary" // metrics, pprof, health, redirects, loopback
)

// A Signal is one signal that the program handles.
type Signal struct {
	Name string // "SIGTERM"
	Via  string // the function that handles it: "os/signal.Notify"
	At   check.Span
}

// A Drain is one call that stops a server gracefully.
type Drain struct {
	Server   string               // import path of the package whose server is drained
	Method   string               // "Shutdown", "GracefulStop", …
	Deadline Value[time.Duration] // how long it may take at most; absent if nothing bounds it
	After    time.Duration        // constant sleep on the way to it
	At       check.Span           // the call
}

// DrainTime returns the longest time that the program's drains are known to take together, in sequence, and the
// drain that decides it. It is unknown if any drain's deadline is.
func (p *Program) DrainTime() Value[time.Duration] {
	var (
		total time.Duration
		at    check.Span
	)
	if p.Drains.Open() || len(p.Drains.Members) == 0 {
		return Unknown[time.Duration](check.Span{})
	}
	for _, d := range p.Drains.Members {
		t, ok := d.Deadline.Get()
		if !ok {
			return Unknown[time.Duration](d.At)
		}
		if total += t + d.After; at.IsZero() {
			at = d.At
		}
	}
	return Known(total, at)
}
