package sarif

import (
	"slices"
	"strings"

	gosarif "github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/output/plain"
)

// invocation says how the run ended and what could not be read or judged, and describes the notifications' codes in the driver.
func (b *builder) invocation(d *component, notifications []check.Notification) *gosarif.Invocation {
	successful, code := !b.report.Untrusted, b.options.ExitCode
	inv := &gosarif.Invocation{ExecutionSuccessful: &successful, ExitCode: &code}
	description := map[int]string{0: "No finding fails the run.", 1: "Findings fail the run.", 2: "The run cannot be trusted."}[code]
	if description != "" {
		inv.ExitCodeDescription = &description
	}
	var codes []string
	for _, n := range notifications {
		codes = append(codes, n.Code)
	}
	slices.Sort(codes)
	codes = slices.Compact(codes)
	for _, c := range codes {
		description := "Not everything could be read or judged: " + strings.ReplaceAll(c, "-", " ") + "."
		d.Notifications = append(d.Notifications, gosarif.NewRule(c).
			WithName(pascal(c)).
			WithShortDescription(text(description)).
			WithFullDescription(text(description)).
			WithTextHelp("Its message says what is the matter."))
	}
	for _, n := range notifications {
		i, _ := slices.BinarySearch(codes, n.Code)
		id := n.Code
		out := &gosarif.Notification{
			Descriptor: &gosarif.ReportingDescriptorReference{Id: &id, Index: index(i)},
			Level:      n.Level.String(),
			Message:    gosarif.NewTextMessage(sentence(plain.Text(n.Message))),
		}
		if !n.At.IsZero() {
			out.Locations = []*gosarif.Location{b.location(n.At)}
		}
		inv.ToolExecutionNotifications = append(inv.ToolExecutionNotifications, out)
	}
	return inv
}
