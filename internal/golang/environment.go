package golang

import (
	"cmp"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/gotree"
	"github.com/factorlint/factorlint/internal/repository"
	"github.com/factorlint/factorlint/rules"
)

// A GoCommand says how to run the go command.
type GoCommand struct {
	Env       []string // the environment to filter; os.Environ if nil
	Top       string   // of the repository: the go command is no part of it; "" if it is not known
	Untrusted bool     // whether somebody else wrote what is analysed
	Offline   bool     // whether modules may not be downloaded
}

// find returns an error unless there is a go command on PATH that the repository did not bring.
func (g GoCommand) find() error {
	name, err := exec.LookPath("go")
	switch {
	case errors.Is(err, exec.ErrDot):
		return errors.New("the first go command on PATH is in a relative folder, so it was not run")
	case err != nil:
		return errors.New("the go command is not on PATH")
	case g.brought(name):
		return errors.New("the first go command on PATH lies in the repository, so it was not run")
	}
	return nil
}

// environment returns what the go command is given in dir: no other driver, toolchain, settings or flags than factorlint's
// own, since a repository can bring some. Services run on Linux: its files are the ones that count.
//
// Where the code is not trusted, the go command is moreover given no variable that is not in allowed. It runs no C compiler,
// no pkg-config and no version control system, downloads modules from the proxy alone, and reads no settings of the user.
func (g GoCommand) environment(dir string) []string {
	env := g.Env
	if env == nil {
		env = os.Environ()
	}
	var out []string
	for _, kv := range env {
		name, value, _ := strings.Cut(kv, "=")
		switch {
		case slices.Contains([]string{"GOFLAGS", "GOPACKAGESDRIVER", "GOTOOLCHAIN", "GOOS", "PWD"}, name):
		case !g.Untrusted:
			out = append(out, kv)
		case strings.EqualFold(name, "PATH"):
			out = append(out, name+"="+g.withoutTop(value))
		case slices.ContainsFunc(allowed, func(a string) bool { return strings.EqualFold(a, name) }):
			out = append(out, kv)
		}
	}
	flags := "-mod=readonly"
	if list := filepath.Join(dir, "vendor", "modules.txt"); len(gotree.Unfit(nil, []string{list}, cmp.Or(g.Top, dir))) == 0 {
		if _, err := os.Stat(list); err == nil {
			flags = "-mod=vendor"
		}
	}
	out = append(out, "GOFLAGS="+flags+" -buildvcs=false", "GOPACKAGESDRIVER=off", "GOTOOLCHAIN=local", "GOOS=linux", "PWD="+dir)
	if g.Untrusted {
		out = append(out, g.restrictions(dir, env)...)
	}
	if g.Offline {
		out = append(out, "GOPROXY=off", "GONOPROXY=none", "GOVCS=*:off")
	}
	return out
}

// DemandModules makes what was found untrustworthy if a module was missing that might not be downloaded: packages that import it were
// analysed in part.
func (r *Result) DemandModules() {
	for i, n := range r.Notes {
		if strings.Contains(n.Message, "GOPROXY=off") {
			r.Notes[i].Level = rules.Error
		}
	}
}

// restrictions returns what the go command is told in dir where the code is not trusted.
func (g GoCommand) restrictions(dir string, env []string) []string {
	out := []string{"CGO_ENABLED=0", "GOENV=off", "GOVCS=*:off", "GOPROXY=" + withoutDirect(lookup(env, "GOPROXY"))}
	if _, taken := g.strangers(above(dir, "go.work")); taken {
		out = append(out, "GOWORK=off")
	}
	return out
}

// allowed are the variables that say where things are on this machine, how to reach the module proxy, and how much to take of
// the machine. None of them names a program or a flag.
var allowed = []string{
	"HOME", "USERPROFILE", "LOCALAPPDATA", "SystemRoot", "TMPDIR", "TMP", "TEMP", "XDG_CACHE_HOME",
	"GOCACHE", "GOMODCACHE", "GOPATH", "GOMAXPROCS", "GOMEMLIMIT",
	"GOSUMDB", "GONOSUMDB", "GOPRIVATE", "GONOPROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR",
}

// lookup returns the value of a variable, the last one if it is given twice, as in os/exec.
func lookup(env []string, name string) string {
	for _, kv := range slices.Backward(env) {
		if v, ok := strings.CutPrefix(kv, name+"="); ok {
			return v
		}
	}
	return ""
}

var fromDirect = regexp.MustCompile(`(^|[,|])\s*direct\s*([,|].*)?$`)

// withoutDirect returns a GOPROXY list up to where it would ask version control systems.
func withoutDirect(proxies string) string {
	if proxies == "" {
		return "https://proxy.golang.org"
	}
	if proxies = fromDirect.ReplaceAllString(proxies, ""); proxies == "" {
		return "off"
	}
	return proxies
}

// withoutTop returns a PATH without relative folders and those of the repository.
func (g GoCommand) withoutTop(list string) string {
	dirs := slices.DeleteFunc(filepath.SplitList(list), func(dir string) bool { return !filepath.IsAbs(dir) || g.brought(dir) })
	return strings.Join(dirs, string(filepath.ListSeparator))
}

// brought reports whether a file or folder, or what it is a symbolic link to, lies in the repository.
func (g GoCommand) brought(name string) bool {
	return g.holds(name) || g.holds(resolved(name))
}

// holds reports whether a path lies in the repository.
func (g GoCommand) holds(name string) bool {
	_, ok := repository.Within(name, g.Top)
	return ok
}

// resolved returns what a symbolic link leads to; a name that leads nowhere stays.
func resolved(name string) string {
	if target, err := filepath.EvalSymlinks(name); err == nil {
		return target
	}
	return name
}
