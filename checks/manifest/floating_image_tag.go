package manifest

import (
	"fmt"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// floatingImageTag is FL0202.
func floatingImageTag() check.Check[*workload.Variant] {
	return check.Check[*workload.Variant]{Rule: "floating-image-tag", Run: func(p *check.Pass[*workload.Variant]) {
		built := map[string]bool{} // by Compose, for other services of the project too
		for _, d := range p.Subject.Deploys {
			if ref, ok := d.Image.Get(); ok && d.Build != nil {
				built[ref] = true
			}
		}
		for _, d := range p.Subject.Deploys {
			ref, ok := d.Image.Get()
			if !ok || d.Build != nil || d.Retagged || d.Development || built[ref] || isStandIn(ref) || isLocal(d, ref) {
				continue
			}
			tag, floats := workload.FloatingTag(ref)
			if !floats {
				continue
			}
			what := "has the moving tag " + tag
			if tag == "" {
				what = "has no tag, which means latest"
			}
			p.Report(check.Finding{
				At: d.Image.At(),
				Message: fmt.Sprintf("image %s of %s %s: the next build or pull brings another version under the same name, and nothing here says which one to go back to",
					ref, container(d), what),
				Logical: logical(d),
				Matter:  workload.ImageName(ref),
			})
		}
	}}
}

// isLocal reports whether a Compose service runs an image that whoever starts it has built by hand: a name that no registry
// has.
func isLocal(d *workload.Deploy, ref string) bool {
	return d.Platform == workload.Compose && !strings.Contains(ref, "/") && !workload.IsPublic(ref)
}

var dashes = strings.NewReplacer("-", "", "_", "")

// isStandIn reports whether something else is to be put in the place of a reference before it is deployed.
func isStandIn(ref string) bool {
	if ref == "" || strings.ContainsAny(ref, "$<>{}%# ") {
		return true
	}
	word := strings.ToLower(dashes.Replace(ref))
	for _, w := range []string{"placeholder", "changeme", "replaceme", "imagename", "dockerimage", "yourimage"} {
		if strings.Contains(word, w) {
			return true
		}
	}
	name := workload.ImageName(ref)
	return word == "image" || strings.ToUpper(name) == name
}
