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

// maxAnnotations is how many annotations of a severity GitHub shows for a step
// (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands).
const maxAnnotations = 10

// commands are the words of GitHub's workflow commands for severities.
var commands = map[rules.Severity]string{rules.Error: "error", rules.Warning: "warning", rules.Note: "notice"}

// github writes workflow commands, which GitHub shows as annotations, the worst first; what makes the run untrustworthy is worse
// than any finding. What GitHub would not show follows as in concise, for those who read the log.
func github(r *check.Report) ([]byte, error) {
	var b bytes.Buffer
	shown := map[rules.Severity]int{}
	fits := func(s rules.Severity) bool {
		shown[s]++
		return shown[s] <= maxAnnotations
	}
	rest := check.Report{Prefix: r.Prefix}
	notify := func(n check.Notification) {
		if !fits(n.Level) {
			rest.Notifications = append(rest.Notifications, n)
			return
		}
		at := ""
		if n.At.File != "" {
			at = fmt.Sprintf(" file=%s,line=%d", property(file(r, n.At)), max(n.At.Start.Line, 1))
		}
		fmt.Fprintf(&b, "::%s%s::%s\n", commands[n.Level], at, data(plain.Text(n.Message)))
	}
	fatal := func(n check.Notification) bool { return n.Level == rules.Error }
	for _, n := range r.Notifications {
		if fatal(n) {
			notify(n)
		}
	}
	for _, f := range worst(r) {
		if !fits(f.Severity) {
			rest.Findings = append(rest.Findings, f)
			continue
		}
		fmt.Fprintf(&b, "::%s file=%s,line=%d,endLine=%d,col=%d,endColumn=%d,title=%s::%s\n", commands[f.Severity], property(file(r, f.At)),
			max(f.At.Start.Line, 1), max(f.At.End.Line, 1), max(f.At.Start.Col, 1), max(f.At.End.Col, 1),
			property(f.Rule.ID+" "+f.Rule.Name), data(full(r, f)))
	}
	for _, n := range r.Notifications {
		if !fatal(n) {
			notify(n)
		}
	}
	if n := len(rest.Findings) + len(rest.Notifications); n > 0 {
		lines, err := concise(&rest)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%d more, of which GitHub shows no annotations:\n%s", n, plain.Log(string(lines)))
	}
	return b.Bytes(), nil
}

// data returns a line of text as the message of a workflow command, with nothing in it that is a command itself.
func data(s string) string { return dataEscapes.Replace(plain.Log(s)) }

// property returns a line of text as the value of a workflow command's property.
func property(s string) string { return propertyEscapes.Replace(plain.Log(s)) }

var (
	dataEscapes     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// worst returns the findings with the severest first, otherwise in their order.
func worst(r *check.Report) []check.Finding {
	fs := slices.Clone(r.Findings)
	slices.SortStableFunc(fs, func(x, y check.Finding) int { return int(y.Severity) - int(x.Severity) })
	return fs
}
