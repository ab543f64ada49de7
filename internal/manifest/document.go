package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/yamlfault"
	"github.com/factorlint/factorlint/rules"
)

// Limits on one file. They are far above what people write and keep hostile input from costing more than a moment.
const (
	maxFile      = 10 << 20    // bytes of a file
	maxDocuments = 2_000       // YAML documents of a file
	maxNodes     = 1_000_000   // nodes of a document, counted as often as aliases repeat them
	maxDepth     = 100         // levels of nesting, those behind aliases included
	maxText      = 2 * maxFile // bytes of a document's scalars, counted as often as aliases repeat them
	maxEnvFile   = 1 << 20     // bytes of a .env file
	maxExpanded  = 4 << 20     // bytes that the variables of a Compose project, or of a .env file, may expand to
	maxObjects   = 5_000       // objects or services of a variant, and containers
	maxVariables = 200_000     // variables of all containers of a variant
	maxSteps     = 10_000_000  // comparisons of Services' ports with containers' ports
)

// A source is a file and what it takes to turn its offsets into places.
type source struct {
	file  string
	data  []byte
	lines []int // offset at which each line begins

	rendered *renderedFile // what made data, if it is not the content of file
	within   *within       // the scalar that data is the value of, if it is one
}

func newSource(file string, data []byte) *source {
	s := &source{file: file, data: data, lines: make([]int, 1, 1+bytes.Count(data, []byte("\n")))}
	for i, c := range data {
		if c == '\n' {
			s.lines = append(s.lines, i+1)
		}
	}
	return s
}

func (s *source) pos(offset int) check.Pos {
	line := sort.SearchInts(s.lines, offset+1)
	return check.Pos{Offset: offset, Line: line, Col: offset - s.lines[line-1] + 1}
}

func (s *source) span(from, to int) check.Span {
	if s.rendered != nil {
		return s.rendered.span(from, to)
	}
	if s.within != nil {
		return s.within.span(s, from, to)
	}
	return check.Span{File: s.file, Start: s.pos(from), End: s.pos(to)}
}

// A textLine is a line without its end, and its offset.
type textLine struct {
	start int
	text  []byte
}

// textLines returns the lines of a source, its byte order mark left out.
func (s *source) textLines() []textLine {
	var out []textLine
	for i, from := range s.lines {
		to := len(s.data)
		if i+1 < len(s.lines) {
			to = s.lines[i+1]
		}
		text := bytes.TrimRight(s.data[from:to], "\r\n")
		if i == 0 && bytes.HasPrefix(text, bom) {
			from, text = from+len(bom), text[len(bom):]
		}
		out = append(out, textLine{from, text})
	}
	return out
}

// A document is one YAML document of a source. The decoder sees it alone, so a broken one costs only itself; offsets
// are those of the file.
type document struct {
	src   *source
	start int // offset of text in the file
	text  []byte
	lines []yamlLine // filled when the first place is asked for

	places map[*yaml.Node]place // of what was rendered and has no text; that of nil is the place of all others
}

// A yamlLine is a line as YAML 1.1 counts them: NEL, LS, PS and a lone CR end one too.
type yamlLine struct {
	start int   // offset in the document
	marks []int // offset of every markEvery-th code point of a long line, relative to start
}

// markEvery bounds the search for a column: a whole JSON manifest may stand on one line.
const markEvery = 256

var bom = []byte("\uFEFF")

// split cuts a source at its document markers. Directives and comments before a marker stay with the document that
// they introduce. ok is false if there are more than maxDocuments; those up to there are returned.
func split(src *source) (docs []*document, ok bool) {
	begin := 0
	if bytes.HasPrefix(src.data, bom) {
		begin = len(bom)
	}
	content := false   // whether the document holds more than blank lines, comments and directives
	directive := false // whether directives precede its marker
	cut := func(end int) {
		if content {
			docs = append(docs, &document{src: src, start: begin, text: src.data[begin:end]})
		}
		if content || !directive {
			begin = end
		}
	}
	for i, from := range src.lines {
		from = max(from, begin)
		to := len(src.data)
		if i+1 < len(src.lines) {
			to = src.lines[i+1]
		}
		line := src.data[from:to]
		text := bytes.TrimSpace(line)
		switch {
		case isMarker(line, "---"):
			cut(from)
			content, directive = len(text) > 3, false
		case isMarker(line, "..."):
			cut(from)
			begin, content, directive = to, false, false
		case len(text) > 0 && text[0] == '%' && !content:
			directive = true
		case len(text) > 0 && text[0] != '#':
			content = true
		}
		if len(docs) == maxDocuments {
			return docs, false
		}
	}
	cut(len(src.data))
	return docs, true
}

func isMarker(line []byte, marker string) bool {
	return bytes.HasPrefix(line, []byte(marker)) && (len(line) == len(marker) || strings.IndexByte(" \t\r\n", line[len(marker)]) >= 0)
}

// offset returns the offset in the file of a place as the decoder counts: line and column from 1, columns in code
// points.
func (d *document) offset(line, col int) int {
	if d.lines == nil {
		d.index()
	}
	if line < 1 || line > len(d.lines) {
		return d.start + len(d.text)
	}
	l := d.lines[line-1]
	at, left := l.start, col-1
	if n := left / markEvery; n > 0 && len(l.marks) > 0 {
		n = min(n, len(l.marks))
		at, left = l.start+l.marks[n-1], left-n*markEvery
	}
	for ; left > 0 && at < len(d.text); left-- {
		_, size := utf8.DecodeRune(d.text[at:])
		at += size
	}
	return d.start + at
}

func (d *document) index() {
	d.lines = make([]yamlLine, 1, 1+bytes.Count(d.text, []byte("\n")))
	points := 0
	for i := 0; i < len(d.text); {
		r, size := utf8.DecodeRune(d.text[i:])
		i += size
		last := &d.lines[len(d.lines)-1]
		switch {
		case r == '\r' && i < len(d.text) && d.text[i] == '\n':
			continue
		case r == '\n', r == '\r', r == '\u0085', r == '\u2028', r == '\u2029':
			d.lines, points = append(d.lines, yamlLine{start: i}), 0
			continue
		}
		if points++; points%markEvery == 0 {
			last.marks = append(last.marks, i-last.start)
		}
	}
}

// decode reads the document. The zero node means that it is empty. The error is a notification.
func (d *document) decode() (root node, fault *check.Notification) {
	if mayHold(d.text) > maxNodes*3/2 {
		return node{}, &check.Notification{Code: "yaml-limit", Level: rules.Warning, At: d.firstLine(), Message: "so many values that the document was not read"}
	}
	var tree yaml.Node
	if err := decode(d.text, &tree); err != nil {
		return node{}, d.syntaxError(err)
	}
	if tree.Kind != yaml.DocumentNode || len(tree.Content) == 0 {
		return node{}, nil
	}
	m := measure{sizes: map[*yaml.Node]size{}}
	if _, err := m.of(tree.Content[0], 0); err != nil {
		return node{}, &check.Notification{Code: "yaml-limit", Level: rules.Warning, At: d.firstLine(), Message: err.Error()}
	}
	return node{y: tree.Content[0], doc: d}, nil
}

// mayHold returns about how many nodes a text becomes at most, two for a key and one for an item; 0 for one that is too short to matter.
// The decoder makes all of them before they can be counted, and each takes more than 200 bytes.
func mayHold(text []byte) int {
	if len(text) < maxNodes {
		return 0
	}
	count := func(sep string) int { return bytes.Count(text, []byte(sep)) }
	return 2*(count(":")+count(",")) + count("- ") + count("-\n")
}

// decode shields from panics of the decoder: its state machine panics where it believes input to be impossible.
func decode(text []byte, into *yaml.Node) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.New("the YAML decoder cannot read this")
		}
	}()
	return yaml.Unmarshal(text, into)
}

// syntaxError places an error of the decoder.
func (d *document) syntaxError(err error) *check.Notification {
	n := &check.Notification{Code: "yaml-syntax", Level: rules.Warning, At: check.Span{File: d.src.file}}
	line, problem := yamlfault.Of(d.text, err)
	if line == 0 {
		n.Message = problem
		return n
	}
	from := d.offset(line, 1)
	from = min(from, d.start+len(d.text))
	rest := d.src.data[from : d.start+len(d.text)]
	to := from + len(bytes.TrimRight(firstLine(rest), " \t\r\n"))
	n.At = d.src.span(from, to)
	n.Message = fmt.Sprintf("this YAML document cannot be read and was not judged: %s", problem)
	return n
}

func (d *document) firstLine() check.Span {
	text := bytes.TrimLeft(d.text, "\r\n")
	from := d.start + len(d.text) - len(text)
	return d.src.span(from, from+len(bytes.TrimRight(firstLine(text), " \t\r\n")))
}

func firstLine(b []byte) []byte {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return b[:i]
	}
	return b
}

// A measure counts a tree as big as its aliases make it. Everything that walks a tree later may follow aliases
// without a thought, because a tree that is too big, too deep or has a cycle never gets that far.
type measure struct {
	sizes map[*yaml.Node]size // of anchored nodes; zero while one is being counted
}

type size struct{ nodes, depth, text int }

func (m measure) of(n *yaml.Node, level int) (size, error) {
	if n.Kind == yaml.AliasNode {
		s, ok := m.sizes[n.Alias]
		if !ok || s.nodes == 0 {
			return size{}, errors.New("an alias stands inside its own anchor; the document was not judged")
		}
		return s, nil
	}
	if n.Anchor != "" {
		m.sizes[n] = size{}
	}
	s := size{1, 1, len(n.Value)}
	for _, c := range n.Content {
		if level > maxDepth {
			return s, fmt.Errorf("nested more than %d levels deep; the document was not judged", maxDepth)
		}
		cs, err := m.of(c, level+1)
		if err != nil {
			return s, err
		}
		s.nodes, s.depth, s.text = s.nodes+cs.nodes, max(s.depth, cs.depth+1), s.text+cs.text
		if s.nodes > maxNodes {
			return s, fmt.Errorf("more than %d values when aliases are followed; the document was not judged", maxNodes)
		}
		if s.text > maxText {
			return s, fmt.Errorf("more than %d MiB of text when aliases are followed; the document was not judged", maxText>>20)
		}
		if s.depth > maxDepth {
			return s, fmt.Errorf("nested more than %d levels deep; the document was not judged", maxDepth)
		}
	}
	if n.Anchor != "" {
		m.sizes[n] = s
	}
	return s, nil
}
