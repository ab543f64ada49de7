package workload

import (
	"fmt"
	"path"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// backingServiceDrift looks at the backing services beside a service on a developer's machine, and at those beside its other
// deploys.
func backingServiceDrift() check.Check[*workload.Workload] {
	return check.Check[*workload.Workload]{Rule: "backing-service-drift", Run: func(p *check.Pass[*workload.Workload]) {
		w := p.Subject
		if w.Deploy == nil || ends(w.Deploy) || !isDeveloped(w.Deploy, p.Roles) {
			return
		}
		here := backingServices(w.Deploy.Variant)
		for _, other := range w.Siblings {
			if ends(other.Deploy) || !isProduction(other.Deploy, p.Roles) {
				continue
			}
			for _, there := range backingServices(other.Deploy.Variant) {
				for _, s := range here {
					if what := s.drift(there); what != "" {
						reportDrift(p, s, there, what)
					}
				}
			}
		}
	}}
}

func reportDrift(p *check.Pass[*workload.Workload], dev, prod backingService, what string) {
	p.Report(check.Finding{
		At: dev.deploy.Image.At(),
		Message: fmt.Sprintf("developers run %s %s, but %s deploys %s %s: %s",
			dev.engine, dev.tag, prod.deploy.Image.At().File, prod.engine, prod.tag, what),
		Related: related(nil, prod.deploy.Image.At(), fmt.Sprintf("runs %s %s", prod.engine, prod.tag)),
		Logical: logical(dev.deploy),
		Matter:  dev.engine + " " + prod.engine,
	})
}

// isDeveloped reports whether a deploy is for a developer's machine: in a Compose file that is not said to be for anything else.
func isDeveloped(d *workload.Deploy, roles check.Roles) bool {
	name := strings.ToLower(path.Base(d.File))
	return d.Platform == workload.Compose && roles.Of(d.File) == check.Product && !check.SaysProduction(d.File) &&
		!strings.Contains(name, "test") && !strings.Contains(name, "ci") && !strings.Contains(name, "swarm") && !strings.Contains(name, "stag")
}

// isProduction reports whether a deploy may be the one that users meet: in a Kubernetes manifest that is not said to be for
// developers, or in a Compose file for production.
func isProduction(d *workload.Deploy, roles check.Roles) bool {
	if roles.Of(d.File) != check.Product || d.Variant == nil || d.Variant.Incomplete || check.SaysDevelopment(d.File) || check.SaysDevelopment(d.Variant.Name) {
		return false
	}
	return d.Platform == workload.Kubernetes || check.SaysProduction(d.File)
}

// A backingService is a container of somebody else's software that keeps data or passes messages.
type backingService struct {
	engine string // "postgres"
	tag    string
	deploy *workload.Deploy
}

// backingServices returns those of a variant that stand there in one version only.
func backingServices(v *workload.Variant) []backingService {
	var all []backingService
	count := map[string]int{}
	for _, d := range v.Deploys {
		ref, ok := d.Image.Get()
		engine := engines[path.Base(workload.ImageName(ref))]
		if !ok || engine == "" || d.Build != nil || ends(d) {
			continue
		}
		tag, floats := workload.FloatingTag(ref)
		count[engine]++
		if !floats && tag != "" {
			all = append(all, backingService{engine, tag, d})
		}
	}
	var out []backingService
	for _, s := range all {
		if count[s.engine] == 1 {
			out = append(out, s)
		}
	}
	return out
}

// engines are the names of images, and the software in them whose major version their tags begin with.
var engines = map[string]string{
	"postgres": "postgres", "postgresql": "postgres", "postgis": "postgres", "pgvector": "postgres", "mysql": "mysql", "mariadb": "mariadb",
	"mongo": "mongo", "mongodb": "mongo", "redis": "redis", "valkey": "valkey", "rabbitmq": "rabbitmq", "elasticsearch": "elasticsearch",
	"opensearch": "opensearch", "cassandra": "cassandra", "kafka": "kafka", "cp-kafka": "cp-kafka", "nats": "nats", "memcached": "memcached",
}

// forks are engines that began as the same software and have grown apart.
var forks = map[string]string{"mariadb": "mysql", "mysql": "mariadb", "elasticsearch": "opensearch", "opensearch": "elasticsearch", "redis": "valkey", "valkey": "redis"}

// drift says how two backing services differ, "" if they do not or if that cannot be told.
func (s backingService) drift(there backingService) string {
	if forks[s.engine] == there.engine {
		return "the two have grown apart, and what works with one may fail with the other"
	}
	here, ok := major(s)
	other, known := major(there)
	if s.engine != there.engine || !ok || !known || here == other {
		return ""
	}
	return "what works with one major version may fail with the other"
}

// major returns the major version that a tag begins with: "16" of "16.2-alpine", "9.6" of PostgreSQL's "9.6.24".
func major(s backingService) (string, bool) {
	version, _, _ := strings.Cut(strings.TrimPrefix(s.tag, "v"), "-")
	elems := strings.Split(version, ".")
	if elems[0] == "" || len(elems[0]) > 3 || strings.Trim(elems[0], "0123456789") != "" {
		return "", false // a name, a year
	}
	if s.engine == "postgres" && len(elems[0]) == 1 {
		if len(elems) < 2 {
			return "", false
		}
		return elems[0] + "." + elems[1], true
	}
	return elems[0], true
}
