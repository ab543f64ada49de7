package observe

import (
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// configs adds the files that the program reads its configuration from. There may always be others, which it reads in
// ways that nobody here knows.
func (b *builder) configs() {
	all := b.g.bare().storesOf(b.r.funcs)
	others := slices.ContainsFunc(b.p.Env.Members, func(e workload.EnvRead) bool { return e.Prefix })
	requests := b.g.requests(b.r)
	for _, f := range b.g.sorted(b.r.before) {
		for i := range f.Calls {
			c := &f.Calls[i]
			a := lookup(c.Callee, "settings", "fill", "dotenv", "load", "decode")
			if _, on := requests[f.ID]; on || a == nil || c.Mention || c.After {
				continue
			}
			for _, fr := range b.g.frames(f.ID, b.r.funcs) {
				cf := workload.ConfigFile{Via: c.Callee, At: c.At, Required: b.always(f, c, fr) && b.fails(f, c, fr)}
				var files []Expr
				switch {
				case a.kind == "settings" && a.arg["config"] != "":
					st := all.of(b.g.storeOf(c.Recv, fr))
					cf.Overrides = st == nil || st.open || st.automatic || slices.ContainsFunc(st.order, func(k string) bool { return st.keys[k].bare || len(st.keys[k].names) > 0 })
					cf.Path = b.settingsFile()
				case a.kind == "decode":
					if len(b.g.fillTypes(c, a.index("into"), fr)) == 0 {
						continue
					}
					if cf.Path, cf.Expands = b.g.decoded(c, a, fr); cf.Path == nil {
						continue
					}
				case a.arg["file"] == "", a.kind == "load" && a.arg["config"] == "":
					continue
				case a.kind == "dotenv" && len(c.Args) == 0:
					cf.Path = workload.Lit(".env", c.At)
				case a.kind == "dotenv":
					files = c.Args
				default:
					cf.Overrides = a.kind == "fill" || others
					cf.Expands = slices.ContainsFunc(c.Args, func(e Expr) bool { return e.Op == Result && lastName(e.S) == "UseEnv" })
					files = c.Args[min(a.index("file"), len(c.Args)):min(a.index("file")+1, len(c.Args))]
				}
				if cf.Path != nil {
					b.config(cf)
				}
				for _, e := range files {
					cf := cf
					cf.Path = b.g.text(e, fr, 0)
					b.config(cf)
				}
			}
		}
	}
}

func (b *builder) config(cf workload.ConfigFile) {
	if !slices.ContainsFunc(b.p.Configs.Members, func(o workload.ConfigFile) bool { return o.At == cf.At && sameAddr(o.Path, cf.Path) }) {
		b.p.Configs.Members = append(b.p.Configs.Members, cf)
	}
}

// settingsFile returns the path of the file that a store of settings reads, as far as it is named in one way.
func (b *builder) settingsFile() workload.Text {
	var file, name, dir workload.Text
	opaque := workload.Text{{Source: workload.Opaque}}
	for _, f := range b.g.sorted(b.r.funcs) {
		for i := range f.Calls {
			c := &f.Calls[i]
			a := lookup(c.Callee, "settingsfile", "settingsname", "settingsdir")
			if a == nil || c.Mention || len(c.Args) == 0 {
				continue
			}
			for _, fr := range b.g.frames(f.ID, b.r.funcs) {
				t := b.g.text(c.Args[0], fr, 0)
				to := &file
				switch a.kind {
				case "settingsname":
					to = &name
				case "settingsdir":
					to = &dir
				}
				if *to != nil && !sameAddr(*to, t) {
					t = opaque
				}
				*to = t
			}
		}
	}
	switch {
	case file != nil && name == nil:
		return file
	case file == nil && name != nil && dir != nil:
		d, ok := dir.Constant()
		if n, named := name.Constant(); ok && named {
			return workload.Lit(path.Join(d, n), name[0].At)
		}
	}
	return opaque
}

// decoded returns the path of the file whose content a call decodes, nil if it is no file's. expands says that the
// environment is expanded in it.
func (g *Graph) decoded(c *Call, a *api, fr *frame) (file workload.Text, expands bool) {
	if n := a.index("file"); n >= 0 && n < len(c.Args) {
		return g.text(c.Args[n], fr, 0), false
	}
	var e Expr
	switch n := a.index("data"); {
	case n >= 0 && n < len(c.Args):
		e = c.Args[n]
	case n < 0 && c.Recv != nil:
		h, hf := g.head(*c.Recv, fr, 0)
		if h.Op != Result || lookup(h.S, "decoder") == nil || len(h.Args) == 0 {
			return nil, false
		}
		e, fr = h.Args[0], hf
	}
	for range 4 {
		h, hf := g.head(e, fr, 0)
		if h.Op != Result || len(h.Args) == 0 {
			return nil, expands
		}
		if a := lookup(h.S, "load"); a != nil {
			return g.text(h.Args[0], hf, 0), expands
		}
		if h.S != "os.ExpandEnv" && h.S != "os.Expand" {
			return nil, expands
		}
		expands, e, fr = true, h.Args[0], hf
	}
	return nil, expands
}

// FileOnly returns the files that the server under analysis has all its configuration from: none of its variables but those
// that name the files can change anything. The pass must require [Analyzer].
func FileOnly(p *workload.Program) []workload.ConfigFile {
	if p == nil || p.Class != workload.Server || p.Env.Open() || IsLocal(p) {
		return nil
	}
	var (
		out   []workload.ConfigFile
		names []string
	)
	for _, cf := range p.Configs.Members {
		if cf.Overrides || cf.Expands || isDotenvPath(cf.Path) {
			return nil
		}
		for _, part := range cf.Path {
			if part.Source == workload.FromEnv {
				names = append(names, part.Name)
			}
		}
		if configures(cf) {
			out = append(out, cf)
		}
	}
	if slices.ContainsFunc(p.Env.Members, func(e workload.EnvRead) bool {
		upper := strings.ToUpper(e.Name)
		return !slices.Contains(names, e.Name) && !strings.Contains(upper, "CONF") && !strings.Contains(upper, "SETTINGS")
	}) {
		return nil
	}
	return out
}

// configures reports whether a file is read to configure the program: a library for that reads it, or its form is one
// that people write.
func configures(cf workload.ConfigFile) bool {
	if a := lookup(cf.Via, "decode"); a == nil || !strings.HasPrefix(cf.Via, "encoding/") {
		return true
	}
	name, ok := cf.Path.Constant()
	return ok && namesConfig(name)
}

func namesConfig(file string) bool {
	name := strings.ToLower(path.Join(path.Base(path.Dir(file)), path.Base(file)))
	for _, word := range []string{"conf", "cfg", "setting", "propert"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

func isDotenvPath(t workload.Text) bool {
	s, ok := t.Constant()
	return ok && (strings.HasPrefix(path.Base(s), ".env") || strings.HasSuffix(s, ".env"))
}

// LiteralConfigs returns the files at a fixed place without which the server or worker does not start, and which it has its
// configuration or a key from.
func LiteralConfigs(p *workload.Program) []workload.ConfigFile {
	if p == nil || p.Class != workload.Server && p.Class != workload.Worker {
		return nil
	}
	var out []workload.ConfigFile
	for _, cf := range p.Configs.Members {
		name, ok := cf.Path.Constant()
		if !ok || name == "" || !cf.Required || cf.Overrides || isDotenvPath(cf.Path) || !configures(cf) || givenByPlatform(name) {
			continue
		}
		out = append(out, cf)
	}
	return out
}

// givenByPlatform reports whether a path is one that the system or the platform gives a meaning.
func givenByPlatform(name string) bool {
	for _, dir := range []string{"/proc/", "/sys/", "/etc/ssl/", "/etc/pki/", "/run/secrets/", "/var/run/secrets/", "/vault/", "/dev/"} {
		if strings.HasPrefix(name, dir) {
			return true
		}
	}
	return name == "/etc/hosts" || name == "/etc/resolv.conf" || name == "/etc/os-release"
}

// A ParseIgnored is a variable's value that is parsed without a look at what may be wrong with it.
type ParseIgnored struct {
	Name string // the variable; one of them, if the code reads several
	Via  string // the function that parses
	At   check.Span
}

// parsesIgnored returns the reached calls that parse a variable's value and drop the error.
func (g *Graph) parsesIgnored(r *reach) []ParseIgnored {
	var out []ParseIgnored
	for _, f := range g.sorted(r.funcs) {
		for i := range f.Calls {
			c := &f.Calls[i]
			if c.Outcome != OutcomeDropped || len(c.Args) == 0 {
				continue
			}
			for _, fr := range g.frames(f.ID, r.funcs) {
				t := g.text(c.Args[0], fr, 0)
				if len(t) == 1 && t[0].Source == workload.FromEnv {
					out = append(out, ParseIgnored{Name: t[0].Name, Via: c.Callee, At: c.At})
					break
				}
			}
		}
	}
	return out
}

// parsesText reports whether a function makes a number or a time of a text, and says what is wrong with it.
func parsesText(callee string) bool {
	switch callee {
	case "strconv.Atoi", "strconv.ParseInt", "strconv.ParseUint", "strconv.ParseFloat", "time.ParseDuration":
		return true
	}
	return false
}

// EnvironmentPackages returns the folders of the code in which a program reads its environment, in order.
func EnvironmentPackages(p *workload.Program) []string {
	var out []string
	for _, e := range p.Env.Members {
		if dir := path.Dir(e.At.File); !slices.Contains(out, dir) {
			out = append(out, dir)
		}
	}
	slices.Sort(out)
	return out
}
