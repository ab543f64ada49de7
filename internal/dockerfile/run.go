package dockerfile

import (
	"path"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"mvdan.cc/sh/v3/syntax"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// run is RUN: its mounts are laid over the tree, its commands are followed, and what was built into a mount is gone
// afterwards.
func (r *runner) run(in *Instruction) {
	t := r.state.tree
	cmd, _ := instruct(in.node)
	c, ok := cmd.(*instructions.RunCommand)
	if !ok {
		return
	}
	if sh := r.state.shell; len(sh) > 0 && shellOf(sh[0]) == "" { // PowerShell and the like
		t.open = true
		r.state.useAll("", false)
		return
	}
	script, places, ok := r.f.shellText(in, c)
	r.state.useAll(script, ok)
	if !ok {
		t.open = true
		return
	}
	if strings.Contains(script, "/bin/sh") && strings.Contains(script, "ln ") || strings.Contains(script, "dpkg-reconfigure") {
		r.state.img.Shell = workload.UnknownShell
	}
	before := t.sources
	mounts := r.mounts(c)
	vars := map[string]string{}
	for k, v := range r.scope.args {
		vars[k] = v
	}
	for k, v := range r.state.env {
		vars[k] = v
	}
	budget := min(maxCommands, maxFileCommands-r.f.followed)
	sh := &interp{t: t, vars: vars, open: r.state.open, at: places, read: r.read, wd: t.wd, budget: budget}
	sh.text(script)
	r.f.followed += budget - max(sh.budget, 0)
	t.open = t.open || sh.lost
	if len(mounts) > 0 {
		t.sources = before
		t.bins = slices.DeleteFunc(t.bins, func(b workload.Binary) bool {
			return slices.ContainsFunc(mounts, func(m string) bool {
				_, under := below(strings.TrimSuffix(b.Path, "/"), m)
				return under
			})
		})
	}
}

// read returns the file of the repository that lies at a path while a RUN is at work.
func (r *runner) read(abs string) (name string, text []byte) {
	dir, ok := r.state.tree.context(path.Dir(abs))
	if !ok {
		return "", nil
	}
	name = r.f.InTree(path.Join(dir, path.Base(abs)))
	return name, r.f.Around.Read(name)
}

// shellText returns the shell text of a RUN and the source of each stretch of it.
func (f *File) shellText(in *Instruction, c *instructions.RunCommand) (text string, places func(from, to int) check.Span, ok bool) {
	whole := func(int, int) check.Span { return in.At }
	switch {
	case in.Exec:
		var words []string
		for _, w := range c.CmdLine {
			q, err := syntax.Quote(w, syntax.LangBash)
			if err != nil {
				return "", whole, false
			}
			words = append(words, q)
		}
		return strings.Join(words, " "), whole, true
	case len(in.node.Heredocs) == 1 && len(in.Words) == 1:
		lead, _, _ := strings.Cut(in.Words[0].Text, "<<")
		doc := in.node.Heredocs[0]
		if lead = strings.TrimSpace(lead); lead != "" && shellOf(lead) == "" {
			return "", whole, false
		}
		line, _, _ := strings.Cut(doc.Content, "\n")
		if prog, bang := strings.CutPrefix(line, "#!"); bang && shellOf(strings.TrimPrefix(strings.TrimSpace(prog), "/usr/bin/env ")) == "" {
			return "", whole, false
		}
		first := in.text.next
		places := func(from, to int) check.Span { return f.src.span(first+from, first+to) }
		return strings.ReplaceAll(doc.Content, "\r\n", " \n"), places, true
	case len(in.node.Heredocs) > 0 || len(in.Words) != 1 || len(in.text.at) == 0:
		return "", whole, len(in.node.Heredocs) == 0 && len(in.text.at) != 0
	}
	return in.Words[0].Text, func(from, to int) check.Span {
		return in.text.span(in.args+from, in.args+to)
	}, true
}

// shellOf returns the name of a POSIX shell, or "" if cmd is none. Options after it do not count.
func shellOf(cmd string) string {
	name, _, _ := strings.Cut(strings.TrimSpace(cmd), " ")
	switch name = path.Base(name); name {
	case "sh", "bash", "ash", "dash", "ksh", "zsh", "mksh":
		return name
	}
	return ""
}

// mounts lays the bind mounts of a RUN over the tree and returns every path under a mount.
func (r *runner) mounts(c *instructions.RunCommand) (paths []string) {
	t := r.state.tree
	if len(c.FlagsUsed) == 0 || c.Expand(func(w string) (string, error) { return r.expand(w), nil }) != nil {
		return nil
	}
	t.sources = slices.Clone(t.sources)
	for _, m := range instructions.GetMounts(c) {
		target := strings.TrimSuffix(t.abs(m.Target), "/")
		if m.Target == "/" || target == "" {
			continue
		}
		paths = append(paths, target)
		if m.Type != instructions.MountTypeBind {
			continue
		}
		src := strings.TrimPrefix(path.Clean("/"+m.Source), "/")
		if m.From == "" {
			if src == "" {
				src = "."
			}
			if !isFile(path.Base(src)) {
				t.sources = append(t.sources, mapping{at: target, from: src})
			}
			continue
		}
		if s := r.f.source(m.From, r.stage.Index); s != nil {
			mounted := t.clone()
			mounted.dirs[target] = true
			mounted.copyOne(r.build.stage(s).tree, "/"+src, target, false, false)
			t.sources, t.bins, t.open = mounted.sources, mounted.bins, mounted.open
		}
	}
	return paths
}
