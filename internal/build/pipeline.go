package build

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/factorlint/factorlint/internal/workload"
)

// shellKeys are the keys under which CI services and task runners keep shell text.
var shellKeys = []string{"run", "script", "before_script", "after_script", "command", "commands", "cmds", "cmd", "sh", "bash", "inlineScript"}

// maxNodes is how many values of one pipeline are looked at, those of aliases and of every combination of a matrix counted.
const maxNodes = 20_000

// A pipeline goes through a file of a CI service or task runner.
type pipeline struct {
	*reader
	steps int
	meta  map[string][]string // images of docker/metadata-action, by the id of their step
}

// pipeline reads whatever holds shell text, and the steps of GitHub workflows.
func (r *reader) pipeline(name string) {
	for _, root := range r.documents(name) {
		p := &pipeline{reader: r, meta: map[string][]string{}}
		p.walk(root, scope{dir: "."})
	}
}

// A scope is what holds for a part of a pipeline.
type scope struct {
	dir    string            // that its shell text runs in
	vars   map[string]string // variables for the shell
	matrix map[string]string // values of GitHub's matrix, by "name" or "name.key"
}

func (p *pipeline) walk(n node, s scope) {
	n = n.resolve()
	if p.steps++; n.Node == nil || p.steps > maxNodes {
		return
	}
	s = s.with(n.get("env")).with(n.get("variables"))
	for _, wd := range []node{n.get("defaults", "run", "working-directory"), n.get("working-directory"), n.get("working_directory")} {
		if wd.Node != nil {
			s.dir, _ = inTree(".", s.expand(wd.str()))
		}
	}
	if m := n.get("strategy", "matrix"); m.Node != nil && s.matrix == nil {
		for _, values := range combinations(m) {
			s.matrix = values
			p.walk(n, s)
		}
		return
	}
	if uses := n.get("uses").str(); uses != "" {
		p.action(n, uses, s)
	}
	for _, pair := range n.pairs() {
		if text := shellText(pair.value); slices.Contains(shellKeys, pair.key) && text != "" {
			p.follow(s.expandShell(text), s.dir, lines(n.file, pair.value.Line), s.vars)
			continue
		}
		p.walk(pair.value, s)
	}
	for _, item := range n.items() {
		p.walk(item, s)
	}
}

// shellText returns a text, or the lines of a list of texts: GitLab runs them by one shell.
func shellText(n node) string {
	if n.Node != nil && n.Kind == yaml.ScalarNode {
		return n.Value
	}
	var all []string
	for _, item := range n.items() {
		if item.Node != nil && item.Kind == yaml.ScalarNode {
			all = append(all, item.Value)
		}
	}
	return strings.Join(all, "\n")
}

// with adds the variables of a mapping.
func (s scope) with(env node) scope {
	if len(env.pairs()) == 0 {
		return s
	}
	vars := map[string]string{}
	for k, v := range s.vars {
		vars[k] = v
	}
	for _, p := range env.pairs() {
		if p.value.Kind == yaml.ScalarNode {
			vars[p.key] = s.expand(open(p.value.Value))
		}
	}
	s.vars = vars
	return s
}

// expand replaces what the scope knows of a text's placeholders: "${env.X}", "${matrix.X}" and variables.
func (s scope) expand(text string) string {
	return unknown.ReplaceAllStringFunc(text, func(m string) string {
		name := strings.TrimSpace(m[2 : len(m)-1])
		if v, ok := s.matrix[strings.TrimPrefix(name, "matrix.")]; ok && strings.HasPrefix(name, "matrix.") {
			return v
		}
		if v, ok := s.vars[strings.TrimPrefix(name, "env.")]; ok {
			return v
		}
		return m
	})
}

var (
	unknown    = regexp.MustCompile(`\$\{[^{}]*\}`)
	expression = regexp.MustCompile(`\$?\{\{[^{}]*\}\}`)
	noWord     = regexp.MustCompile(`\W+`)
)

// expandShell replaces the expressions in a shell text; those that cannot be told become variables that nobody sets.
func (s scope) expandShell(text string) string {
	return expression.ReplaceAllStringFunc(text, func(m string) string {
		value := s.expand(open(m))
		if unknown.MatchString(value) {
			return "${_" + noWord.ReplaceAllString(strings.Trim(value, "${} ."), "_") + "}"
		}
		return value
	})
}

// combinations returns the values that a matrix gives to its jobs, one set if it holds what cannot be told.
func combinations(m node) []map[string]string {
	const most = 64
	out := []map[string]string{{}}
	for _, p := range m.pairs() {
		items := p.value.items()
		if len(items) == 0 || p.key == "include" || p.key == "exclude" {
			continue
		}
		var next []map[string]string
		for _, base := range out {
			for _, item := range items {
				next = append(next, merged(base, p.key, item))
			}
		}
		if len(next) > most {
			return out
		}
		out = next
	}
	if include := m.get("include").items(); len(include) > 0 {
		if len(out) == 1 && len(out[0]) == 0 {
			out = nil
		}
		for _, item := range include {
			one := map[string]string{}
			for _, p := range item.pairs() {
				one = merged(one, p.key, p.value)
			}
			out = append(out, one)
		}
	}
	return out[:min(len(out), most)]
}

// merged returns base with a value, or with the fields of one, added.
func merged(base map[string]string, key string, value node) map[string]string {
	out := map[string]string{}
	for k, v := range base {
		out[k] = v
	}
	if s := value.str(); s != "" {
		out[key] = s
	}
	for _, p := range value.pairs() {
		if s := p.value.str(); s != "" {
			out[key+"."+p.key] = s
		}
	}
	return out
}

// action reads the steps that build images without shell text.
func (p *pipeline) action(step node, uses string, s scope) {
	with := func(key string) string { return s.expand(step.get("with", key).str()) }
	name, _, _ := strings.Cut(uses, "@")
	switch name {
	case "docker/metadata-action", "crazy-max/ghaction-docker-meta":
		p.meta[step.get("id").str()] = split(with("images"))
	case "docker/build-push-action":
		p.buildPush(step, with)
	case "docker/bake-action":
	case "redhat-actions/buildah-build":
		for _, tag := range strings.Fields(with("tags")) {
			p.actionBuild(step, with("image")+":"+tag, with("context"), with("containerfiles"), "", nil)
		}
	}
}

func (p *pipeline) buildPush(step node, with func(string) string) {
	var images []string
	for _, tag := range split(with("tags")) {
		ref := strings.TrimPrefix(tag, "${steps.")
		if id, rest, ok := strings.Cut(ref, ".outputs."); ok && ref != tag && (strings.HasPrefix(rest, "tags") || strings.HasPrefix(rest, "DOCKER_METADATA_OUTPUT_TAGS")) {
			images = append(images, p.meta[id]...)
			continue
		}
		images = append(images, tag)
	}
	for _, image := range images {
		p.actionBuild(step, image, with("context"), with("file"), with("target"), split(with("build-args")))
	}
}

// actionBuild notes an image that a step builds. Paths are relative to the root of the repository, which is the context where
// none is named.
func (p *pipeline) actionBuild(step node, image, context, file, target string, arguments []string) {
	if context == "" || strings.HasPrefix(context, "${github.workspace}") {
		context = strings.TrimPrefix(strings.TrimPrefix(context, "${github.workspace}"), "/")
	}
	dir, ok := inTree(".", path.Join(".", context))
	if !ok || strings.Contains(context, "{") || strings.Contains(target, "${") {
		return
	}
	b := workload.Build{Context: dir, Target: target, Args: args(arguments), At: step.get("uses").at()}
	if file != "" {
		if b.Dockerfile, ok = inTree(".", strings.TrimPrefix(file, "${github.workspace}/")); !ok {
			return
		}
	}
	p.docker(image, b, strings.SplitN(step.get("uses").str(), "@", 2)[0])
}

// split splits a list that is written with commas or line ends.
func split(text string) []string {
	var out []string
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == ',' }) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// cloudBuild reads the steps of Google's Cloud Build: containers that run their entrypoint with arguments in the repository.
func (r *reader) cloudBuild(name string) {
	for _, root := range r.documents(name) {
		s := scope{dir: "."}.with(root.get("substitutions"))
		for _, step := range root.get("steps").items() {
			dir := s.dir
			if d := step.get("dir"); d.Node != nil {
				dir, _ = inTree(".", s.expand(d.str()))
			}
			r.follow(cloudCommand(step), dir, lines(name, step.Line), s.vars)
		}
	}
}

// cloudCommand returns the shell text that does what a step does.
func cloudCommand(step node) string {
	if script := step.get("script"); script.Node != nil {
		return script.Value
	}
	entrypoint := step.get("entrypoint").str()
	if entrypoint == "" {
		image, _, _ := strings.Cut(step.get("name").str(), ":")
		entrypoint = path.Base(image)
	}
	words := []string{entrypoint}
	quote := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`")
	for _, a := range step.get("args").items() {
		if len(words) > 1 && words[len(words)-1] == `"-c"` && a.Node != nil {
			return strings.ReplaceAll(a.Value, "$$", "$")
		}
		words = append(words, `"`+quote.Replace(a.str())+`"`)
	}
	return strings.Join(words, " ")
}
