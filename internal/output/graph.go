package output

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/factorlint/factorlint/internal/output/plain"
	"github.com/factorlint/factorlint/internal/output/workloadmap"
)

// dot draws workloads in Graphviz' language (https://graphviz.org/doc/info/lang.html).
func (p *printer) dot(groups []*workloadmap.Group) {
	p.line("digraph factorlint {")
	p.line("  rankdir=LR; fontname=\"sans-serif\"; node [shape=box, style=rounded, fontname=\"sans-serif\"];")
	for i, g := range groups {
		pic := g.Picture()
		p.line("  subgraph cluster_%d { label=%s;", i, dotQuote(g.Name))
		for _, b := range pic.Boxes {
			p.line("    subgraph cluster_%d_%s { label=%s;", i, b.Kind, dotQuote(b.Kind+": "+b.Title))
			p.line("      w%d_%s [style=invis, width=0, height=0, label=\"\"];", i, b.Kind)
			for _, r := range b.Rows {
				p.line("      %s [label=%s, tooltip=%s];", nodeID(i, r.ID), dotQuote(r.Text), dotQuote(r.Place.String()))
			}
			p.line("    }")
		}
		p.line("  }")
		for n := range pic.Boxes[1:] {
			p.line("  w%d_%s -> w%d_%s [style=invis];", i, pic.Boxes[n].Kind, i, pic.Boxes[n+1].Kind)
		}
		for _, l := range pic.Lines {
			p.line("  %s -> %s [dir=none, class=%s];", nodeID(i, l.From), nodeID(i, l.To), dotQuote(l.Kind))
		}
	}
	p.line("}")
}

// mermaid draws workloads as a flowchart (https://mermaid.js.org/syntax/flowchart.html).
func (p *printer) mermaid(groups []*workloadmap.Group) {
	p.line("flowchart LR")
	for i, g := range groups {
		pic := g.Picture()
		p.line("  subgraph w%d[%s]", i, mermaidQuote(g.Name))
		for _, b := range pic.Boxes {
			p.line("    subgraph w%d_%s[%s]", i, b.Kind, mermaidQuote(b.Kind+": "+b.Title))
			for _, r := range b.Rows {
				p.line("      %s[%s]", nodeID(i, r.ID), mermaidQuote(r.Text))
			}
			if len(b.Rows) == 0 { // an empty subgraph is drawn as a node without a frame
				p.line("      w%d_%s_none[%s]", i, b.Kind, mermaidQuote(cmp.Or(b.Place.String(), " ")))
			}
			p.line("    end")
		}
		p.line("  end")
		for n := range pic.Boxes[1:] {
			p.line("  w%d_%s ~~~ w%d_%s", i, pic.Boxes[n].Kind, i, pic.Boxes[n+1].Kind)
		}
		for _, l := range pic.Lines {
			p.line("  %s --- %s", nodeID(i, l.From), nodeID(i, l.To))
		}
	}
}

func nodeID(workload int, row string) string {
	return fmt.Sprintf("w%d_%s", workload, strings.ReplaceAll(row, "-", "_"))
}

// dotQuote returns a quoted string of the DOT language. Backslashes and entities would have a meaning in a label.
func dotQuote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `&`, `&amp;`).Replace(plain.Text(s)) + `"`
}

// mermaidQuote returns a quoted label of Mermaid. What may have a meaning in one is written by its code: quotes, brackets,
// HTML, Markdown, directives.
func mermaidQuote(s string) string {
	var b strings.Builder
	for _, r := range plain.Text(s) {
		switch {
		case r >= 0x80, r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', strings.ContainsRune(" ./:,-_=", r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	return `"` + b.String() + `"`
}
