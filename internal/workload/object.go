package workload

import "github.com/factorlint/factorlint/internal/check"

// A Preview is an object of an alpha or beta version of Kubernetes' own API: such versions are removed one day.
type Preview struct {
	API, Kind       string // "policy/v1beta1", "PodDisruptionBudget"
	Namespace, Name string
	At              check.Span // the apiVersion's value
}

// A Cron is when a CronJob starts its jobs and what ends them.
type Cron struct {
	Schedule    Value[string]
	Concurrency Value[string] // "Allow", "Forbid", "Replace"; absent: Allow
	Deadline    Value[string] // seconds after which a job is ended; absent: never
}

// A MemoryVolume is an emptyDir whose files lie in memory.
type MemoryVolume struct {
	Name  string
	Limit Value[string] // sizeLimit
	At    check.Span    // the medium's value
}

// A Hidden is a text that is looked at but never printed: it may be a credential.
type Hidden struct{ text string }

// Hide returns a text that does not print.
func Hide(text string) Hidden { return Hidden{text} }

// Reveal returns the text, to judge it.
func (h Hidden) Reveal() string { return h.text }

// String prints no text.
func (h Hidden) String() string { return "(hidden)" }

// GoString prints no text either.
func (h Hidden) GoString() string { return "(hidden)" }
