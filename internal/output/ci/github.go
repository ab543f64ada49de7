package ci

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/output/plain"
	"github.com/factorlint/factorlint/rules"
)

// commands are the words of GitHub's workflow commands for severities.
var commands = map[rules.Severity]string{rules.Error: "error", rules.Warning: "warning", rules.Note: "notice"}

// shown is how many annotations of each severity GitHub shows for a step
// (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands).
const shown = 10

// github writes workflow commands, which GitHub shows as annotations: as many as it shows, the worst first, and how many more
// there are.
func github(r *check.Report) ([]byte, error) {
	var b bytes.Buffer
	count := map[rules.Severity]int{}
	annotate := func(s rules.Severity, place, message string) {
		if count[s]++; count[s] <= shown {
			fmt.Fprintf(&b, "::%s%s::%s\n", commands[s], place, data.Replace(message))
		}
	}
	for _, f := range worst(r) {
		annotate(f.Severity, fmt.Sprintf(" file=%s,line=%d,endLine=%d,col=%d,endColumn=%d,title=%s", property.Replace(file(r, f.At)),
			max(f.At.Start.Line, 1), max(f.At.End.Line, 1), max(f.At.Start.Col, 1), max(f.At.End.Col, 1),
			property.Replace(f.Rule.ID+" "+f.Rule.Name)), full(r, f))
	}
	for _, n := range r.Notifications {
		at := ""
		if n.At.File != "" {
			at = fmt.Sprintf(" file=%s,line=%d", property.Replace(file(r, n.At)), max(n.At.Start.Line, 1))
		}
		annotate(n.Level, at, plain.Text(n.Message))
	}
	for _, s := range []rules.Severity{rules.Error, rules.Warning, rules.Note} {
		if more := count[s] - shown; more > 0 {
			fmt.Fprintf(&b, "%d more of severity %s\n", more, s)
		}
	}
	return b.Bytes(), nil
}

var (
	data     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// worst returns the findings with the severest first, otherwise in their order.
func worst(r *check.Report) []check.Finding {
	fs := slices.Clone(r.Findings)
	slices.SortStableFunc(fs, func(x, y check.Finding) int { return int(y.Severity) - int(x.Severity) })
	return fs
}
