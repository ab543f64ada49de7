package manifest

import (
	"bytes"
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/rules"
)

// maxIncludes bounds how many includes make one variant.
const maxIncludes = 200

// addIncluded adds what a file includes (compose-spec, include): each entry is a project of its own, with its own folder and
// variables, and its services are as if they stood in the file that includes it.
func (p *project) addIncluded(f *composeFile) {
	for _, item := range f.include.items() {
		paths, dir, env := item, node{}, node{}
		if item.isMap() {
			paths, dir, env = item.get("path"), item.get("project_directory"), item.get("env_file")
		}
		files := p.found(listOf(paths))
		if len(files) == 0 || slices.ContainsFunc(p.all, func(f *composeFile) bool { return f.name == files[0].name }) {
			continue // twice, or in a circle
		}
		if p.includes++; p.includes > maxIncludes {
			p.l.warn("yaml-limit", item.span(), "more than %d Compose files are included together; the rest was not judged", maxIncludes)
			return
		}
		folder := path.Dir(files[0].name)
		if dir.ok() {
			folder = p.path(dir)
		}
		variables := []string{path.Join(folder, ".env")}
		if env.ok() {
			variables = nil
			for _, n := range listOf(env) {
				variables = append(variables, p.path(n))
			}
		}
		inner := p.l.newProject(files, folder, p)
		inner.environment(variables...)
		inner.fill()
	}
}

// listOf returns the items of a list; what is none is its only item.
func listOf(n node) []node {
	if n.isText() {
		return []node{n}
	}
	return n.items()
}

// path returns the path in the tree that a text of the project means, or "".
func (p *project) path(n node) string {
	text, ok := p.in.replace(n.str())
	if !ok {
		return ""
	}
	return inTree(p.dir, text)
}

// found returns the Compose files that are named, or none and a notification if one of them is not there to be read.
func (p *project) found(names []node) []*composeFile {
	var out []*composeFile
	for _, n := range names {
		f := p.l.composeAt(p.path(n))
		if f == nil {
			text, known := p.in.replace(n.str())
			p.l.absent(n.span(), cmp.Or(text, n.str()), known, p.dir)
			return nil
		}
		out = append(out, f)
	}
	return out
}

// absent says why a Compose file that another file names was not read. dir is what its path is relative to.
func (l *loader) absent(at check.Span, name string, known bool, dir string) {
	why := "is not in the tree, or is no Compose file"
	switch {
	case !known:
		why = "holds a variable that nothing in the tree sets"
	case strings.Contains(name, "://"), strings.HasPrefix(name, "git@"):
		why = "is not fetched"
	case inTree(dir, name) == "":
		why = "lies outside the tree"
	}
	l.note(check.Notification{Code: "compose-file", Level: rules.Note, At: at, Message: fmt.Sprintf("%.200q %s: what it deploys was not judged", name, why)})
}

// listed returns the projects that the COMPOSE_FILE of .env files makes: Compose that is run in such a file's folder reads the
// files that it lists, in order, instead of those with the usual names.
func (l *loader) listed(files []*composeFile) []*project {
	var dotenvs []string
	for name := range l.files {
		if path.Base(name) == ".env" {
			dotenvs = append(dotenvs, name)
		}
	}
	slices.Sort(dotenvs)
	var out []*project
	for _, name := range dotenvs {
		names, at := l.composeFileIn(name)
		cwd := path.Dir(name)
		var merged []*composeFile
		for _, n := range names {
			file := inTree(cwd, n)
			f := l.composeAt(file)
			if i := slices.IndexFunc(files, func(f *composeFile) bool { return f.name == file }); i >= 0 {
				f = files[i]
			}
			if f == nil {
				l.absent(at, n, true, cwd)
				continue
			}
			merged = append(merged, f)
		}
		if len(merged) > 0 {
			p := l.project(merged, cwd)
			p.out.Incomplete = len(merged) < len(names)
			out = append(out, p)
		}
	}
	return out
}

// composeFileIn returns the paths in the COMPOSE_FILE of a .env file, and its place; none if it sets none.
func (l *loader) composeFileIn(name string) (paths []string, at check.Span) {
	src := l.source(name)
	if src == nil || len(src.data) > maxEnvFile || !bytes.Contains(src.data, []byte("COMPOSE_FILE")) {
		return nil, at
	}
	list, separator := "", ":"
	for _, v := range l.newProject(nil, path.Dir(name), nil).readEnvFile(name).vars {
		switch text, _ := v.Value.Get(); {
		case text == "":
		case v.Name == "COMPOSE_FILE":
			list, at = text, v.Value.At()
		case v.Name == "COMPOSE_PATH_SEPARATOR":
			separator = text
		}
	}
	if list == "" {
		return nil, at
	}
	return strings.Split(list, separator), at
}
