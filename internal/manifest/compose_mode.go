package manifest

import (
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/workload"
)

// isForDevelopers reports whether a service only starts in profiles that are for developing and testing (compose-spec,
// profiles). A service in any other profile is judged like one in none: somebody starts it.
func (s *service) isForDevelopers() bool {
	found := false
	for _, p := range s.all("profiles") {
		for _, item := range p.value.items() {
			words := strings.FieldsFunc(strings.ToLower(item.str()), func(r rune) bool { return strings.ContainsRune("-_.", r) })
			if !slices.ContainsFunc(words, isDevelopment) {
				return false
			}
			found = true
		}
	}
	return found
}

func isDevelopment(word string) bool {
	switch word {
	case "dev", "development", "local", "debug", "test", "tests", "testing", "e2e", "ci", "tools", "tooling":
		return true
	}
	return false
}

// mode reads deploy.mode: "global" runs one container on each node, and jobs run to their end (compose-spec, deploy).
func (s *service) mode(d *workload.Deploy) {
	mode := s.text(s.get("deploy", "mode"))
	if mode.Absent() {
		return
	}
	text, _ := mode.Get()
	if text != "replicated" && text != "replicated-job" {
		d.Replicas = workload.Unknown[int](mode.At())
	}
	d.OneShot = d.OneShot || strings.HasSuffix(text, "-job")
}
