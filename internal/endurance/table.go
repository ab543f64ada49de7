package endurance

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/factorlint/factorlint/internal/speed"
)

// Write writes a table of the outcomes, a summary, and the flaws. It returns how many checkouts have flaws.
func Write(out io.Writer, all []*Outcome) (flawed int, err error) {
	w := &writer{out: out}
	w.printf("| repository | files | findings | notifications: error / warning / note | exit code | first run, s | second run, s | MiB |\n" +
		"|---|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, o := range all {
		r := &o.report
		w.printf("| %s | %d | %d | %d / %d / %d | %d | %.1f | %.1f | %.0f |\n", o.Name, r.Summary.Files, len(r.Findings),
			r.told("error"), r.told("warning"), r.told("note"), o.exit, firstRun(o), secondRun(o), mebibytes(o))
	}
	w.printf("\n")
	w.summary(all)
	for _, o := range all {
		for _, f := range o.Flaws {
			w.printf("- %s: %s\n", o.Name, f)
		}
		if len(o.Flaws) > 0 {
			flawed++
		}
	}
	return flawed, w.err
}

// What can be compared of two outcomes: seconds, and memory of the run that took more.
func firstRun(o *Outcome) float64  { return o.costs[0].Wall.Round(time.Millisecond).Seconds() }
func secondRun(o *Outcome) float64 { return o.costs[1].Wall.Round(time.Millisecond).Seconds() }
func mebibytes(o *Outcome) float64 { return float64(max(o.costs[0].Memory, o.costs[1].Memory) >> 20) }

type writer struct {
	out io.Writer
	err error
}

func (w *writer) printf(format string, args ...any) {
	if w.err == nil {
		_, w.err = fmt.Fprintf(w.out, format, args...)
	}
}

func (w *writer) summary(all []*Outcome) {
	if len(all) == 0 {
		return
	}
	codes, flawed := map[int]int{}, 0
	for _, o := range all {
		codes[o.exit]++
		if len(o.Flaws) > 0 {
			flawed++
		}
	}
	w.printf("%d repositories: %d with exit code 0, %d with 1, %d with 2, %d with another; %d with flaws\n\n",
		len(all), codes[0], codes[1], codes[2], len(all)-codes[0]-codes[1]-codes[2], flawed)
	w.printf("| | median | most | of |\n|---|--:|--:|---|\n")
	for _, n := range []struct {
		name string
		of   func(*Outcome) float64
	}{{"first run, s", firstRun}, {"second run, s", secondRun}, {"MiB", mebibytes}} {
		var numbers []float64
		for _, o := range all {
			numbers = append(numbers, n.of(o))
		}
		most := slices.MaxFunc(all, func(a, b *Outcome) int { return cmp.Compare(n.of(a), n.of(b)) })
		w.printf("| %s | %.4g | %.4g | %s |\n", n.name, speed.Median(numbers), n.of(most), most.Name)
	}
	w.printf("\n")
}
