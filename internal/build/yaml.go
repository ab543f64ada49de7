package build

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/factorlint/factorlint/internal/check"
)

// A node is a value of a YAML file; the zero node is none.
type node struct {
	*yaml.Node
	file string
}

// maxDocuments is how many documents of one file are read.
const maxDocuments = 50

// documents returns the roots of a file's documents, up to the first that is none.
func (r *reader) documents(name string) []node {
	d := yaml.NewDecoder(bytes.NewReader(r.around.Read(name)))
	var out []node
	for len(out) < maxDocuments {
		var doc yaml.Node
		if err := d.Decode(&doc); err != nil || len(doc.Content) == 0 {
			break
		}
		out = append(out, node{doc.Content[0], name})
	}
	return out
}

// resolve follows an alias.
func (n node) resolve() node {
	if n.Node != nil && n.Kind == yaml.AliasNode {
		return node{n.Alias, n.file}
	}
	return n
}

// get returns the value below keys.
func (n node) get(keys ...string) node {
	for _, key := range keys {
		n = n.resolve()
		if n.Node == nil || n.Kind != yaml.MappingNode {
			return node{}
		}
		found := node{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				found = node{n.Content[i+1], n.file}
			}
		}
		n = found
	}
	return n.resolve()
}

// items returns the members of a list.
func (n node) items() []node {
	n = n.resolve()
	if n.Node == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	out := make([]node, len(n.Content))
	for i, c := range n.Content {
		out[i] = node{c, n.file}.resolve()
	}
	return out
}

// A pair is a key with its value.
type pair struct {
	key   string
	value node
}

func (n node) pairs() []pair {
	n = n.resolve()
	if n.Node == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	var out []pair
	for i := 0; i+1 < len(n.Content); i += 2 {
		out = append(out, pair{n.Content[i].Value, node{n.Content[i+1], n.file}.resolve()})
	}
	return out
}

// str returns a scalar's text with what cannot be told as "${NAME}"; "" for anything else.
func (n node) str() string {
	n = n.resolve()
	if n.Node == nil || n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return ""
	}
	return open(n.Value)
}

// words returns a list of texts, or the lines of one text.
func (n node) words() []string {
	var out []string
	for _, item := range n.items() {
		out = append(out, item.str())
	}
	if out == nil {
		for _, line := range strings.FieldsFunc(n.str(), func(r rune) bool { return r == '\n' || r == ',' }) {
			if line = strings.TrimSpace(line); line != "" {
				out = append(out, line)
			}
		}
	}
	return out
}

func (n node) at() check.Span {
	if n.Node == nil {
		return check.Span{File: n.file}
	}
	at := check.Pos{Line: n.Line, Col: n.Column}
	return check.Span{File: n.file, Start: at, End: at}
}

// placeholder matches what templates and CI services put in later: ${{ x }}, {{ .X }}, $(X), $X.
var placeholder = regexp.MustCompile(`\$?\{\{[^{}]*\}\}|\$\([^()]*\)|\$[A-Za-z_]\w*`)

// open writes the placeholders of a text like unknown variables: "${x}".
func open(text string) string {
	return placeholder.ReplaceAllStringFunc(text, func(s string) string { return "${" + strings.Trim(s, "${}() \t") + "}" })
}

// place writes a span for people.
func place(at check.Span) string { return fmt.Sprintf("%s:%d", at.File, at.Start.Line) }
