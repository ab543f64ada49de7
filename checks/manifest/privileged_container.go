package manifest

import (
	"fmt"
	"path"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// privilegedContainer is FL1705.
func privilegedContainer() check.Check[*workload.Variant] {
	return check.Check[*workload.Variant]{Rule: "privileged-container", Run: func(p *check.Pass[*workload.Variant]) {
		for _, d := range p.Subject.Deploys {
			if privileged, ok := d.Privileged.Get(); !ok || !privileged || !isApplication(d) {
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

// isApplication reports whether d serves users rather than its node: it is no agent that looks after the host's network,
// files or containers, and no builder of images. Of Compose services, which mostly are tools on a developer's machine
// where they are privileged, only those count that are built here.
func isApplication(d *workload.Deploy) bool {
	if d.Platform == workload.Compose {
		if d.Build == nil || d.Development || d.OneShot {
			return false
		}
	} else if !runsForLong(d) || d.Kind == "DaemonSet" {
		return false
	}
	if d.HostNetwork {
		return false
	}
	for _, m := range d.Mounts {
		if m.Source == "hostPath" || m.Source == "bind" && path.IsAbs(m.Name) {
			return false
		}
	}
	image, _ := d.Image.Get()
	for _, builder := range []string{"dind", "buildkit", "kaniko", "buildah", "podman"} {
		if strings.Contains(image, builder) {
			return false
		}
	}
	return true
}
