package manifest

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// deploy reads a service of the Compose specification.
func (s *service) deploy() *workload.Deploy {
	d := &workload.Deploy{
		Name:        s.name,
		Object:      "compose/" + s.name,
		Platform:    workload.Compose,
		Kind:        "Compose",
		Role:        workload.App,
		File:        s.key.doc.src.file,
		At:          s.key.span(),
		ObjectAt:    s.key.span(),
		EnvAt:       s.key.span(),
		Variant:     s.p.out,
		Build:       s.build(),
		HostNetwork: s.get("network_mode").str() == "host",
	}
	d.Alone = s.value("network_mode").Absent()
	if d.Image = s.value("image"); !d.Image.Absent() {
		d.ImageText = s.get("image").str()
	}
	d.Entrypoint, d.Args = s.command("entrypoint"), s.command("command")
	d.WorkDir = s.value("working_dir")
	s.env(d)
	s.ports(d)
	d.Readiness = s.healthcheck()
	d.MemoryLimit = s.first("deploy.resources.limits.memory", "mem_limit")
	d.MemoryRequest = s.first("deploy.resources.reservations.memory", "mem_reservation")
	d.CPULimit = s.first("deploy.resources.limits.cpus", "cpus")
	d.CPURequest = s.value("deploy", "resources", "reservations", "cpus")
	d.Replicas = convert(s.first("deploy.replicas", "scale"), strconv.Atoi)
	d.Grace = convert(s.value("stop_grace_period"), time.ParseDuration)
	d.PreStop = workload.Absent[time.Duration](d.At)
	d.StopSignal = s.value("stop_signal")
	d.ReadOnlyRoot = convert(s.value("read_only"), strconv.ParseBool)
	d.Privileged = convert(s.value("privileged"), strconv.ParseBool)
	d.NonRoot = workload.Absent[bool](d.At)
	d.RunAsUser = convert(s.value("user"), func(user string) (string, error) {
		name, _, _ := strings.Cut(user, ":")
		return name, nil
	})
	mountsSource := s.mounts(d)
	d.Development = d.Build != nil && mountsSource || rebuilds(d.Entrypoint) || rebuilds(d.Args) || s.isForDevelopers()
	s.mode(d)
	return d
}

// value returns the text of a scalar, its variables replaced.
func (s *service) value(keys ...string) workload.Value[string] {
	n := s.get(keys...)
	if n.y == nil && s.open {
		return workload.Unknown[string](s.key.span())
	}
	return s.text(n)
}

func (s *service) text(n node) workload.Value[string] {
	switch {
	case !n.ok():
		return workload.Absent[string](s.key.span())
	case !n.isText():
		return workload.Unknown[string](n.span())
	}
	if text, ok := s.p.in.replace(n.str()); ok {
		return workload.Known(text, n.span())
	}
	return workload.Unknown[string](n.span())
}

// first returns the first of several dotted paths that is given.
func (s *service) first(paths ...string) workload.Value[string] {
	for _, p := range paths {
		if v := s.value(strings.Split(p, ".")...); !v.Absent() {
			return v
		}
	}
	return workload.Absent[string](s.key.span())
}

// build reads how the image is built. A path that is not in the tree, or holds an unresolved variable, is left
// empty.
func (s *service) build() *workload.Build {
	whole, at := s.find("build")
	if !whole.value.ok() {
		return nil
	}
	b := &workload.Build{At: whole.key.span(), Args: map[string]workload.Value[string]{}}
	// a layer may give the short form and another the long one
	context := workload.Known(".", whole.key.span())
	for _, p := range s.all("build") {
		switch {
		case p.value.isText():
			context = s.text(p.value)
		case p.value.get("context").ok():
			context = s.text(p.value.get("context"))
		}
		for _, arg := range s.list(p.value.get("args")) {
			b.Args[arg.Name] = arg.Value
		}
	}
	if dir, ok := context.Get(); ok {
		b.Context = inTree(at.dir, dir)
	}
	file, ok := s.text(s.get("build", "dockerfile")).Or("Dockerfile")
	if ok && b.Context != "" && !s.get("build", "dockerfile_inline").ok() {
		b.Dockerfile = inTree(b.Context, file)
	}
	b.Target, _ = s.text(s.get("build", "target")).Get()
	return b
}

// command reads the exec form, or the string form, which Compose splits without a shell. Its place is the key's.
func (s *service) command(key string) workload.Value[workload.Command] {
	p, _ := s.find(key)
	if !p.value.ok() {
		if s.open {
			return workload.Unknown[workload.Command](s.key.span())
		}
		return workload.Absent[workload.Command](s.key.span())
	}
	c := workload.Command{At: p.key.span()}
	if p.value.isText() {
		text, ok := s.p.in.replace(p.value.str())
		words, valid := splitWords(text)
		if !ok || !valid {
			return workload.Unknown[workload.Command](c.At)
		}
		for _, w := range words {
			at := p.value.span()
			if text == p.value.str() {
				at = p.value.part(w.from, w.to)
			}
			c.Words = append(c.Words, workload.Word{Text: w.text, At: at})
		}
		return workload.Known(c, c.At)
	}
	if !p.value.isList() {
		return workload.Unknown[workload.Command](c.At)
	}
	for _, item := range p.value.items() {
		text, ok := s.text(item).Get()
		if !ok {
			return workload.Unknown[workload.Command](c.At)
		}
		c.Words = append(c.Words, workload.Word{Text: text, At: item.span()})
	}
	return workload.Known(c, c.At)
}

// env reads env_file, then environment, which wins. Within environment a later layer replaces what an earlier one
// gives; what one layer gives twice is kept twice.
func (s *service) env(d *workload.Deploy) {
	d.Env.Complete = !s.open
	for _, p := range s.all("env_file") {
		if d.EnvAt == d.At {
			d.EnvAt = p.key.span()
		}
		items := p.value.items()
		if !p.value.isList() {
			items = []node{p.value}
		}
		for _, item := range items {
			s.envFile(d, item, p.dir)
		}
	}
	var given []workload.EnvVar
	for _, p := range s.all("environment") {
		d.EnvAt = p.key.span()
		d.Env.Complete = d.Env.Complete && !p.value.isText()
		vars := s.list(p.value)
		replaced := map[string]bool{}
		for _, v := range vars {
			replaced[v.Name] = true
		}
		given = slices.DeleteFunc(given, func(old workload.EnvVar) bool { return replaced[old.Name] })
		given = append(given, vars...)
	}
	s.p.give(d, given)
}

// give adds variables to a service, as long as a hostile file has not spread too many over too many.
func (p *project) give(d *workload.Deploy, vars []workload.EnvVar) {
	before := p.variables
	if p.variables += len(vars); p.variables > maxVariables {
		d.Env.Complete = false
		if before <= maxVariables {
			p.l.warn("yaml-limit", d.At, "more than %d variables are given to the services that are deployed together; the rest was not judged", maxVariables)
		}
		return
	}
	d.Env.Members = append(d.Env.Members, vars...)
}

// An envFile is what a .env file gives.
type envFile struct {
	vars  []workload.EnvVar
	whole bool // all of it could be read
}

// readEnvFile reads a .env file of the tree once.
func (p *project) readEnvFile(name string) envFile {
	if f, ok := p.read[name]; ok {
		return f
	}
	var f envFile
	switch src := p.l.source(name); {
	case src == nil:
	case len(src.data) > maxEnvFile:
		p.l.warn("yaml-limit", check.Span{File: name}, "the file is bigger than %d MiB and was not read", maxEnvFile>>20)
	default:
		vars, fault := readDotenv(src, p.in.lookup)
		for i := range vars {
			vars[i].From = "env_file " + name
		}
		if f = (envFile{vars, fault == nil}); fault != nil {
			p.l.note(*fault)
		}
	}
	p.read[name] = f
	return f
}

func (s *service) envFile(d *workload.Deploy, item node, dir string) {
	name, optional := item, false
	if item.isMap() {
		name, optional = item.get("path"), item.get("required").str() == "false"
	}
	from := workload.EnvSource{Kind: "env_file", Optional: optional, At: name.span()}
	file := ""
	if text, ok := s.text(name).Get(); ok {
		file = inTree(dir, text)
		from.Name = cmp.Or(file, text)
	}
	from.Found = s.p.l.files[file]
	d.EnvSources = append(d.EnvSources, from)
	if !from.Found || item.get("format").ok() {
		d.Env.Complete = false
		return
	}
	f := s.p.readEnvFile(file)
	d.Env.Complete = d.Env.Complete && f.whole
	s.p.give(d, f.vars)
}

// list reads a mapping of names and values, or a list of NAME=value. A name without a value takes it from whoever
// runs Compose: it is unknown.
func (s *service) list(n node) []workload.EnvVar {
	var out []workload.EnvVar
	for _, p := range n.pairs() {
		v := workload.EnvVar{Name: p.key.str(), At: p.key.span(), Value: workload.Unknown[string](p.key.span())}
		if p.value.ok() {
			v.Value = s.canonical(p.value)
		}
		out = append(out, v)
	}
	for _, item := range n.items() {
		text, ok := s.p.in.replace(item.str())
		raw, _, _ := strings.Cut(item.str(), "=")
		name, value, given := strings.Cut(text, "=")
		if !ok {
			name = raw
		}
		if name == "" || unresolved(name) {
			continue
		}
		v := workload.EnvVar{Name: name, At: item.part(0, len(raw)), Value: workload.Unknown[string](item.span())}
		if ok && given {
			v.Value = workload.Known(value, item.part(len(raw)+1, len(item.str())))
			if text != item.str() {
				v.Value = workload.Known(value, item.span())
			}
		}
		out = append(out, v)
	}
	return out
}

// canonical returns a value as Compose writes it into the environment: it decodes numbers first, so 1.50 becomes 1.5
// and 0x10 becomes 16.
func (s *service) canonical(n node) workload.Value[string] {
	v := s.text(n)
	text, ok := v.Get()
	if !ok || n.y.Style != 0 {
		return v
	}
	switch n.y.Tag {
	case yaml.NodeTagInt:
		if i, err := strconv.ParseInt(text, 0, 64); err == nil {
			return workload.Known(strconv.FormatInt(i, 10), v.At())
		}
		return workload.Unknown[string](v.At())
	case yaml.NodeTagFloat:
		if f, err := strconv.ParseFloat(text, 64); err == nil {
			return workload.Known(strconv.FormatFloat(f, 'g', -1, 64), v.At())
		}
		return workload.Unknown[string](v.At())
	}
	return v
}

// ports reads expose and ports. The container's side becomes a port of the deploy, a published one leads to it as
// well.
func (s *service) ports(d *workload.Deploy) {
	for _, p := range s.all("expose") {
		for _, item := range p.value.items() {
			text, ok := s.text(item).Get()
			port := workload.Port{Number: workload.Unknown[int](item.span()), Protocol: "tcp", At: item.span()}
			if number, protocol, given := strings.Cut(text, "/"); ok {
				if given {
					port.Protocol = protocol
				}
				if n, err := strconv.Atoi(number); err == nil {
					port.Number = workload.Known(n, port.At)
				}
			}
			d.Ports = append(d.Ports, port)
		}
	}
	for _, p := range s.all("ports") {
		for _, item := range p.value.items() {
			port, published := s.longPort(item)
			if item.isText() {
				port, published = s.shortPort(item)
			}
			published.Service = s.name
			d.Ports = append(d.Ports, port)
			d.Services = append(d.Services, published)
		}
	}
}

// shortPort reads [[host:]published:]target[/protocol]. Ranges and unresolved variables are unknown.
func (s *service) shortPort(n node) (workload.Port, *workload.ServicePort) {
	port := workload.Port{Number: workload.Unknown[int](n.span()), Protocol: "tcp", At: n.span()}
	published := &workload.ServicePort{Port: workload.Unknown[int](n.span()), Target: workload.Unknown[string](n.span())}
	text, known := s.text(n).Get()
	if !known {
		// the container's side may be plain where the published one is not
		if i := strings.LastIndexByte(n.str(), ':'); i > strings.LastIndexByte(n.str(), '}') {
			text = n.str()[i:]
		}
	}
	rest, protocol, given := strings.Cut(text, "/")
	if given {
		port.Protocol = protocol
	}
	i := strings.LastIndexByte(rest, ':')
	if target := rest[i+1:]; isPort(target) {
		number, _ := strconv.Atoi(target)
		if from := strings.LastIndexByte(n.str(), ':') + 1; strings.HasPrefix(n.str()[from:], target) {
			port.At = n.part(from, from+len(target))
		}
		port.Number = workload.Known(number, port.At)
		published.Target = workload.Known(target, port.At)
	}
	if known && i < 0 {
		published.Port = workload.Absent[int](n.span())
	} else if known {
		host := rest[:i]
		if outer := host[strings.LastIndexByte(host, ':')+1:]; isPort(outer) {
			number, _ := strconv.Atoi(outer)
			published.Port = workload.Known(number, n.span())
		} else if outer == "" {
			published.Port = workload.Absent[int](n.span())
		}
	}
	published.Protocol, published.At = port.Protocol, port.At
	return port, published
}

// isPort reports whether s is one port number, without a sign.
func isPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n > 0
}

func (s *service) longPort(n node) (workload.Port, *workload.ServicePort) {
	target := s.text(n.get("target"))
	port := workload.Port{Number: convert(target, strconv.Atoi), Protocol: cmp.Or(n.get("protocol").str(), "tcp"), At: n.get("target").span()}
	if port.At.IsZero() {
		port.At = n.span()
		port.Number, target = workload.Unknown[int](port.At), workload.Unknown[string](port.At)
	}
	return port, &workload.ServicePort{Name: n.get("name").str(), Port: convert(s.text(n.get("published")), strconv.Atoi), Target: target,
		Protocol: port.Protocol, At: port.At}
}

// healthcheck reads the probe that Compose gives to Docker; nil if there is none or it is disabled.
func (s *service) healthcheck() *workload.Probe {
	whole, _ := s.find("healthcheck")
	test, _ := s.find("healthcheck", "test")
	if !test.value.ok() || s.get("healthcheck", "disable").str() == "true" {
		return nil
	}
	c := workload.Command{At: test.key.span()}
	out := &workload.Probe{At: whole.key.span(), Path: workload.Absent[string](c.At), Port: workload.Absent[string](c.At),
		Command: workload.Unknown[workload.Command](c.At)}
	items := test.value.items()
	if test.value.isText() {
		c.Shell, items = true, []node{test.value}
	} else if len(items) > 0 {
		switch items[0].str() {
		case "NONE":
			return nil
		case "CMD-SHELL":
			c.Shell = true
		}
		items = items[1:]
	}
	for _, item := range items {
		text, ok := s.text(item).Get()
		if !ok {
			return out
		}
		c.Words = append(c.Words, workload.Word{Text: text, At: item.span()})
	}
	out.Command = workload.Known(c, c.At)
	return out
}

// mounts reads volumes and tmpfs. A later layer replaces a mount of the same path. It reports whether one of them is
// a directory of the tree with source code in it.
func (s *service) mounts(d *workload.Deploy) (source bool) {
	index := map[string]int{}
	add := func(m workload.Mount, dir string) {
		if m.Source == "bind" {
			for _, here := range []string{"${PWD}", "$PWD"} { // Compose is run where its file is
				if rest, ok := strings.CutPrefix(m.Name, here); ok {
					m.Name = "." + rest
				}
			}
			if name := inTree(dir, m.Name); name != "" && !strings.Contains(name, "$") {
				m.Name = name
				source = source || s.p.l.code[name]
			}
		}
		if i, ok := index[m.Path]; ok {
			d.Mounts[i] = m
			return
		}
		index[m.Path] = len(d.Mounts)
		d.Mounts = append(d.Mounts, m)
	}
	for _, p := range s.all("volumes") {
		for _, item := range p.value.items() {
			m := workload.Mount{At: item.span()}
			if item.isMap() {
				m.Path, _ = s.text(item.get("target")).Get()
				m.Name, _ = s.text(item.get("source")).Get()
				m.Source, m.ReadOnly = item.get("type").str(), item.get("read_only").str() == "true"
				add(m, p.dir)
				continue
			}
			text, ok := s.text(item).Get()
			if !ok {
				text = item.str()
			}
			m.Source, m.Name, m.Path, m.ReadOnly = splitVolume(text)
			add(m, p.dir)
		}
	}
	for _, p := range s.all("tmpfs") {
		items := p.value.items()
		if p.value.isText() {
			items = []node{p.value}
		}
		for _, item := range items {
			path, _, _ := strings.Cut(item.str(), ":")
			add(workload.Mount{Path: path, Source: "tmpfs", At: item.span()}, p.dir)
		}
	}
	return source
}

// splitVolume reads [source:]target[:mode]. A source that looks like a path is bound, any other is a named volume.
func splitVolume(text string) (kind, name, target string, readOnly bool) {
	cut := strings.LastIndexByte(text, '}') + 1 // colons of ${NAME:-default} do not count
	parts := strings.Split(text[cut:], ":")
	parts[0] = text[:cut] + parts[0]
	switch len(parts) {
	case 1:
		return "volume", "", parts[0], false
	case 2:
		name, target = parts[0], parts[1]
	default:
		name, target = parts[0], parts[1]
		readOnly = slices.Contains(strings.Split(parts[2], ","), "ro")
	}
	if strings.IndexAny(name, "./~$\\") == 0 {
		return "bind", name, target, readOnly
	}
	return "volume", name, target, readOnly
}

// rebuilds reports whether a command runs a tool that builds and restarts the program whenever its source changes, or
// builds it to run it.
func rebuilds(v workload.Value[workload.Command]) bool {
	c, _ := v.Get()
	var words []string
	for _, w := range c.Words {
		words = append(words, strings.Fields(w.Text)...)
	}
	for i, w := range words {
		switch path.Base(w) {
		case "air", "reflex", "CompileDaemon", "nodemon", "realize", "modd", "gow", "wgo", "watchexec":
			return true
		case "go":
			if i+1 < len(words) && words[i+1] == "run" {
				return true
			}
		}
	}
	return false
}
