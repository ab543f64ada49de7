package manifest

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// pod adds the containers of an object's pod template to the variant. A patch adds none.
func (a *assembly) pod(o *object) {
	t := o.template()
	if !t.ok() || o.isPatch(t) {
		return
	}
	p := &pod{namespace: o.namespace, labels: stringMap(t.get("metadata", "labels"))}
	if k := a.set.overlay; k != nil {
		maps.Copy(p.labels, k.templateLabels)
	}
	spec := t.get("spec")
	containers, inits := spec.get("containers").items(), spec.get("initContainers").items()
	if len(a.out.Deploys)+len(containers)+len(inits) > maxObjects {
		a.cutShort("more than %d containers are in the objects", maxObjects)
		return
	}
	for _, c := range containers {
		p.deploys = append(p.deploys, a.container(o, t, c, workload.App))
	}
	for _, c := range inits {
		role := workload.Init
		if c.get("restartPolicy").str() == "Always" { // a sidecar
			role = workload.App
		}
		p.deploys = append(p.deploys, a.container(o, t, c, role))
	}
	a.placement(t, p.deploys)
	annotated := annotatedScrape(t.get("metadata"), "pod")
	for _, d := range p.deploys {
		d.Scrapes = annotated
	}
	for _, d := range p.deploys {
		p.size += 1 + len(d.Ports)
	}
	a.pods = append(a.pods, p)
	a.out.Deploys = append(a.out.Deploys, p.deploys...)
}

// container reads core/v1 Container and what core/v1 PodSpec says for all of its containers.
func (a *assembly) container(o *object, template, c node, role workload.ContainerRole) *workload.Deploy {
	spec := template.get("spec")
	d := &workload.Deploy{
		Name:        c.get("name").str(),
		Object:      fmt.Sprintf("%s/%s/%s/%s", o.api, o.kind, o.namespace, o.name),
		Platform:    workload.Kubernetes,
		Kind:        o.kind,
		Role:        role,
		OneShot:     o.oneShot(template) || role == workload.Init,
		File:        o.file,
		At:          c.span(),
		ObjectAt:    o.at,
		Variant:     a.out,
		HostNetwork: spec.get("hostNetwork").str() == "true",
	}
	if name := c.get("name"); name.isText() {
		d.At = name.span()
	}
	d.Image = c.get("image").value(d.At)
	d.ImageText = c.get("image").str()
	if k := a.set.overlay; k != nil {
		if ref, ok := d.Image.Get(); ok && k.images[workload.ImageName(ref)] {
			d.Image = workload.Unknown[string](d.Image.At())
		}
	}
	d.Entrypoint = command(c.pair("command"), d.At)
	d.Args = command(c.pair("args"), d.At)
	d.WorkDir = c.get("workingDir").value(d.At)
	a.env(d, o.namespace, c)
	if a.set.chart != nil && a.set.chart.opensEnv(d.At) {
		d.Env.Complete = false
	}
	for _, p := range c.get("ports").items() {
		number := p.get("containerPort")
		port := workload.Port{Name: p.get("name").str(), Number: number.number(p.span()),
			Protocol: strings.ToLower(cmp.Or(p.get("protocol").str(), "TCP"))}
		port.At = port.Number.At()
		d.Ports = append(d.Ports, port)
	}
	d.Liveness, d.Readiness, d.Startup = probe(c.pair("livenessProbe")), probe(c.pair("readinessProbe")), probe(c.pair("startupProbe"))
	a.resources(d, o.namespace, spec, c.pair("resources"))

	d.Grace = convert(spec.get("terminationGracePeriodSeconds").value(d.At), seconds)
	d.PreStop = preStop(c.get("lifecycle", "preStop"), d.At)
	d.StopSignal = c.get("lifecycle", "stopSignal").value(d.At)
	d.Replicas = a.replicas(o, d.At)
	d.Surges = o.surges(d.At)
	d.ReadinessGates = len(spec.get("readinessGates").items()) > 0
	d.Cron = cron(o)

	pod, own := spec.get("securityContext"), c.get("securityContext")
	either := func(key string) node {
		if n := own.get(key); n.ok() {
			return n
		}
		return pod.get(key)
	}
	d.ReadOnlyRoot = own.get("readOnlyRootFilesystem").truth(d.At)
	d.Privileged = own.get("privileged").truth(d.At)
	d.NonRoot = either("runAsNonRoot").truth(d.At)
	d.RunAsUser = either("runAsUser").value(d.At)
	volumes := volumes(o, spec)
	for _, m := range c.get("volumeMounts").items() {
		mount := volumes[m.get("name").str()]
		if mount.Source == "persistentVolumeClaim" && mount.Claim == nil {
			mount.Claim = a.claim(o.namespace, mount.Name)
		}
		mount.Path, mount.ReadOnly, mount.At = m.get("mountPath").str(), m.get("readOnly").str() == "true", m.get("mountPath").span()
		d.Mounts = append(d.Mounts, mount)
	}
	return d
}

func (a *assembly) replicas(o *object, at check.Span) workload.Value[int] {
	if k := a.set.overlay; k != nil {
		if v, ok := k.replicas[o.name]; ok {
			return v
		}
	}
	if o.kind == "DaemonSet" {
		return workload.Unknown[int](at) // one for each node
	}
	return o.root.get("spec", "replicas").number(at)
}

// command reads a command in exec form. Its place is the key's.
func command(p pair, at check.Span) workload.Value[workload.Command] {
	if !p.value.ok() {
		return workload.Absent[workload.Command](at)
	}
	c := workload.Command{At: p.key.span()}
	for _, w := range p.value.items() {
		if !w.isText() || strings.Contains(w.str(), "{{") {
			return workload.Unknown[workload.Command](c.At)
		}
		c.Words = append(c.Words, workload.Word{Text: w.str(), At: w.span()})
	}
	if !p.value.isList() {
		return workload.Unknown[workload.Command](c.At)
	}
	return workload.Known(c, c.At)
}

// envValue returns the value of a variable. "$(NAME)" stays in it: the kubelet replaces it by what is set before.
func (n node) envValue() workload.Value[string] {
	switch {
	case !n.ok():
		return workload.Known("", n.span())
	case !n.isText(), strings.Contains(n.str(), "{{"), strings.Contains(n.str(), "${"):
		return workload.Unknown[string](n.span())
	}
	return workload.Known(n.str(), n.span())
}

// env reads envFrom and env in the order in which the kubelet applies them.
func (a *assembly) env(d *workload.Deploy, namespace string, c node) {
	d.Env.Complete = true
	d.EnvAt = d.At
	if from := c.pair("envFrom"); from.value.ok() {
		d.EnvAt = from.key.span()
		d.Env.Complete = from.value.isList()
		for _, item := range from.value.items() {
			a.envFrom(d, namespace, item)
		}
	}
	env := c.pair("env")
	if !env.value.ok() {
		return
	}
	d.EnvAt = env.key.span()
	d.Env.Complete = d.Env.Complete && env.value.isList()
	for _, item := range env.value.items() {
		name := item.get("name")
		if !name.isText() {
			d.Env.Complete = false
			continue
		}
		v := workload.EnvVar{Name: name.str(), At: name.span()}
		if from := item.get("valueFrom"); from.ok() {
			var set bool
			if v.Value, set = a.valueFrom(d, namespace, from); !set {
				continue
			}
		} else if v.Value = item.get("value").envValue(); v.Value.At().IsZero() {
			v.Value = workload.Known("", v.At)
		}
		d.Env.Members = append(d.Env.Members, v)
	}
}

func (a *assembly) envFrom(d *workload.Deploy, namespace string, item node) {
	kind, ref := "ConfigMap", item.get("configMapRef")
	if !ref.ok() {
		kind, ref = "Secret", item.get("secretRef")
	}
	if !ref.ok() {
		d.Env.Complete = false
		return
	}
	name := ref.get("name")
	source := workload.EnvSource{Kind: kind, Name: name.str(), Optional: ref.get("optional").str() == "true", At: name.span()}
	c := a.configMaps[configMapID{kind == "Secret", namespace, name.str()}]
	source.Found = c != nil
	d.EnvSources = append(d.EnvSources, source)
	if c == nil {
		d.Env.Complete = false // even an optional one may be in the cluster
		return
	}
	if a.variables += len(c.Data); a.variables > maxVariables {
		d.Env.Complete = false
		a.cutShort("ConfigMaps give more than %d variables to the containers", maxVariables)
		return
	}
	d.Env.Complete = d.Env.Complete && !c.Open
	for _, key := range slices.Sorted(maps.Keys(c.Data)) {
		d.Env.Members = append(d.Env.Members, workload.EnvVar{Name: item.get("prefix").str() + key, Value: c.Data[key], At: c.Keys[key],
			From: kind + " " + c.Name})
	}
}

// valueFrom returns the value that a reference stands for. set is false if the variable is not set at all: an
// optional key that its ConfigMap does not have.
func (a *assembly) valueFrom(d *workload.Deploy, namespace string, from node) (v workload.Value[string], set bool) {
	kind, ref := "ConfigMap", from.get("configMapKeyRef")
	if !ref.ok() {
		kind, ref = "Secret", from.get("secretKeyRef")
	}
	if !ref.ok() {
		return workload.Unknown[string](from.span()), true // fieldRef, resourceFieldRef
	}
	name, key := ref.get("name"), ref.get("key")
	source := workload.EnvSource{Kind: kind, Name: name.str(), Key: key.str(), Optional: ref.get("optional").str() == "true",
		At: name.span(), KeyAt: key.span()}
	c := a.configMaps[configMapID{kind == "Secret", namespace, name.str()}]
	if c != nil {
		v, source.Found = c.Data[key.str()]
		source.Found = source.Found || c.Open
	}
	d.EnvSources = append(d.EnvSources, source)
	switch {
	case c != nil && source.Optional && !source.Found:
		return v, false
	case c == nil || !source.Found:
		return workload.Unknown[string](ref.span()), true
	}
	return v, true
}

func probe(p pair) *workload.Probe {
	if !p.value.isMap() {
		return nil
	}
	out := &workload.Probe{At: p.key.span()}
	http := p.value.get("httpGet")
	out.Path = http.get("path").value(out.At)
	port := http.get("port")
	for _, other := range []string{"tcpSocket", "grpc"} {
		if n := p.value.get(other, "port"); n.ok() {
			port = n
		}
	}
	out.Port = port.value(out.At)
	out.Command = command(p.value.get("exec").pair("command"), out.At)
	return out
}

// resources reads requests and limits. What the container leaves out may be given by the pod (core/v1 PodSpec
// resources) or by a LimitRange of its namespace; one of another, or of none, may or may not apply.
func (a *assembly) resources(d *workload.Deploy, namespace string, spec node, resources pair) {
	resources.traceWhole()
	place := func(field string) check.Span {
		switch p := resources.value.pair(field); {
		case p.key.y != nil:
			return p.key.span()
		case resources.key.y != nil:
			return resources.key.span()
		}
		return d.At
	}
	read := func(field, name string) workload.Value[string] {
		at := place(field)
		if resources.value.ok() && !resources.value.isMap() || resources.value.get(field).ok() && !resources.value.get(field).isMap() {
			return workload.Unknown[string](at)
		}
		v := resources.value.get(field, name).value(at)
		if own := resources.value.get("limits", name); v.Absent() && !own.ok() { // a limit without a request is the request too
			v = spec.get("resources", field, name).value(at)
		}
		return v
	}
	d.MemoryLimit, d.CPULimit = read("limits", "memory"), read("limits", "cpu")
	d.MemoryRequest, d.CPURequest = read("requests", "memory"), read("requests", "cpu")
	for _, l := range a.limits {
		if l.namespace != namespace && l.namespace != "" && namespace != "" {
			continue
		}
		if d.MemoryLimit.Absent() {
			d.MemoryRequest = orDefault(d.MemoryRequest, l.requests.memory, l.namespace == namespace)
		}
		if d.CPULimit.Absent() {
			d.CPURequest = orDefault(d.CPURequest, l.requests.cpu, l.namespace == namespace)
		}
		d.MemoryLimit = orDefault(d.MemoryLimit, l.memory, l.namespace == namespace)
		d.CPULimit = orDefault(d.CPULimit, l.cpu, l.namespace == namespace)
	}
}

func orDefault(v workload.Value[string], def node, sure bool) workload.Value[string] {
	switch {
	case !v.Absent() || !def.ok():
		return v
	case !sure:
		return workload.Unknown[string](def.span())
	}
	return def.value(v.At())
}

// volumes returns the volumes of a pod by name, as mounts without a path.
func volumes(o *object, spec node) map[string]workload.Mount {
	out := map[string]workload.Mount{}
	for _, v := range spec.get("volumes").items() {
		m := workload.Mount{}
		for _, p := range v.pairs() {
			if key := p.key.str(); key != "name" {
				m.Source, m.VolumeAt = key, p.key.span()
				m.Memory = memoryVolume(v, p)
				for _, field := range []string{"claimName", "secretName", "path", "name"} {
					m.Name = cmp.Or(m.Name, p.value.get(field).str())
				}
			}
		}
		out[v.get("name").str()] = m
	}
	for _, t := range o.root.get("spec", "volumeClaimTemplates").items() {
		name := t.get("metadata", "name").str()
		c := claim(t, name, o.namespace, t.get("metadata", "name").span())
		c.PerPod = true
		out[name] = workload.Mount{Source: "persistentVolumeClaim", Name: name, Claim: c, VolumeAt: c.At}
	}
	return out
}

func seconds(s string) (time.Duration, error) {
	n, err := strconv.ParseInt(s, 10, 32)
	return time.Duration(n) * time.Second, err
}

// preStop returns how long a preStop hook sleeps. It is unknown for a hook that does anything that may take time of
// its own, such as an HTTP request.
func preStop(hook node, at check.Span) workload.Value[time.Duration] {
	if !hook.ok() {
		return workload.Absent[time.Duration](at)
	}
	if s := hook.get("sleep", "seconds"); s.ok() {
		return convert(s.value(at), seconds)
	}
	list := hook.get("exec", "command")
	var words []string
	for _, w := range list.items() {
		words = append(words, w.str())
	}
	slept, ok := time.Duration(0), false
	switch {
	case len(words) == 2:
		slept, ok = sleeps(words[0] + " " + words[1])
	case len(words) == 3 && isShell(words[0]) && strings.HasPrefix(words[1], "-") && strings.HasSuffix(words[1], "c"):
		slept, ok = sleeps(words[2])
	}
	if !ok {
		return workload.Unknown[time.Duration](hook.span())
	}
	return workload.Known(slept, list.span())
}

func isShell(word string) bool {
	switch path.Base(word) {
	case "sh", "ash", "bash", "dash":
		return true
	}
	return false
}

var (
	sleepCommand = regexp.MustCompile(`^(?:exec )?(?:/usr)?(?:/bin/)?sleep ((?:\d+(?:\.\d+)?[smhd]?\s*)+)$`)
	separator    = regexp.MustCompile(`\s*(?:;|&&|\n)\s*`)
)

// sleeps adds up the sleep commands of a script. ok is false if anything in it besides simple commands may repeat or
// skip them, or if it does not sleep: then it takes as long as it takes.
func sleeps(script string) (total time.Duration, ok bool) {
	for _, cmd := range separator.Split(strings.TrimSpace(script), -1) {
		if m := sleepCommand.FindStringSubmatch(cmd); m != nil {
			for _, word := range strings.Fields(m[1]) {
				t, err := sleepTime(word)
				if err != nil {
					return 0, false
				}
				total, ok = total+t, true
			}
			continue
		}
		first, _, _ := strings.Cut(cmd, " ")
		switch first {
		case "if", "for", "while", "until", "case", "sleep":
			return 0, false
		}
		if strings.ContainsAny(cmd, "|&`(") {
			return 0, false
		}
	}
	return total, ok
}

// sleepTime reads an operand of sleep: seconds, or a number with the unit s, m, h or d.
func sleepTime(word string) (time.Duration, error) {
	unit := time.Second
	switch word[len(word)-1] {
	case 'm':
		unit = time.Minute
	case 'h':
		unit = time.Hour
	case 'd':
		unit = 24 * time.Hour
	}
	x, err := strconv.ParseFloat(strings.TrimRight(word, "smhd"), 64)
	if err != nil || x*float64(unit) > math.MaxInt64/4 {
		return 0, fmt.Errorf("sleep %q: want a number of seconds", word)
	}
	return time.Duration(x * float64(unit)), nil
}
