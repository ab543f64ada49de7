package observe

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed apis.txt
var apisText string

// An api is one line of apis.txt: a symbol is of each kind that a line gives it.
type api struct {
	kind string
	arg  map[string]string
	next *api // the symbol's next line
}

// index returns the argument position that an attribute names, or -1.
func (a *api) index(key string) int {
	n, err := strconv.Atoi(a.arg[key])
	if err != nil {
		return -1
	}
	return n
}

// handles returns the signals that the API handles by itself.
func (a *api) handles() []string {
	return a.list("handles")
}

// stays reports whether a call of the API returns only when what it runs is over.
func (a *api) stays() bool {
	return (a.kind == "serve" || a.kind == "worker") && a.arg["async"] == "" && a.arg["poll"] == ""
}

// list returns the symbols that an attribute lists.
func (a *api) list(key string) []string {
	if a.arg[key] == "" {
		return nil
	}
	return strings.Split(a.arg[key], ",")
}

var apis = sync.OnceValue(func() map[string]*api {
	m, err := parseAPIs(apisText)
	if err != nil { // a test holds apis.txt to its form
		return nil
	}
	return m
})

// familiar is the packages of which apis.txt knows what starts, stops and handles signals there.
var familiar = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for symbol := range apis() {
		if lookup(symbol, "serve", "lifecycle", "worker", "serverless", "notify") != nil {
			m[packageOf(symbol)] = true
		}
	}
	return m
})

// parseAPIs reads apis.txt: symbol → first line. The error names the first line that breaks the form.
func parseAPIs(text string) (map[string]*api, error) {
	m := map[string]*api{}
	for i, line := range strings.Split(text, "\n") {
		f := strings.Fields(line)
		if len(f) == 0 || strings.HasPrefix(f[0], "#") {
			continue
		}
		if len(f) < 2 {
			return nil, fmt.Errorf("apis.txt:%d: want a kind and a symbol", i+1)
		}
		arg := map[string]string{}
		for _, word := range f[2:] {
			key, value, ok := strings.Cut(word, "=")
			if !ok {
				key, value = "arg", word
			}
			arg[key] = value
		}
		for _, symbol := range expand(f[1]) {
			last := m[symbol]
			for a := last; a != nil; a = a.next {
				if last = a; a.kind == f[0] {
					return nil, fmt.Errorf("apis.txt:%d: %s is of kind %s already", i+1, symbol, a.kind)
				}
			}
			if a := (&api{kind: f[0], arg: arg}); last == nil {
				m[symbol] = a
			} else {
				last.next = a
			}
		}
	}
	return m, nil
}

// expand returns the symbols that one with alternatives in braces stands for: "gin.{Engine,RouterGroup}.GET".
func expand(symbol string) []string {
	before, rest, ok := strings.Cut(symbol, "{")
	inside, after, closed := strings.Cut(rest, "}")
	if !ok || !closed {
		return []string{symbol}
	}
	var out []string
	for _, word := range strings.Split(inside, ",") {
		for _, tail := range expand(after) {
			out = append(out, before+word+tail)
		}
	}
	return out
}

// lookup returns what is known about a symbol of one of the kinds, or nil.
func lookup(symbol string, kinds ...string) *api {
	for a := apis()[symbol]; a != nil; a = a.next {
		if slices.Contains(kinds, a.kind) {
			return a
		}
	}
	return nil
}

// doesIO reports whether a function belongs to a package whose functions talk to another party.
func doesIO(symbol string) bool {
	for pkg := packageOf(symbol); ; {
		if lookup(pkg, "io") != nil {
			return true
		}
		i := strings.LastIndexByte(pkg, '/')
		if i < 0 {
			return false
		}
		pkg = pkg[:i]
	}
}
