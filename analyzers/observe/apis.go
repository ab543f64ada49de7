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
	for symbol, a := range apis() {
		switch a.kind {
		case "serve", "lifecycle", "worker", "serverless", "notify":
			m[packageOf(symbol)] = true
		}
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
		if len(f) < 2 || m[f[1]] != nil {
			return nil, fmt.Errorf("apis.txt:%d: want a kind and a symbol that is not there yet", i+1)
		}
		a := &api{kind: f[0], arg: map[string]string{}}
		for _, word := range f[2:] {
			key, value, ok := strings.Cut(word, "=")
			if !ok {
				key, value = "arg", word
			}
			a.arg[key] = value
		}
		m[f[1]] = a
	}
	return m, nil
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
