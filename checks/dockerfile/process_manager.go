package dockerfile

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/dockerfile"
)

func processManager() check.Check[*dockerfile.File] {
	return each("process-manager", func(p *check.Pass[*dockerfile.File], r release) {
		img, list := starts(r)
		for _, s := range list {
			name := s.Name()
			args := s.Args()
			if path.Base(name) == "python" || strings.HasPrefix(name, "python3") {
				args = args[min(1, len(args)):]
				if len(args) > 0 {
					name = path.Base(args[0])
				}
			}
			if !slices.Contains(managers, name) || name == "foreman" && !slices.Contains(args, "start") || s.Substitute || builds(img, args[0]) {
				continue
			}
			reportAt(p, s, s.At, img, check.Finding{
				Message: fmt.Sprintf("%s starts %s, which runs and restarts the processes itself: the platform sees one container that is up while a process in it is down, and can neither scale nor restart them one by one",
					s.by(), name),
				Matter: name,
			})
			return
		}
		side := besides(list)
		if side == nil {
			return
		}
		reportAt(p, *side, side.At, img, check.Finding{
			Message: fmt.Sprintf("%s starts %s in the background beside another program: nobody notices when one of them ends, and the platform can neither scale nor restart them one by one",
				side.by(), side.Name()),
			Matter: side.Name(),
		})
	})
}

// managers are programs that start, watch and restart others.
var managers = strings.Fields(`supervisord pm2 pm2-runtime pm2-docker circusd runsvdir s6-svscan monit god foreman forego goreman honcho overmind
	hivemind runit`)

// besides returns the program that is started in the background while another one runs, both for as long as the container
// does.
func besides(list []started) *started {
	for i, s := range list {
		if !s.Background || s.Substitute || s.Maybe || !dockerfile.MayServe(s.Call) || repeats(s) {
			continue
		}
		for _, other := range list[i+1:] {
			if other.script == s.script && other.keyword == s.keyword && !other.Substitute && dockerfile.MayServe(other.Call) && !repeats(other) && len(other.Into) == 0 {
				return &list[i]
			}
		}
	}
	return nil
}

// repeats reports whether a command does something and ends, as a helper of the program beside it may.
func repeats(s started) bool {
	switch name := s.Name(); {
	case strings.HasPrefix(name, "wait"), strings.Contains(name, "migrat"), strings.Contains(name, "healthcheck"), strings.HasPrefix(name, "init"),
		strings.HasPrefix(name, "setup"), strings.HasPrefix(name, "import"), strings.HasPrefix(name, "seed"):
		return true
	}
	return false
}
