package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/factorlint/factorlint/internal/yamlfault"
	"github.com/factorlint/factorlint/rules"
)

// maxSize is how large a configuration may be, in bytes.
const maxSize = 1 << 20

// maxErrors is how many mistakes of a configuration are told.
const maxErrors = 100

// Load reads a configuration file. An error about its content begins with "file:line:column: ", or "file:line: " where it is no
// YAML at all; all of them are told at once, up to maxErrors.
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
		return nil, syntaxError(name, data, err)
	}
	r := reader{file: name}
	r.config(doc.Content[0], c)
	var next yaml.Node
	switch err := d.Decode(&next); {
	case errors.Is(err, io.EOF):
	case err != nil:
		return nil, syntaxError(name, data, err)
	default:
		r.fail(&next, "here begins another YAML document; want one")
	}
	if more := len(r.errs) - maxErrors; more > 0 {
		r.errs = append(r.errs[:maxErrors], fmt.Errorf("%s: and %d more mistakes", name, more))
	}
	if err := errors.Join(r.errs...); err != nil {
		return nil, err
	}
	return c, nil
}

// syntaxError returns an error of the decoder as one of the file, and says what is probably meant by a pattern like *.go.
func syntaxError(name string, data []byte, err error) error {
	line, problem := yamlfault.Of(data, err)
	if strings.HasPrefix(problem, "unknown anchor") || strings.Contains(problem, "alphabetic or numeric") {
		problem += "; " + quoteHint
	}
	return fmt.Errorf("%s:%d: %s", name, max(line, 1), problem)
}

// config reads a whole configuration: key by key, and then what keys say about each other.
func (r *reader) config(n *yaml.Node, c *Config) {
	if isNull(n) {
		return
	}
	r.mapping("", n, reflect.ValueOf(c).Elem())
	r.uniqueServices(n, c)
	r.rules(n, c)
	if len(c.Exclude) > 0 && len(c.Paths.Exclude) > 0 {
		r.fail(child(n, "exclude"), "exclude: paths has an exclude too; put these patterns there")
	}
	c.Paths.Exclude, c.Exclude = append(c.Paths.Exclude, c.Exclude...), nil
}

func (r *reader) uniqueServices(n *yaml.Node, c *Config) {
	seen := map[string]bool{}
	for i, s := range c.Services {
		if s.Name != "" && seen[s.Name] {
			r.fail(child(n, "services").Content[i], "service %q is given twice", s.Name)
		}
		seen[s.Name] = true
	}
}

// rules sorts the settings of rules by the rules' names, and refuses what is said twice about one.
func (r *reader) rules(n *yaml.Node, c *Config) {
	if len(c.Rules) == 0 {
		return
	}
	settings := child(n, "rules")
	byName, keys := map[string]Rule{}, map[string]string{}
	for _, p := range pairs(settings) {
		rule, set := rules.Lookup(p.key.Value), c.Rules[p.key.Value]
		if rule == nil {
			continue // was refused
		}
		if key, twice := keys[rule.Name]; twice && key != p.key.Value { // else that was refused
			r.fail(p.key, "rules: %s is given twice", rule.Name)
		}
		byName[rule.Name], keys[rule.Name] = set, p.key.Value
		if set.Enable != nil && (name(c.Enable, rule) || name(c.Disable, rule)) {
			r.fail(child(p.value, "enable"), "rules: %s: enable: the lists enable and disable name this rule already; say it once", p.key.Value)
		}
		r.options("rules: "+p.key.Value+": options: ", rule, child(p.value, "options"))
	}
	c.Rules = byName
}

// name reports whether one of the words is about this rule and no other.
func name(words []string, rule *rules.Rule) bool {
	for _, w := range words {
		if rules.Lookup(w) == rule {
			return true
		}
	}
	return false
}
