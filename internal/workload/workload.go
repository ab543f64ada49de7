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

	Siblings []*Workload // all deploys of its image, itself among them
}

// relate tells workloads of each other that deploy the same image.
func relate(all []*Workload) {
	same := map[string][]*Workload{}
	for _, w := range all {
		if w.Image != nil && w.Deploy != nil {
			same[w.Image.File] = append(same[w.Image.File], w)
		}
	}
	for _, group := range same {
		for _, w := range group {
			w.Siblings = group
		}
	}
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
