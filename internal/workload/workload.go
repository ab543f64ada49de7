package workload

import "github.com/factorlint/factorlint/internal/check"

// A Workload is one container as it is deployed: the program it runs, the image that carries it and the deploy that
// schedules it. Any of the three may be nil. Links say why they belong together.
type Workload struct {
	Name    string
	Program *Program
	Image   *Image
	Deploy  *Deploy
	Links   []Link
	Missing []string // what stayed unbound and why, for people

	Elsewhere []*Deploy // of the same program, in other variants
}

// A Link is the reason for which two parts of a workload belong together.
type Link struct {
	From, To string // "deploy", "image", "program"
	Reason   string // "compose build: .", "COPY --from=build /app ← go build ./cmd/api"
}

// A Binding is an entry of the services section of .factorlint.yaml: what belongs together, in the user's words.
type Binding struct {
	Name       string
	Program    string     // directory of the main package: "./cmd/api"
	Dockerfile string     // path of the Dockerfile
	Target     string     // stage of the Dockerfile
	Deploys    []string   // "deploy/api.yaml#container", "docker-compose.yml#service"
	At         check.Span // the entry, as far as the configuration's reader can tell
}

// linkElsewhere tells each workload in which other variants its program is deployed.
func linkElsewhere(all []*Workload) {
	deploys := map[*Program][]*Deploy{}
	for _, w := range all {
		if w.Program != nil && w.Deploy != nil {
			deploys[w.Program] = append(deploys[w.Program], w.Deploy)
		}
	}
	for _, w := range all {
		if w.Program == nil || w.Deploy == nil {
			continue
		}
		for _, d := range deploys[w.Program] {
			if d.Variant != w.Deploy.Variant {
				w.Elsewhere = append(w.Elsewhere, d)
			}
		}
	}
}
