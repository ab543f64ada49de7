// Package observe says what Go packages do: which servers they start, which signals they handle, what they read from
// the environment. It reports no problem. Rules and factorlint's own engine draw their conclusions from it.
//
// One package is observed at a time, with syntax and types, into a [Package]: functions with the calls they make and
// the functions they mention, and the values that flow into those calls. Packages are exported as facts, so that an
// analysis of a main package sees every package of its module: [Graph] joins them, computes what main reaches and
// folds values, and [Graph.Program] draws the picture of one main package.
//
// Knowledge about libraries is in apis.txt alone.
package observe

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/directive"
)

// Analyzer observes one package. Its result is a [*Graph] of the package and of those it imports.
var Analyzer = &analysis.Analyzer{
	Name:             "factorlint_observe",
	Doc:              "observe what a package does: servers, signals, environment, flags (reports no problem)",
	URL:              "https://pkg.go.dev/github.com/factorlint/factorlint/analyzers/observe",
	RunDespiteErrors: true,
	ResultType:       reflect.TypeFor[*Graph](),
	FactTypes:        []analysis.Fact{(*Fact)(nil)},
	Run:              run,
}

func run(pass *analysis.Pass) (_ any, err error) {
	// code that does not type-check has shapes nobody thought of; it must not take the driver with it
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("observing package %s failed: %v", pass.Pkg.Path(), v)
		}
	}()
	if len(pass.Files) == 0 || IsForeign(pass) {
		return newGraph(nil), nil
	}
	p := extract(pass)
	fact := gather(p, pass.AllPackageFacts())
	pass.ExportPackageFact(fact)
	if p.alone() {
		return newGraph([]*Package{p}), nil
	}
	all, err := fact.packages()
	if err != nil {
		return nil, err
	}
	g := newGraph(all)
	g.joined = true
	return g, nil
}

// alone reports whether nothing that is asked about a package depends on what it imports: it is no program, stops no server, and
// hands nobody a context that is over.
func (p *Package) alone() bool {
	return p.Name != "main" && !slices.ContainsFunc(p.Funcs, func(f *Func) bool {
		return slices.ContainsFunc(f.Calls, func(c Call) bool { return len(c.Over) > 0 || lookup(c.Callee, "drain") != nil })
	})
}

// A Package is what was observed in one package. All names in it are symbols: "path.Func", "path.Type.Method",
// "path.Type.Field", "path.Var", with "$1" and so on for the function literals inside.
type Package struct {
	Path    string
	Name    string
	Module  string   // path of its module, as far as the driver tells
	Imports []string // every import path, sorted
	Errors  bool     // the package does not type-check fully
	Main    check.Span
	Funcs   []*Func
	Assigns []Assign
	Types   []Type
	Tags    []Tag
	Places  []Place  // of the fields that are declared here and have no tag, or no name
	Structs []Struct // those that calls fill by reflection, with the structs inside them
	Filled  []string // fields of structs that may be filled by reflection in code nobody here knows, tagged or not
	Sources []Source
	Linked  []Import // imports that do something by being there
}

// A Source is a file of a package.
type Source struct {
	Name       string // as places have it
	Size       int    // in bytes
	Lines      []int  // offset at which each line begins
	Generated  bool   // a program wrote it
	Directives []directive.Directive
}

// An Import is one import of a package.
type Import struct {
	Path string
	At   check.Span
}

// A Func is a function, a method, a function literal, or the initialisation of a package or a package variable.
type Func struct {
	Parent   string // of a literal, the function it stands in
	ID       string
	At       check.Span // its name; for a literal the word func
	Params   int
	Handles  string // import path of the framework whose requests it answers, by its signature
	Calls    []Call
	Returns  [][]Expr     // one per return statement, its results
	Makes    []string     // concrete types it makes values of
	Blocks   bool         // waits for something to be over: on a channel, in a select
	Streams  bool         // waits for one value of a channel after another
	Joins    bool         // waits for a sync.WaitGroup
	Commands []Expr       // nodes of trees of commands that it builds
	Waits    []int        // offsets at which it waits on a channel or calls what may wait; math.MaxInt for deferred ones
	Panics   []check.Span // calls of panic
	Recovers bool         // it recovers from panics
	Branches []Branch     // on values compared with constants
	Touches  []Touch      // containers and channels that outlive it
	Sized    bool         // compares the length that a request's header gives for the body
	Endless  bool         // loops until it is told to end
	Tells    bool         // may tell others that it is at its end: closes or sends on a channel, counts down, calls a function value
}

// A Call is a call or a mention of a function, in source order.
type Call struct {
	Callee  string // symbol; of an interface's method: "path.Interface.Method"; "?.Name" if unresolved
	Recv    *Expr  // of a method
	Args    []Expr
	At      check.Span // the whole call; for a mention, the name
	Name    check.Span // the callee's name as written
	Mention bool       // not called here: passed, stored or compared
	Dynamic bool       // through an interface: Methods says what the interface asks for
	Methods []string   // "Name(signature)" of each method of the interface
	Go      bool       // in a go statement
	Loop    bool       // in a loop that counts nothing
	Cond    bool       // on some paths through the function only
	After   bool       // follows a call that serves until it is shut down, in the same function
	Guard   string     // import path of the command library that calls it when it executes
	Fatal   bool       // the program ends where the result is empty
	Failed  check.Span // what ends the program where the call returns an error
	Passes  bool       // where the call returns an error, the function returns one
	Early   bool       // follows a way out of the function that something else than an error decides
	Chosen  bool       // something else than an error decides whether it is made; what ends main decides nothing
	Defer   bool       // in a defer statement
	Outcome Outcome    // what becomes of its error
	Decided check.Span // the condition or call that decides the outcome
	Over    []int      // arguments that are contexts which are cancelled or past their deadline by then
	Router  bool       // it is given a router, as something more than a handler
	Fills   []Fill     // structs that it may fill by reflection
	Missing bool       // where the result is empty, the function returns an error
	Default *Expr      // what is used instead where the result is empty
}

// A Fill is a struct that a call may fill by reflection, as configuration libraries and decoders do.
type Fill struct {
	Arg  int    // the argument that points to it; -1 and below: the first type argument and those behind it
	Type string // symbol; "#0" and so on for the type parameters of the function that the call stands in
}

// A Branch is a condition that decides what runs.
type Branch struct {
	Cond  Expr
	Chain check.Span // the first condition of the if statement that this one is an else if of
	Quiet bool       // nothing but logging, a framework's mode or loading a .env file depends on it
}

// An Assign is a value given to a field or a package variable.
type Assign struct {
	To      string
	Value   Expr
	Func    string // in which it happens
	IfEmpty bool   // only where the field is still empty: a default
	IfFull  bool   // only where the value is not empty: it overrides what is there
	Cond    bool
	Chosen  bool // something else than an error decides whether it is given
}

// A Type is a concrete named type with its methods.
type Type struct {
	Name    string
	Methods []Method // in order of Key: facts must be encoded alike each time
}

// A Method is one method of a type.
type Method struct {
	Key    string // "Name(signature)"
	Symbol string
}

// method returns the symbol of the method with a key.
func (t *Type) method(key string) (symbol string, ok bool) {
	i, ok := slices.BinarySearchFunc(t.Methods, key, func(m Method, key string) int { return strings.Compare(m.Key, key) })
	if !ok {
		return "", false
	}
	return t.Methods[i].Symbol, true
}

// A Tag is a struct field with a tag.
type Tag struct {
	Field string // symbol
	Tag   string // the raw tag
	Type  string // symbol of the field's type; of a struct without a name, the field's
	At    check.Span
}

// A Place is where a field of a struct stands, for the packages that import its own: they know types, and no places.
type Place struct {
	Field string // symbol
	At    check.Span
}

// A Struct is the shape of a struct that a library fills.
type Struct struct {
	Name   string // symbol; of one without a name see structSymbol
	Fields []Field
}

// A Field is an exported field of a Struct.
type Field struct {
	Name     string
	Tag      string
	Type     string // of a struct, or of what it points to or lists: symbol
	Pointer  bool   // it points to the struct
	Many     bool   // it is a list or map of the struct
	Embedded bool
	Leaf     bool       // the struct reads itself from a text
	Zero     string     // text of the field's zero value
	At       check.Span // the tag, or the name where there is none; zero where the struct is declared in another package
}

// An Expr is a value as the source computes it.
type Expr struct {
	Op   Op
	S    string   // text of a constant, symbol, type, field
	N    int      // index of a parameter or result
	Keys []string // field names of a Composite
	Args []Expr
	At   check.Span
}

// An Op is the form of an Expr.
type Op uint8

// Forms of expressions.
const (
	Unknown   Op = iota
	Const        // S: the text of a string, the digits of a number
	Nil          //
	Param        // S: the function, N: which of its parameters; -1 is the receiver
	Var          // S: a package variable
	Select       // S: field symbol; Args[0]: the value it is selected from
	Result       // S: callee, N: which result; Args: its arguments, Keys: {"recv"} when the first is the receiver
	FuncRef      // S: a function or literal
	Composite    // S: type; Keys, Args: its fields
	List         // Args: elements of a slice literal
	Concat       // Args: written one after another
	Path         // Args joined by slashes, as path.Join does
	Default      // Args[0], or Args[1] where that is empty
	Phi          // one of Args
	Equals       // whether (or whether not) Args[0] is the text S
	Sum          // of the numbers Args
	Times        // product of the numbers Args; S: its type, "time.Duration" for a number of units
	Either       // a condition made of Args
)
