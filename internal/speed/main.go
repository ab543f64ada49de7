//go:build ignore

// This program compares what factorlint costs with what golangci-lint and go vet cost on the same Go modules: "make bench-go" runs
// it from the repository's root. It works on copies.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"

	"github.com/factorlint/factorlint/internal/speed"
)

func main() {
	log.SetFlags(0)
	var b speed.Bench
	golangci := flag.String("golangci-lint", "bin/golangci-lint", "golangci-lint")
	flag.StringVar(&b.Linters, "linters", "standard", "linters of golangci-lint, with commas between them, or standard")
	flag.IntVar(&b.Runs, "runs", 5, "runs of each linter in each scenario")
	flag.IntVar(&b.ColdRuns, "cold", 1, "runs of each linter with an empty build cache")
	generated := flag.Bool("generated", true, "measure generated modules of 50 and 1,000 packages too")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, &b, *golangci, *generated, flag.Args()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, b *speed.Bench, golangci string, generated bool, dirs []string) (err error) {
	if b.Runs < 1 {
		return errors.New("-runs: want at least 1")
	}
	if b.Temp, err = os.MkdirTemp("", "factorlint-speed-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.Temp)
	b.Progress = os.Stderr
	b.Factorlint = filepath.Join(b.Temp, "factorlint")
	if text, err := exec.Command("go", "build", "-o", b.Factorlint, "./cmd/factorlint").CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, text)
	}
	b.GolangciLint, err = exec.LookPath(golangci)
	if err == nil {
		b.GolangciLint, err = filepath.Abs(b.GolangciLint)
	}
	if err != nil {
		return err
	}
	if b.Vet, err = speed.VetTool(); err != nil {
		return err
	}
	return measure(ctx, b, generated, dirs)
}

// measure writes what was measured also if a subject failed.
func measure(ctx context.Context, b *speed.Bench, generated bool, dirs []string) error {
	var (
		subjects []*speed.Subject
		failed   error
	)
	add := func(s *speed.Subject, err error) {
		if err != nil {
			failed = errors.Join(failed, err)
			return
		}
		subjects = append(subjects, s)
	}
	for _, dir := range dirs {
		add(b.Checkout(ctx, dir))
	}
	if generated {
		add(b.Generated(ctx, 50))
		add(b.Generated(ctx, 1_000))
	}
	fmt.Printf("%s/%s, %d processors, %s, golangci-lint with %s\n\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), b.Linters)
	return errors.Join(failed, speed.Report(os.Stdout, subjects))
}
