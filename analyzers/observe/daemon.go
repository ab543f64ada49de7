package observe

import (
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// A Daemonizing is something by which a program looks after its own process, which is the platform's work.
type Daemonizing struct {
	At   check.Span
	Via  string // the function
	File string // the PID file that it writes; "" for one that sends the program into the background
}

// Daemonizings returns the calls by which the server or worker under analysis goes into the background, or writes a PID
// file, whatever it is told: what only an option brings about is not among them. The pass must require [Analyzer].
func Daemonizings(pass *analysis.Pass) []Daemonizing {
	g, p, r, ok := mainOf(pass)
	if !ok || p.Class != workload.Server && p.Class != workload.Worker {
		return nil
	}
	var out []Daemonizing
	for _, f := range g.sorted(r.funcs) {
		for i := range f.Calls {
			c := &f.Calls[i]
			a := lookup(c.Callee, "daemon", "file", "write")
			if a == nil || c.Mention || a.arg["removes"] != "" {
				continue
			}
			for _, fr := range g.frames(f.ID, r.funcs) {
				if a.kind == "daemon" {
					if !c.Cond && plainly(fr) {
						out = append(out, Daemonizing{At: c.At, Via: c.Callee})
						break
					}
					continue
				}
				n := a.index("writes")
				if n < 0 || n >= len(c.Args) || !g.opensToWrite(a, c, fr) {
					break
				}
				path := g.text(c.Args[n], fr, 0)
				name, known := path.Eval(nothing{}).Get()
				_, fixed := path.Constant()
				if known && strings.HasSuffix(name, ".pid") && (!fixed || !c.Cond && plainly(fr)) {
					out = append(out, Daemonizing{At: c.At, Via: c.Callee, File: name})
					break
				}
			}
		}
	}
	return out
}

// opensToWrite reports whether a call opens its file for writing, as far as that depends on flags.
func (g *Graph) opensToWrite(a *api, c *Call, fr *frame) bool {
	n := a.index("flags")
	if n < 0 || n >= len(c.Args) {
		return n < 0
	}
	s, _ := g.text(c.Args[n], fr, 0).Constant()
	flags, err := strconv.Atoi(s)
	return err == nil && flags&3 != 0 // O_WRONLY or O_RDWR
}

// plainly reports whether the calls of a frame depend on nothing but the command that was chosen.
func plainly(fr *frame) bool {
	for ; fr != nil; fr = fr.up {
		if fr.site.Cond || fr.site.Mention && fr.site.Guard == "" {
			return false
		}
	}
	return true
}
