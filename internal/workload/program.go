package workload

import (
	"path"
	"slices"
	"strconv"
	"strings"
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
	Packages   []check.Span // a place in each package that main reaches

	Env       Set[EnvRead]
	Flags     Set[Flag]
	Listens   Set[Listen]
	Sockets   Set[Socket]
	Signals   Set[Signal]
	Late      []Signal // handled only once the server has stopped serving by itself: too late
	Drains    Set[Drain]
	Consumes  []Consume // known calls that take work from a queue or a schedule
	Commands  Set[Subcommand]
	Configs   Set[ConfigFile]
	Settings  []Setting
	Routes    Set[Route]
	Depends   []Dependence // of handlers on backing services, as far as they are seen
	Writes    Set[FileWrite]
	Logs      Set[LogSink]
	Outbounds Set[Outbound]
	Backings  Set[Backing]
	States    Set[State]
	Metrics   Set[Metric]
	Healths   Set[Health]
	Migrates  Set[Migration]
	Leaders   Set[Leader]
	Spawns    Set[Spawn]
	Execs     Set[Exec]
	Tuning    Tuning
	Libraries []string // packages of others that it calls and of which nothing is known, sorted: they may read variables of their own
	Unbounded []string // why the sets that are open are open, for people: "os.Getenv of a computed name at a.go:3"
}

// Title returns what a program is called in messages: its name or, where that is the name of a folder that says nothing, as in
// orders/cmd, the one before it.
func (p *Program) Title() string {
	for at := p.ImportPath; at != "." && at != "/"; at = path.Dir(at) {
		name := path.Base(at)
		if at == p.ImportPath {
			name = p.Name
		}
		if !slices.Contains([]string{"cmd", "src", "main", "server"}, name) && !IsMajorVersion(name) {
			return name
		}
	}
	return p.Name
}

// IsMajorVersion reports whether an element of an import path is the major version of its module: "v4".
func IsMajorVersion(elem string) bool {
	return len(elem) > 1 && elem[0] == 'v' && strings.Trim(elem[1:], "0123456789") == ""
}

// A Class says what sort of program it is.
type Class string

// Classes. Rules about servers are silent on Uncertain.
const (
	Server     Class = "server"     // serves requests until it is told to stop
	Worker     Class = "worker"     // consumes a queue or a schedule until it is told to stop
	Serverless Class = "serverless" // is run by a function runtime
	Job        Class = "job"        // runs to its end
	CLI        Class = "cli"        // works for the person in front of it, even where it serves a page
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
	Env     []string // environment variables that set it where the command line does not, the first that is set counts
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

// IsLoopback reports whether an address, or the beginning of one that goes beyond the host, names the loopback interface.
func IsLoopback(addr string) bool {
	return addr == "localhost" || strings.HasPrefix(addr, "localhost:") || strings.HasPrefix(addr, "127.") || addr == "::1" || strings.HasPrefix(addr, "[::1]")
}

// A Socket is a listener that the program opens and that no server known here serves. That of an unknown library is not
// seen: then the set is open.
type Socket struct {
	Via string // the function: "net.Listen"
	At  check.Span
}

// A Consume is one call that takes work from a queue, a topic or a schedule.
type Consume struct {
	Via string // the function: "github.com/segmentio/kafka-go.Reader.ReadMessage"
	At  check.Span
}

// A Signal is one signal that the program handles.
type Signal struct {
	Name string // "SIGTERM"
	Via  string // the function that handles it: "os/signal.Notify"
	At   check.Span
}

// A Drain is one call that stops a server gracefully.
type Drain struct {
	Server   string               // import path of the package whose server is drained
	Work     bool                 // it is no server that is stopped but what takes work
	Method   string               // "Shutdown", "GracefulStop", …
	Deadline Value[time.Duration] // how long it may take at most, if that is a constant; absent if nothing bounds it
	Wait     Text                 // otherwise: as the program computes it from its inputs, in the form of Duration; nil if unknown
	After    time.Duration        // constant sleep on the way to it
	Budget   check.Span           // where the deadline is set; drains with one budget share its time
	Func     string               // the function it stands in; drains there follow one another
	Parallel bool                 // in a goroutine of its own, beside others
	Cond     bool                 // on some ways through its function only
	At       check.Span           // the call
}

// Limit returns how long the drain may take at most when the program is given in. It is absent if nothing bounds it.
func (d *Drain) Limit(in Inputs) Value[time.Duration] {
	if _, known := d.Deadline.Get(); known || d.Deadline.Absent() || d.Wait == nil {
		return d.Deadline
	}
	v := d.Wait.Eval(in)
	if s, ok := v.Get(); ok {
		if t, ok := Duration(s); ok {
			return Known(t, v.At())
		}
	}
	return Unknown[time.Duration](v.At())
}

// Duration reads a duration as Go writes it, "1m30s", or as a number of nanoseconds.
func Duration(s string) (time.Duration, bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return time.Duration(n), true
	}
	d, err := time.ParseDuration(s)
	return d, err == nil
}

// DrainTime returns how long the program's drains may take together at least when it is given in, and where that time is set.
// Drains that follow one another in a function add up unless they share a deadline; of those that run on some ways only
// the longest counts, and those in goroutines of their own run beside them. Drains of different functions are taken to run beside each other. It is unknown
// if no drain has a known deadline.
func (p *Program) DrainTime(in Inputs) Value[time.Duration] {
	longest := Unknown[time.Duration](p.At)
	for i, first := range p.Drains.Members {
		if slices.ContainsFunc(p.Drains.Members[:i], func(d Drain) bool { return d.Func == first.Func }) {
			continue
		}
		var (
			sum, some, beside, after time.Duration
			most                     Value[time.Duration] // the longest of all
			seen                     []check.Span
		)
		for _, d := range p.Drains.Members[i:] {
			limit := d.Limit(in)
			t, ok := limit.Get()
			if !ok || d.Func != first.Func || slices.Contains(seen, d.Budget) {
				continue
			}
			seen = append(seen, d.Budget)
			after = max(after, d.After)
			switch {
			case d.Parallel:
				beside = max(beside, t)
			case d.Cond:
				some = max(some, t)
			default:
				sum += t
			}
			if m, ok := most.Get(); !ok || t > m {
				at := d.Budget
				if _, constant := d.Deadline.Get(); !constant {
					at = limit.At()
				}
				if at.IsZero() {
					at = d.At
				}
				most = Known(t, at)
			}
		}
		total := after + max(sum+some, beside)
		if t, ok := longest.Get(); len(seen) > 0 && (!ok || total > t) {
			longest = Known(total, most.At())
		}
	}
	return longest
}

// Handles reports whether the program is known to handle a signal.
func (p *Program) Handles(signal string) bool {
	return slices.ContainsFunc(p.Signals.Members, func(s Signal) bool { return s.Name == signal })
}

// MainListen returns the first main-traffic listener.
func (p *Program) MainListen() (Listen, bool) {
	for _, l := range p.Listens.Members {
		if l.Role == MainTraffic {
			return l, true
		}
	}
	return Listen{}, false
}
