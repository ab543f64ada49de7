//go:build ignore

// This program measures the rules on checkouts of real repositories: "make corpus" runs it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strings"

	"github.com/factorlint/factorlint/internal/cache"
	"github.com/factorlint/factorlint/internal/corpus"
	"github.com/factorlint/factorlint/internal/engine"
)

func main() {
	log.SetFlags(0)
	dir := flag.String("dir", "", "folder that holds a checkout of each repository")
	file := flag.String("labels", "", "file of labels to compare with")
	enable := flag.String("rules", "", "rules to look for besides the default ones: ids, names, kinds, principles or all")
	loaders := flag.Bool("loaders", false, "compare what is found in Go code with and without compiled dependencies")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *dir, *file, *enable, *loaders); err != nil {
		log.Fatal("corpus: ", err)
	}
}

func run(ctx context.Context, dir, file, enable string, loaders bool) error {
	if dir == "" {
		return errors.New("no folder given: make corpus DIR=/path/to/checkouts [LABELS=/path/to/labels.md]\n" +
			"DIR holds one folder for each repository, called owner_name, owner+name or name")
	}
	var labels corpus.Labels
	if file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if labels, err = corpus.ParseLabels(string(text)); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	found, absent, err := corpus.Checkouts(dir, labels)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return fmt.Errorf("%s holds no folder", dir)
	}
	var words []string
	if enable != "" {
		words = strings.Split(enable, ",")
	}
	store, err := cache.Default()
	if err != nil {
		return err
	}
	var analyze engine.Analyze
	if loaders {
		analyze = corpus.BothLoaders(func(difference string) { fmt.Println("  loaders:", difference) })
	}
	var runs []*corpus.Run
	for _, c := range found {
		r, err := corpus.Measure(ctx, c, labels, words, store, analyze)
		if err != nil {
			return err
		}
		runs = append(runs, r)
		if err := corpus.WriteRun(os.Stdout, r); err != nil {
			return err
		}
	}
	return corpus.WriteSummary(os.Stdout, runs, absent)
}
