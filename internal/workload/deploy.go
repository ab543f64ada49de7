package workload

import (
	"cmp"
	"path"
	"strconv"
	"time"

	"github.com/factorlint/factorlint/internal/check"
)

// A Variant is everything that is deployed together: the objects of one folder of Kubernetes manifests, one
// Compose project, one rendered chart or overlay.
type Variant struct {
	Name       string // for people: "deploy/api", "docker-compose.yml"
	Platform   Platform
	Deploys    []*Deploy
	Services   []*Service
	Scalers    []*Scaler
	ConfigMaps []*ConfigMap
	Ingresses  []*Ingress
	Budgets    []*Budget

	// Chart is the folder of the Helm chart that this is a rendering of, or "". The renderings of a chart differ in the
	// values file that gives them their name. Origins tells which lines of values files gave what the templates show:
	// places in values files, by the places of the values in templates.
	Chart   string
	Origins map[check.Span]check.Span

	// Overlay is the place in the kustomization that this is a rendering of, if it is one.
	Overlay  check.Span
	Previews []*Preview

	// Incomplete says that an overlay or renderer may still change what is here: what is missing may be added.
	Incomplete bool
}

// A Platform is what reads a manifest.
type Platform string

// Platforms.
const (
	Kubernetes Platform = "kubernetes"
	Compose    Platform = "compose"
)

// A Deploy is one container as a manifest asks for it: a container of a pod template, or a Compose service.
type Deploy struct {
	Name     string // of the container or Compose service
	Object   string // "apps/v1/Deployment/shop/api" (namespace may be empty: "apps/v1/Deployment//api"); "compose/api"
	Platform Platform
	Kind     string // "Deployment", "StatefulSet", "CronJob", …; "Compose"
	Role     ContainerRole
	OneShot  bool // a Job, CronJob, hook or bare init container: it ends by itself
	File     string
	At       check.Span // the container's name; in Compose the service's key
	ObjectAt check.Span // the object's name; in Compose the service's key
	Variant  *Variant

	Image      Value[string]  // the reference as it will be pulled; unknown if it holds unresolved variables
	ImageText  string         // the reference as it is written
	Build      *Build         // how Compose or Skaffold builds it, or nil
	Entrypoint Value[Command] // Kubernetes command, Compose entrypoint
	Args       Value[Command] // Kubernetes args, Compose command
	WorkDir    Value[string]
	Env        Set[EnvVar]    // every variable it is given, ConfigMaps and env_files of the tree included; incomplete if a source is not in the tree
	EnvAt      check.Span     // the env or environment key, or the container's name
	EnvSources []EnvSource    // the ConfigMaps, Secrets and env_files that it names for its variables
	Ports      []Port         // containerPort; in Compose the container's side of ports and expose
	Services   []*ServicePort // ports of Services (and published Compose ports) that lead to it
	Scrapes    []Scrape       // requests for its metrics

	Liveness, Readiness, Startup      *Probe
	MemoryLimit, MemoryRequest        Value[string] // Kubernetes quantities or Compose byte values, as written
	CPULimit, CPURequest              Value[string]
	Grace                             Value[time.Duration] // terminationGracePeriodSeconds, stop_grace_period; absent: the platform's default
	PreStop                           Value[time.Duration] // how long its preStop hook sleeps; absent if there is no hook
	Replicas                          Value[int]
	ReadOnlyRoot, Privileged, NonRoot Value[bool]
	RunAsUser                         Value[string]
	Mounts                            []Mount
	StopSignal                        Value[string] // lifecycle.stopSignal, stop_signal; absent: the image's
	HostNetwork                       bool          // it shares the ports of its host
	Alone                             bool          // nothing else listens on its localhost: it shares its network with no other container
	Pinned                            bool          // its pods are meant for one node: by name, selector or affinity
	Retagged                          bool          // a tool that builds the image from the tree gives it its tag: Skaffold, Tilt, ko
	Surges                            Value[bool]   // with one replica, an update waits for the new pod before it stops the old one
	Agent                             bool          // its pod looks into its node: it shares the node's processes or is privileged
	ReadinessGates                    bool          // something besides its probes decides whether its pod is ready
	Cron                              *Cron         // of a CronJob's container

	// Development is set for a Compose service that bind-mounts its source or runs a rebuild tool.
	Development bool
}

// DefaultGrace returns how long the platform waits between SIGTERM and SIGKILL if the manifest does not say:
// 30 s in Kubernetes (core/v1 PodSpec), 10 s in Compose (compose-spec stop_grace_period).
func (p Platform) DefaultGrace() time.Duration {
	if p == Compose {
		return 10 * time.Second
	}
	return 30 * time.Second
}

// A ContainerRole says what a container is for in its pod.
type ContainerRole string

// Container roles.
const (
	App  ContainerRole = "app"
	Init ContainerRole = "init"
)

// A Build is how a deploy's image is built from the tree.
type Build struct {
	Context    string // relative to the repository's root; "" if it lies elsewhere or cannot be told
	Dockerfile string // likewise
	Target     string // stage, or ""
	Args       map[string]Value[string]
	At         check.Span
}

// Path returns the path of the Dockerfile, that which docker takes where none is named.
func (b *Build) Path() string {
	return path.Clean(cmp.Or(b.Dockerfile, path.Join(b.Context, "Dockerfile")))
}

// An EnvSource is what a container names as the origin of variables.
type EnvSource struct {
	Kind     string // "ConfigMap", "Secret", "env_file"
	Name     string // of the object; the path of an env_file relative to the root, or as written if that is unknown
	Key      string // the one key that is asked for, or "" for all
	KeyAt    check.Span
	Optional bool // the container starts without it
	Found    bool // it is in the variant, and so is the key
	InTree   bool // manifests that belong to another variant define an object of that kind and name
	At       check.Span
}

// A Probe is a liveness, readiness or startup probe, or a Compose healthcheck (a readiness probe: Compose waits for
// it and does not restart because of it).
type Probe struct {
	Path    Value[string] // of an HTTP probe
	Port    Value[string] // number or name
	Command Value[Command]
	At      check.Span
}

// A Mount is a volume as a container sees it.
type Mount struct {
	Path     string // in the container
	Source   string // "emptyDir", "persistentVolumeClaim", "configMap", "secret", "hostPath", "bind", "volume", "tmpfs", …
	Name     string // claim, ConfigMap, host path or volume name; of a bind within the tree, its path relative to the root
	Claim    *Claim // that is mounted, if it is in the variant
	ReadOnly bool
	VolumeAt check.Span    // of Kubernetes, the key that says what the pod's volume is: "emptyDir"
	Memory   *MemoryVolume // of an emptyDir in memory
	At       check.Span
}

// A Service is a Kubernetes Service.
type Service struct {
	Name, Namespace string
	Selector        map[string]string
	Ports           []*ServicePort
	Type            string // "ClusterIP", "NodePort", "LoadBalancer", "ExternalName"
	Headless        bool   // clusterIP None: nothing translates its ports
	Unready         bool   // it leads to pods that are not ready as well
	Affinity        []Affinity
	At              check.Span // metadata.name
	Selects         []*Deploy  // every container of the pods it picks in its variant
}

// A ServicePort is one port of a Service, or a published port of a Compose service.
type ServicePort struct {
	Service  string        // the Service's name
	Name     string        // its own name within the Service, or ""
	Port     Value[int]    // its own port; absent if Compose chooses one
	Target   Value[string] // number or name of the container's port
	Protocol string
	At       check.Span // the targetPort's value, or the port's where targetPort is not given
}

// An Ingress is a Kubernetes Ingress.
type Ingress struct {
	Name, Namespace string
	Backends        []Backend
	Affinity        []Affinity
	At              check.Span // metadata.name
}

// A Backend is a port of a Service to which an Ingress sends requests.
type Backend struct {
	Service string
	Port    Value[string] // number or name of the Service's port, at its place
}

// A ConfigMap is a ConfigMap, or a Secret whose values are not kept.
type ConfigMap struct {
	Name, Namespace string
	Secret          bool
	Data            map[string]Value[string] // values of Secrets are unknown
	Keys            map[string]check.Span
	Hidden          map[string]Hidden // of a Secret: what its keys hold, decoded, as far as it stands in the manifest
	Open            bool              // it may have keys that are not here
	At              check.Span
}

// LeadsTo reports whether a Service's port is resolved to a container's port: by the same number, or by the same name
// and protocol (Kubernetes, pkg/api/v1/pod FindPort).
func (p *ServicePort) LeadsTo(c Port) bool {
	target, ok := p.Target.Get()
	if !ok {
		return false
	}
	if n, err := strconv.Atoi(target); err == nil {
		number, ok := c.Number.Get()
		return ok && number == n
	}
	return c.Name == target && c.Protocol == p.Protocol
}

// A Made is an image that something in the tree builds under a name.
type Made struct {
	Image   string // its reference; what cannot be told of it is written "${NAME}"
	Build   *Build // from a Dockerfile, or nil
	Package string // without Dockerfile, by ko: the directory of the main package, relative to the root; "" if it cannot be told
	Retags  bool   // what builds it puts its tag into the manifests: Skaffold, Tilt
	Local   bool   // it is built on developers' machines alone, by Tilt
	How     string // "docker build -t shop/api in Makefile:12"
	At      check.Span
}

// A Renaming says that one image has two names.
type Renaming struct {
	From, To string // references; what cannot be told of them is written "${NAME}"
	How      string // "docker tag in Makefile:12"
	At       check.Span
}
