package observe

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

//go:embed apis.txt
var apisText string

// An api is one line of apis.txt.
type api struct {
	kind string
	arg  map[string]string
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
	if a.arg["handles"] == "" {
		return nil
	}
	return strings.Split(a.arg["handles"], ",")
}

var apis = sync.OnceValue(func() map[string]*api {
	m, err := parseAPIs(apisText)
	if err != nil { // a test holds apis.txt to its form
		return nil
	}
	return m
})

// parseAPIs reads apis.txt: symbol → line. The error names the first line that breaks the form.
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
		a := &api{kind: f[0], arg: map[string]string{}}
		for _, word := range f[2:] {
			key, value, ok := strings.Cut(word, "=")
			if !ok {
				key, value = "arg", word
			}
			a.arg[key] = value
		}
		for _, symbol := range alternatives(f[1]) {
			if m[symbol] != nil {
				return nil, fmt.Errorf("apis.txt:%d: %s is there already", i+1, symbol)
			}
			m[symbol] = a
		}
	}
	return m, nil
}

// alternatives returns what a pattern such as "flag.{,FlagSet.}{Int,String}" stands for.
func alternatives(pattern string) []string {
	head, rest, ok := strings.Cut(pattern, "{")
	list, tail, closed := strings.Cut(rest, "}")
	if !ok || !closed {
		return []string{pattern}
	}
	var out []string
	for _, word := range strings.Split(list, ",") {
		for _, end := range alternatives(tail) {
			out = append(out, head+word+end)
		}
	}
	return out
}

// lookup returns what is known about a symbol if it is of one of the kinds, or nil.
func lookup(symbol string, kinds ...string) *api {
	a := apis()[symbol]
	if a == nil {
		return nil
	}
	for _, k := range kinds {
		if a.kind == k {
			return a
		}
	}
	return nil
}
