package manifest

import (
	"bytes"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// A node is a value of a document, with aliases followed. The zero node is one that is not there, and everything
// asked of it is not there either.
type node struct {
	y   *yaml.Node
	doc *document
	use *yaml.Node // the alias that stands for y here, if any
}

// A pair is a key of a mapping and its value.
type pair struct{ key, value node }

func (n node) child(y *yaml.Node) node {
	if y.Kind == yaml.AliasNode {
		return node{y: y.Alias, doc: n.doc, use: y}
	}
	return node{y: y, doc: n.doc}
}

func (n node) ok() bool     { return n.y != nil && n.y.Tag != yaml.NodeTagNull }
func (n node) isMap() bool  { return n.y != nil && n.y.Kind == yaml.MappingNode }
func (n node) isList() bool { return n.y != nil && n.y.Kind == yaml.SequenceNode }
func (n node) isText() bool { return n.ok() && n.y.Kind == yaml.ScalarNode }

// own returns the pairs that stand in the mapping itself, in order, repeated keys included, without those that "<<"
// merges into it.
func (n node) own() []pair {
	if !n.isMap() {
		return nil
	}
	out := make([]pair, 0, len(n.y.Content)/2)
	for i := 0; i+1 < len(n.y.Content); i += 2 {
		if n.y.Content[i].Tag != yaml.MergeTag {
			out = append(out, pair{n.child(n.y.Content[i]), n.child(n.y.Content[i+1])})
		}
	}
	return out
}

// pairs returns the pairs of a mapping with those merged by "<<" before its own. A merged pair whose key the mapping
// has itself is left out, and so is one that an earlier merge has given.
func (n node) pairs() []pair {
	if !n.isMap() {
		return nil
	}
	own := n.own()
	if 2*len(own) == len(n.y.Content) {
		return own
	}
	seen := map[string]bool{}
	for _, p := range own {
		seen[p.key.y.Value] = true
	}
	var out []pair
	for i := 0; i+1 < len(n.y.Content); i += 2 {
		if n.y.Content[i].Tag != yaml.MergeTag {
			continue
		}
		from := n.child(n.y.Content[i+1])
		maps := []node{from}
		if from.isList() {
			maps = from.items()
		}
		for _, m := range maps {
			merged := m.pairs()
			for _, p := range merged {
				if !seen[p.key.y.Value] {
					out = append(out, p)
				}
			}
			for _, p := range merged {
				seen[p.key.y.Value] = true
			}
		}
	}
	return append(out, own...)
}

// get returns the value of a key, the last one if the key is repeated; several keys lead down.
func (n node) get(keys ...string) node {
	for _, key := range keys {
		n = n.pair(key).value
	}
	return n
}

// pair returns the key and the value of a key, the last one if the key is repeated.
func (n node) pair(key string) pair {
	if !n.isMap() {
		return pair{}
	}
	merges := false
	for i := len(n.y.Content) - 2; i >= 0; i -= 2 {
		k := n.y.Content[i]
		if k.Tag == yaml.MergeTag {
			merges = true
		} else if k = n.child(k).y; k.Kind == yaml.ScalarNode && k.Value == key {
			return pair{n.child(n.y.Content[i]), n.child(n.y.Content[i+1])}
		}
	}
	if !merges {
		return pair{}
	}
	all := n.pairs()
	for i := len(all) - 1; i >= 0; i-- {
		if k := all[i].key; k.y.Kind == yaml.ScalarNode && k.y.Value == key {
			return all[i]
		}
	}
	return pair{}
}

func (n node) items() []node {
	if !n.isList() {
		return nil
	}
	out := make([]node, len(n.y.Content))
	for i, y := range n.y.Content {
		out[i] = n.child(y)
	}
	return out
}

// str returns the text of a scalar, or "".
func (n node) str() string {
	if !n.isText() {
		return ""
	}
	return n.y.Value
}

// span returns the place of the token: a scalar with its quotes, the indicator of a block scalar, the first token of
// anything else. It lies on one line.
func (n node) span() check.Span {
	if n.y == nil {
		return check.Span{}
	}
	if n.doc.places != nil {
		return n.place().at()
	}
	from, to := n.token()
	at := n.doc.src.span(from, to)
	if r := n.doc.src.rendered; r != nil && n.y.Kind == yaml.ScalarNode {
		r.trace(at, from, to, n.y.Value)
	}
	return at
}

// traceText notes which line of a values file gave the text of a scalar, which a template may have encoded.
func (n node) traceText(text string) {
	if r := n.doc.src.rendered; r != nil {
		from, to := n.token()
		r.trace(n.span(), from, to, text)
	}
}

// part returns the place of value[from:to] within a scalar; where escapes or folding make that impossible to tell,
// the whole token's.
func (n node) part(from, to int) check.Span {
	if n.doc.places != nil {
		if source := n.place().node; source.y != nil && source.str() == n.str() {
			return source.part(from, to)
		}
		return n.span()
	}
	begin, end := n.token()
	if n.y.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
		begin, end = begin+1, end-1
	}
	if begin > end || string(n.doc.src.data[begin:end]) != n.y.Value || to > len(n.y.Value) {
		return n.span()
	}
	return n.doc.src.span(begin+from, begin+to)
}

// place returns where a value of a rendered object stands.
func (n node) place() place {
	if p, ok := n.doc.places[n.y]; ok {
		return p
	}
	return n.doc.places[nil]
}

func (n node) token() (from, to int) {
	d := n.doc
	end := d.start + len(d.text)
	from = d.skipProperties(d.offset(n.y.Line, n.y.Column), end, n.y)
	rest := d.src.data[from:end]
	line := firstLine(rest)
	switch {
	case len(line) == 0:
		return from, from
	case n.y.Kind == yaml.MappingNode && n.y.Style&yaml.FlowStyle == 0 && len(n.y.Content) > 0:
		if first := n.y.Content[0]; first.Kind == yaml.ScalarNode {
			return node{y: first, doc: d}.token()
		}
		return from, from + 1
	case n.y.Kind != yaml.ScalarNode:
		return from, from + 1
	case n.y.Style&yaml.DoubleQuotedStyle != 0:
		return from, from + quoted(line, '"', '\\')
	case n.y.Style&yaml.SingleQuotedStyle != 0:
		return from, from + quoted(line, '\'', '\'')
	case n.y.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return from, from + len(line) - len(bytes.TrimLeft(line, "|>+-0123456789"))
	}
	// a plain scalar is its own source text up to where it is folded
	same := 0
	for same < len(line) && same < len(n.y.Value) && line[same] == n.y.Value[same] {
		same++
	}
	return from, from + len(bytes.TrimRight(line[:same], " \t\r"))
}

// quoted returns the length of a quoted scalar, or of its first line.
func quoted(line []byte, quote, escape byte) int {
	for i := 1; i < len(line); i++ {
		switch {
		case line[i] == escape && i+1 < len(line) && (escape != quote || line[i+1] == quote):
			i++
		case line[i] == quote:
			return i + 1
		}
	}
	return len(bytes.TrimRight(line, " \t\r"))
}

// skipProperties moves from an anchor or a tag to the value that follows it.
func (d *document) skipProperties(at, end int, y *yaml.Node) int {
	for at < end && (y.Anchor != "" && d.src.data[at] == '&' || d.src.data[at] == '!') {
		for at < end && strings.IndexByte(" \t\r\n", d.src.data[at]) < 0 {
			at++
		}
		for at < end && strings.IndexByte(" \t\r\n", d.src.data[at]) >= 0 {
			at++
		}
	}
	return at
}

// unresolved reports whether a text still holds what a template engine, a shell or the kubelet is to replace.
func unresolved(s string) bool {
	return strings.Contains(s, "{{") || strings.Contains(s, "${") || strings.Contains(s, "$(")
}

// value returns the text of a scalar: absent (at the given place) if there is none, unknown if it is no scalar or
// still holds a variable.
func (n node) value(at check.Span) workload.Value[string] {
	switch {
	case !n.ok():
		return workload.Absent[string](at)
	case !n.isText(), unresolved(n.y.Value):
		return workload.Unknown[string](n.span())
	}
	return workload.Known(n.y.Value, n.span())
}

// number and truth are value for the other scalars that manifests hold.
func (n node) number(at check.Span) workload.Value[int] {
	return convert(n.value(at), strconv.Atoi)
}

func (n node) truth(at check.Span) workload.Value[bool] {
	return convert(n.value(at), strconv.ParseBool)
}

// convert parses a value if it is known. What cannot be parsed is unknown.
func convert[T any](v workload.Value[string], parse func(string) (T, error)) workload.Value[T] {
	if v.Absent() {
		return workload.Absent[T](v.At())
	}
	if s, ok := v.Get(); ok {
		if x, err := parse(s); err == nil {
			return workload.Known(x, v.At())
		}
	}
	return workload.Unknown[T](v.At())
}

// isTemplate reports whether the document was parsed only because a template happens to look like YAML: an action
// outside quotes and block scalars, which reads as a plain scalar or as a mapping within a mapping.
func (n node) isTemplate() bool {
	if n.y == nil || !bytes.Contains(n.doc.text, []byte("{{")) {
		return false
	}
	return hasAction(n.y)
}

func hasAction(y *yaml.Node) bool {
	plain := y.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
	switch {
	case y.Kind == yaml.ScalarNode && plain && strings.Contains(y.Value, "{{"):
		return true
	case y.Kind == yaml.MappingNode && len(y.Content) > 0 && y.Content[0].Kind == yaml.MappingNode:
		return true
	case strings.Contains(y.HeadComment+y.LineComment+y.FootComment, "{{"):
		return true
	}
	for _, c := range y.Content {
		if hasAction(c) {
			return true
		}
	}
	return false
}
