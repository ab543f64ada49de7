package helm

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"

	charter "helm.sh/helm/v4/pkg/chart"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
)

// Where a release is installed, as "helm template" would have it, and the version of the cluster. The release is called
// like its chart.
const (
	Namespace   = "default"
	kubeVersion = "v1.37.0"
)

// A File is a rendered template.
type File struct {
	Name string // of the template, as Helm calls it: "shop/charts/redis/templates/service.yaml"
	Path string // of the template in the tree; "" if it lies in a packed dependency
	out  *output
}

// Text returns what the template gave.
func (f *File) Text() []byte { return f.out.text }

// Place returns where the text between two offsets comes from: from the first character's place to the last one's. If
// they are not in one file and in order, only a line can be told. ok is false if nothing is known.
func (f *File) Place(from, to int) (p Place, ok bool) {
	first, ok := f.out.place(from)
	if !ok {
		return Place{}, false
	}
	last, ok := f.out.place(max(from, to-1))
	switch {
	case !ok:
		first.Line = true
	case last.File == first.File && last.End > first.Start:
		first.End = last.End
	case last.File == f.Path:
		last.Line = true
		return last, true
	default:
		first.Line = true
	}
	return first, true
}

// Values returns the paths below .Values that the actions name which wrote the text between two offsets.
func (f *File) Values(from, to int) []string {
	var out []string
	for at := from; at < to; at++ {
		if p, ok := f.out.place(at); ok && p.Node != 0 {
			for _, v := range f.out.chart.nodes[p.Node].values {
				if !slices.Contains(out, v) {
					out = append(out, v)
				}
			}
		}
	}
	return out
}

// An Error is why a chart could not be rendered.
type Error struct {
	File    string // of the tree; "" if it is not about one file
	Line    int    // 0 if it is about the whole file
	Limit   bool   // it was given up
	Wanting bool   // the chart itself says that it needs other values
	Message string
}

func (e *Error) Error() string { return e.Message }

// ReadValues reads a values file.
func ReadValues(data []byte) (map[string]any, error) {
	if err := checkYAML(data); err != nil {
		return nil, err
	}
	return loader.LoadValues(bytes.NewReader(data))
}

// Layer returns values with others over them, as helm -f lays files over each other: mappings are joined, anything else is replaced.
func Layer(below, above map[string]any) map[string]any { return loader.MergeMaps(below, above) }

// Render renders the chart with values over its own. The files are those that hold manifests, sorted by name.
func (c *Chart) Render(values map[string]any) ([]*File, error) {
	key, keep := c.key(values) // before Helm changes them
	if keep {
		if files, ok := c.fromCache(key); ok {
			return files, nil
		}
	}
	ch, top, err := c.prepare(values)
	if err != nil {
		return nil, &Error{Message: err.Error()}
	}
	r := &renderer{chart: c, budget: newBudget(), templates: map[string]*renderable{}}
	r.collect(ch, top)
	files, err := r.render()
	if err != nil {
		return nil, r.explain(err)
	}
	if keep {
		c.keep(key, files)
	}
	return files, nil
}

// prepare loads the chart and puts together what its templates know as ".".
func (c *Chart) prepare(values map[string]any) (*chart.Chart, common.Values, error) {
	ch, err := c.load()
	if err != nil {
		return nil, nil, err
	}
	if values == nil {
		values = map[string]any{}
	}
	if err := chartutil.ProcessDependencies(ch, values); err != nil {
		return nil, nil, err
	}
	kube, err := common.ParseKubeVersion(kubeVersion)
	if err != nil {
		return nil, nil, err
	}
	caps := common.DefaultCapabilities.Copy()
	caps.KubeVersion = *kube
	// every cluster aggregates APIs; Helm's list knows only what its client has types for
	caps.APIVersions = append(slices.Clip(caps.APIVersions), "apiregistration.k8s.io/v1", "apiregistration.k8s.io/v1/APIService")
	release := common.ReleaseOptions{Name: ch.Name(), Namespace: Namespace, Revision: 1, IsInstall: true}
	// a schema may name others that lie in the network, so values are not held against it
	top, err := util.ToRenderValuesWithSchemaValidation(ch, values, release, caps, true)
	return ch, top, err
}

// A renderer is one rendering.
type renderer struct {
	chart     *Chart
	budget    *budget
	templates map[string]*renderable
	known     map[string]any // functions that a chart may call
	stack     []*output      // of the executions that are under way
	depth     int
	biggest   int // bytes of the biggest file that a template can read
	all       int // bytes of all of them
	count     int // of them
}

// A renderable is a template and what it is given.
type renderable struct {
	data []byte
	vals common.Values
	base string
}

// collect takes the templates of a chart and its dependencies, each with the values of its chart, and returns what the
// chart's templates know as ".".
func (r *renderer) collect(c *chart.Chart, top common.Values) map[string]any {
	meta := map[string]any{}
	if a, err := charter.NewAccessor(c); err == nil {
		meta = a.MetadataAsMap()
	}
	meta["IsRoot"] = c.IsRoot()
	subcharts := map[string]any{}
	next := map[string]any{
		"Chart":        meta,
		"Files":        newFiles(c.Files),
		"Release":      top["Release"],
		"Capabilities": top["Capabilities"],
		"Values":       common.Values{},
		"Subcharts":    subcharts,
	}
	for _, f := range c.Files {
		r.biggest, r.all, r.count = max(r.biggest, len(f.Data)), r.all+len(f.Data), r.count+1
	}
	if c.IsRoot() {
		next["Values"] = top["Values"]
	} else if vs, err := top.Table("Values." + c.Name()); err == nil {
		next["Values"] = vs
	}
	for _, d := range c.Dependencies() {
		subcharts[d.Name()] = r.collect(d, next)
	}
	id := c.ChartFullPath()
	for _, t := range c.Templates {
		if t == nil || c.Metadata.Type == "library" && !strings.HasPrefix(path.Base(t.Name), "_") {
			continue
		}
		r.templates[path.Join(id, t.Name)] = &renderable{t.Data, next, path.Join(id, "templates")}
	}
	return next
}

// render parses all templates, the deepest first, so that definitions of the outer charts win, and executes them.
func (r *renderer) render() (files []*File, err error) {
	defer func() { // text/template lets some mistakes of its own through
		if p := recover(); p != nil {
			files, err = nil, fmt.Errorf("text/template cannot execute this: %v", p)
		}
	}()
	t := template.New("gotpl").Option("missingkey=zero")
	t.Funcs(r.functions(t))
	names := make([]string, 0, len(r.templates))
	for name := range r.templates {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if na, nb := strings.Count(a, "/"), strings.Count(b, "/"); na != nb {
			return nb - na
		}
		return strings.Compare(b, a)
	})
	for _, name := range names {
		if err := r.parse(t, name); err != nil {
			return nil, err
		}
	}
	for _, name := range names {
		base := path.Base(name)
		if strings.HasPrefix(base, "_") {
			continue
		}
		tpl := r.templates[name]
		tpl.vals["Template"] = common.Values{"Name": name, "BasePath": tpl.base}
		out, err := r.execute(t, name, tpl.vals)
		if err != nil {
			return nil, err
		}
		out.dropNoValue()
		if !strings.HasSuffix(base, "NOTES.txt") {
			files = append(files, &File{Name: name, Path: r.path(name), out: out})
		}
	}
	slices.SortFunc(files, func(a, b *File) int { return strings.Compare(a.Name, b.Name) })
	return files, nil
}

// path returns the file of the tree that holds a template.
func (r *renderer) path(name string) string {
	if t := r.templates[name]; t != nil && len(t.data) > 0 {
		return r.chart.origins[&t.data[0]]
	}
	return ""
}

// parse adds a template file to t. What was parsed for one rendering serves the others.
func (r *renderer) parse(t *template.Template, name string) error {
	text := r.templates[name].data
	p := r.chart.parsed[name]
	if p == nil || !bytes.Equal(p.text, text) { // other values may choose another dependency of the same name
		trees, err := r.chart.parseTemplate(name, string(text), r.path(name), r.known)
		if err != nil {
			return err
		}
		p = &parsed{text, trees}
		r.chart.parsed[name] = p
	}
	return addTrees(t.New(name), p.trees)
}

func addTrees(t *template.Template, trees map[string]*parse.Tree) error {
	for name, tree := range trees {
		if _, err := t.AddParseTree(name, tree); err != nil {
			return err
		}
	}
	return nil
}

// execute runs the template of a name.
func (r *renderer) execute(t *template.Template, name string, data any) (*output, error) {
	if err := r.enter(); err != nil {
		return nil, err
	}
	out := &output{chart: r.chart, budget: r.budget}
	r.stack = append(r.stack, out)
	err := t.ExecuteTemplate(out, name, data)
	r.stack = r.stack[:len(r.stack)-1]
	r.depth--
	return out, err
}

func (r *renderer) enter() error {
	if r.depth++; r.depth > maxDepth {
		return limit("templates call each other more than %d levels deep", maxDepth)
	}
	return nil
}

// current returns the output of the innermost execution.
func (r *renderer) current() *output { return r.stack[len(r.stack)-1] }

// include is the function of that name for the templates of t.
func (r *renderer) include(t *template.Template) func(string, any) (string, error) {
	return func(name string, data any) (string, error) {
		out, err := r.execute(t, name, data)
		if err != nil {
			return "", err
		}
		r.current().keep(out)
		return string(out.text), r.budget.make(len(out.text))
	}
}

// tpl is the function of that name, whose errors leave the text out, for it may hold secrets: its template sees the definitions of the one that calls it, and its own are gone
// afterwards.
func (r *renderer) tpl(parent *template.Template) func(string, any) (string, error) {
	return func(text string, data any) (string, error) {
		if err := r.budget.spend(60_000 + 100*len(text) + 1_000*len(r.templates)); err != nil {
			return "", err
		}
		t, err := parent.Clone()
		if err != nil {
			return "", fmt.Errorf("cannot clone template: %w", err)
		}
		t.Option("missingkey=zero") // golang/go#43022
		t.Funcs(template.FuncMap{"include": r.include(t), "tpl": r.tpl(t)})
		trees, err := r.chart.parseTemplate(parent.Name(), text, "", r.known)
		if err != nil {
			return "", fmt.Errorf("cannot parse template: %w", err)
		}
		t = t.New(parent.Name())
		if err := addTrees(t, trees); err != nil {
			return "", err
		}
		out, err := r.execute(t, t.Name(), data)
		if err != nil {
			return "", fmt.Errorf("error during tpl function execution: %w", err)
		}
		out.dropNoValue()
		r.current().keep(out)
		return string(out.text), r.budget.make(len(out.text))
	}
}

var (
	errorPlace = regexp.MustCompile(`template: ([^\s:]+):(\d+)(?::\d+)?: `)
	// what text/template puts before the cause, once for each template on the way to it
	errorWay = regexp.MustCompile(`^(?:template: )?\S+:\d+(?::\d+)?: (?:executing ".*?" at <.*?>: )?(?:error calling \w+: )?`)
)

// explain turns an error of text/template into one that names the place in the tree: that of the innermost template.
func (r *renderer) explain(err error) error {
	e := &Error{Limit: errors.Is(err, errLimit), Message: err.Error()}
	var w *wantingError
	if errors.As(err, &w) {
		e.Wanting, e.Message = true, w.message
	}
	for _, m := range errorPlace.FindAllStringSubmatch(err.Error(), -1) {
		if file := r.path(m[1]); file != "" {
			e.File = file
			e.Line, _ = strconv.Atoi(m[2])
		}
	}
	if e.Limit {
		e.Message = err.Error()[strings.Index(err.Error(), errLimit.Error()):]
	}
	for {
		way := errorWay.FindString(e.Message)
		if way == "" {
			return e
		}
		e.Message = e.Message[len(way):]
	}
}
