package manifest

import (
	"fmt"
	"path"
	"regexp"
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
		for _, d := range p.Subject.Deploys {
			name, s, ok := storeOf(d)
			compose := d.Platform == workload.Compose
			if !ok || d.OneShot || d.Role != workload.App || !compose && !runsForLong(d) || !s.startsServer(d) || isTestProject(d) {
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
			severity := rules.Warning
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
	testFile      = regexp.MustCompile(`(?i)(^|[._-])(tests?|testing|e2e|ci|integration)([._-]|$)`)
)

// isTestProject reports whether a Compose file is for tests by its name: its stores begin empty on purpose.
func isTestProject(d *workload.Deploy) bool {
	return d.Platform == workload.Compose && testFile.MatchString(strings.TrimSuffix(path.Base(d.File), path.Ext(d.File)))
}

// losesData reports whether none of a container's volumes can hold data for longer than its pod or container lives. If one
// of them is an emptyDir that was meant for the data, it is returned.
func losesData(d *workload.Deploy) (lost bool, ephemeral *workload.Mount) {
	for i := range d.Mounts {
		m := &d.Mounts[i]
		if !mayHoldData(m.Path) {
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
