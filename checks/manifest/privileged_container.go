package manifest

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// privilegedContainer is FL1705.
func privilegedContainer() check.Check[*workload.Variant] {
	return check.Check[*workload.Variant]{Rule: "privileged-container", Run: func(p *check.Pass[*workload.Variant]) {
		agents := map[string]bool{} // pods
		for _, d := range p.Subject.Deploys {
			agents[d.File+" "+d.Object] = agents[d.File+" "+d.Object] || touchesHost(d)
		}
		for _, d := range p.Subject.Deploys {
			privileged, ok := d.Privileged.Get()
			if !ok || !privileged || agents[d.File+" "+d.Object] || !isApplication(d) {
				continue
			}
			p.Report(check.Finding{
				At: d.Privileged.At(),
				Message: fmt.Sprintf("%s is privileged: whoever takes over its process is root on the node, with all its devices and containers",
					container(d)),
				Logical: logical(d),
				Matter:  "privileged",
			})
		}
	}}
}

// touchesHost reports whether a container shares the network of its host or has a part of its files.
func touchesHost(d *workload.Deploy) bool {
	return d.HostNetwork || slices.ContainsFunc(d.Mounts, func(m workload.Mount) bool {
		return m.Source == "hostPath" || m.Source == "bind" && path.IsAbs(m.Name)
	})
}

// isApplication reports whether d serves users rather than its node or those who build images. Of Compose services, which mostly are tools on a developer's machine
// where they are privileged, only those count that are built here.
func isApplication(d *workload.Deploy) bool {
	if d.Platform == workload.Compose {
		if d.Build == nil || d.Development || d.OneShot {
			return false
		}
	} else if !runsForLong(d) || d.Kind == "DaemonSet" {
		return false
	}
	image, _ := d.Image.Get()
	for _, builder := range []string{"dind", "buildkit", "kaniko", "buildah", "podman"} {
		if strings.Contains(image, builder) {
			return false
		}
	}
	return true
}
