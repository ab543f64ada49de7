// Package progress is told what a run is doing. It shows that while it lasts, and tells afterwards where the time went.
package progress

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// A Progress is what is known of one run. Several goroutines may use it; of a nil one every method does nothing.
type Progress struct {
	began time.Time

	mu    sync.Mutex
	steps []*Step // in the order in which they began
}

// New begins a run.
func New() *Progress { return &Progress{began: time.Now()} }

// A Step is one sort of work. It may be done more than once, and for several things at a time.
type Step struct {
	progress    *Progress // its mutex is for what follows
	verb, units string
	began       time.Time     // for the first time
	since       time.Time     // it is at work, if it is
	took        time.Duration // until it was last at rest
	running     int

	expected, done, cached int
}

// Start begins a step, or begins it again, and is to be followed by End. Verb and units are as in "reading" "manifests".
func (p *Progress) Start(verb, units string) *Step {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.step(verb, units)
	if s.running == 0 {
		s.since = time.Now()
	}
	s.running++
	return s
}

func (p *Progress) step(verb, units string) *Step {
	for _, s := range p.steps {
		if s.verb == verb && s.units == units {
			return s
		}
	}
	s := &Step{progress: p, verb: verb, units: units, began: time.Now()}
	p.steps = append(p.steps, s)
	return s
}

// End says that what Start began is over.
func (s *Step) End() {
	s.change(func() {
		if s.running--; s.running == 0 {
			s.took += time.Since(s.since)
		}
	})
}

// Expect says that there are n more units to come.
func (s *Step) Expect(n int) { s.change(func() { s.expected += n }) }

// Done says that n more units are done.
func (s *Step) Done(n int) { s.change(func() { s.done += n }) }

// Cached says that n of the units that are done were taken from the cache.
func (s *Step) Cached(n int) { s.change(func() { s.cached += n }) }

func (s *Step) change(by func()) {
	if s == nil {
		return
	}
	s.progress.mu.Lock()
	defer s.progress.mu.Unlock()
	by()
}

// now says what is being done, and how far it is: "listing packages, reading manifests (12)", "analysing 31 of 81 packages".
func (p *Progress) now() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []string
	for _, s := range p.steps {
		switch {
		case s.running == 0:
		case s.expected > 1:
			out = append(out, fmt.Sprintf("%s %d of %d %s", s.verb, s.done, s.expected, s.units))
		case s.expected == 0 && s.done > 0:
			out = append(out, fmt.Sprintf("%s %s (%d)", s.verb, s.units, s.done))
		default:
			out = append(out, s.verb+" "+s.units)
		}
	}
	return strings.Join(out, ", ")
}

// Table tells of each step when it began, how long something was at it, in seconds of wall time, and how many units were done.
// Steps overlap: their times do not add up to that of the run, which is the last row.
func (p *Progress) Table() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var b strings.Builder
	fmt.Fprintf(&b, "%-24s %9s %9s   %s\n", "step", "began", "took", "done")
	for _, s := range p.steps {
		took := s.took
		if s.running > 0 {
			took += time.Since(s.since)
		}
		fmt.Fprintf(&b, "%-24s %8.3fs %8.3fs", s.verb+" "+s.units, s.began.Sub(p.began).Seconds(), took.Seconds())
		if s.done > 0 {
			fmt.Fprintf(&b, "   %d", s.done)
		}
		if s.cached > 0 {
			fmt.Fprintf(&b, ", %d from the cache", s.cached)
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "%-24s %8.3fs %8.3fs\n", "all; steps overlap", 0.0, time.Since(p.began).Seconds())
	return b.String()
}
