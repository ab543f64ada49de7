package manifest

import (
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// A Dependency is an entry of a Helm chart's dependencies.
type Dependency struct {
	Name       string
	Version    workload.Value[string] // a version or a range; absent: any
	Repository string                 // "https://…", "oci://…", "file://…", "@alias" or ""
	At         check.Span             // the name
}

// ReadDependencies reads the dependencies of a Chart.yaml, or of the requirements.yaml of an old chart. What is no YAML
// has none.
func ReadDependencies(file string, data []byte) []Dependency {
	if len(data) > maxFile {
		return nil
	}
	docs, _ := split(newSource(file, data))
	if len(docs) == 0 {
		return nil
	}
	root, fault := docs[0].decode()
	if fault != nil || root.isTemplate() {
		return nil
	}
	var out []Dependency
	for _, d := range root.get("dependencies").items() {
		name := d.get("name")
		if !name.isText() {
			continue
		}
		out = append(out, Dependency{Name: name.str(), Version: d.get("version").value(name.span()),
			Repository: d.get("repository").str(), At: name.span()})
	}
	return out
}
