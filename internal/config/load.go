package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/factorlint/factorlint/internal/suggest"
	"github.com/factorlint/factorlint/internal/workload"
	"github.com/factorlint/factorlint/rules"
)

// maxSize is how large a configuration may be.
const maxSize = 1 << 20

// Load reads a configuration file. An error about its content begins with "file:line: "; all of them are told at once.
func Load(name string) (*Config, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: is not a regular file", name)
	case info.Size() > maxSize:
		return nil, fmt.Errorf("%s: is larger than %d bytes", name, maxSize)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return parse(name, data)
}

func parse(name string, data []byte) (*Config, error) {
	c := &Config{Path: name}
	d := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	switch err := d.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return c, nil
	case err != nil:
		return nil, syntaxError(name, err)
	}
	r := reader{file: name}
	r.config(doc.Content[0], c)
	switch err := d.Decode(new(yaml.Node)); {
	case errors.Is(err, io.EOF):
	case err != nil:
		return nil, syntaxError(name, err)
	default:
		r.errs = append(r.errs, fmt.Errorf("%s: holds more than one YAML document", name))
	}
	if err := errors.Join(r.errs...); err != nil {
		return nil, err
	}
	return c, nil
}

// syntaxError turns "yaml: line 3: did not find …" into "file:3: did not find …".
func syntaxError(name string, err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	var line int
	if n, _ := fmt.Sscanf(text, "line %d:", &line); n == 1 {
		_, text, _ = strings.Cut(text, ": ")
		return fmt.Errorf("%s:%d: %s", name, line, text)
	}
	return fmt.Errorf("%s: %s", name, text)
}

// A reader reads nodes and collects what is wrong with them.
type reader struct {
	file string
	errs []error
}

func (r *reader) fail(n *yaml.Node, format string, args ...any) {
	r.errs = append(r.errs, fmt.Errorf("%s:%d: %s", r.file, n.Line, fmt.Sprintf(format, args...)))
}

var (
	configKeys  = []string{"enable", "disable", "exclude", "fail-on", "services"}
	serviceKeys = []string{"name", "program", "dockerfile", "target", "deploys"}
)

func (r *reader) config(n *yaml.Node, c *Config) {
	if isNull(n) {
		return
	}
	r.mapping(n, "a configuration", configKeys, func(key string, v *yaml.Node) {
		switch key {
		case "enable":
			c.Enable = r.words(key, v)
		case "disable":
			c.Disable = r.words(key, v)
		case "exclude":
			c.Exclude = r.list(key, v, func(glob string) error {
				_, err := path.Match(glob, "")
				return err
			})
		case "fail-on":
			c.FailOn = r.text(key, v)
			if _, err := rules.ParseSeverity(c.FailOn); err != nil && c.FailOn != "" {
				r.fail(v, "fail-on: %v", err)
			}
		case "services":
			c.Services = r.services(v)
		}
	})
}

func (r *reader) services(n *yaml.Node) (out []workload.Binding) {
	if n.Kind != yaml.SequenceNode {
		r.fail(n, "services: want a list")
		return nil
	}
	seen := map[string]bool{}
	for _, item := range n.Content {
		var b workload.Binding
		r.mapping(item, "a service", serviceKeys, func(key string, v *yaml.Node) {
			switch key {
			case "name":
				b.Name = r.text(key, v)
			case "program":
				b.Program = r.path(key, v)
			case "dockerfile":
				b.Dockerfile = r.path(key, v)
			case "target":
				b.Target = r.text(key, v)
			case "deploys":
				b.Deploys = r.list(key, v, checkDeploy)
			}
		})
		switch {
		case b.Name == "":
			r.fail(item, "a service has no name")
		case seen[b.Name]:
			r.fail(item, "service %q is given twice", b.Name)
		}
		seen[b.Name] = true
		out = append(out, b)
	}
	return out
}

// mapping calls f with each key that a mapping is to have.
func (r *reader) mapping(n *yaml.Node, what string, keys []string, f func(key string, v *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		r.fail(n, "want %s: a mapping with the keys %s", what, strings.Join(keys, ", "))
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		known := false
		for _, key := range keys {
			known = known || k.Kind == yaml.ScalarNode && k.Value == key
		}
		switch {
		case !known:
			r.fail(k, "unknown key %q%s", k.Value, suggest.DidYouMean(k.Value, keys))
		case seen[k.Value]:
			r.fail(k, "key %q is given twice", k.Value)
		default:
			f(k.Value, v)
		}
		seen[k.Value] = true
	}
}

func (r *reader) text(key string, n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode || isNull(n) {
		r.fail(n, "%s: want a text", key)
		return ""
	}
	return n.Value
}

// list reads a list of texts, or one text alone, each of which is to satisfy check.
func (r *reader) list(key string, n *yaml.Node, check func(string) error) []string {
	items := []*yaml.Node{n}
	switch {
	case isNull(n):
		return nil
	case n.Kind == yaml.SequenceNode:
		items = n.Content
	}
	var out []string
	for _, item := range items {
		before := len(r.errs)
		s := r.text(key, item)
		if len(r.errs) > before {
			continue
		}
		if err := check(s); err != nil {
			r.fail(item, "%s: %v", key, err)
		}
		out = append(out, s)
	}
	return out
}

func (r *reader) words(key string, n *yaml.Node) []string { return r.list(key, n, suggest.CheckWord) }

func (r *reader) path(key string, n *yaml.Node) string {
	s := r.text(key, n)
	if err := checkPath(s); err != nil {
		r.fail(n, "%s: %v", key, err)
	}
	return s
}

// checkPath refuses paths that lead out of the repository.
func checkPath(s string) error {
	if clean := path.Clean(s); path.IsAbs(s) || clean == ".." || strings.HasPrefix(clean, "../") {
		return fmt.Errorf("%q is no path below this file's folder", s)
	}
	return nil
}

func checkDeploy(s string) error {
	file, container, ok := strings.Cut(s, "#")
	if !ok || file == "" || container == "" {
		return fmt.Errorf(`%q: want "file#container"`, s)
	}
	return checkPath(file)
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }
