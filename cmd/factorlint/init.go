package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/factorlint/factorlint/internal/config"
	"github.com/factorlint/factorlint/internal/engine"
	"github.com/factorlint/factorlint/internal/output"
	"github.com/factorlint/factorlint/internal/starter"
)

type initFlags struct {
	cache    cacheFlags
	progress progressFlags
	toStdout bool
}

func (a *app) initCommand() *cobra.Command {
	var f initFlags
	c := &cobra.Command{
		Use:   "init [PATH]",
		Short: "Write a .factorlint.yaml from what is found in a folder",
		Long: `Write a .factorlint.yaml into a folder, by default the current one, from what is found there: which services are bound, how charts and
kustomizations are rendered, which folders may be left out. Nearly all of it stands in comments, so that nothing is judged otherwise than
before until somebody takes them away.

A configuration that is there is never overwritten. Exit codes: 0 it was written, 2 it was not, or something essential could not be analysed.`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: folders,
		RunE: func(c *cobra.Command, args []string) error {
			dir := "."
			if len(args) > 0 {
				dir = args[0]
			}
			if err := a.free(dir, f.toStdout); err != nil {
				return err
			}
			run := engine.Options{Paths: []string{dir}, Only: []string{"workload"}}
			if err := f.cache.apply(&run); err != nil {
				return err
			}
			told := a.follow(f.progress, &run)
			res, err := lookAt(c.Context(), run)
			told.hide()
			if err != nil {
				return err
			}
			files, err := engine.Files(run)
			if err != nil {
				return err
			}
			defer told.tell()
			return a.start(dir, starter.Found{Workloads: res.Workloads, Files: files}, res.Report.Untrusted, f)
		},
	}
	f.cache.add(c)
	f.progress.add(c)
	c.Flags().BoolVar(&f.toStdout, "stdout", false, "write to standard output, and no file")
	return c
}

// free refuses a folder that has a configuration. It says if one above it would not be read any more.
func (a *app) free(dir string, toStdout bool) error {
	if info, err := os.Stat(dir); err != nil {
		return about(dir, err)
	} else if !info.IsDir() {
		return fmt.Errorf("%s: is no folder", dir)
	}
	if toStdout {
		return nil
	}
	for _, name := range config.Names() {
		if _, err := os.Lstat(filepath.Join(dir, name)); !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("%s is there already, and is not overwritten; --stdout prints what would be written", filepath.Join(dir, name))
		}
	}
	above, err := nearestConfig(dir)
	if above != "" {
		a.complain(fmt.Sprintf("%s will not be read for what lies here any more", above))
	}
	return err
}

// start writes the configuration that a folder begins with.
func (a *app) start(dir string, found starter.Found, untrusted bool, f initFlags) error {
	if untrusted {
		a.complain("not everything essential could be analysed, so services may be missing; factorlint check says what; exit code 2")
		a.code = exitUntrusted
	}
	text := found.Text()
	if f.toStdout {
		_, err := a.stdout.Write(text)
		return err
	}
	name := filepath.Join(dir, config.Names()[0])
	if err := writeFile(name, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
		return err
	}
	if f.progress.quiet {
		return nil
	}
	bound, unbound := found.Services()
	summary := fmt.Sprintf("wrote %s: %s bound", name, output.Count(bound, "service"))
	if unbound > 0 {
		summary += fmt.Sprintf(", %d to be bound there", unbound)
	}
	a.complain(summary)
	return nil
}
