package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/engine"
	"github.com/factorlint/factorlint/internal/output"
	"github.com/factorlint/factorlint/rules"
)

func (a *app) factsCommand() *cobra.Command {
	var (
		flags      configFlags
		kept       cacheFlags
		say        progressFlags
		dir, shard string
	)
	c := &cobra.Command{
		Use:   "facts --dir DIR [PATH]",
		Short: "Write what is found in Go code, for another machine to join",
		Long: `Write what is found in the Go code of a repository to a folder, one JSON file for each package.

"factorlint check --facts DIR" joins these facts with the Dockerfiles and manifests of the same state of the repository, and
loads no Go code. With --shard several machines share the work: each writes its part of the packages, and their folders are
put together.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, paths []string) error {
			if dir == "" {
				return errors.New("--dir: want the name of a folder to write to")
			}
			run := engine.Options{Paths: paths}
			var err error
			if run.Config, err = flags.load(run); err != nil {
				return err
			}
			if err := kept.apply(&run); err != nil {
				return err
			}
			told := a.follow(say, &run)
			var (
				n     int
				notes []check.Notification
			)
			err = watch{}.within(c.Context(), func(ctx context.Context) (err error) {
				n, notes, err = engine.WriteFacts(ctx, run, shard, dir, readVersion().String())
				return err
			})
			told.hide()
			if err != nil {
				return err
			}
			for _, note := range notes {
				a.complain(note.At.File + ": " + note.Message)
			}
			if slices.ContainsFunc(notes, func(n check.Notification) bool { return n.Level == rules.Error }) {
				a.code = exitUntrusted
			}
			if !say.quiet {
				a.complain(fmt.Sprintf("wrote the facts of %s to %s", output.Count(n, "package"), dir))
			}
			told.tell()
			return nil
		},
	}
	flags.add(c)
	kept.add(c)
	say.add(c)
	c.Flags().StringVar(&dir, "dir", "", "`DIR` to write to; made if there is none")
	complete(c, "dir", folders)
	c.Flags().StringVar(&shard, "shard", "1/1", "write only part `INDEX/OF` of the packages")
	return c
}
