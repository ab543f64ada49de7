package workload

import (
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
)

// Inputs returns what the workload's deploy, over its image, hands to its program: the deploy's environment over
// the image's ENV, and the flags of the command line that the container ends up running. Configuration files
// are not read: a Setting is always unknown.
func (w *Workload) Inputs() Inputs {
	in := inputs{w: w, start: w.start()}
	if w.Deploy != nil {
		in.env = w.Deploy.variables()
	}
	return in
}

// Subcommand returns the first word after the program's name in the command line that is neither a flag nor may be
// the value of one: "serve" of "/app --debug=1 serve". It is absent if there is none.
func (w *Workload) Subcommand() Value[string] {
	st := w.start()
	if len(st.args) == 0 {
		return Unknown[string](check.Span{})
	}
	for i := 1; i < len(st.args); i++ {
		switch a := st.args[i]; {
		case a.open && !strings.HasPrefix(a.text, "-"):
			return Unknown[string](a.at)
		case !strings.HasPrefix(a.text, "-"):
			return Known(a.text, a.at)
		case !strings.Contains(a.text, "="):
			i++
		}
	}
	return Absent[string](st.args[0].at)
}

type inputs struct {
	w     *Workload
	start start
	env   *variables // nil without a deploy
}

func (in inputs) Env(name string) Value[string] {
	if v, ok := lastOf(in.start.env, name); ok {
		return v
	}
	d, img := in.w.Deploy, in.w.Image
	if d == nil {
		// Whoever runs the image may set anything; what it sets itself is the best that can be said.
		if img != nil {
			if v, ok := lastOf(img.Env, name); ok {
				return v
			}
		}
		return Unknown[string](check.Span{})
	}
	if v, ok := in.env.last[name]; ok {
		return v
	}
	if d.Env.Open() || img == nil {
		return Unknown[string](d.EnvAt)
	}
	if v, ok := lastOf(img.Env, name); ok {
		return v
	}
	switch {
	case in.start.unsure, in.start.opaque != "":
		return Unknown[string](d.EnvAt) // a script on the way may export it
	case d.Development, img.mayCarryDotEnv(), in.mountsDotEnv():
		return Unknown[string](d.EnvAt) // the program may read it from a .env file
	case !setsNothing(img.Base), setByPlatform(d, name):
		return Unknown[string](d.EnvAt)
	case d.Variant != nil && d.Variant.Incomplete:
		return Unknown[string](d.EnvAt) // an overlay may add it
	}
	return Absent[string](d.EnvAt)
}

// mayCarryDotEnv reports whether an image is seen to copy a file named like .env, or the whole build context, where
// one that is not committed may lie.
func (img *Image) mayCarryDotEnv() bool {
	for _, c := range img.Copies {
		for _, v := range c.Sources {
			source, ok := v.Get()
			if !ok || isDotEnv(source) || c.From == "" && path.Clean("/"+source) == "/" {
				return true
			}
		}
	}
	return false
}

func isDotEnv(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(base, ".env") || strings.HasSuffix(base, ".env")
}

// mountsDotEnv reports whether a file named like .env is mounted, or anything over the working directory.
func (in inputs) mountsDotEnv() bool {
	cwd, known := in.start.workDir.Get()
	return slices.ContainsFunc(in.w.Deploy.Mounts, func(m Mount) bool {
		if m.Source == "emptyDir" || m.Source == "persistentVolumeClaim" {
			return false
		}
		_, over := below(cwd, m.Path)
		return known && over || isDotEnv(m.Path)
	})
}

func (in inputs) Flag(name string) Value[string] {
	args := in.start.args
	if len(args) == 0 {
		return Unknown[string](check.Span{})
	}
	found := Absent[string](args[0].at)
	if d := in.w.Deploy; in.start.unsure || d != nil && d.Variant != nil && d.Variant.Incomplete {
		found = Unknown[string](args[0].at)
	}
	for i, a := range args[1:] {
		flag, value, hasValue := strings.Cut(a.text, "=")
		if flag == "" && a.open || strings.HasPrefix(flag, "-") && a.open && !hasValue {
			found = Unknown[string](a.at) // $FLAGS, --$NAME
			continue
		}
		if !strings.HasPrefix(flag, "-") {
			continue
		}
		if a.text == "--" {
			break
		}
		flag = strings.TrimPrefix(strings.TrimPrefix(flag, "-"), "-")
		next := arg{}
		if i+2 < len(args) {
			next = args[i+2]
		}
		switch {
		case flag != name:
			if !found.known() && in.mayBeShort(a.text, name) {
				found = Unknown[string](a.at)
			}
		case hasValue && a.open, !hasValue && next.open:
			found = Unknown[string](a.at)
		case hasValue:
			found = Known(value, a.at)
		case next.text != "" && !strings.HasPrefix(next.text, "-"):
			found = Known(next.text, next.at)
		default:
			found = Known("true", a.at)
		}
	}
	return found
}

// mayBeShort reports whether a word such as "-p" or "-p8080" may be the short form of a flag: it begins with one dash
// and the flag's first letter, and the program is not known to define a flag of that very name.
func (in inputs) mayBeShort(word, name string) bool {
	if strings.HasPrefix(word, "--") || name == "" || len(word) < 2 || word[1] != name[0] {
		return false
	}
	own, _, _ := strings.Cut(word[1:], "=")
	return in.w.Program == nil || !slices.ContainsFunc(in.w.Program.Flags.Members, func(f Flag) bool { return f.Name == own })
}

func (in inputs) Setting(string) Value[string] { return Unknown[string](check.Span{}) }

// variables is the environment that a manifest gives to a container.
type variables struct {
	last     map[string]Value[string]
	complete bool
	room     int // bytes that references may still become
}

// maxExpanded is how many bytes the references of a container may become: Linux gives a program no more in arguments and environment
// (execve(2): a quarter of the stack's 8 MiB). Variables that repeat variables grow without bound.
const maxExpanded = 2 << 20

// variables returns d's environment with Kubernetes' $(NAME) references resolved: each to what is set before it.
func (d *Deploy) variables() *variables {
	vs := &variables{make(map[string]Value[string], len(d.Env.Members)), d.Env.Complete, maxExpanded}
	replaced := d.replaced()
	for _, e := range d.Env.Members {
		v := e.Value
		if s, ok := v.Get(); ok && d.Platform == Kubernetes && e.From == "" {
			if text, open := vs.expand(s); open {
				v = Unknown[string](v.At())
			} else {
				v = Known(text, v.At())
			}
		}
		if v.Absent() || replaced[e.From] {
			v = Unknown[string](v.At()) // a name without a value takes it from somewhere else
		}
		vs.last[e.Name] = v
	}
	return vs
}

// replaced tells the sources, as EnvVar.From names them, that one which is not in the tree follows: the last one that has a variable counts.
func (d *Deploy) replaced() map[string]bool {
	out := map[string]bool{}
	follows := false
	for _, s := range slices.Backward(d.EnvSources) {
		if s.Key == "" {
			out[s.Kind+" "+s.Name] = follows
			follows = follows || !s.Found
		}
	}
	return out
}

// lookup returns the value of a variable; it is absent only if nothing sets it.
func (vs *variables) lookup(name string) Value[string] {
	if v, ok := vs.last[name]; ok {
		return v
	}
	if vs.complete {
		return Absent[string](check.Span{})
	}
	return Unknown[string](check.Span{})
}

// expand replaces the $(NAME) references of a Kubernetes value, command or args. "$$" stands for "$", and a
// reference to what is not set stays as it is (core/v1 EnvVar). If open, text is what stands before the
// first reference that cannot be told.
func (vs *variables) expand(s string) (text string, open bool) {
	var b strings.Builder
	last := strings.LastIndexByte(s, ')')
	for i := 0; i < len(s); i++ {
		if s[i] != '$' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		switch s[i+1] {
		case '$':
			b.WriteByte('$')
			i++
		case '(':
			if i > last {
				b.WriteByte('$')
				continue
			}
			end := strings.IndexByte(s[i:], ')')
			v := vs.lookup(s[i+2 : i+end])
			value, ok := v.Or(s[i : i+end+1])
			if vs.room -= len(value); !ok || vs.room < 0 {
				return b.String(), true
			}
			b.WriteString(value)
			i += end
		default:
			b.WriteByte('$')
		}
	}
	return b.String(), false
}

func lastOf(env []EnvVar, name string) (Value[string], bool) {
	for _, e := range slices.Backward(env) {
		if e.Name == name {
			if e.Value.Absent() {
				return Unknown[string](e.Value.At()), true
			}
			return e.Value, true
		}
	}
	return Value[string]{}, false
}

// setByPlatform reports whether the platform or the base image may set a variable without being asked.
func setByPlatform(d *Deploy, name string) bool {
	switch name {
	case "PATH", "HOME", "HOSTNAME", "TERM", "LANG", "PWD", "SHLVL", "USER", "container", "SSL_CERT_FILE", "SSL_CERT_DIR", "TZ":
		return true
	}
	if strings.HasPrefix(name, "GO") {
		return true // golang images set GOPATH, GOLANG_VERSION, GOTOOLCHAIN
	}
	if d.Platform != Kubernetes {
		return false
	}
	// The kubelet sets variables for each Service of the namespace: API_SERVICE_HOST, API_PORT, API_PORT_80_TCP.
	if strings.HasSuffix(name, "_SERVICE_HOST") || strings.Contains(name, "_SERVICE_PORT") || strings.Contains(name, "_PORT_") {
		return true
	}
	service, ok := strings.CutSuffix(name, "_PORT")
	return ok && d.Variant != nil && slices.ContainsFunc(d.Variant.Services, func(s *Service) bool {
		return strings.ToUpper(strings.ReplaceAll(s.Name, "-", "_")) == service
	})
}

// setsNothing reports whether a base image is one of those that leave the environment alone but for the names that
// setByPlatform knows.
func setsNothing(base Value[string]) bool {
	s, ok := base.Get()
	if !ok {
		return false
	}
	r := parseReference(s)
	switch r.owner() {
	case "", "library", "distroless", "chainguard", "ubi8", "ubi9", "amazonlinux", "bci":
	default:
		return false
	}
	if strings.Contains(r.repository, "distroless/") || strings.Contains(r.repository, "chainguard/") {
		return true
	}
	name := path.Base(r.repository)
	return strings.HasPrefix(name, "ubi") || slices.Contains([]string{"scratch", "alpine", "debian", "ubuntu", "busybox",
		"golang", "buildpack-deps", "fedora", "centos", "rockylinux", "almalinux", "amazonlinux", "archlinux", "photon",
		"oraclelinux", "opensuse", "bci-micro", "bci-base"}, name)
}
