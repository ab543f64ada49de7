package workload

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/dockerfile"
	"github.com/factorlint/factorlint/internal/workload"
)

// A request is an HTTP GET that a probe of a container sends to the program in it.
type request struct {
	by   string // "the liveness probe", "HEALTHCHECK"
	ends string // what happens where it fails: "and …"
	port string // number or name, "" if it cannot be told
	path string
	at   check.Span // the path

	restarts bool // a failure restarts the container, for as long as the program runs
}

// requests returns the HTTP requests of the probes of a workload: those of the manifest, and of the image's HEALTHCHECK where Docker
// runs it.
func requests(w *workload.Workload) []request {
	var out []request
	add := func(by, ends string, restarts bool, probe *workload.Probe) {
		if probe == nil {
			return
		}
		r := request{by: by, ends: ends, restarts: restarts}
		if path, ok := probe.Path.Get(); ok {
			r.path, r.at = path, probe.Path.At()
			r.port, _ = probe.Port.Get()
			out = append(out, r)
			return
		}
		if c, ok := probe.Command.Get(); ok && r.fill(c, w) {
			out = append(out, r)
		}
	}
	const unhealthy = "the container never becomes healthy"
	switch d := w.Deploy; {
	case d != nil && d.Platform == workload.Kubernetes:
		add("the startup probe", "the kubelet restarts the container over and over", false, d.Startup)
		add("the liveness probe", "the kubelet restarts the container over and over", true, d.Liveness)
		add("the readiness probe", "the pod never becomes ready", false, d.Readiness)
	case d != nil && d.Readiness != nil:
		add("the healthcheck", unhealthy, false, d.Readiness)
	case w.Image != nil: // Docker runs it, the kubelet does not
		add("HEALTHCHECK", unhealthy, false, &workload.Probe{Command: w.Image.Healthcheck})
	}
	return out
}

// fill sets what a command asks for. ok is false unless the command is nothing but one such request that fails where the
// answer is an error.
func (r *request) fill(c workload.Command, w *workload.Workload) (ok bool) {
	list := []*dockerfile.Call{{Words: c.Words, At: c.At}}
	if script, isScript := dockerfile.ScriptOf(c, workload.UnknownShell); isScript {
		list, ok = dockerfile.CallsOf(script.Word)
		if !ok {
			return false
		}
	}
	list = slices.DeleteFunc(list, func(c *dockerfile.Call) bool { return slices.Contains([]string{"exit", "false", "true"}, c.Name()) })
	if len(list) != 1 || list[0].Into != nil || list[0].Inner != nil || list[0].Substitute || list[0].Maybe {
		return false
	}
	fails := list[0].Name() == "wget"
	for _, word := range list[0].Words {
		text := word.Text
		switch {
		case slices.ContainsFunc([]string{"-X", "--request", "-d", "--data", "--post", "--method", "--next"}, func(s string) bool { return strings.HasPrefix(text, s) }):
			return false // not a plain GET
		case strings.HasPrefix(text, "--"):
			fails = fails || strings.HasPrefix(text, "--fail")
		case strings.HasPrefix(text, "-"):
			fails = fails || list[0].Name() == "curl" && strings.Contains(text, "f")
		default:
			if u := self(text, w); u != nil {
				r.path, r.port, r.at, ok = u.Path, u.Port(), word.At, true
			}
		}
	}
	return ok && fails
}

// self returns a URL by which a program asks itself, or what shares its network; nil if a text is none.
func self(text string, w *workload.Workload) *url.URL {
	if !strings.ContainsAny(text, ":/") {
		return nil
	}
	rest, path := strings.TrimPrefix(strings.TrimPrefix(text, "https://"), "http://"), "/"
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		rest, path = rest[:i], rest[i:]
	}
	host, port, _ := strings.Cut(strings.Replace(rest, "[::1]", "localhost", 1), ":")
	own := host == "localhost" || host == "127.0.0.1" || host == "0.0.0.0" || w.Deploy != nil && host == w.Deploy.Name
	if !own || strings.Contains(path, "$") {
		return nil
	}
	if _, err := strconv.Atoi(port); err != nil {
		port = ""
	}
	u, err := url.Parse("http://localhost:" + port + path)
	if err != nil {
		return nil
	}
	return u
}
