package analyzers_test

import (
	"testing"
	"time"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/packages"

	"github.com/factorlint/factorlint/analyzers"
	"github.com/factorlint/factorlint/analyzers/observe"
)

// mostOfTotal is the part of the analyzers' time that one rule may take.
const mostOfTotal = 0.15

// BenchmarkAnalyzers is what the analyzers cost by themselves, without listing, parsing and type-checking: over this repository
// and the sample repository, microseconds for each thousand lines. What rules share (the program of a main package and what
// it reaches, which the first rule that asks would pay for) counts as observation. A rule that takes more than its part of
// the whole fails the benchmark.
func BenchmarkAnalyzers(b *testing.B) {
	pkgs := append(load(b, ".."), load(b, "../testdata/repos/shop")...)
	spent := map[*analysis.Analyzer]time.Duration{}
	for b.Loop() {
		measure(b, pkgs, spent)
	}
	kloc := float64(lines(pkgs)) / 1000 * float64(b.N)
	total := time.Duration(0)
	for _, d := range spent {
		total += d
	}
	b.ReportMetric(0, "ns/op") // the parts tell more
	b.ReportMetric(kloc/float64(b.N), "kloc")
	b.ReportMetric(micros(total)/kloc, "us/kloc")
	b.ReportMetric(micros(spent[observe.Analyzer])/kloc, "observe-us/kloc")
	for _, a := range analyzers.All() {
		part := float64(spent[a]) / float64(total)
		b.ReportMetric(100*part, a.Doc[:len("FL0000")]+"-%")
		if part > mostOfTotal {
			b.Errorf("%s takes %.0f %% of the time of all analyzers, more than %.0f %%", a.Name, 100*part, 100*mostOfTotal)
		}
	}
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// measure runs all analyzers on packages once and adds the time that each takes. What a rule requires for itself alone counts as
// the rule's.
func measure(b *testing.B, pkgs []*packages.Package, spent map[*analysis.Analyzer]time.Duration) {
	d := newDriver()
	for _, p := range pkgs {
		results := map[*analysis.Analyzer]any{}
		run := func(a *analysis.Analyzer, whose *analysis.Analyzer) {
			start := time.Now()
			if err := d.run(a, p, results); err != nil {
				b.Fatal(err)
			}
			spent[whose] += time.Since(start)
		}
		run(observe.Analyzer, observe.Analyzer)
		run(shared, observe.Analyzer)
		for _, a := range analyzers.All() {
			run(a, a)
		}
	}
}

// shared asks for what is computed once for all rules.
var shared = &analysis.Analyzer{
	Name:     "shared",
	Doc:      "compute what rules share",
	Requires: []*analysis.Analyzer{observe.Analyzer},
	Run: func(pass *analysis.Pass) (any, error) {
		return observe.ProgramOf(pass), nil
	},
}
