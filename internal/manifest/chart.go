package manifest

import (
	"bytes"
	"cmp"
	"errors"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/helm"
	"github.com/factorlint/factorlint/rules"
)

// maxRenderings bounds how many values files of one chart are tried.
const maxRenderings = 40

// A rendering is a chart with one set of values.
type rendering struct {
	loader *loader
	dir    string   // the chart's
	values []string // the values files that were laid over the chart's own

	origins map[check.Span]check.Span // where values come from: places in values files, by places in templates
}

// renderCharts renders each chart of the tree that is no dependency of another, with its default values and with each other
// values file that it has, or as the options say, and returns the objects of each rendering as a set.
func (l *loader) renderCharts(files []string, charts map[string]bool) []*set {
	chosen := map[string][][]string{}
	for _, r := range l.options.Renderings {
		if !charts[r.Chart] {
			l.warn("helm-unknown", check.Span{}, "helm: %s is no folder of a chart", r.Chart)
		}
		chosen[r.Chart] = append(chosen[r.Chart], r.Values)
	}
	var out []*set
	for _, name := range files {
		dir := path.Dir(name)
		if path.Base(name) != "Chart.yaml" || inChart(name, charts) && chosen[dir] == nil {
			continue
		}
		at := check.Span{File: name}
		c, err := helm.Load(l.fsys, files, dir)
		if err != nil {
			if src := l.source(name); src != nil && hasMarkup(src.data) {
				continue // another tool makes the chart of it
			}
			l.warn("helm-chart", at, "this chart cannot be read, and nothing it deploys was judged: %v", reason(err))
			continue
		}
		if c.Library() {
			continue
		}
		c.Cache = l.cache
		if len(c.Missing) > 0 {
			l.note(check.Notification{Code: "helm-dependency", Level: rules.Note, At: at,
				Message: "dependencies of this chart are not in the tree, and what they deploy was not judged: " + strings.Join(c.Missing, ", ")})
		}
		given := chosen[dir]
		if given == nil {
			given = [][]string{nil}
			for _, values := range c.ValuesFiles(files) {
				given = append(given, []string{values})
			}
		}
		out = append(out, l.renderings(c, given)...)
	}
	return out
}

// renderings renders a chart with each of some lists of values files.
func (l *loader) renderings(c *helm.Chart, values [][]string) []*set {
	var out []*set
	if len(values) > maxRenderings {
		at := append(slices.Clip(values[maxRenderings]), path.Join(c.Dir, "Chart.yaml"))
		l.warn("helm-limit", check.Span{File: at[0]}, "the chart has more than %d values files; it was not rendered with the rest", maxRenderings-1)
		values = values[:maxRenderings]
	}
	for _, names := range values {
		r := &rendering{loader: l, dir: c.Dir, values: names, origins: map[check.Span]check.Span{}}
		given, ok := r.read()
		if !ok {
			continue
		}
		rendered, err := c.Render(given)
		if err != nil {
			if r.failed(c, err) {
				break // it would take as long each time
			}
			continue
		}
		s := &set{name: cmp.Or(strings.Join(names, " + "), c.Dir), chart: r}
		for _, f := range rendered {
			s.objects = append(s.objects, r.objects(f)...)
		}
		out = append(out, s)
	}
	return out
}

// read returns what the values files say, the last one on top. ok is false if one of them is none.
func (r *rendering) read() (values map[string]any, ok bool) {
	for _, name := range r.values {
		layer, ok := r.layer(name)
		if !ok {
			return nil, false
		}
		values = helm.Layer(values, layer)
	}
	return values, true
}

func (r *rendering) layer(name string) (values map[string]any, ok bool) {
	src := r.loader.source(name)
	if src == nil {
		r.loader.warn("helm-values", check.Span{File: name}, "the chart was not rendered with this values file: it is not in the tree, or cannot be read")
		return nil, false
	}
	values, err := helm.ReadValues(src.data)
	switch {
	case err == nil:
		return values, true
	case hasMarkup(src.data):
		r.loader.note(check.Notification{Code: "helm-values", Level: rules.Note, At: check.Span{File: name},
			Message: "the chart was not rendered with this values file, because it is a template itself"})
	default:
		r.loader.warn("helm-values", check.Span{File: name}, "the chart was not rendered with this values file: %v", err)
	}
	return nil, false
}

// failed says why a chart could not be rendered. It returns whether rendering was given up.
func (r *rendering) failed(c *helm.Chart, err error) (limit bool) {
	n := check.Notification{Code: "helm-render", Level: rules.Warning, At: check.Span{File: path.Join(r.dir, "Chart.yaml")}}
	with := "its default values"
	if len(r.values) > 0 {
		with = strings.Join(r.values, " and ")
	}
	e, ok := errors.AsType[*helm.Error](err)
	if ok && e.File != "" {
		n.At = r.line(e.File, e.Line)
	}
	switch {
	case ok && e.Limit:
		n.Code = "helm-limit"
	case ok && e.Wanting:
		n.Level = rules.Note // charts say so about values that only whoever installs them can know
	case len(c.Missing) > 0:
		n.Level = rules.Note
	}
	n.Message = "the chart " + r.dir + " cannot be rendered with " + with + ", and what it would deploy was not judged: " + short(err.Error())
	r.loader.note(n)
	return n.Code == "helm-limit"
}

func short(s string) string {
	const most = 300
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + " …"
	}
	return s
}

// line returns a line of a file without the white space around it.
func (r *rendering) line(file string, line int) check.Span {
	src := r.loader.template(file)
	if src == nil || line < 1 || line > len(src.lines) {
		return check.Span{File: file}
	}
	return src.lineAt(src.lines[line-1])
}

// template returns a file that is asked for again and again.
func (l *loader) template(name string) *source {
	src, ok := l.sources[name]
	if !ok {
		src = l.source(name)
		l.sources[name] = src
	}
	return src
}

// lineAt returns the place of the line around an offset, without the white space around it.
func (s *source) lineAt(offset int) check.Span {
	from := s.lines[s.pos(offset).Line-1]
	text := firstLine(s.data[from:])
	from += len(text) - len(bytes.TrimLeft(text, " \t\r"))
	return s.span(from, from+len(bytes.TrimSpace(text)))
}

// objects returns the objects that a template gave. Those of a chart's tests are never deployed with it, and of those
// in packed dependencies only what containers may take their variables from is of use.
func (r *rendering) objects(f *helm.File) []*object {
	name := cmp.Or(f.Path, path.Join(r.dir, "Chart.yaml"))
	src := newSource(name, f.Text())
	src.rendered = &renderedFile{rendering: r, file: f}
	docs, ok := split(src)
	if !ok {
		r.loader.warn("yaml-limit", check.Span{File: name}, "the template gives more than %d documents; the rest was not judged", maxDocuments)
	}
	var out []*object
	for _, d := range docs {
		root, fault := d.decode()
		if fault != nil {
			r.loader.note(*fault)
			continue
		}
		for _, o := range objects(root) {
			if !o.isRelevant() || o.isTestHook() || f.Path == "" && o.kind != "ConfigMap" && o.kind != "Secret" {
				continue
			}
			if o.namespace == helm.Namespace {
				o.namespace = "" // where the release goes, as objects that name none
			}
			out = append(out, o)
		}
	}
	return out
}

// isTestHook reports whether "helm test" creates an object.
func (o *object) isTestHook() bool {
	hooks := o.root.get("metadata", "annotations", "helm.sh/hook").str()
	return slices.ContainsFunc(strings.Split(hooks, ","), func(h string) bool {
		return strings.HasPrefix(strings.TrimSpace(h), "test")
	})
}

// A renderedFile tells where the text of a rendered template comes from.
type renderedFile struct {
	*rendering
	file *helm.File
}

// span returns the place in a template that gave the text between two offsets: the very token where it stands there,
// the action that made it, or else the line.
func (f *renderedFile) span(from, to int) check.Span {
	p, ok := f.file.Place(from, to)
	src := f.loader.template(p.File)
	if !ok || src == nil {
		return check.Span{File: cmp.Or(f.file.Path, path.Join(f.dir, "Chart.yaml"))}
	}
	if bytes.HasPrefix(src.data, bom) {
		p.Start, p.End = p.Start+len(bom), p.End+len(bom)
	}
	start, end := min(p.Start, len(src.data)), min(p.End, len(src.data))
	if from == to {
		end = start
	}
	if p.Line || start > end || src.pos(start).Line != src.pos(end).Line {
		return src.lineAt(start)
	}
	return src.span(start, end)
}

// trace notes which line of a values file gave the text of a token, if its template names such a value. What an action writes
// when the chart is rendered for its own tests is theirs as far as nothing else is known.
func (f *renderedFile) trace(at check.Span, from, to int, text string) {
	if _, ok := f.origins[at]; ok || text == "" {
		return
	}
	for _, value := range f.file.Values(from, min(to, from+maxTraced)) {
		for _, c := range f.definitions(strings.Split(value, ".")) {
			if origin := holds(c.value, text, 0); origin.ok() {
				f.origins[at] = origin.span()
				return
			}
		}
	}
	src := f.loader.template(at.File)
	test := slices.IndexFunc(f.values, func(name string) bool { return f.loader.roles.Of(name) != check.Product })
	if src != nil && test >= 0 && bytes.HasPrefix(src.data[at.Start.Offset:], []byte("{{")) {
		f.origins[at] = check.Span{File: f.values[test]}
	}
}

// traceWhole notes, for the place of a key, where a values file defines the whole of what is behind it: what is missing
// there would be written in that file.
func (p pair) traceWhole() {
	if p.key.y == nil || p.value.y == nil || p.key.doc.src.rendered == nil {
		return
	}
	f := p.key.doc.src.rendered
	from, to := p.value.token()
	for _, value := range f.file.Values(from, to) {
		for _, c := range f.definitions(strings.Split(value, ".")) {
			f.origins[p.key.span()] = c.key.span()
			return
		}
	}
}

const maxTraced = 200 // bytes of a token

// definitions returns where a path below .Values may be set, the strongest first: in the values files of this
// rendering, in the chart's own, and in that of the dependency that the template belongs to.
func (f *renderedFile) definitions(keys []string) []pair {
	chart := []string{} // the names of the dependencies that lead to the template
	dir := f.dir
	for parts := strings.Split(f.file.Name, "/"); len(parts) > 3 && parts[1] == "charts"; parts = parts[2:] {
		chart = append(chart, parts[2])
	}
	full := slices.Concat(chart, keys)
	if keys[0] == "global" {
		full = keys
	}
	var out []pair
	add := func(file string, keys []string) {
		p := pair{value: f.loader.document(file)}
		for _, key := range keys {
			if p.value.isList() {
				break // which item it is cannot be told
			}
			p = p.value.pair(key)
		}
		if p.value.ok() && p.key.ok() {
			out = append(out, p)
		}
	}
	for _, name := range slices.Backward(f.values) {
		add(name, full)
	}
	add(path.Join(dir, "values.yaml"), full)
	if own, _, ok := strings.Cut(f.file.Path, "/templates/"); ok && own != dir {
		add(path.Join(own, "values.yaml"), keys)
	}
	return out
}

// document returns the first document of a file, or the zero node.
func (l *loader) document(name string) node {
	if n, ok := l.documents[name]; ok {
		return n
	}
	var root node
	if src := l.template(name); src != nil {
		if docs, _ := split(src); len(docs) > 0 {
			root, _ = docs[0].decode()
		}
	}
	l.documents[name] = root
	return root
}

// holds returns the scalar or key in a value that is a text, or is the longest part of it.
func holds(n node, text string, depth int) node {
	if depth > maxDepth {
		return node{}
	}
	if n.isText() {
		if n.str() == text || depth == 0 && len(n.str()) > 3 && strings.Contains(text, n.str()) {
			return n
		}
		return node{}
	}
	for _, p := range n.own() {
		if p.key.str() == text {
			return p.key
		}
		if found := holds(p.value, text, depth+1); found.ok() {
			return found
		}
	}
	for _, item := range n.items() {
		if found := holds(item, text, depth+1); found.ok() {
			return found
		}
	}
	return node{}
}

// envAction is an action that may add variables when whoever installs the chart gives it other values.
var envAction = regexp.MustCompile(`\{\{[^}]*(?i:env)[^}]*\}\}`)

// opensEnv reports whether the values of a chart may give a container variables that its own values do not: the
// template that the container stands in says so.
func (r *rendering) opensEnv(at check.Span) bool {
	src := r.loader.template(at.File)
	return src == nil || envAction.Match(src.data)
}
