package dockerfile

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// Image returns what the stage of that name or index leaves, over the stages it is built from; target "" is the last
// stage. args are given to ARGs in place of their defaults. The result is nil if there is no such stage.
func (f *File) Image(target string, args map[string]workload.Value[string]) *workload.Image {
	s := f.Find(target)
	if s == nil {
		return nil
	}
	if img := f.images[s]; img != nil && len(args) == 0 {
		c := *img
		return &c
	}
	b := &build{f: f, given: args, global: f.globals(args), done: map[*Stage]*state{}}
	img := b.image(s)
	if len(args) == 0 { // nearly every check asks
		if f.images == nil {
			f.images = map[*Stage]*workload.Image{}
		}
		c := *img
		f.images[s] = &c
	}
	return img
}

// Images returns the images that somebody may want from the file: the last stage's, and those of other stages that no
// stage is built from or copies from (they are built with --target). The last stage's comes last.
func (f *File) Images() []*workload.Image {
	used := map[*Stage]bool{}
	for _, s := range f.Stages {
		used[s.Parent] = true
		for _, in := range s.Instructions {
			for _, name := range in.from() {
				used[f.source(name, s.Index)] = true
			}
		}
	}
	var out []*workload.Image
	for i, s := range f.Stages {
		if !used[s] || i == len(f.Stages)-1 {
			out = append(out, f.Image(strconv.Itoa(s.Index), nil))
		}
	}
	return out
}

// from returns the stages or images that COPY --from and RUN --mount=from name.
func (in *Instruction) from() []string {
	var out []string
	for _, flag := range in.node.Flags {
		if name, ok := strings.CutPrefix(flag, "--from="); ok {
			out = append(out, name)
		}
		if opts, ok := strings.CutPrefix(flag, "--mount="); ok {
			for _, o := range strings.Split(opts, ",") {
				if name, ok := strings.CutPrefix(o, "from="); ok {
					out = append(out, name)
				}
			}
		}
	}
	return out
}

// A build evaluates the stages of a file with one set of arguments.
type build struct {
	f      *File
	given  map[string]workload.Value[string]
	global *scope
	done   map[*Stage]*state
}

// A state is what a stage leaves.
type state struct {
	img    workload.Image
	tree   *tree
	env    map[string]string
	open   bool // the base may set variables that no stage sets
	shell  []string
	broken bool
}

func (b *build) image(s *Stage) *workload.Image {
	st := b.stage(s)
	img := st.img
	img.Env = slices.Clone(img.Env)
	b.f.useNamed(&img)
	img.Binaries = workload.Set[workload.Binary]{Members: slices.Clone(st.tree.bins), Complete: !st.tree.open}
	img.Developers = b.f.forDevelopers(s)
	if st.broken { // an instruction that could not be read may have set what no other sets
		unsure(&img.WorkDir)
		unsure(&img.User)
		unsure(&img.StopSignal)
		unsure(&img.Entrypoint)
		unsure(&img.Cmd)
		unsure(&img.Healthcheck)
		img.Binaries.Complete = false
	}
	img.DropsRoot = b.f.mayDropRoot(&img)
	return &img
}

func unsure[T any](v *workload.Value[T]) {
	if v.Absent() {
		*v = workload.Unknown[T](v.At())
	}
}

// stage runs the instructions of a stage over its base.
func (b *build) stage(s *Stage) *state {
	if st, ok := b.done[s]; ok {
		return st
	}
	ref, parent := b.f.base(s, b.global)
	var st *state
	if parent != nil {
		st = b.stage(parent).clone()
		st.broken = st.broken || s.Broken
	} else {
		st = start(s, ref)
	}
	st.img.File, st.img.Stage, st.img.At = b.f.Path, s.Label(), s.At
	st.img.Final = s.Index == len(b.f.Stages)-1
	r := &runner{build: b, stage: s, state: st, scope: &scope{env: st.env, args: map[string]string{}, open: st.open}}
	for _, in := range s.Instructions {
		r.instruction(in)
	}
	b.done[s] = st
	return st
}

func (st *state) clone() *state {
	c := *st
	c.tree = st.tree.clone()
	c.env = make(map[string]string, len(st.env))
	for k, v := range st.env {
		c.env[k] = v
	}
	c.img.Env, c.img.Expose = slices.Clone(c.img.Env), slices.Clone(c.img.Expose)
	c.img.Volumes, c.img.Copies = slices.Clone(c.img.Volumes), slices.Clone(c.img.Copies)
	return &c
}

// start is the state of a stage on an external base.
func start(s *Stage, ref string) *state {
	base := baseOf(ref)
	st := &state{tree: newTree(base.workDir), env: map[string]string{}, open: !base.closed, broken: s.Broken}
	for k, v := range base.env {
		st.env[k] = v
	}
	if ref != "scratch" {
		st.env["PATH"] = mark("PATH")
	}
	st.img = workload.Image{
		Base: value(ref, s.Base.At), BaseAt: s.Base.At, Shell: base.shell,
		WorkDir: workload.Absent[string](s.At), User: workload.Absent[string](s.At), StopSignal: workload.Absent[string](s.At),
		Entrypoint: workload.Absent[workload.Command](s.At), Cmd: workload.Absent[workload.Command](s.At),
		Healthcheck: workload.Absent[workload.Command](s.At),
	}
	if base.user != "" {
		st.img.BaseUser = workload.Known(base.user, s.Base.At)
	}
	return st
}

// value makes a Value of an expanded text.
func value(text string, at check.Span) workload.Value[string] {
	if marked(text) {
		return workload.Unknown[string](at)
	}
	return workload.Known(text, at)
}

// A runner goes through the instructions of one stage.
type runner struct {
	*build
	stage  *Stage
	state  *state
	scope  *scope
	hasCmd bool // this stage has a CMD
}

func (r *runner) expand(word string) string { return r.f.expand(word, r.scope) }

func (r *runner) instruction(in *Instruction) {
	img := &r.state.img
	switch in.Name {
	case "arg":
		r.f.declare(in, r.scope, r.global, r.given)
	case "env":
		r.env(in)
	case "workdir":
		r.workdir(in)
	case "user":
		img.User = r.first(in)
	case "stopsignal":
		img.StopSignal = r.first(in)
	case "shell":
		r.state.shell = nil
		for _, w := range in.Words {
			r.state.shell = append(r.state.shell, w.Text)
		}
	case "entrypoint":
		img.Entrypoint = workload.Known(r.command(in, in.Words), in.ArgsAt)
		if !r.hasCmd { // what the base's CMD passes is meant for the base's ENTRYPOINT
			img.Cmd = workload.Absent[workload.Command](r.stage.At)
		}
	case "cmd":
		r.hasCmd = true
		img.Cmd = workload.Known(r.command(in, in.Words), in.ArgsAt)
	case "healthcheck":
		if len(in.Words) > 1 {
			img.Healthcheck = workload.Known(r.command(in, in.Words[1:]), in.ArgsAt)
		} else {
			img.Healthcheck = workload.Absent[workload.Command](in.At)
		}
	case "expose":
		for _, w := range in.Words {
			img.Expose = append(img.Expose, ports(r.expand(w.Text), w.At)...)
		}
	case "volume":
		for _, w := range in.Words {
			if v := r.expand(w.Text); !marked(v) {
				img.Volumes = append(img.Volumes, workload.Word{Text: v, At: w.At})
			}
		}
	case "copy", "add":
		r.copy(in)
	case "run":
		r.run(in)
	}
}

func (r *runner) first(in *Instruction) workload.Value[string] {
	if len(in.Words) == 0 {
		return workload.Unknown[string](in.At)
	}
	return value(r.expand(in.Words[0].Text), in.Words[0].At)
}

// env sets variables. All of one instruction see the values from before it.
func (r *runner) env(in *Instruction) {
	names, values := make([]string, len(in.Pairs)), make([]string, len(in.Pairs))
	last := map[string]int{} // pair that sets a variable
	for i, p := range in.Pairs {
		names[i], values[i] = r.expand(p.Name.Text), r.expand(p.Value.Text)
		last[names[i]] = i
	}
	r.state.img.Env = slices.DeleteFunc(r.state.img.Env, func(old workload.EnvVar) bool { _, set := last[old.Name]; return set })
	for i, p := range in.Pairs {
		if last[names[i]] != i {
			continue
		}
		at := p.Value.At
		if at.IsZero() {
			at = p.Name.At
		}
		r.state.img.Env = append(r.state.img.Env, workload.EnvVar{Name: names[i], Value: value(values[i], at), At: p.Name.At})
		r.state.env[names[i]] = values[i]
	}
}

func (r *runner) workdir(in *Instruction) {
	img := &r.state.img
	if len(in.Words) == 0 {
		return
	}
	at := in.Words[0].At
	dir := r.expand(in.Words[0].Text)
	if !path.IsAbs(dir) {
		if r.state.tree.wd == "" {
			dir = mark(dir)
		} else {
			dir = path.Join(r.state.tree.wd, dir)
		}
	}
	if marked(dir) {
		img.WorkDir, r.state.tree.wd = workload.Unknown[string](at), ""
		return
	}
	dir = path.Clean(dir)
	img.WorkDir, r.state.tree.wd = workload.Known(dir, at), dir
	r.state.tree.dirs[dir] = true
}

func (r *runner) command(in *Instruction, words []workload.Word) workload.Command {
	c := workload.Command{Shell: !in.Exec, Words: words, At: in.ArgsAt}
	if c.At.IsZero() {
		c.At = in.At
	}
	if c.Shell {
		c.Interpreter = r.state.shell
	}
	return c
}

// ports reads one argument of EXPOSE: a port or a range, with a protocol.
func ports(text string, at check.Span) []workload.Port {
	var out []workload.Port
	for _, word := range strings.Fields(text) {
		number, proto, ok := strings.Cut(word, "/")
		if !ok {
			proto = "tcp"
		}
		port := workload.Port{Protocol: strings.ToLower(proto), At: at, Number: workload.Unknown[int](at)}
		first, last, isRange := strings.Cut(number, "-")
		lo, err := strconv.Atoi(first)
		hi := lo
		if isRange && err == nil {
			hi, err = strconv.Atoi(last)
		}
		if err != nil || lo < 1 || hi > 65535 || hi < lo || hi-lo > 100 {
			out = append(out, port)
			continue
		}
		for n := lo; n <= hi; n++ {
			port.Number = workload.Known(n, at)
			out = append(out, port)
		}
	}
	return out
}

// copy is COPY and ADD.
func (r *runner) copy(in *Instruction) {
	st := r.state
	cmd, _ := instruct(in.node)
	var (
		from    string
		srcs    []string
		dest    string
		parents bool
	)
	switch c := cmd.(type) {
	case *instructions.CopyCommand:
		from, srcs, dest, parents = c.From, c.SourcePaths, c.DestPath, c.Parents
	case *instructions.AddCommand:
		srcs, dest = c.SourcePaths, c.DestPath
	}
	if len(srcs) == 0 { // only heredocs
		return
	}
	c := workload.Copy{From: from, At: in.At}
	for i, s := range srcs {
		at := in.At
		if i < len(in.Words) {
			at = in.Words[i].At
		}
		srcs[i] = r.expand(s)
		c.Sources = append(c.Sources, value(srcs[i], at))
	}
	dest = r.expand(dest)
	into := st.tree.abs(dest)
	destAt := in.At
	if n := len(in.Words); n > 0 {
		destAt = in.Words[n-1].At
	}
	c.Dest = workload.Unknown[string](destAt)
	if into != "" {
		if len(srcs) > 1 && !strings.HasSuffix(into, "/") {
			into += "/"
		}
		c.Dest = workload.Known(into, destAt)
	}
	if from == "" {
		st.tree.copyContext(srcs, dest, parents)
		st.img.Copies = append(st.img.Copies, c)
		if into == "/" && slices.Contains(srcs, ".") && st.img.Shell == workload.NoShell {
			st.img.Shell = workload.UnknownShell
		}
		return
	}
	src := r.f.source(from, r.stage.Index)
	c.Stage = src != nil
	st.img.Copies = append(st.img.Copies, c)
	for i, s := range srcs { // whatever the WORKDIR of the other stage
		if srcs[i] = path.Join("/", s); marked(s) {
			srcs[i] = s
		}
	}
	if src == nil { // an image: it carries no program of this tree, but perhaps a shell
		if st.img.Shell == workload.NoShell && slices.ContainsFunc(srcs, bringsShell) {
			st.img.Shell = workload.UnknownShell
		}
		return
	}
	other := r.build.stage(src)
	if parents {
		st.tree.open = st.tree.open || other.tree.open || len(other.tree.bins) > 0
		return
	}
	st.tree.copyTree(other.tree, srcs, dest, false)
	switch {
	case into == "/" && slices.Contains(srcs, "/"): // the usual way to flatten an image
		st.img.Shell = other.img.Shell
	case st.img.Shell == workload.NoShell && slices.ContainsFunc(srcs, bringsShell):
		st.img.Shell = workload.UnknownShell
	}
}

// bringsShell reports whether copying a path may bring a /bin/sh along.
func bringsShell(p string) bool {
	switch p {
	case "/", "/*", "/bin", "/bin/*", "/usr", "/usr/bin", "/rootfs", "/busybox":
		return true
	}
	switch path.Base(p) {
	case "sh", "busybox", "dash", "bash":
		return true
	}
	return marked(p)
}
