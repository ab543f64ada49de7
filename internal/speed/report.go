package speed

import (
	"fmt"
	"io"
	"slices"
	"time"
)

// A goal is what a number of a scenario must not exceed.
type goal struct {
	what  string
	least int // packages from which on it counts
	most  int // and to which; 0 is any number
	limit float64
	value func(s *Subject, r *Row) float64
}

const (
	coldName  = "nothing kept, nothing compiled"
	freshName = "nothing kept"
	sameName  = "unchanged"

	small = 50  // packages
	large = 200 // packages
)

// less returns the goal that a number of factorlint is at most a part of another tool's.
func less(what string, limit float64, than int, number func(Cost) float64) goal {
	return goal{what: what, limit: limit, value: func(_ *Subject, r *Row) float64 { return ratio(r.costs[self], r.costs[than], number) }}
}

func from(packages int, g goal) goal {
	g.least = packages
	return g
}

// The goals of each scenario.
var (
	freshGoals = []goal{
		less("CPU / golangci-lint's", 0.2, golangci, cpu),
		less("CPU / go vet's", 0.2, vet, cpu),
		from(large, less("peak memory / golangci-lint's", 0.5, golangci, memory)),
	}
	coldGoals = []goal{
		less("CPU / golangci-lint's", 0.05, golangci, cpu),
		less("CPU / go vet's", 0.05, vet, cpu),
		from(large, less("peak memory / golangci-lint's", 0.5, golangci, memory)),
	}
	sameGoals = []goal{
		{what: "wall clock, s", most: small, limit: 0.05, value: ownWall},
		{what: "wall clock, s", least: small + 1, limit: 0.15, value: ownWall},
		less("wall clock / golangci-lint's", 0.03, golangci, wall),
	}
	editGoals  = []goal{less("CPU / golangci-lint's", 0.1, golangci, cpu)}
	otherGoals = []goal{{what: "wall clock / that of the unchanged run", limit: 3, value: func(s *Subject, r *Row) float64 {
		return ownWall(s, r) / ownWall(s, s.row(sameName))
	}}}
)

func ownWall(_ *Subject, r *Row) float64 { return Median(of(r.costs[self], wall)) }

func (s *Subject) row(name string) *Row {
	return &s.Rows[slices.IndexFunc(s.Rows, func(r Row) bool { return r.name == name })]
}

// Report writes what the subjects cost, and whether the goals are met, as Markdown.
func Report(out io.Writer, subjects []*Subject) error {
	w := &writer{out: out}
	w.printf("CPU time, wall clock and peak memory; medians. Ratios are of CPU time, and medians of those of each round.\n\n")
	w.printf("| | runs | factorlint | golangci-lint | go vet | / golangci-lint | / go vet |\n|---|---|---|---|---|---|---|\n")
	for _, s := range subjects {
		for _, r := range s.Rows {
			w.printf("| %s: %s | %d |", s.Name, r.name, r.runs)
			for _, costs := range r.costs {
				w.printf(" %s |", show(costs))
			}
			w.printf(" %.3f | %.3f |\n", ratio(r.costs[self], r.costs[golangci], cpu), ratio(r.costs[self], r.costs[vet], cpu))
		}
	}
	w.printf("\n| goal | at most | measured | |\n|---|---|---|---|\n")
	for _, s := range subjects {
		for i := range s.Rows {
			w.goals(s, &s.Rows[i])
		}
	}
	w.growth(subjects)
	return w.err
}

func show(costs []Cost) string {
	seconds := func(number func(Cost) float64) time.Duration {
		d := time.Duration(Median(of(costs, number)) * float64(time.Second))
		if d > time.Second {
			return d.Round(10 * time.Millisecond)
		}
		return d.Round(time.Millisecond)
	}
	return fmt.Sprintf("%s, %s, %.0f MiB", seconds(cpu), seconds(wall), Median(of(costs, memory))/(1<<20))
}

// A writer keeps the first error.
type writer struct {
	out io.Writer
	err error
}

func (w *writer) printf(format string, args ...any) {
	if w.err == nil {
		_, w.err = fmt.Fprintf(w.out, format, args...)
	}
}

func (w *writer) goals(s *Subject, r *Row) {
	for _, g := range r.goals {
		if s.Packages >= g.least && (g.most == 0 || s.Packages <= g.most) {
			w.goal(s.Name+": "+r.name+": "+g.what, g.limit, g.value(s, r))
		}
	}
}

func (w *writer) goal(what string, limit, value float64) {
	verdict := "met"
	if value > limit {
		verdict = "**missed**"
	}
	w.printf("| %s | %g | %.3g | %s |\n", what, limit, value, verdict)
}

// growth writes how the time for a package grows from the smallest generated module to the largest.
func (w *writer) growth(subjects []*Subject) {
	var generated []*Subject
	for _, s := range subjects {
		if s.generated {
			generated = append(generated, s)
		}
	}
	if len(generated) < 2 {
		return
	}
	few, many := generated[0], generated[len(generated)-1]
	each := func(s *Subject) float64 { return Median(of(s.row(freshName).costs[self], cpu)) / float64(s.Packages) }
	w.goal(fmt.Sprintf("%s: %s: CPU of a package / the same of %s", many.Name, freshName, few.Name), 1.2, each(many)/each(few))
}
