package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/engine"
	"github.com/factorlint/factorlint/internal/fix"
	"github.com/factorlint/factorlint/internal/output"
	"github.com/factorlint/factorlint/internal/output/plain"
)

// fixFlags say what is done with fixes.
type fixFlags struct{ fix, unsafe, diff bool }

func (f *fixFlags) add(flags *pflag.FlagSet) {
	flags.BoolVar(&f.fix, "fix", false, "apply safe fixes, and report what is left")
	flags.BoolVar(&f.unsafe, "unsafe-fixes", false, "let --fix, --diff and hints include fixes that may change what the program does besides")
	flags.BoolVar(&f.diff, "diff", false, "print what --fix would change as a patch, and change nothing; exit 1 if there is something")
}

// run looks at a repository, and applies fixes or works out the patch if that was asked for; what became of them is nil if not.
func (f *fixFlags) run(ctx context.Context, o engine.Options) (*engine.Result, *engine.Fixed, error) {
	switch {
	case f.diff:
		return engine.Diff(ctx, o, f.unsafe)
	case f.fix:
		return engine.Fix(ctx, o, f.unsafe)
	}
	res, err := engine.Run(ctx, o)
	return res, nil, err
}

// beside returns where formats go if standard output is for a patch, or for what was fixed of standard input: to the files that
// were named. chosen says whether the user has chosen formats.
func (f *fixFlags) beside(targets []target, chosen, stdin bool) ([]target, error) {
	taken := ""
	switch {
	case f.diff:
		taken = "--diff: the patch"
	case f.fix && stdin:
		taken = "--fix: the text that was fixed"
	default:
		return targets, nil
	}
	if !chosen {
		return nil, nil
	}
	for _, t := range targets {
		if t.file == "" {
			return nil, fmt.Errorf("%s goes to standard output; give %s a file: --output %s=FILE", taken, t.format, t.format)
		}
	}
	return targets, nil
}

// tellFixes tells what became of fixes, and writes the patch, by which the exit code is decided then. It does nothing where none
// was asked for.
func (a *app) tellFixes(f *checkFlags, r *check.Report, done *engine.Fixed) error {
	if done == nil {
		return nil
	}
	if !f.progress.quiet {
		a.summarize(&f.fixes, r, done)
	}
	if !f.fixes.diff {
		return a.writeFixed(done)
	}
	if a.code != exitUntrusted {
		a.code = exitClean
		if len(done.Patch) > 0 && !f.exitZero {
			a.code = exitFindings
		}
	}
	return a.writeVerbatim(done.Patch)
}

// summarize tells on standard error what became of fixes.
func (a *app) summarize(f *fixFlags, r *check.Report, done *engine.Fixed) {
	verb, more := "fixed", "more "
	if f.diff {
		verb = "would fix"
	}
	parts := []string{fmt.Sprintf("%s %s in %s", verb, output.Count(len(done.Findings), "finding"), output.Count(len(done.Files), "file"))}
	if len(done.Findings) == 0 {
		parts[0], more = verb+" nothing", ""
	}
	if n := skipped(done, fix.Unsafe); n > 0 {
		parts = append(parts, fmt.Sprintf("%d %scan be fixed with --unsafe-fixes", n, more))
	}
	if n := len(done.Skipped) - skipped(done, fix.Unsafe); n > 0 {
		parts = append(parts, fmt.Sprintf("%d skipped", n))
	}
	a.complain(strings.Join(parts, "; "))
	for _, s := range done.Skipped {
		if why := whySkipped(s); why != "" {
			at := s.Finding.At
			a.complain(fmt.Sprintf("%s%s:%d: the fix of %s %s was skipped: %s", r.Prefix, at.File, at.Start.Line, s.Finding.Rule.ID, s.Finding.Rule.Name, why))
		}
	}
}

func skipped(done *engine.Fixed, why fix.Reason) int {
	n := 0
	for _, s := range done.Skipped {
		if s.Reason == why {
			n++
		}
	}
	return n
}

// whySkipped returns the reason in words, "" if the summary says it all.
func whySkipped(s fix.Skipped) string {
	switch s.Reason {
	case fix.Conflict:
		return "another fix changes the same place; run factorlint again once that one is applied"
	case fix.Changed:
		return "the file is not what it was when it was read"
	case fix.Refused:
		return s.Detail.Error()
	case fix.Broken:
		return fmt.Sprintf("it would leave a file that cannot be read (%v); this is a bug in factorlint, please report it", s.Detail)
	case fix.Undone:
		return fmt.Sprintf("it was taken back since it did not help (%v)", s.Detail)
	}
	return ""
}

// writeVerbatim writes a patch or a source to standard output. A terminal and the log of a CI job, which obey commands in it, get it made
// harmless, so that such a line may not apply any more; files and, outside of CI, pipes get it as it is.
func (a *app) writeVerbatim(source []byte) error {
	text := string(source)
	switch {
	case isTerminal(a.stdout):
		text = harmless(text)
	case a.inCI() && !isRegular(a.stdout):
		text = plain.Log(text)
	}
	_, err := io.WriteString(a.stdout, text)
	return err
}

// harmless is plain.Text that leaves lines and tabs.
func harmless(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		parts := strings.Split(l, "\t")
		for j, part := range parts {
			parts[j] = plain.Text(part)
		}
		lines[i] = strings.Join(parts, "\t")
	}
	return strings.Join(lines, "\n")
}

// isRegular reports whether w writes to a regular file.
func isRegular(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular()
}
