package manifest

import (
	"fmt"
	"slices"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// envSourceMissing is FL0331. Secrets are made elsewhere, and so may be a ConfigMap where the manifests have none.
func envSourceMissing() check.Check[*workload.Variant] {
	return check.Check[*workload.Variant]{Rule: "env-source-missing", Run: func(p *check.Pass[*workload.Variant]) {
		v := p.Subject
		if v.Incomplete || v.Platform != workload.Kubernetes {
			return
		}
		for _, d := range v.Deploys {
			for _, s := range d.EnvSources {
				if s.Kind != "ConfigMap" || s.Found || s.InTree || s.Optional || s.Name == "" || isStandIn(s.Name) || isClusters(s.Name) {
					continue
				}
				own := configMaps(v, d.Namespace())
				i := slices.IndexFunc(own, func(c *workload.ConfigMap) bool { return c.Name == s.Name })
				if len(own) == 0 {
					continue
				}
				f := check.Finding{At: s.At, Logical: logical(d), Matter: s.Name}
				switch other := elsewhere(v, s.Name, d.Namespace()); {
				case i >= 0:
					f.At, f.Matter = s.KeyAt, s.Name+"/"+s.Key
					f.Message = fmt.Sprintf("%s takes a variable from the key %q of the ConfigMap %q, which has no such key: the container does not start (CreateContainerConfigError)",
						container(d), s.Key, s.Name)
					f.Related = []check.Related{{At: own[i].At, Message: "the ConfigMap without that key"}}
				case other != nil && (other.Namespace == "" || d.Namespace() == ""):
					continue // whoever applies them may say the namespace
				case other != nil:
					f.Message = fmt.Sprintf("%s takes variables from the ConfigMap %q, which the manifests define in the namespace %q and not in its own, %q: the container does not start (CreateContainerConfigError)",
						container(d), s.Name, other.Namespace, d.Namespace())
					f.Related = []check.Related{{At: other.At, Message: "in the namespace " + other.Namespace}}
				default:
					f.Message = fmt.Sprintf("%s takes variables from the ConfigMap %q, but the manifests define %s and none of that name: the container does not start (CreateContainerConfigError)",
						container(d), s.Name, names(own))
					for _, c := range own[:min(len(own), maxNamed)] {
						f.Related = append(f.Related, check.Related{At: c.At, Message: "another ConfigMap"})
					}
				}
				p.Report(f)
			}
		}
	}}
}

// isClusters reports whether the cluster itself puts a ConfigMap of that name into every namespace.
func isClusters(name string) bool {
	return name == "kube-root-ca.crt" || name == "openshift-service-ca.crt" || name == "istio-ca-root-cert"
}

// configMaps returns the ConfigMaps of a namespace, Secrets left out.
func configMaps(v *workload.Variant, namespace string) []*workload.ConfigMap {
	return slices.DeleteFunc(slices.Clone(v.ConfigMaps), func(c *workload.ConfigMap) bool { return c.Secret || c.Namespace != namespace })
}

// elsewhere returns a ConfigMap of that name in another namespace, or nil.
func elsewhere(v *workload.Variant, name, namespace string) *workload.ConfigMap {
	for _, c := range v.ConfigMaps {
		if !c.Secret && c.Name == name && c.Namespace != namespace {
			return c
		}
	}
	return nil
}

func names(all []*workload.ConfigMap) string {
	if len(all) == 1 {
		return fmt.Sprintf("only %q", all[0].Name)
	}
	return fmt.Sprintf("%d others", len(all))
}
