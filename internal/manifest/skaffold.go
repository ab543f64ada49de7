package manifest

import (
	"strings"

	"github.com/factorlint/factorlint/internal/workload"
)

// artifacts notes the names of the images that a configuration of Skaffold builds, those of its profiles included.
func (l *loader) artifacts(o *object) {
	if o.group() != "skaffold" {
		return
	}
	builds := []node{o.root.get("build")}
	for _, p := range o.root.get("profiles").items() {
		builds = append(builds, p.get("build"))
	}
	for _, b := range builds {
		for _, artifact := range b.get("artifacts").items() {
			if name := artifact.get("image").str(); name != "" {
				l.skaffold[name] = true
			}
		}
	}
}

// markRetagged finds the containers whose image Skaffold builds. It compares names without tag, as Skaffold does.
func (l *loader) markRetagged(variants []*workload.Variant) {
	for _, v := range variants {
		for _, d := range v.Deploys {
			ref, _ := d.Image.Get()
			d.Retagged = l.skaffold[imageName(ref)] || strings.HasPrefix(ref, "ko://")
		}
	}
}
