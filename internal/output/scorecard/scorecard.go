// Package scorecard judges each workload by the twenty principles, from the findings of a run, and writes that as a page.
package scorecard

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/output/workloadmap"
	"github.com/factorlint/factorlint/internal/workload"
	"github.com/factorlint/factorlint/rules"
)

// A Card is a report by workload and principle.
type Card struct {
	Report *check.Report
	Rows   []Row
	Apart  []int  // the findings that belong to no workload: indexes of Report.Findings
	Tree   []Cell // the repository itself, judged by each principle

	owners [][]int // the rows that each finding belongs to
	unread unread
	lists  map[string]string // of rules that looked, each once: most cells of a principle have the same
}

// A Row is one workload, all its variants together, judged by each principle.
type Row struct {
	*workloadmap.Group
	Cells    []Cell // in the order of rules.Principles
	Findings []int  // all that belong to it: indexes of Report.Findings
}

// A Cell is what is known of one workload and one principle.
type Cell struct {
	Principle rules.Principle
	State     State
	Why       []string // sentences without a full stop
	Looked    string   // names of the rules that could look, separated by commas
	Findings  []int    // those of the principle: indexes of Report.Findings
}

// A State is the judgement of a cell.
type State string

// States, the one that decides first.
const (
	Violated      State = "violated"
	CannotTell    State = "cannot tell"
	Clean         State = "clean"
	NotApplicable State = "not applicable"
)

// Of judges workloads by a report.
func Of(r *check.Report, ws []*workload.Workload) *Card {
	c := &Card{Report: r, unread: unreadIn(r), lists: map[string]string{}}
	for _, g := range workloadmap.GroupsOf(ws, r.Prefix) {
		c.Rows = append(c.Rows, Row{Group: g})
	}
	x := newIndex(c.Rows)
	for i := range r.Findings {
		owners := x.owners(&r.Findings[i])
		c.owners = append(c.owners, owners)
		for _, n := range owners {
			c.Rows[n].Findings = append(c.Rows[n].Findings, i)
		}
		if len(owners) == 0 {
			c.Apart = append(c.Apart, i)
		}
	}
	for n := range c.Rows {
		row := &c.Rows[n]
		row.Cells = make([]Cell, 0, len(rules.Principles()))
		for _, p := range rules.Principles() {
			row.Cells = append(row.Cells, c.judge(p, row))
		}
	}
	for _, p := range rules.Principles() {
		c.Tree = append(c.Tree, judgeTree(p, r, c.Apart))
	}
	return c
}

// judge decides on one workload, given in all its variants, and one principle.
//
//   - violated: a finding among those that belong to the workload is of a rule that names the principle, as its own or as
//     one that it touches besides.
//   - cannot tell: there is none, but a rule that names the principle could not see what it needs. The part that it looks
//     at is not bound or could not be read; or the rule is about the program and what it would have to know is open: what sort
//     of program it is, or a set that may have members that were not seen.
//   - clean: rules that name the principle looked at the workload, saw what they need and found nothing. That is no proof:
//     they are silent on much.
//   - not applicable: no rule that names the principle was looked for, or none looks at the parts that the workload has. An
//     image that nothing in the tree builds has no Dockerfile and no program to look at.
//
// If variants differ, the state that stands first in this list counts.
func (c *Card) judge(p rules.Principle, row *Row) Cell {
	cell := Cell{Principle: p, State: NotApplicable, Findings: of(p, c.Report, row.Findings)}
	sought, looked, open := c.sight(p, row.Workloads)
	switch {
	case len(cell.Findings) > 0:
		cell.State = Violated
	case len(open) > 0:
		cell.State, cell.Why = CannotTell, open
	case len(looked) > 0:
		cell.State = Clean
	case !sought:
		cell.Why = []string{"no rule that looks at workloads names this principle, or none was looked for"}
	default:
		cell.Why = []string{"what the rules of this principle look at is no part of this workload"}
	}
	cell.Looked = c.list(looked)
	return cell
}

// list writes the names of rules, separated by commas.
func (c *Card) list(names []string) string {
	list := strings.Join(names, ", ")
	if _, known := c.lists[list]; !known {
		c.lists[list] = list
	}
	return c.lists[list]
}

// sight returns whether any rule about workloads names a principle, which of them could look at a workload, and what was open
// to them.
func (c *Card) sight(p rules.Principle, variants []*workload.Workload) (sought bool, looked, open []string) {
	for _, rule := range c.Report.Rules {
		if !names(rule, p) || rule.Kind == rules.Repository || rule.Kind == rules.Comment {
			continue
		}
		sought = true
		for _, w := range variants {
			applies, unseen := c.visible(rule.Kind, w)
			open = appendNew(open, unseen)
			if !applies {
				continue
			}
			looked = appendNew(looked, rule.Name)
			if rule.Kind == rules.Go || rule.Kind == rules.Workload {
				open = appendNew(open, openFacts(p, w)...)
			}
		}
	}
	return sought, looked, open
}

// judgeTree decides on the repository and one principle: by the findings that belong to no workload, and by whether rules about
// the repository looked.
func judgeTree(p rules.Principle, r *check.Report, apart []int) Cell {
	cell := Cell{Principle: p, State: NotApplicable, Findings: of(p, r, apart)}
	var looked []string
	for _, rule := range r.Rules {
		if names(rule, p) && rule.Kind == rules.Repository {
			looked = append(looked, rule.Name)
		}
	}
	switch {
	case len(cell.Findings) > 0:
		cell.State = Violated
	case len(looked) > 0:
		cell.State = Clean
	default:
		cell.Why = []string{"no rule that looks at repositories names this principle, or none was looked for"}
	}
	cell.Looked = strings.Join(looked, ", ")
	return cell
}

// of returns those findings that are of rules which name a principle.
func of(p rules.Principle, r *check.Report, findings []int) (out []int) {
	for _, i := range findings {
		if names(r.Findings[i].Rule, p) {
			out = append(out, i)
		}
	}
	return out
}

// names reports whether a rule belongs to a principle or touches it besides.
func names(r *rules.Rule, p rules.Principle) bool {
	return r.Principle == p || slices.Contains(r.Also, p)
}

// visible reports whether rules of a kind can look at a workload. What they could not see of it, if anything, unseen says: a
// part that is not bound, or one that could not be read.
func (c *Card) visible(kind rules.Kind, w *workload.Workload) (ok bool, unseen string) {
	switch kind {
	case rules.Go:
		ok = w.Program != nil
	case rules.Dockerfile:
		ok = w.Image != nil
	case rules.Manifest:
		ok = w.Deploy != nil
	default: // they join the program with another part
		ok = w.Program != nil && (w.Image != nil || w.Deploy != nil)
	}
	switch {
	case !ok && kind == rules.Manifest:
		return ok, ""
	case !ok && len(w.Missing) > 0:
		first, _, _ := strings.Cut(w.Missing[0], "\n")
		return ok, "not bound: " + first
	case !ok && w.Program == nil && c.Report.Untrusted && !foreign(w):
		return ok, "not everything essential could be analysed"
	case ok && c.unread.touches(kind, w):
		return ok, "a part of it could not be read, see the notifications"
	}
	return ok, ""
}

// foreign reports whether a workload runs an image that a well-known publisher gives to everybody.
func foreign(w *workload.Workload) bool {
	if w.Deploy == nil || w.Image != nil {
		return false
	}
	ref, ok := w.Deploy.Image.Get()
	return ok && workload.IsPublic(ref)
}

// unread is what warnings tell of that could not be read.
type unread struct {
	files map[string]bool
	dirs  map[string]bool // of Go files
}

func unreadIn(r *check.Report) unread {
	u := unread{map[string]bool{}, map[string]bool{}}
	for _, n := range r.Notifications {
		if n.Level < rules.Warning || n.At.IsZero() {
			continue
		}
		u.files[n.At.File] = true
		if strings.HasSuffix(n.At.File, ".go") {
			u.dirs[path.Dir(n.At.File)] = true
		}
	}
	return u
}

// touches reports whether something could not be read in what rules of a kind look at.
func (u unread) touches(kind rules.Kind, w *workload.Workload) bool {
	code := w.Program != nil && len(u.dirs) > 0 && slices.ContainsFunc(foldersOf(w.Program), func(dir string) bool { return u.dirs[dir] })
	image := w.Image != nil && u.files[w.Image.File]
	deploy := w.Deploy != nil && u.files[w.Deploy.File]
	switch kind {
	case rules.Go:
		return code
	case rules.Dockerfile:
		return image
	case rules.Manifest:
		return deploy
	}
	return code || image || deploy
}

// openFacts returns what cannot be told of a bound program where rules of a principle claim that something is missing, or
// depend on what sort of program it is.
func openFacts(p rules.Principle, w *workload.Workload) (out []string) {
	g := w.Program
	if g == nil {
		return nil
	}
	say := func(open bool, what string) {
		if open {
			out = append(out, "it cannot be told "+what)
		}
	}
	sort := g.Class == workload.Uncertain || g.Class == ""
	serves := sort || g.Class == workload.Server || g.Class == workload.Worker
	switch p {
	case rules.Config:
		say(g.Env.Open(), "which variables the program reads")
		say(w.Deploy != nil && w.Deploy.Env.Open(), "which variables the manifest gives it")
	case rules.PortBinding:
		say(sort, "what sort of program it is")
		say(g.Listens.Open() || !addressKnown(g, w.Inputs()), "where the program listens")
	case rules.Disposability:
		say(sort, "what sort of program it is")
		say(serves && g.Signals.Open(), "which signals the program handles")
		say(serves && (g.Drains.Open() || !drainKnown(g, w.Inputs())), "how the program drains, and for how long")
	case rules.LatencyAware, rules.FailureAware:
		say(sort, "what sort of program it is")
	case rules.Instrumented:
		unknown := slices.ContainsFunc(g.Routes.Members, func(r workload.Route) bool { return !r.Known })
		say(g.Class == workload.Server && (g.Routes.Open() || unknown), "which routes the program serves")
	}
	return out
}

// addressKnown reports whether it can be told where a program serves its main traffic in a workload.
func addressKnown(p *workload.Program, in workload.Inputs) bool {
	return !slices.ContainsFunc(p.Listens.Members, func(l workload.Listen) bool {
		_, ok := l.Addr.Eval(in).Get()
		return l.Role == workload.MainTraffic && !ok
	})
}

// drainKnown reports whether it can be told how long each drain of a program may take in a workload.
func drainKnown(p *workload.Program, in workload.Inputs) bool {
	return !slices.ContainsFunc(p.Drains.Members, func(d workload.Drain) bool {
		limit := d.Limit(in)
		_, ok := limit.Get()
		return !ok && !limit.Absent()
	})
}

// appendNew appends the texts that are not in a list yet, nor empty.
func appendNew(list []string, texts ...string) []string {
	for _, s := range texts {
		if s != "" && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// Totals counts the cells of the workloads by state.
func (c *Card) Totals() map[State]int {
	n := map[State]int{}
	for _, row := range c.Rows {
		for _, cell := range row.Cells {
			n[cell.State]++
		}
	}
	return n
}

// Where tells rows of one name apart: "Deployment in deploy/api.yaml".
func (r Row) Where() string {
	switch {
	case r.Deploy != nil:
		return r.Deploy.Kind + " in " + r.Deploy.File
	case r.Image != nil:
		return "image that nothing deploys"
	}
	return "program that nothing deploys"
}

// Title returns "IX Disposability".
func (c Cell) Title() string { return fmt.Sprintf("%s %s", c.Principle.Key(), c.Principle.Title()) }
