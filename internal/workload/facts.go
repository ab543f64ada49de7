package workload

import (
	"strings"
	"time"

	"github.com/factorlint/factorlint/internal/check"
)

// A Subcommand is one node of a tree of commands that the program offers on its command line.
type Subcommand struct {
	Path  string // the words that choose it: "serve", "db migrate"; "" for the program without any
	Class Class  // what the program is when it is started in this way
	At    check.Span
}

// A Setting is one key that the program asks a store of settings for, where that asks the environment in turn.
type Setting struct {
	Key string
	Env []string // the variables that give it, the first that is set counts; none if the store passes the key over, since nothing has told it of it
	At  check.Span
}

// A ConfigFile is one file that the program reads its configuration from.
type ConfigFile struct {
	Path      Text
	Via       string // the function that reads it
	Overrides bool   // the environment overrides what it says, key by key
	Expands   bool   // the environment is expanded inside it: ${NAME}
	Required  bool   // the program does not start without it
	At        check.Span
}

// A Route is one HTTP route that the program serves.
type Route struct {
	Method  string     // "GET"; "" for any
	Pattern string     // with the prefixes of its groups, in the framework's own notation; what is known of it
	Known   bool       // Pattern is whole: it and every prefix in front of it could be told
	Tree    bool       // it answers whatever lies beneath Pattern
	Handler string     // symbol of the function that answers, or of the one in a library that makes it; "" if that cannot be told
	At      check.Span // the pattern, or the call if it has none
}

// A Dependence is one backing service that a function asks for its state before it answers a request, so that the answer
// may be an error.
type Dependence struct {
	Handler string // of the route
	Kind    string // of the service: "postgres", "redis", …
	Via     string // the function that asks
	At      check.Span
}

// Matches reports whether a path may lead to the route. It is generous: parameters and wildcards of every framework's
// notation match, and so does whatever lies beneath a pattern that ends in a slash.
func (r Route) Matches(path string) bool {
	pattern := r.Pattern
	if i := strings.IndexByte(pattern, '/'); i > 0 { // a host in front
		pattern = pattern[i:]
	}
	path, _, _ = strings.Cut(path, "?")
	pattern, exact := strings.CutSuffix(pattern, "{$}")
	have, want := strings.Split(strings.Trim(path, "/"), "/"), strings.Split(strings.Trim(pattern, "/"), "/")
	if strings.Trim(pattern, "/") == "" {
		return r.Tree || strings.Trim(path, "/") == "" || !r.Known
	}
	for i, w := range want {
		if strings.ContainsAny(w, "*+") || strings.HasPrefix(w, "{") && (strings.Contains(w, "...") || strings.ContainsAny(w, ":?")) {
			return true // a wildcard, or an expression that nobody here evaluates
		}
		if i >= len(have) {
			return strings.HasSuffix(w, "?") && i == len(want)-1
		}
		if w != have[i] && !strings.ContainsAny(w, ":{(") {
			return false
		}
	}
	return len(have) == len(want) || r.Tree || strings.HasSuffix(pattern, "/") && !exact
}

// A FileWrite is one call that writes, creates or removes a file.
type FileWrite struct {
	Path      Text
	Via       string // the function
	OnRequest bool   // on the way of a request
	Sure      bool   // on every way to serving
	Leaves    bool   // it leaves a file there: it removes nothing and makes more than a folder
	Temporary bool   // removed by the function that makes it, or in the folder for temporary files
	At        check.Span
}

// A LogSink is one regular file that the program writes its log to.
type LogSink struct {
	Path   Text
	Via    string // the function or type that opens it
	Always bool   // the log goes to the file whatever is set, and nowhere else
	At     check.Span
}

// An Outbound is one address of another party that the program connects to.
type Outbound struct {
	Addr      Text   // URL, "host:port" or host, as given
	Via       string // the function that connects
	OnRequest bool
	At        check.Span
}

// A Backing is one backing service that the program uses.
type Backing struct {
	Kind   string // "postgres", "redis", "kafka", …
	Addr   Text   // DSN, URL or "host:port"; the nil Text if it is not given in one piece
	Via    string // the function that connects
	AtInit bool   // while the package is initialised
	At     check.Span
}

// A State is one thing that the program keeps between requests in itself.
type State struct {
	Kind string // "session", "map", "embedded database", "schedule", "queue"
	Name string // the variable or the library's function
	At   check.Span
}

// A Metric is one way in which the program exposes or exports metrics.
type Metric struct {
	Via string // the function
	At  check.Span
}

// A Health is one health service that is not an HTTP route.
type Health struct {
	Via string // the function that registers it
	At  check.Span
}

// A Migration is one call that changes the schema of a database.
type Migration struct {
	Via     string // the function
	Serving bool   // on the way to the call that serves
	Locks   bool   // the library takes a lock, so that replicas do not run it at the same time
	At      check.Span
}

// A Leader is one use of a library that elects one replica or locks something among them.
type Leader struct {
	Via string
	At  check.Span
}

// A Spawn is one goroutine that the program starts outside the way of requests.
type Spawn struct {
	Func    string // symbol of what runs in it
	Endless bool   // it loops for ever
	Awaited bool   // something waits for its end
	At      check.Span
}

// An Exec is one other program that the program starts.
type Exec struct {
	Command Text
	Sure    bool // whenever the program starts, or a request comes to it; nothing looks first whether there is such a program
	At      check.Span
}

// A Tuning is what the program says to the Go runtime.
type Tuning struct {
	MaxProcs    Value[string]        // of runtime.GOMAXPROCS, if it is called: digits or "runtime.NumCPU()"
	AutoProcs   Value[bool]          // the module imports automaxprocs; absent if no package of it does
	MemoryLimit Value[int64]         // of debug.SetMemoryLimit, in bytes
	AutoMemory  Value[bool]          // the module imports automemlimit; absent if no package of it does
	Sleep       Value[time.Duration] // constant pause between the signal and the drain; absent if there is none
	Unready     Value[bool]          // readiness is taken back before the drain; absent if nothing does
}
