package dockerfile

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/dockerfile"
	"github.com/factorlint/factorlint/internal/workload"
)

func redirectedLog() check.Check[*dockerfile.File] {
	return each("redirected-log", func(p *check.Pass[*dockerfile.File], r release) {
		img, list := starts(r)
		linked := linkedToStdout(r)
		for i, s := range list {
			file, ok := logFile(s.Call, list[i+1:])
			if !ok || slices.Contains(linked, file.Text) {
				continue
			}
			reportAt(p, s, file.At, img, check.Finding{
				Message: redirectMessage(s.by(), file.Text), Matter: file.Text,
			})
		}
	})
}

func redirectMessage(by, file string) string {
	return fmt.Sprintf("%s sends the output of the program to the file %s: it grows inside the container and is gone with it, and only what goes to stdout reaches the platform's collector",
		by, file)
}

// logFile returns the file that the output of a program goes to, if it is plainly a log: the program runs for as long as
// the container, or the file's name says so.
func logFile(c *dockerfile.Call, after []started) (workload.Word, bool) {
	if c.Substitute {
		return workload.Word{}, false
	}
	files := c.Files
	if c.Name() == "tee" {
		for _, w := range c.Words[1:] {
			if !strings.HasPrefix(w.Text, "-") {
				files = append(slices.Clip(files), w)
			}
		}
	} else if c.Words[0].Text != "exec" && !dockerfile.MayServe(c) {
		return workload.Word{}, false
	}
	for _, f := range files {
		if strings.HasPrefix(f.Text, "/dev/") || strings.HasPrefix(f.Text, "/proc/") || f.Text == "" || f.Text == "${}" {
			continue
		}
		last := !slices.ContainsFunc(after, func(s started) bool { return dockerfile.MayServe(s.Call) && s.Name() != "tee" })
		dir, base := path.Split(strings.ToLower(f.Text))
		named := strings.HasSuffix(base, ".log") || base == "log" || strings.Contains(dir, "/log/") || strings.Contains(dir, "/logs/") ||
			base == "nohup.out" || strings.HasSuffix(base, ".out") || strings.HasSuffix(base, ".err")
		if named || last && c.Name() != "tee" && path.Ext(base) == "" && !strings.Contains(base, "$") {
			return f, true
		}
	}
	return workload.Word{}, false
}

// linkedToStdout returns the files that the image makes links to the container's own output: ln -sf /dev/stdout file.
func linkedToStdout(r release) []string {
	var out []string
	for _, s := range r.chain() {
		for _, in := range s.Instructions {
			calls, _ := r.file.Commands(in)
			for _, c := range calls {
				args := c.Args()
				if c.Name() == "ln" && slices.ContainsFunc(args, func(a string) bool {
					return strings.HasPrefix(a, "/dev/std") || strings.HasPrefix(a, "/proc/")
				}) {
					out = append(out, args[len(args)-1])
				}
			}
		}
	}
	return out
}
