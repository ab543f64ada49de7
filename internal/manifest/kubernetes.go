package manifest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// An object is a Kubernetes object as it stands in a file.
type object struct {
	root            node
	file            string
	api, kind       string
	name, namespace string
	at              check.Span // metadata.name, or the kind where there is none or a helper of a chart makes it
	open            bool       // a generator read what is not in the tree for it
}

// objects returns the Kubernetes objects of a document: itself, or the items of a List.
func objects(root node) []*object {
	api, kind := root.get("apiVersion"), root.get("kind")
	if !api.isText() || !kind.isText() {
		return nil
	}
	if items := root.get("items"); strings.HasSuffix(kind.str(), "List") && items.isList() {
		var out []*object
		for _, item := range items.items() {
			// a List within a List is no Kubernetes object
			if !strings.HasSuffix(item.get("kind").str(), "List") {
				out = append(out, objects(item)...)
			}
		}
		return out
	}
	name := root.get("metadata", "name")
	o := &object{root: root, file: root.doc.src.file, api: label(api), kind: label(kind),
		name: label(name), namespace: label(root.get("metadata", "namespace")), at: kind.span()}
	if at := name.span(); name.isText() && at.File == o.file {
		o.at = at
	}
	return []*object{o}
}

// label returns what of a text a name can hold: 253 characters (apimachinery, DNS1123SubdomainMaxLength). Messages about whatever is in
// an object repeat its name.
func label(n node) string { return check.Cut(n.str(), 253) }

// group returns the API group: "" for the core one.
func (o *object) group() string {
	group, _, ok := strings.Cut(o.api, "/")
	if !ok {
		return ""
	}
	return group
}

// template returns the pod template, metadata and spec: of the kinds that Kubernetes knows, and of any other that
// has one in the usual place.
func (o *object) template() node {
	t := o.root.get("spec", "template")
	switch {
	case o.kind == "Pod" && o.group() == "":
		t = o.root
	case o.kind == "CronJob":
		t = o.root.get("spec", "jobTemplate", "spec", "template")
	}
	if !t.get("spec", "containers").isList() {
		return node{}
	}
	return t
}

// isPatch reports whether an object with a template is but a patch for another: a container of its own would need an
// image.
func (o *object) isPatch(template node) bool {
	for _, c := range template.get("spec", "containers").items() {
		if !c.pair("image").key.ok() {
			return true
		}
	}
	return false
}

// oneShot reports whether the containers of an object run to their end.
func (o *object) oneShot(template node) bool {
	switch o.kind {
	case "Job", "CronJob":
		return true
	case "Pod":
		if p := template.get("spec", "restartPolicy").str(); p == "Never" || p == "OnFailure" {
			return true
		}
		if metadata := o.root.get("metadata"); !metadata.get("name").ok() && !metadata.get("generateName").ok() {
			return true // nobody can apply it: what runs builds, such as Jenkins, makes pods of it
		}
	}
	annotations := o.root.get("metadata", "annotations")
	return annotations.get("helm.sh/hook").ok() || annotations.get("argocd.argoproj.io/hook").ok()
}

// isRelevant reports whether the loader has a use for an object.
func (o *object) isRelevant() bool {
	switch o.group() + "/" + o.kind {
	case "/Service", "/ConfigMap", "/Secret", "/LimitRange", "/PersistentVolumeClaim", "autoscaling/HorizontalPodAutoscaler",
		"keda.sh/ScaledObject", "policy/PodDisruptionBudget", "networking.k8s.io/Ingress", "extensions/Ingress",
		monitoring + "/ServiceMonitor", monitoring + "/PodMonitor":
		return true
	}
	t := o.template()
	return t.ok() && !o.isPatch(t) || o.isPreview()
}

// A set is the objects of one variant, before they are put together.
type set struct {
	name       string // the directory
	objects    []*object
	overlay    *kustomization // that renders them, or nil
	incomplete bool
	chart      *rendering // that they are of, or nil
	rendered   check.Span // in the kustomization that rendered them, if one did
}

// An assembly puts the objects of a set together.
type assembly struct {
	*notebook
	set    *set
	out    *workload.Variant
	pods   []*pod
	limits []limitRange

	configMaps map[configMapID]*workload.ConfigMap
	metadata   map[*workload.Service]node
	claims     []*workload.Claim
	budgets    []budget
	variables  int // given to all containers
	steps      int // taken to connect Services with pods
	told       map[string]bool
}

// cutShort says, once, that the variant has too many of something to be judged as a whole.
func (a *assembly) cutShort(format string, args ...any) {
	a.out.Incomplete = true
	what := fmt.Sprintf(format, args...)
	if !a.told[what] {
		a.told[what] = true
		a.warn("yaml-limit", check.Span{File: a.set.objects[0].file}, "%s of %s; the rest was not judged", what, a.set.name)
	}
}

// spend takes some steps of those in which objects are compared with each other. It returns false when none are left.
func (a *assembly) spend(steps int) bool {
	if a.steps += steps; a.steps > maxSteps {
		a.cutShort("more than %d comparisons would tell what belongs together among the objects", maxSteps)
		return false
	}
	return true
}

type configMapID struct {
	secret          bool
	namespace, name string
}

// A pod is a pod template and the containers made of it.
type pod struct {
	namespace string
	labels    map[string]string
	deploys   []*workload.Deploy
	size      int // containers and their ports
}

// variant puts the objects of a set together. Its limits are told to a notebook.
func (s *set) variant(b *notebook) *workload.Variant {
	a := &assembly{notebook: b, told: map[string]bool{}, set: s, out: &workload.Variant{Name: s.name, Platform: workload.Kubernetes, Incomplete: s.incomplete},
		configMaps: map[configMapID]*workload.ConfigMap{}, metadata: map[*workload.Service]node{}}
	a.out.Overlay = s.rendered
	if s.chart != nil {
		a.out.Chart, a.out.Origins = s.chart.dir, s.chart.origins
	}
	var templates []*object
	for _, o := range s.objects {
		if o.isPreview() {
			a.out.Previews = append(a.out.Previews, preview(o))
		}
		if s.overlay != nil && s.overlay.namespace != "" {
			o.namespace = s.overlay.namespace
		}
		switch {
		case o.kind == "Service" && o.group() == "":
			a.service(o)
		case o.kind == "ConfigMap" && o.group() == "", o.kind == "Secret" && o.group() == "":
			a.addConfigMap(configMap(o))
		case o.kind == "LimitRange" && o.group() == "":
			a.limits = append(a.limits, limitRanges(o)...)
		case o.kind == "PersistentVolumeClaim" && o.group() == "":
			a.claims = append(a.claims, claim(o.root, o.name, o.namespace, o.at))
		case o.kind == "HorizontalPodAutoscaler":
			a.scaler(o)
		case o.kind == "ScaledObject" && o.group() == "keda.sh":
			a.scaledObject(o)
		case o.kind == "PodDisruptionBudget":
			a.budget(o)
		case o.kind == "Ingress":
			a.ingress(o)
		case o.group() == monitoring: // when all Services and pods are there
		default:
			templates = append(templates, o)
		}
	}
	if s.overlay != nil {
		for _, c := range s.overlay.generated {
			a.addConfigMap(c)
		}
	}
	for _, o := range templates {
		a.pod(o)
	}
	for _, s := range a.out.Services {
		a.connect(s)
	}
	a.scrapes()
	a.govern()
	return a.out
}

func (a *assembly) service(o *object) {
	spec := o.root.get("spec")
	s := &workload.Service{Name: o.name, Namespace: o.namespace, At: o.at, Type: cmp.Or(spec.get("type").str(), "ClusterIP"),
		Headless: spec.get("clusterIP").str() == "None", Unready: spec.get("publishNotReadyAddresses").str() == "true", Affinity: serviceAffinity(o)}
	s.Selector = stringMap(spec.get("selector"))
	if k := a.set.overlay; k != nil && s.Type != "ExternalName" {
		for key, value := range k.selectorLabels {
			s.Selector[key] = value
		}
	}
	for _, p := range spec.get("ports").items() {
		number, target := p.get("port"), p.get("targetPort")
		port := &workload.ServicePort{Service: o.name, Name: p.get("name").str(), Port: number.number(p.span()),
			Protocol: strings.ToLower(cmp.Or(p.get("protocol").str(), "TCP"))}
		port.Target = number.value(p.span())
		if target.ok() && target.str() != "" && target.str() != "0" {
			port.Target = target.value(p.span())
		}
		port.At = port.Target.At()
		s.Ports = append(s.Ports, port)
	}
	a.out.Services = append(a.out.Services, s)
	a.metadata[s] = o.root.get("metadata")
}

func stringMap(n node) map[string]string {
	m := map[string]string{}
	for _, p := range n.pairs() {
		m[p.key.str()] = p.value.str()
	}
	return m
}

// connect finds the pods that a Service picks and the containers that its ports lead to. A Service with no selector
// gets its endpoints from elsewhere.
func (a *assembly) connect(s *workload.Service) {
	if len(s.Selector) == 0 || s.Type == "ExternalName" {
		return
	}
	for _, p := range a.pods {
		if !a.spend(len(s.Selector) + len(s.Ports)*p.size) {
			return
		}
		if p.namespace != s.Namespace || !picks(s.Selector, p.labels) {
			continue
		}
		s.Selects = append(s.Selects, p.deploys...)
		for _, port := range s.Ports {
			for _, d := range p.serving(port) {
				d.Services = append(d.Services, port)
			}
		}
	}
}

func picks(selector, labels map[string]string) bool {
	for k, v := range selector {
		if got, ok := labels[k]; !ok || got != v {
			return false
		}
	}
	return true
}

// serving returns the containers that a port leads to: those that declare it or, as declaring a number is optional,
// the only container of the pod.
func (p *pod) serving(port *workload.ServicePort) []*workload.Deploy {
	var declaring, apps []*workload.Deploy
	for _, d := range p.deploys {
		if d.Role != workload.App {
			continue
		}
		apps = append(apps, d)
		if slices.ContainsFunc(d.Ports, func(c workload.Port) bool { return port.LeadsTo(c) }) {
			declaring = append(declaring, d)
		}
	}
	target, _ := port.Target.Get()
	if _, err := strconv.Atoi(target); len(declaring) == 0 && err == nil && len(apps) == 1 {
		return apps
	}
	return declaring
}

func configMap(o *object) *workload.ConfigMap {
	c := &workload.ConfigMap{Name: o.name, Namespace: o.namespace, Secret: o.kind == "Secret", At: o.at, Open: o.open,
		Data: map[string]workload.Value[string]{}, Keys: map[string]check.Span{}, Hidden: map[string]workload.Hidden{}}
	for _, field := range []string{"data", "stringData", "binaryData"} {
		data := o.root.get(field)
		c.Open = c.Open || data.ok() && !data.isMap()
		for _, p := range data.pairs() {
			key := p.key.str()
			c.Keys[key] = p.key.span()
			if field == "data" && !c.Secret {
				c.Data[key] = p.value.envValue()
			} else {
				c.Data[key] = workload.Unknown[string](p.value.span())
			}
			if c.Secret {
				hide(c, o, field, p)
			}
		}
	}
	return c
}

// addConfigMap adds an object or a generated one. If a name is taken, which of the two is deployed cannot be told:
// the first keeps what both agree on.
func (a *assembly) addConfigMap(c *workload.ConfigMap) {
	if a.set.overlay != nil && a.set.overlay.namespace != "" {
		c.Namespace = a.set.overlay.namespace
	}
	id := configMapID{c.Secret, c.Namespace, c.Name}
	old := a.configMaps[id]
	if old == nil {
		a.configMaps[id] = c
		a.out.ConfigMaps = append(a.out.ConfigMaps, c)
		return
	}
	old.Open = true
	for key, v := range old.Data {
		x, ok := v.Get()
		if y, same := c.Data[key].Get(); ok && (!same || x != y) {
			old.Data[key] = workload.Unknown[string](v.At())
		}
	}
}

// ingress reads networking.k8s.io/v1 and its predecessors, which named Service and port beside each other.
func (a *assembly) ingress(o *object) {
	in := &workload.Ingress{Name: o.name, Namespace: o.namespace, At: o.at, Affinity: annotated(o)}
	add := func(b node) {
		if service := b.get("service"); service.ok() {
			port := service.get("port", "number")
			if name := service.get("port", "name"); name.ok() {
				port = name
			}
			in.Backends = append(in.Backends, workload.Backend{Service: service.get("name").str(), Port: port.value(service.span())})
		} else if name := b.get("serviceName"); name.isText() {
			in.Backends = append(in.Backends, workload.Backend{Service: name.str(), Port: b.get("servicePort").value(name.span())})
		}
	}
	spec := o.root.get("spec")
	add(spec.get("defaultBackend"))
	add(spec.get("backend"))
	for _, rule := range spec.get("rules").items() {
		for _, path := range rule.get("http", "paths").items() {
			add(path.get("backend"))
		}
	}
	a.out.Ingresses = append(a.out.Ingresses, in)
}

// A limitRange is what a LimitRange gives to containers that ask for nothing.
type limitRange struct {
	namespace   string
	memory, cpu node // limits
	requests    struct{ memory, cpu node }
}

// limitRanges reads the limits that apply to containers; a maximum stands in for a missing default (core/v1
// LimitRangeItem, SetDefaults_LimitRangeItem).
func limitRanges(o *object) []limitRange {
	var out []limitRange
	for _, item := range o.root.get("spec", "limits").items() {
		if item.get("type").str() != "Container" {
			continue
		}
		l := limitRange{namespace: o.namespace}
		for _, field := range []string{"max", "default"} {
			if m := item.get(field, "memory"); m.ok() {
				l.memory = m
			}
			if c := item.get(field, "cpu"); c.ok() {
				l.cpu = c
			}
		}
		for _, field := range []string{"min", "max", "default", "defaultRequest"} {
			if m := item.get(field, "memory"); m.ok() {
				l.requests.memory = m
			}
			if c := item.get(field, "cpu"); c.ok() {
				l.requests.cpu = c
			}
		}
		out = append(out, l)
	}
	return out
}
