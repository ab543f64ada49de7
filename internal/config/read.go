package config

import (
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/factorlint/factorlint/internal/suggest"
	"github.com/factorlint/factorlint/rules"
)

// A reader reads nodes and collects what is wrong with them.
type reader struct {
	file string
	errs []error
}

// quoteHint tells those who take *.go or !keep.go for a text in YAML.
const quoteHint = "a text that begins with *, & or ! has to be in quotes"

func (r *reader) fail(n *yaml.Node, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if n.Kind == yaml.AliasNode {
		text += "; aliases are not read"
	}
	r.errs = append(r.errs, fmt.Errorf("%s:%d:%d: %s", r.file, n.Line, n.Column, text))
}

// mapping reads a node into a struct, key by key. path is what leads to the node: "paths: roles: ".
func (r *reader) mapping(path string, n *yaml.Node, v reflect.Value) {
	fields := fieldsOf(v.Type())
	keys := make([]string, len(fields))
	for i, f := range fields {
		keys[i] = f.key
	}
	if n.Kind != yaml.MappingNode {
		r.fail(n, "%swant a mapping with the keys %s", path, strings.Join(keys, ", "))
		return
	}
	seen := map[string]bool{}
	for _, p := range pairs(n) {
		i := indexOf(keys, p.key)
		switch {
		case i < 0:
			r.fail(p.key, "%sunknown key %q%s", path, p.key.Value, suggest.DidYouMean(p.key.Value, keys))
		case seen[p.key.Value]:
			r.fail(p.key, "%skey %q is given twice", path, p.key.Value)
		default:
			r.value(path+p.key.Value+": ", p.value, v.Field(fields[i].index), fields[i].form)
		}
		seen[p.key.Value] = true
	}
	for _, f := range fields {
		if f.required && !seen[f.key] {
			r.fail(n, "%swant the key %s", path, f.key)
		}
	}
}

// value reads a node into a field of a struct.
func (r *reader) value(path string, n *yaml.Node, v reflect.Value, form string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(r.text(path, n, form))
	case reflect.Pointer:
		r.boolean(path, n, v)
	case reflect.Slice:
		r.list(path, n, v, form)
	case reflect.Map:
		r.table(path, n, v, form)
	case reflect.Struct:
		if !isNull(n) {
			r.mapping(path, n, v)
		}
	}
}

// text returns a text that has a form; what has another one is refused.
func (r *reader) text(path string, n *yaml.Node, form string) string {
	if !isText(n) {
		hint := ""
		switch {
		case n.Style&yaml.TaggedStyle != 0:
			hint = "; " + quoteHint
		case n.Kind == yaml.ScalarNode && !isNull(n):
			hint = fmt.Sprintf("; put %s in quotes", n.Value)
		}
		r.fail(n, "%swant a text%s", path, hint)
		return ""
	}
	if err := forms[form].check(n.Value); err != nil {
		r.fail(n, "%s%v", path, err)
	}
	return n.Value
}

// boolean reads a node into a pointer.
func (r *reader) boolean(path string, n *yaml.Node, v reflect.Value) {
	var b bool
	if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" || n.Decode(&b) != nil {
		r.fail(n, "%swant true or false", path)
		return
	}
	v.Set(reflect.ValueOf(&b))
}

// list reads a list. One text alone is a list of one.
func (r *reader) list(path string, n *yaml.Node, v reflect.Value, form string) {
	items, texts := []*yaml.Node{n}, v.Type().Elem().Kind() == reflect.String
	switch {
	case isNull(n):
		return
	case n.Kind == yaml.SequenceNode:
		items = n.Content
	case !texts:
		r.fail(n, "%swant a list", path)
		return
	}
	for _, item := range items {
		e := reflect.New(v.Type().Elem()).Elem()
		if texts {
			e.SetString(r.text(path, item, form))
		} else {
			r.mapping(path, item, e)
		}
		v.Set(reflect.Append(v, e))
	}
}

// table reads a mapping whose keys have a form.
func (r *reader) table(path string, n *yaml.Node, v reflect.Value, form string) {
	if isNull(n) {
		return
	}
	if n.Kind != yaml.MappingNode {
		r.fail(n, "%swant a mapping", path)
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for _, p := range pairs(n) {
		key := reflect.ValueOf(r.text(path, p.key, form))
		if v.MapIndex(key).IsValid() {
			r.fail(p.key, "%skey %q is given twice", path, p.key.Value)
		}
		e := reflect.New(v.Type().Elem()).Elem()
		r.value(path+p.key.Value+": ", p.value, e, "text")
		v.SetMapIndex(key, e)
	}
}

// options refuses options that a rule does not have, and values that they cannot have.
func (r *reader) options(path string, rule *rules.Rule, n *yaml.Node) {
	var names []string
	for _, o := range rule.Options {
		names = append(names, o.Name)
	}
	for _, p := range pairs(n) {
		i := indexOf(names, p.key)
		switch {
		case i < 0 && len(names) == 0:
			r.fail(p.key, "%sthe rule has no options", path)
		case i < 0:
			r.fail(p.key, "%sunknown option %q%s", path, p.key.Value, suggest.DidYouMean(p.key.Value, names))
		case isText(p.value) && !rule.Options[i].Allows(p.value.Value): // anything else was refused
			r.fail(p.value, "%s%s: %q does not match %s", path, p.key.Value, p.value.Value, rule.Options[i].Pattern)
		}
	}
}

// A pair is a key of a mapping with its value.
type pair struct{ key, value *yaml.Node }

// pairs returns what a mapping holds, in order; of anything else nothing.
func pairs(n *yaml.Node) []pair {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	var out []pair
	for i := 0; i+1 < len(n.Content); i += 2 {
		out = append(out, pair{n.Content[i], n.Content[i+1]})
	}
	return out
}

// child returns the value of a key, or nil.
func child(n *yaml.Node, key string) *yaml.Node {
	for _, p := range pairs(n) {
		if p.key.Value == key {
			return p.value
		}
	}
	return nil
}

func indexOf(keys []string, n *yaml.Node) int {
	for i, key := range keys {
		if n.Kind == yaml.ScalarNode && n.Value == key {
			return i
		}
	}
	return -1
}

func isText(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!str" }

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }
