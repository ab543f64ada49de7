package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/config"
	"github.com/factorlint/factorlint/internal/engine"
	"github.com/factorlint/factorlint/internal/output"
	"github.com/factorlint/factorlint/internal/output/sarif"
	"github.com/factorlint/factorlint/internal/suggest"
	"github.com/factorlint/factorlint/rules"
)

type checkFlags struct {
	configFlags
	trustFlags
	ruleFlags
	fixes            fixFlags
	stdin            stdinFlags
	old              newFlags
	outputs          []string
	failOn           string
	style            styleFlags
	category         string
	filesFrom        string
	forceExclude     bool
	suppressed       bool
	exitZero, strict bool
	facts            string
	cache            cacheFlags
	progress         progressFlags
	timeout          timeoutFlag
}

func (a *app) checkCommand() *cobra.Command {
	var f checkFlags
	c := &cobra.Command{
		Use:   "check [PATH...]",
		Short: "Look for violations in a repository",
		Long: `Look for violations in files and folders; without PATH, in the current folder.

For a file of a git repository the whole repository is read, and the findings that have a side in that file are reported. With - as
PATH standard input is looked at as if it was what the file of --stdin-filename holds.

Results go to standard output or to the files that --output names, everything else to standard error.` + exitsHelp(),
		RunE: func(c *cobra.Command, args []string) error { return a.check(c, args, &f) },
	}
	f.configFlags.add(c)
	f.trustFlags.add(c)
	f.ruleFlags.add(c)
	f.fixes.add(c.Flags())
	c.MarkFlagsMutuallyExclusive("fix", "untrusted") // whoever wrote what is checked does not choose what is written here
	f.cache.add(c)
	f.progress.add(c)
	f.timeout.add(c)
	c.Flags().StringArrayVarP(&f.outputs, "output", "o", []string{"text"},
		"`FORMAT[=FILE]` to write: "+strings.Join(output.Formats(), ", ")+"; may be repeated")
	c.Flags().StringVar(&f.failOn, "fail-on", "warning", "`SEVERITY` from which on findings make the exit code 1: error, warning or note")
	c.Flags().StringVar(&f.filesFrom, "files-from", "", "look at the files and folders that `FILE` names too, one a line; - is standard input")
	c.Flags().BoolVar(&f.forceExclude, "force-exclude", false, "leave out what the configuration excludes or git ignores even if it is named")
	c.Flags().BoolVar(&f.exitZero, "exit-zero", false, "exit 0 whatever is found")
	c.Flags().BoolVar(&f.strict, "strict", false, "exit 2 if anything could not be read or judged")
	f.style.add(c)
	c.Flags().StringVar(&f.category, "category", "", "`CATEGORY` of the SARIF log (default factorlint, for a part factorlint-partial)")
	c.Flags().BoolVar(&f.suppressed, "sarif-include-suppressed", false, "write suppressed findings to the SARIF log too, marked as such")
	c.Flags().StringVar(&f.facts, "facts", "", "take what is known of Go code from `DIR`, where factorlint facts wrote it, and load none")
	c.MarkFlagsMutuallyExclusive("facts", "fix") // facts tell of the code as it was before the first fix
	f.stdin.add(c)
	f.old.add(c)
	complete(c, "output", outputs)
	complete(c, "fail-on", words(rules.Severities()...))
	complete(c, "facts", folders)
	return c
}

func (a *app) check(c *cobra.Command, args []string, f *checkFlags) error {
	clock := f.timeout.start()
	targets, err := parseOutputs(f.outputs)
	if err != nil {
		return err
	}
	if targets, err = f.fixes.beside(targets, c.Flags().Changed("output"), f.stdin.name != ""); err != nil {
		return err
	}
	opts, err := a.style(f.style)
	if err != nil {
		return err
	}
	run := engine.Options{ForceExclude: f.forceExclude,
		ReportOnly: !slices.ContainsFunc(targets, func(t target) bool { return output.ShowsWorkloads(t.format) })}
	if err := f.ruleFlags.apply(&run); err != nil {
		return err
	}
	f.trustFlags.apply(&run, &f.configFlags)
	if err := f.readsOnce(args); err != nil {
		return err
	}
	if run.Paths, err = f.paths(args, c.InOrStdin()); err != nil {
		return err
	}
	if err := f.stdin.apply(&run, c.InOrStdin()); err != nil {
		return err
	}
	if run.Config, err = f.load(run); err != nil {
		return err
	}
	if run.Config != nil && !c.Flags().Changed("fail-on") {
		f.failOn = cmp.Or(run.Config.FailOn, f.failOn)
	}
	failOn, err := suggest.Severity(f.failOn)
	if err != nil {
		return fmt.Errorf("--fail-on: %w", err)
	}
	if f.facts != "" {
		if run.Analyze, err = engine.FromFacts(f.facts, readVersion().String()); err != nil {
			return fmt.Errorf("--facts: %w", err)
		}
	}
	if err := f.cache.apply(&run); err != nil {
		return err
	}
	told := a.follow(f.progress, &run)
	defer told.hide()
	defer f.old.forget()
	res, fixed := &engine.Result{Report: &check.Report{Partial: true}}, (*engine.Fixed)(nil) // of a list that names nothing
	err = clock.within(c.Context(), func(ctx context.Context) error {
		if err := f.old.apply(ctx, &run, c.InOrStdin()); err != nil || len(run.Paths) == 0 {
			return err
		}
		defer run.Past.Close()
		res, fixed, err = f.fixes.run(ctx, run)
		return err
	})
	if err != nil {
		return err
	}
	f.old.forget() // who stops to read a report ends the process
	told.hide()
	a.code = exitCode(res.Report, failOn, f)
	if err := a.tellFixes(f, res.Report, fixed); err != nil {
		return err
	}
	opts.ExitCode, opts.Category, opts.Suppressed = a.code, f.category, f.suppressed
	opts.LeftOut = a.complain
	opts.FixHint, opts.UnsafeFixes, opts.Quiet = fixed == nil, f.fixes.unsafe, f.progress.quiet
	if opts.Category == "" && (len(f.only) > 0 || f.old.any()) {
		opts.Category = "factorlint-partial" // other alerts are not fixed because nobody looked for them, or asked
	}
	step := run.Progress.Start("writing", "reports")
	err = a.writeWithin(c.Context(), clock, targets, res, opts)
	step.Done(len(targets))
	step.End()
	if err != nil {
		return err
	}
	a.tellLimits(targets, res.Report, opts)
	told.tell()
	return nil
}

// writeWithin writes a report in all formats. Where there is a limit of time, nothing is put anywhere before all are made.
func (a *app) writeWithin(ctx context.Context, clock watch, targets []target, res *engine.Result, o output.Options) error {
	if clock.limit == 0 {
		return a.write(targets, res, o, a.put)
	}
	made := map[target]*bytes.Buffer{}
	keep := func(t target, write func(io.Writer) error) error {
		made[t] = &bytes.Buffer{}
		return write(made[t])
	}
	if err := clock.within(ctx, func(context.Context) error { return a.write(targets, res, o, keep) }); err != nil {
		return err
	}
	for _, t := range targets {
		if err := a.put(t, func(w io.Writer) error { _, err := made[t].WriteTo(w); return err }); err != nil {
			return err
		}
	}
	return nil
}

func exitCode(r *check.Report, failOn rules.Severity, f *checkFlags) int {
	unread := slices.ContainsFunc(r.Notifications, func(n check.Notification) bool { return n.Level >= rules.Warning })
	fails := slices.ContainsFunc(r.Findings, func(x check.Finding) bool { return x.Severity >= failOn })
	switch {
	case r.Untrusted, f.strict && unread:
		return exitUntrusted
	case fails && !f.exitZero:
		return exitFindings
	}
	return exitClean
}

// put writes a report to where it goes.
func (a *app) put(t target, write func(io.Writer) error) error {
	if t.file == "" {
		return write(a.stdout)
	}
	return writeFile(t.file, write)
}

// write writes a report in all formats. put gets what writes each of them.
func (a *app) write(targets []target, res *engine.Result, o output.Options, put func(target, func(io.Writer) error) error) error {
	r := res.Report
	for _, t := range targets {
		o := o
		if t.file != "" {
			o.Color, o.Hyperlinks, o.GitHubActions = false, false, false
		}
		if err := put(t, func(w io.Writer) error { return output.Write(t.format, w, r, res.Workloads, o) }); err != nil {
			return err
		}
	}
	return nil
}

// tellLimits says what the exit code, or what the formats leave out, is about.
func (a *app) tellLimits(targets []target, r *check.Report, o output.Options) {
	if n := sarif.Results(r, o.Suppressed); n > sarif.MaxResults && slices.ContainsFunc(targets, func(t target) bool { return t.format == "sarif" }) {
		a.complain(fmt.Sprintf("the SARIF log holds the %d worst of %d findings", sarif.MaxResults, n))
	}
	if r.Untrusted {
		a.complain("not everything essential could be analysed, see the notifications; exit code 2")
	}
}

// A target is where one format goes: a file, or standard output if there is none.
type target struct{ format, file string }

func parseOutputs(outputs []string) ([]target, error) {
	var out []target
	seen := map[string]bool{}
	for _, s := range outputs {
		format, file, toFile := strings.Cut(s, "=")
		t := target{format, file}
		if err := checkFormat("--output", format, output.Formats()); err != nil {
			return nil, err
		}
		switch {
		case toFile && file == "":
			return nil, fmt.Errorf("--output %s: want the name of a file after =", s)
		case toFile:
			if err := writable(file); err != nil {
				return nil, err
			}
		}
		where := place(file)
		if seen[where] && !toFile {
			return nil, errors.New("--output: only one format can go to standard output; give the others a file: FORMAT=FILE")
		} else if seen[where] {
			return nil, fmt.Errorf("--output: two formats go to %s", filepath.Clean(file))
		}
		seen[where] = true
		out = append(out, t)
	}
	return out, nil
}

func checkFormat(flag, format string, known []string) error {
	if slices.Contains(known, format) {
		return nil
	}
	return fmt.Errorf("%s: no such format: %q, want one of %s%s", flag, format, strings.Join(known, ", "), suggest.DidYouMean(format, known))
}

// configFlags say which configuration to use.
type configFlags struct {
	file string
	none bool
}

func (f *configFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.file, "config", "", "read this `FILE` instead of the nearest .factorlint.yaml")
	c.Flags().BoolVar(&f.none, "no-config", false, "read no .factorlint.yaml")
	c.MarkFlagsMutuallyExclusive("config", "no-config")
}

// load returns the configuration for a run: the nearest to the folder that it analyses. It is nil if there is none.
func (f *configFlags) load(o engine.Options) (*config.Config, error) {
	file, err := f.find(o)
	if file == "" || err != nil {
		return nil, err
	}
	c, err := config.Load(file)
	if err = about(file, err); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("--config: %w", err)
	}
	return c, err
}

// find returns the file that load reads, or "".
func (f *configFlags) find(o engine.Options) (string, error) {
	if f.none || f.file != "" {
		return short(f.file), nil
	}
	root, err := engine.Root(o)
	if err != nil {
		return "", err
	}
	return nearestConfig(root)
}

// nearestConfig returns the configuration for a folder, or "".
func nearestConfig(dir string) (string, error) {
	file, err := config.Find(dir)
	var refused *fs.PathError
	if errors.As(err, &refused) {
		err = about(short(refused.Path), err)
	}
	return short(file), err
}

// short returns a path relative to the current folder if that is below it.
func short(file string) string {
	wd, err := os.Getwd()
	if err != nil {
		return file
	}
	if resolved, err := filepath.EvalSymlinks(wd); err == nil { // as the folder that is analysed
		wd = resolved
	}
	if rel, err := filepath.Rel(wd, file); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return file
}
