package starter

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/factorlint/factorlint/internal/config"
	"github.com/factorlint/factorlint/internal/workload"
)

// services are the entries that say what belongs together.
type services struct {
	bound   []*config.Service
	unbound []block // with the reason, and what to write
}

// collect makes an entry of each deploy that something is bound to, and of each that is unbound and could be. Deploys of several
// variants that have the same program and image share one.
func collect(ws []*workload.Workload) services {
	var out services
	taken := map[string]*config.Service{} // by name; nil for those to be filled in
	for _, w := range ws {
		if w.Deploy == nil {
			continue
		}
		if b, name, ok := missing(w); ok {
			if _, twice := taken[name]; !twice {
				taken[name] = nil
				out.unbound = append(out.unbound, b)
			}
		} else if w.Image != nil || w.Program != nil {
			out.add(entryOf(w), w, taken)
		}
	}
	return out
}

// add adds an entry, or what it deploys to the one that says the same; its name is that of the object too where another one is
// called like it.
func (s *services) add(e config.Service, w *workload.Workload, taken map[string]*config.Service) {
	for _, name := range []string{e.Name, path.Base(w.Deploy.Object) + "-" + e.Name} {
		other, known := taken[name]
		switch {
		case !known:
			e.Name = name
			taken[name] = &e
			s.bound = append(s.bound, &e)
			return
		case other != nil && other.Program == e.Program && other.Dockerfile == e.Dockerfile && other.Target == e.Target:
			if !slices.Contains(other.Deploys, e.Deploys[0]) {
				other.Deploys = append(other.Deploys, e.Deploys[0])
			}
			return
		}
	}
}

func entryOf(w *workload.Workload) config.Service {
	e := config.Service{Name: w.Name, Deploys: []string{w.Deploy.File + "#" + w.Deploy.Name}}
	if w.Program != nil {
		e.Program = "./" + strings.TrimPrefix(w.Program.Dir, "./")
	}
	if w.Image != nil {
		e.Dockerfile = w.Image.File
		if _, err := strconv.Atoi(w.Image.Stage); err != nil && !w.Image.Final {
			e.Target = w.Image.Stage
		}
	}
	return e
}

// missing returns the entry that would settle what is not bound of a workload, and its name.
func missing(w *workload.Workload) (b block, name string, ok bool) {
	for _, text := range w.Missing {
		about, entry, found := strings.Cut(text, "\nservices:\n")
		if !found {
			continue
		}
		b = block{"Unbound, " + about + ". Choose:", strings.Split(entry, "\n")}
		return b, strings.TrimPrefix(b.lines[0], "  - name: "), true
	}
	return block{}, "", false
}

func servicesOf(ws []*workload.Workload) section {
	found := collect(ws)
	s := section{heading: "What belongs together: each entry overrides what is found out.", key: "services", blocks: found.unbound}
	for _, e := range found.bound {
		lines := []string{"  - name: " + workload.Scalar(e.Name)}
		for _, pair := range [][2]string{{"program", e.Program}, {"dockerfile", e.Dockerfile}, {"target", e.Target}} {
			if pair[1] != "" {
				lines = append(lines, "    "+pair[0]+": "+workload.Scalar(pair[1]))
			}
		}
		lines = append(lines, "    deploys:")
		for _, d := range e.Deploys {
			lines = append(lines, "      - "+strconv.Quote(d))
		}
		s.blocks = append(s.blocks, block{lines: lines})
	}
	return s
}
