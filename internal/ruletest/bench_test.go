package ruletest

import (
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/factorlint/factorlint/internal/engine"
)

// BenchmarkShop is one run on the sample repository, its packages built before. x-go-vet is its time in relation to
// that of go vet, which has its results from its cache.
func BenchmarkShop(b *testing.B) {
	shop := filepath.Join(root, "testdata", "repos", "shop")
	check := func() {
		if _, err := engine.Run(b.Context(), engine.Options{Paths: []string{shop}}); err != nil {
			b.Fatal(err)
		}
	}
	vet := func() time.Duration {
		c := exec.CommandContext(b.Context(), "go", "vet", "./...")
		c.Dir = shop
		start := time.Now()
		if out, err := c.CombinedOutput(); err != nil {
			b.Fatalf("go vet: %v\n%s", err, out)
		}
		return time.Since(start)
	}
	check()
	vet()
	const times = 3
	var vetted time.Duration
	for range times {
		vetted += vet()
	}
	b.ReportAllocs()
	for b.Loop() {
		check()
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/(float64(vetted)/times), "x-go-vet")
}
