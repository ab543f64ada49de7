package manifest

import (
	"fmt"
	"path"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// hostPathVolume is FL0606. It speaks once for each volume of a pod.
func hostPathVolume() check.Check[*workload.Variant] {
	return check.Check[*workload.Variant]{Rule: "host-path-volume", Run: func(p *check.Pass[*workload.Variant]) {
		seen := map[check.Span]bool{}
		for _, d := range p.Subject.Deploys {
			if !runsForLong(d) || d.Kind == "DaemonSet" || d.Agent || d.Pinned || d.Namespace() == "kube-system" {
				continue
			}
			for _, m := range d.Mounts {
				if m.Source != "hostPath" || isNodes(m.Name) || seen[m.VolumeAt] {
					continue
				}
				seen[m.VolumeAt] = true
				p.Report(check.Finding{
					At: m.VolumeAt,
					Message: fmt.Sprintf("%s mounts %s of whatever node it runs on: another replica, or the pod after a move, finds something else there",
						container(d), m.Name),
					Logical: logical(d),
					Matter:  m.Name,
					Related: []check.Related{{At: m.At, Message: "mounted at " + m.Path}},
				})
			}
		}
	}}
}

// isNodes reports whether a path is the same on every node, or tells about the node alone: clock, certificates, kernel, log.
func isNodes(p string) bool {
	p = path.Clean(p)
	for _, same := range []string{"/etc/localtime", "/etc/timezone", "/usr/share/zoneinfo", "/etc/ssl", "/etc/pki", "/etc/ca-certificates",
		"/usr/share/ca-certificates", "/usr/local/share/ca-certificates", "/proc", "/sys", "/lib/modules", "/usr/src", "/dev/log",
		"/run/systemd"} {
		if p == same || strings.HasPrefix(p, same+"/") {
			return true
		}
	}
	return strings.ContainsAny(p, "$<{")
}
