package scorecard

import (
	"fmt"
	"io"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/output/plain"
	"github.com/factorlint/factorlint/rules"
)

// mostMarkdown is how many bytes a Markdown text has at most: what fits into a comment on GitHub, which holds 65,536
// characters. A job summary holds more.
const mostMarkdown = 65_000

// marks are what cells show.
var marks = map[State]string{Violated: "❌", CannotTell: "❓", Clean: "✅", NotApplicable: "–"}

// WriteMarkdown writes a card in short, for a pull request or the summary of a job. What does not fit is counted.
func WriteMarkdown(w io.Writer, c *Card) error {
	m := &markdown{}
	m.add("## factorlint\n")
	for _, s := range c.summary() {
		m.add("- %s\n", s)
	}
	m.matrix(c)
	m.findings(c)
	_, err := io.WriteString(w, m.String())
	return err
}

// A markdown is a text that does not grow beyond mostMarkdown.
type markdown struct{ strings.Builder }

// add appends text if it fits, with room for the line that says what is left out.
func (m *markdown) add(format string, args ...any) bool {
	text := fmt.Sprintf(format, args...)
	if m.Len()+len(text) > mostMarkdown-200 {
		return false
	}
	m.WriteString(text)
	return true
}

// matrix adds a table of workloads and principles.
func (m *markdown) matrix(c *Card) {
	head, rule := "| workload |", "|---|"
	for _, p := range rules.Principles() {
		head += " " + p.Key() + " |"
		rule += ":-:|"
	}
	m.add("\n%s\n%s\n", head, rule)
	for i, row := range c.Rows {
		if i == maxRows || !m.add("| %s (%s) |%s\n", text(row.Name), text(row.Where()), states(row.Cells)) {
			m.WriteString(fmt.Sprintf("| %s left out |%s\n", check.Count(len(c.Rows)-i, "more workload"), strings.Repeat(" |", len(row.Cells))))
			break
		}
	}
	m.add("| repository |%s\n", states(c.Tree))
	m.add("\n❌ violated, with the number of findings · ❓ cannot tell · ✅ clean · – not applicable. The twelve factors I to XII, then LIFESPAR.\n")
}

// states returns the cells of a row.
func states(cells []Cell) string {
	line := ""
	for _, cell := range cells {
		line += " " + marks[cell.State]
		if n := len(cell.Findings); n > 0 {
			line += fmt.Sprint(n)
		}
		line += " |"
	}
	return line
}

// maxRows is how many workloads the table shows, so that findings have room too.
const maxRows = 100

// findings adds the findings, those of workloads with their names.
func (m *markdown) findings(c *Card) {
	fs := c.Report.Findings
	if len(fs) == 0 {
		return
	}
	m.add("\n### Findings\n\n")
	for i, f := range fs {
		where := c.whose(i)
		line := fmt.Sprintf("- **%s** [%s %s](%s) (%s): %s %s\n", f.Severity, f.Rule.ID, f.Rule.Name, f.Rule.URL(), where,
			text(f.Message), code(placeOf(c.Report, f.At)))
		if !m.add("%s", line) {
			m.WriteString(fmt.Sprintf("\n%s left out: this text has reached the length that fits into a comment.\n", check.Count(len(fs)-i, "more finding")))
			return
		}
	}
}

// mostNames is how many workloads a finding is said to be of.
const mostNames = 20

// whose names the workloads that a finding belongs to.
func (c *Card) whose(finding int) string {
	owners := c.owners[finding]
	if len(owners) == 0 {
		return "repository"
	}
	var names []string
	for _, n := range owners[:min(len(owners), mostNames)] {
		names = append(names, text(c.Rows[n].Name))
	}
	if more := len(owners) - mostNames; more > 0 {
		names = append(names, check.Count(more, "more workload"))
	}
	return strings.Join(names, ", ")
}

// text returns words that Markdown shows as they are: no markup, no HTML, no link, and nobody is mentioned.
func text(s string) string {
	var b strings.Builder
	for _, r := range plain.Text(s) {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case r == '@', r == '#': // a person, an issue
			b.WriteString(string(r) + zeroWidth)
		case strings.ContainsRune("\\`*_{}[]()!|~$+-", r):
			b.WriteString(`\` + string(r))
		default:
			b.WriteRune(r)
		}
	}
	return links.Replace(b.String())
}

// zeroWidth is a space that takes no room, so that GitHub sees no mention, issue or address in what follows.
const zeroWidth = "&#8203;"

// links are what GitHub makes a link of, broken up.
var links = strings.NewReplacer("://", ":"+zeroWidth+"//", "www.", "www"+zeroWidth+".", "WWW.", "WWW"+zeroWidth+".", `GH\-`, "GH"+zeroWidth+`\-`, `gh\-`, "gh"+zeroWidth+`\-`)

// code returns a code span that holds any text.
func code(s string) string {
	if s == "" {
		return ""
	}
	s = plain.Text(s)
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if fence != "`" || strings.TrimSpace(s) != s {
		return fence + " " + s + " " + fence
	}
	return fence + s + fence
}
