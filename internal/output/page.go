package output

import (
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/factorlint/factorlint/internal/output/plain"
	"github.com/factorlint/factorlint/rules"
)

// widest is how many columns a page takes at most: longer lines are hard to read.
const widest = 100

// Page writes the page of a rule for a terminal.
func Page(w io.Writer, r *rules.Rule, o Options) error {
	p := printer{Options: o}
	p.line("%s %s\n%s\n", p.paint(bold, r.ID), p.paint(bold, r.Name), strings.Join(p.wrap(r.Summary, ""), "\n"))
	also := ""
	for _, q := range r.Also {
		also += ", " + q.String()
	}
	for _, fact := range [][2]string{
		{"principle", r.Principle.String() + also},
		{"looks at", string(r.Kind)},
		{"severity", r.Severity.String()},
		{"default", onOff(r.Default)},
		{"precision", r.Precision},
		{"fix", string(r.Fix)},
		{"since", r.Since},
		{"page", p.link(r, r.URL())},
	} {
		p.line("%-9s  %s", fact[0], fact[1])
	}
	_, body, _ := strings.Cut(r.Body, "\n") // the heading is the name
	p.line("")
	p.markdown(strings.TrimSpace(body))
	return p.flush(w)
}

// markdown writes Markdown for a terminal: headings bold, code indented, paragraphs and items of lists in lines that fit.
func (p *printer) markdown(text string) {
	var (
		block  []string
		fenced bool
	)
	end := func() {
		p.paragraph(block)
		block = nil
	}
	for line := range strings.SplitSeq(text, "\n") {
		switch {
		case strings.HasPrefix(line, "```"):
			fenced = !fenced
		case fenced && line != "":
			p.line("    %s", p.paint(codeColour, line))
		case line == "":
			end()
			p.line("")
		case strings.HasPrefix(line, "#"):
			p.line("%s", p.paint(bold, strings.ToUpper(strings.TrimLeft(line, "# "))))
		case strings.HasPrefix(line, "- "), strings.HasPrefix(line, "|"):
			end()
			block = []string{plain.Inline(line)}
		default:
			block = append(block, plain.Inline(line))
		}
	}
	end()
}

// paragraph writes the lines of a paragraph, or of one item of a list.
func (p *printer) paragraph(lines []string) {
	if len(lines) == 0 {
		return
	}
	if p.Width > 0 && !strings.HasPrefix(lines[0], "|") {
		indent := ""
		if strings.HasPrefix(lines[0], "- ") {
			indent = "  "
		}
		lines = p.wrap(strings.Join(lines, " "), indent)
	}
	for _, line := range lines {
		p.line("%s", codeSpan.ReplaceAllStringFunc(line, p.code))
	}
}

// codeColour is cyan in ECMA-48.
const codeColour = "36"

// code returns a span of code: in colour, or in the backticks that it has.
func (p *printer) code(span string) string {
	if !p.Color {
		return span
	}
	return p.paint(codeColour, strings.Trim(span, "`"))
}

var (
	codeSpan = regexp.MustCompile("`[^`]+`")
	unbroken = regexp.MustCompile("(?:`[^`]*`|[^\\s`])+") // a word, in which a span of code is not broken
)

// wrap returns a text in lines that fit into the width, those behind the first indented. Without a width it is one line.
func (p *printer) wrap(text, indent string) []string {
	if p.Width == 0 {
		return []string{text}
	}
	var (
		out  []string
		line string
	)
	for _, word := range unbroken.FindAllString(text, -1) {
		if line != "" && utf8.RuneCountInString(line+" "+word) > min(p.Width, widest) {
			out = append(out, line)
			line = indent + word
			continue
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(out, line)
}
