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

// github writes workflow commands, which GitHub shows as annotations: of a step the first ten of each severity, so the worst come
// first (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands).
func github(r *check.Report) ([]byte, error) {
	var b bytes.Buffer
	for _, f := range worst(r) {
		fmt.Fprintf(&b, "::%s file=%s,line=%d,endLine=%d,col=%d,endColumn=%d,title=%s::%s\n", commands[f.Severity], property.Replace(file(r, f.At)),
			max(f.At.Start.Line, 1), max(f.At.End.Line, 1), max(f.At.Start.Col, 1), max(f.At.End.Col, 1),
			property.Replace(f.Rule.ID+" "+f.Rule.Name), data.Replace(full(r, f)))
	}
	for _, n := range r.Notifications {
		at := ""
		if n.At.File != "" {
			at = fmt.Sprintf(" file=%s,line=%d", property.Replace(file(r, n.At)), max(n.At.Start.Line, 1))
		}
		fmt.Fprintf(&b, "::%s%s::%s\n", commands[n.Level], at, data.Replace(plain.Text(n.Message)))
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
