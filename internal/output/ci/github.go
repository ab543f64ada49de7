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
	rest := check.Report{Prefix: r.Prefix}
	shown := map[rules.Severity]int{}
	exhausted := func(s rules.Severity) bool {
		shown[s]++
		return shown[s] > maxAnnotations
	}
	notify := func(fatal bool) {
		for _, n := range r.Notifications {
			switch {
			case fatal != (n.Level == rules.Error):
			case exhausted(n.Level):
				rest.Notifications = append(rest.Notifications, n)
			default:
				b.WriteString(notificationCommand(r, n))
			}
		}
	}
	notify(true)
	for _, f := range worst(r) {
		if exhausted(f.Severity) {
			rest.Findings = append(rest.Findings, f)
		} else {
			b.WriteString(findingCommand(r, f))
		}
	}
	notify(false)
	if n := len(rest.Findings) + len(rest.Notifications); n > 0 {
		lines, err := concise(&rest)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%d more, of which GitHub shows no annotations:\n%s", n, plain.Log(string(lines)))
	}
	return b.Bytes(), nil
}

func findingCommand(r *check.Report, f check.Finding) string {
	return fmt.Sprintf("::%s file=%s,line=%d,endLine=%d,col=%d,endColumn=%d,title=%s::%s\n", commands[f.Severity], property(file(r, f.At)),
		max(f.At.Start.Line, 1), max(f.At.End.Line, 1), max(f.At.Start.Col, 1), max(f.At.End.Col, 1),
		property(f.Rule.ID+" "+f.Rule.Name), data(full(r, f)))
}

func notificationCommand(r *check.Report, n check.Notification) string {
	at := ""
	if n.At.File != "" {
		at = fmt.Sprintf(" file=%s,line=%d", property(file(r, n.At)), max(n.At.Start.Line, 1))
	}
	return fmt.Sprintf("::%s%s::%s\n", commands[n.Level], at, data(plain.Text(n.Message)))
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
