package workload

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

func portMismatch() check.Check[*workload.Workload] {
	return check.Check[*workload.Workload]{Rule: "port-mismatch", Run: func(p *check.Pass[*workload.Workload]) {
		w := p.Subject
		if w.Program == nil || w.Deploy != nil && (ends(w.Deploy) || sharesPod(w.Deploy)) || !servesAll(w) {
			return
		}
		main, others, ok := served(w)
		if !ok || len(main) == 0 {
			return
		}
		declared, ok := declaredByDeploy(w.Deploy)
		if !ok {
			return // one of them may be right
		}
		exposed, okExposed := declaredByImage(w.Image)
		byImage := len(declared) == 0
		if byImage {
			if !okExposed || slices.ContainsFunc(main, func(l listener) bool { return !l.ofProgram(w) }) {
				return // the deploy moved the port, and EXPOSE only tells of the image as it is
			}
			declared = exposed
		}
		wrong := mismatched(declared, main, others)
		if len(wrong) == 0 {
			return
		}
		first := wrong[0]
		f := check.Finding{
			At: first.at,
			Message: fmt.Sprintf("%s is %d, but %s listens on %s here: connections to %d are refused",
				first.what, first.number, w.Program.Title(), ports(main), first.number),
			Matter: strconv.Itoa(first.number),
		}
		for _, l := range main {
			f.Related = related(f.Related, l.at, fmt.Sprintf("listens on %d here", l.port))
			if l.from.File != l.at.File || l.from.Start.Line != l.at.Start.Line {
				f.Related = related(f.Related, l.from, fmt.Sprintf("the port %d comes from here", l.port))
			}
		}
		if byImage {
			f.Logical = w.Image.File + "/" + w.Image.Stage
		} else {
			f.Logical = logical(w.Deploy)
			if okExposed {
				wrong = slices.Concat(mismatched(exposed, main, others), wrong)
			}
		}
		for _, d := range wrong {
			if d.at != first.at {
				f.Related = related(f.Related, d.at, fmt.Sprintf("%s is %d", d.what, d.number))
			}
		}
		inOrder(w, f.Related)
		p.Report(f)
	}}
}

// mismatched returns the declared ports that no listener serves, if none of those declared is a main-traffic port. A
// wrong port beside the right one is no mismatch: the program can be reached.
func mismatched(declared []declaration, main []listener, others []int) (wrong []declaration) {
	for _, d := range declared {
		if slices.ContainsFunc(main, func(l listener) bool { return l.port == d.number }) {
			return nil
		}
		if !slices.Contains(others, d.number) {
			wrong = append(wrong, d)
		}
	}
	return wrong
}
