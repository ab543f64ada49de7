package check

import (
	"fmt"
	"runtime"

	"github.com/factorlint/factorlint/rules"
)

// Shield calls do. If that panics, a mistake of factorlint's on input that nobody thought of, it says so with the place that was looked at
// and what was being done there ("reading it"), and that the run cannot be trusted; otherwise it returns nil. What do had begun is lost.
func Shield(at Span, what string, do func()) (broken []Notification) {
	defer func() {
		if p := recover(); p != nil {
			broken = []Notification{{Code: "internal-error", Level: rules.Error, At: at,
				Message: fmt.Sprintf("%s failed (%s); this is a bug in factorlint, please report it", what, cause(p))}}
		}
	}()
	do()
	return nil
}

// cause returns what the Go runtime has to say about a panic. Other values may hold what was read.
func cause(p any) string {
	if err, ok := p.(runtime.Error); ok {
		return err.Error()
	}
	return "a panic"
}
