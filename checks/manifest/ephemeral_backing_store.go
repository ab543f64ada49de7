package manifest

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
	"github.com/factorlint/factorlint/rules"
)

// ephemeralBackingStore is FL0404.
func ephemeralBackingStore() check.Check[*workload.Variant] {
	return check.Check[*workload.Variant]{Rule: "ephemeral-backing-store", Run: func(p *check.Pass[*workload.Variant]) {
		if p.Subject.Incomplete {
			return // a patch may add the volume
		}
		usual := rules.Warning
		if isDevelopment(p.Subject) {
			usual = rules.Note
		}
		for _, d := range p.Subject.Deploys {
			name, s, ok := storeOf(d)
			compose := d.Platform == workload.Compose
			if !ok || d.OneShot || d.Role != workload.App || !compose && !runsForLong(d) || !s.startsServer(d) || isTest(d) {
				continue
			}
			lost, ephemeral := losesData(d)
			if !lost {
				continue
			}
			f := check.Finding{At: d.At, Logical: logical(d), Matter: "data"}
			where := "no volume at all"
			if len(d.Mounts) > 0 {
				where = "no volume for its data"
			}
			if ephemeral != nil {
				f.At, where = ephemeral.VolumeAt, "an emptyDir"
			}
			severity := usual
			if s.cache {
				switch line := commandLine(d); {
				case noPersistence.MatchString(line):
					continue // a cache by its own words
				case !persistence.MatchString(line):
					severity = rules.Note // perhaps a cache
				}
			}
			when := "when the pod is replaced"
			if compose {
				when = "when the container is removed, as \"docker compose down\" does"
			}
			f.Message = fmt.Sprintf("%s runs the %s %s with %s: its data is lost %s", container(d), s.what, path.Base(name), where, when)
			p.ReportAs(severity, f)
		}
	}}
}

var (
	persistence   = regexp.MustCompile(`appendonly["' ]+yes|save["' ]+\d`)
	noPersistence = regexp.MustCompile(`save["' ]*("|')["' ]|--save (\s|--|$)|appendonly["' ]+no`)
	testName      = regexp.MustCompile(`(?i)^tests?([._-]|$)|tests?([._-]|$)`)
)

// isTest reports whether a Compose service is for tests, which begin with empty stores on purpose: its name says so,
// or the same store stands there in several versions.
func isTest(d *workload.Deploy) bool {
	if d.Platform != workload.Compose {
		return false
	}
	if testName.MatchString(d.Name) {
		return true
	}
	ref, _ := d.Image.Get()
	return slices.ContainsFunc(d.Variant.Deploys, func(other *workload.Deploy) bool {
		also, ok := other.Image.Get()
		return ok && also != ref && workload.ImageName(also) == workload.ImageName(ref)
	})
}

// isDevelopment reports whether a Compose project is for developers: it mounts the source of a service, or runs only other
// people's software, for a program outside.
func isDevelopment(v *workload.Variant) bool {
	if v.Platform != workload.Compose {
		return false
	}
	public := true
	for _, d := range v.Deploys {
		ref, ok := d.Image.Get()
		public = public && d.Build == nil && ok && workload.IsPublic(ref)
		if d.Development {
			return true
		}
	}
	return public
}

// losesData reports whether none of a container's volumes can hold data for longer than its pod or container lives. If one
// of them is an emptyDir that was meant for the data, it is returned.
func losesData(d *workload.Deploy) (lost bool, ephemeral *workload.Mount) {
	for i := range d.Mounts {
		m := &d.Mounts[i]
		if !mayHoldData(m.Path) && !isNamedForData(d, m.Path) {
			continue
		}
		switch m.Source {
		case "configMap", "secret", "projected", "downwardAPI":
		case "emptyDir":
			ephemeral = m
		default: // a claim, a host path, a driver's volume; a tmpfs that was asked for; or not to be told
			return false, nil
		}
	}
	return true, ephemeral
}

// isNamedForData reports whether a variable says that data is to lie at a path or beneath it: PGDATA, ETCD_DATA_DIR.
func isNamedForData(d *workload.Deploy, p string) bool {
	return slices.ContainsFunc(d.Env.Members, func(v workload.EnvVar) bool {
		dir, ok := v.Value.Get()
		return ok && strings.Contains(v.Name, "DATA") && strings.HasPrefix(path.Clean(dir)+"/", path.Clean(p)+"/")
	})
}

// mayHoldData reports whether a store may keep its data at a path, rather than configuration, scripts that are run at its
// first start, or scratch.
func mayHoldData(p string) bool {
	if p == "" || !path.IsAbs(p) {
		return true
	}
	p = path.Clean(p)
	for _, dir := range []string{"/docker-entrypoint-initdb.d", "/etc", "/usr", "/tmp", "/run", "/var/run", "/var/log", "/scripts", "/dev", "/init", "/certs", "/opt/bitnami/scripts"} {
		if p == dir || strings.HasPrefix(p, dir+"/") {
			return p == "/usr/share/elasticsearch/data" || p == "/usr/share/opensearch/data"
		}
	}
	switch path.Ext(p) {
	case ".sql", ".sh", ".conf", ".cnf", ".yml", ".yaml", ".js", ".json", ".xml", ".properties", ".pem", ".crt", ".key", ".env", ".ini", ".txt", ".gz":
		return false
	}
	return true
}
