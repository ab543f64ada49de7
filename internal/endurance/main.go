//go:build ignore

// This program runs factorlint on checkouts of any kind, twice each, and judges the runs: "make endurance" runs it from the
// repository's root. It executes nothing of the checkouts and writes nothing there.
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
	"strings"
	"time"

	"github.com/factorlint/factorlint/internal/corpus"
	"github.com/factorlint/factorlint/internal/endurance"
)

func main() {
	log.SetFlags(0)
	dir := flag.String("dir", "", "folder that holds the checkouts")
	list := flag.String("list", "", "file that names further checkouts, one a line")
	jobs := flag.Int("jobs", 2, "runs at a time")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *dir, *list, *jobs); err != nil {
		log.Fatal("endurance: ", err)
	}
}

func run(ctx context.Context, dir, list string, jobs int) error {
	if jobs < 1 {
		return errors.New("-jobs: want at least 1")
	}
	dirs, err := checkouts(dir, list)
	if err != nil {
		return err
	}
	temp, err := os.MkdirTemp("", "factorlint-endurance-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	t := endurance.Trial{Factorlint: filepath.Join(temp, "factorlint"), Temp: temp, Limit: 2 * time.Minute, Memory: 2 << 30, Jobs: jobs, Log: os.Stderr}
	if text, err := exec.Command("go", "build", "-o", t.Factorlint, "./cmd/factorlint").CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, text)
	}
	all, err := t.All(ctx, dirs)
	if err != nil {
		return err
	}
	fmt.Printf("%s/%s, %d processors, %d runs at a time\n\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), jobs)
	flawed, err := endurance.Write(os.Stdout, all)
	if err == nil && flawed > 0 {
		err = fmt.Errorf("%d checkouts with flaws", flawed)
	}
	return err
}

// checkouts returns the folders in dir, and those that a file lists.
func checkouts(dir, list string) ([]string, error) {
	if dir == "" && list == "" {
		return nil, errors.New("nothing to run on: make endurance DIR=/path/to/checkouts [LIST=file]")
	}
	var dirs []string
	if dir != "" {
		found, _, err := corpus.Checkouts(dir, nil)
		if err != nil {
			return nil, err
		}
		for _, c := range found {
			dirs = append(dirs, c.Dir)
		}
	}
	if list != "" {
		text, err := os.ReadFile(list)
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(text)) {
			if name := strings.TrimSpace(line); name != "" {
				dirs = append(dirs, name)
			}
		}
	}
	return dirs, nil
}
