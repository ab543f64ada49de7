package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/factorlint/factorlint/internal/config"
	"github.com/factorlint/factorlint/internal/engine"
)

func (a *app) configCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "config",
		Short: "Look at the configuration: .factorlint.yaml",
		Args:  knownCommand,
		RunE:  showHelp,
	}
	c.AddCommand(a.configPathCommand(), a.configSchemaCommand(), a.configVerifyCommand())
	return c
}

func (a *app) configPathCommand() *cobra.Command {
	var f configFlags
	c := &cobra.Command{
		Use:   "path [PATH...]",
		Short: "Print which configuration is read when PATH is checked",
		Long: `Print which configuration is read when the files and folders of PATH are checked; without PATH, the current folder.

Exit codes: 0 it is printed, 1 there is none, 2 wrong usage.`,
		RunE: func(_ *cobra.Command, paths []string) error {
			file, err := f.find(engine.Options{Paths: paths})
			switch {
			case err != nil:
				return err
			case file == "":
				a.complain("no .factorlint.yaml is read; the defaults hold")
				a.code = exitFindings
				return nil
			}
			_, err = fmt.Fprintln(a.stdout, file)
			return err
		},
	}
	f.add(c)
	return c
}

func (a *app) configSchemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:               "schema",
		Short:             "Print the JSON schema of .factorlint.yaml, for editors",
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			text, err := config.Schema()
			if err != nil {
				return err
			}
			_, err = a.stdout.Write(text)
			return err
		},
	}
}

func (a *app) configVerifyCommand() *cobra.Command {
	var f configFlags
	c := &cobra.Command{
		Use:   "verify [FILE...]",
		Short: "Say what is wrong with configurations",
		Long: `Say what is wrong with configurations, with its place; without FILE, with the one that "factorlint config path" prints.

Exit codes: 0 nothing is wrong, 2 something is, or there is no configuration.`,
		RunE: func(_ *cobra.Command, files []string) error {
			if len(files) == 0 {
				if f.none {
					return errors.New("--no-config: then there is none to verify")
				}
				file, err := f.find(engine.Options{})
				if err != nil {
					return err
				}
				if file == "" {
					return errors.New("there is no .factorlint.yaml here, nor above up to the root of the repository")
				}
				files = []string{file}
			}
			var errs []error
			for _, file := range files {
				_, err := config.Load(file)
				errs = append(errs, about(file, err))
			}
			return errors.Join(errs...)
		},
	}
	f.add(c)
	return c
}
