package dockerfile

import (
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/workload"
)

// A tree is what is followed of a stage's file system: where Go sources of the build context and Go programs lie.
// Paths are absolute and clean.
type tree struct {
	wd      string // working directory, "" if unknown
	dirs    map[string]bool
	sources []mapping // later ones lie over earlier ones
	bins    []workload.Binary
	open    bool // something ran that may have built programs
}

// A mapping says that a directory, or a file, of the build context lies at a path.
type mapping struct {
	at, from string // from is relative to the context, "." for its root
	exact    bool   // only the directory's own files, not what is below
}

func newTree(wd string) *tree {
	return &tree{wd: wd, dirs: set("/ /bin /sbin /usr /usr/bin /usr/sbin /usr/local /usr/local/bin /usr/local/sbin /opt /etc /tmp /var /root /home /srv /go /go/bin /go/src")}
}

func (t *tree) clone() *tree {
	c := *t
	c.dirs = make(map[string]bool, len(t.dirs))
	for d := range t.dirs {
		c.dirs[d] = true
	}
	c.sources, c.bins = slices.Clone(t.sources), slices.Clone(t.bins)
	return &c
}

// abs makes a path absolute; it is "" if that cannot be told. A trailing slash is kept.
func (t *tree) abs(p string) string {
	if marked(p) || p == "" || !path.IsAbs(p) && t.wd == "" {
		return ""
	}
	slash := strings.HasSuffix(p, "/") || p == "." || strings.HasSuffix(p, "/.")
	if !path.IsAbs(p) {
		p = path.Join(t.wd, p)
	}
	if p = path.Clean(p); slash && p != "/" {
		p += "/"
	}
	return p
}

// below returns the rest of p under dir, "" for dir itself.
func below(p, dir string) (rest string, ok bool) {
	if p == dir {
		return "", true
	}
	if dir == "/" {
		return strings.TrimPrefix(p, "/"), true
	}
	return strings.CutPrefix(p, dir+"/")
}

// context returns which directory of the build context lies at an absolute path.
func (t *tree) context(abs string) (dir string, ok bool) {
	depth := -1
	var found []string
	for _, m := range t.sources {
		rest, under := below(abs, m.at)
		if !under || m.exact && rest != "" || len(m.at) < depth {
			continue
		}
		if len(m.at) > depth { // what was copied deeper down decides
			depth, found = len(m.at), nil
		}
		from := path.Join(m.from, rest)
		switch {
		case m.exact: // its Go files lie here
			return from, !marked(from)
		case m.from == "." || !slices.Contains(found, from):
			found = append(found, from)
		}
		if m.from == "." { // the whole context, whatever else was copied into it
			return from, true
		}
	}
	// two directories merged into one: either may hold the package
	if len(found) != 1 || marked(found[0]) {
		return "", false
	}
	return found[0], true
}

// put adds a program. A path that cannot be told, or that already holds another program, is nobody's.
func (t *tree) put(b workload.Binary) {
	if b.Path == "" {
		t.open = true
		return
	}
	same := func(o workload.Binary) bool {
		return o.Path == b.Path && o.Package == b.Package && o.ImportPath == b.ImportPath
	}
	if i := slices.IndexFunc(t.bins, same); i >= 0 {
		t.bins[i] = b
		return
	}
	if !strings.HasSuffix(b.Path, "/") {
		t.bins = slices.DeleteFunc(t.bins, func(o workload.Binary) bool { return o.Path == b.Path })
	}
	t.bins = append(t.bins, b)
}

// remove forgets what lies at or below a path.
func (t *tree) remove(abs string) {
	t.bins = slices.DeleteFunc(t.bins, func(b workload.Binary) bool {
		_, under := below(strings.TrimSuffix(b.Path, "/"), abs)
		return under
	})
	t.sources = slices.DeleteFunc(t.sources, func(m mapping) bool {
		_, under := below(m.at, abs)
		return under
	})
}

// copyContext is COPY from the build context. It follows directories and Go files; other files carry no package.
func (t *tree) copyContext(srcs []string, dest string, parents bool) {
	dst := t.abs(dest)
	if dst == "" {
		t.open = t.open || slices.ContainsFunc(srcs, func(s string) bool { return !isData(s) })
		return
	}
	into := strings.HasSuffix(dst, "/") || len(srcs) > 1
	at := strings.TrimSuffix(dst, "/")
	if at == "" {
		at, into = "/", true
	}
	into = into || t.dirs[at]
	for _, s := range srcs {
		if marked(s) {
			t.sources = append(t.sources, mapping{at: at, from: s})
			t.dirs[at] = true
			continue
		}
		src := strings.TrimPrefix(path.Clean("/"+s), "/")
		if src == "" {
			src = "."
		}
		base, dir := path.Base(src), path.Dir(src)
		to := at
		if parents {
			to = path.Join(at, src)
		}
		switch {
		case path.Ext(base) == ".go", strings.ContainsAny(base, "*?["):
			if parents {
				to = path.Dir(to)
			} else if !into && path.Ext(base) == ".go" && !strings.ContainsAny(base, "*?[") {
				to = path.Dir(at)
			}
			t.sources = append(t.sources, mapping{at: to, from: dir, exact: true})
			t.dirs[to] = true
		case isFile(base):
			if into {
				t.dirs[at] = true
			}
		default: // the contents of a directory
			t.sources = append(t.sources, mapping{at: to, from: src})
			t.dirs[to] = true
		}
	}
}

// copyTree copies from one tree to another, or within one.
func (t *tree) copyTree(from *tree, srcs []string, dest string, keepName bool) {
	dst := t.abs(dest)
	if dst == "" {
		t.open = t.open || slices.ContainsFunc(srcs, func(s string) bool { return !isData(s) })
		return
	}
	at := strings.TrimSuffix(dst, "/")
	if at == "" {
		at = "/"
	}
	into := strings.HasSuffix(dst, "/") || len(srcs) > 1 || t.dirs[at]
	for _, s := range srcs {
		src := strings.TrimSuffix(from.abs(s), "/")
		if src == "" && s == "/" {
			src = "/"
		}
		if src == "" {
			t.open = t.open || !isData(s)
			continue
		}
		t.copyOne(from, src, at, into, keepName)
	}
}

// copyOne copies one file or directory. keepName is cp's way with directories: into an existing one it copies the
// directory itself, where COPY copies its contents.
func (t *tree) copyOne(from *tree, src, at string, into, keepName bool) {
	file, dir := at, at
	if into {
		file = path.Join(at, path.Base(src))
		if keepName {
			dir = file
		}
	}
	found := false
	glob := strings.ContainsAny(path.Base(src), "*?[")
	for _, b := range slices.Clone(from.bins) {
		whole := strings.TrimSuffix(b.Path, "/")
		switch rest, under := below(whole, src); {
		case whole == src && whole == b.Path:
			b.Path = file
		case under:
			b.Path = path.Join(dir, rest) + b.Path[len(whole):]
			t.dirs[dir] = true
		case glob && path.Dir(src) == path.Dir(whole):
			if ok, err := path.Match(path.Base(src), path.Base(whole)); !ok || err != nil {
				continue
			}
			b.Path = path.Join(at, path.Base(whole))
		case strings.HasSuffix(b.Path, "/") && path.Dir(src) == whole && !glob && !isFile(path.Base(src)):
			// go build chose a name in there: this may be it
			if slices.ContainsFunc(from.bins, func(o workload.Binary) bool { return o.Path == src }) || from.dirs[src] {
				continue
			}
			b.Path, b.Implied = file, true
		default:
			continue
		}
		found = true
		t.put(b)
	}
	if slices.ContainsFunc(from.bins, func(b workload.Binary) bool { return b.Path == src }) {
		return // no directory
	}
	for _, m := range slices.Clone(from.sources) {
		if rest, under := below(m.at, src); under {
			m.at = path.Join(dir, rest)
		} else if rest, under := below(src, m.at); under && !m.exact && !isFile(path.Base(src)) && !glob {
			m.at, m.from = dir, path.Join(m.from, rest)
		} else {
			continue
		}
		t.sources = append(t.sources, m)
		t.dirs[m.at] = true
	}
	if from.dirs[src] {
		t.dirs[dir] = true
	}
	if !found && from.open && !isData(src) {
		t.open = true
	}
}

// isFile tells files from directories by name, as far as that goes.
func isFile(base string) bool {
	if ext := path.Ext(base); ext != "" && ext != base && !strings.ContainsAny(ext, "*?") {
		return true
	}
	switch strings.ToLower(base) {
	case "makefile", "dockerfile", "license", "notice", "readme", "version", "procfile", "taskfile", "jenkinsfile":
		return true
	}
	return false
}

// isData reports whether a path is surely no program built from Go.
func isData(p string) bool {
	switch path.Ext(p) {
	case ".crt", ".pem", ".json", ".yaml", ".yml", ".toml", ".conf", ".ini", ".env", ".sql", ".html", ".css", ".js", ".md",
		".txt", ".sh", ".py", ".mod", ".sum", ".zip", ".gz", ".tgz", ".so", ".xml", ".properties", ".proto", ".tmpl":
		return true
	}
	for _, dir := range []string{"/etc/", "/usr/share/", "/usr/lib/", "/lib/", "/var/", "/go/pkg", "/node_modules"} {
		if strings.HasPrefix(p, dir) {
			return true
		}
	}
	return false
}
