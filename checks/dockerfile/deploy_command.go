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

// Commands returns those rules about ENTRYPOINT and CMD that hold for the command of a manifest as well, which takes their
// place.
func Commands() []check.Check[*workload.Workload] {
	return []check.Check[*workload.Workload]{
		{Rule: "builds-at-start", Run: buildsAtDeploy},
		{Rule: "shell-form-entrypoint", Run: shellOfDeploy},
		{Rule: "redirected-log", Run: redirectedByDeploy},
	}
}

// A deployed is the command line that a manifest gives to a container which is to run for long.
type deployed struct {
	key     string // "command", "entrypoint" or "args", as the manifest calls it
	command workload.Command
	shell   workload.Shell // /bin/sh of the image
}

// commandOf returns the command line of a manifest. ok is false if the image decides what runs, if that cannot be told, and
// for containers that end by themselves or are a developer's.
func commandOf(w *workload.Workload) (c deployed, ok bool) {
	d := w.Deploy
	if d == nil || d.OneShot || d.Role == workload.Init || d.Development || mountsFolder(d) {
		return c, false
	}
	switch ref, known := d.Image.Get(); {
	case w.Image != nil:
		c.shell = w.Image.Shell
	case known:
		c.shell = dockerfile.ShellOf(ref)
	}
	entry, hasEntry := d.Entrypoint.Get()
	args, hasArgs := d.Args.Get()
	hasEntry, hasArgs = hasEntry && len(entry.Words) > 0, hasArgs && len(args.Words) > 0
	switch {
	case hasEntry:
		c.command, c.key = entry, "command"
		if d.Platform == workload.Compose {
			c.key = "entrypoint"
		}
		if hasArgs && !entry.Shell && !args.Shell {
			c.command.Words = append(slices.Clip(entry.Words), args.Words...)
		}
		return c, true
	case !hasArgs || !d.Entrypoint.Absent():
		return c, false
	}
	c.command, c.key = args, "args"
	if d.Platform == workload.Compose {
		c.key = "command"
	}
	// official images exec what they are given; what a program of the tree does with its arguments is its own affair
	if w.Image == nil {
		return c, true
	}
	image, known := w.Image.Entrypoint.Get()
	return c, w.Image.Entrypoint.Absent() || known && !image.Shell && len(image.Words) > 0 &&
		(isInit(image.Words[0].Text) || strings.Contains(path.Base(image.Words[0].Text), "entrypoint"))
}

// mountsFolder reports whether a Compose service gets a folder of the tree: its source, for development.
func mountsFolder(d *workload.Deploy) bool {
	return slices.ContainsFunc(d.Mounts, func(m workload.Mount) bool {
		return m.Source == "bind" && m.Name != "" && !strings.Contains(path.Base(m.Name), ".") || m.Source == "bind" && m.Name == "."
	})
}

// calls returns the simple commands of a command line.
func (c deployed) calls() []started {
	var list []*dockerfile.Call
	if s, ok := dockerfile.ScriptOf(c.command, c.shell); ok {
		list, _ = dockerfile.CallsOf(s.Word)
	} else if !c.command.Shell && len(c.command.Words) > 0 {
		list = []*dockerfile.Call{{Words: c.command.Words, At: c.command.Words[0].At}}
	}
	var out []started
	for _, call := range list {
		if len(call.Words) > 0 {
			out = append(out, started{Call: call, keyword: c.key})
		}
	}
	return out
}

func nameOf(d *workload.Deploy) string { return d.Object + "/" + d.Name }

func buildsAtDeploy(p *check.Pass[*workload.Workload]) {
	c, ok := commandOf(p.Subject)
	if !ok {
		return
	}
	list := c.calls()
	if len(list) == 0 || !dockerfile.MayServe(list[len(list)-1].Call) { // it does its work and ends
		return
	}
	for _, s := range list {
		if what := building(s.Args()); what != "" && !s.Substitute && !s.Maybe {
			p.Report(check.Finding{At: s.At, Message: buildsMessage("the "+c.key, what), Logical: nameOf(p.Subject.Deploy), Matter: what})
			return
		}
	}
}

func redirectedByDeploy(p *check.Pass[*workload.Workload]) {
	c, ok := commandOf(p.Subject)
	if !ok {
		return
	}
	list := c.calls()
	for i, s := range list {
		if file, ok := logFile(s.Call, list[i+1:]); ok {
			p.Report(check.Finding{At: file.At, Message: redirectMessage("the "+c.key, file.Text), Logical: nameOf(p.Subject.Deploy), Matter: file.Text})
		}
	}
}

// shellOfDeploy judges a shell that a manifest starts around a program of the tree. What other images start with a shell is
// too often a helper that ends by itself.
func shellOfDeploy(p *check.Pass[*workload.Workload]) {
	w := p.Subject
	c, ok := commandOf(w)
	if !ok || w.Image == nil {
		return
	}
	script, ok := dockerfile.ScriptOf(c.command, c.shell)
	if !ok || script.OneShot || !builds(w.Image, script.Program) {
		return
	}
	base := "the image"
	if ref, known := w.Deploy.Image.Get(); known {
		base = ref
	}
	severity, message := judge(fmt.Sprintf("%s runs %s -c", c.key, path.Base(c.command.Words[0].Text)), "", script, base)
	if message == "" {
		return
	}
	p.ReportAs(severity, check.Finding{At: script.Word.At, Message: message, Logical: nameOf(w.Deploy), Matter: c.key})
}

// builds reports whether a program is one that the Dockerfile of the image builds.
func builds(img *workload.Image, program string) bool {
	return program != "" && slices.ContainsFunc(dockerfile.Located(img, program), func(at string) bool {
		return slices.ContainsFunc(img.Binaries.Members, func(b workload.Binary) bool { return strings.TrimSuffix(b.Path, "/") == at })
	})
}
