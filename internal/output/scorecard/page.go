package scorecard

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/output/plain"
	"github.com/factorlint/factorlint/internal/output/snippet"
	"github.com/factorlint/factorlint/internal/output/workloadmap"
	"github.com/factorlint/factorlint/rules"
)

var (
	//go:embed page.html
	pageHTML string
	//go:embed page.css
	pageCSS string
	//go:embed page.js
	pageJS string
)

// WriteHTML writes a card as one page that needs nothing else: no network, no other file, and no script to be read. What is
// invisible in the texts of the repository is made visible, and what a CI system would obey if the page went to its log is broken up.
func WriteHTML(w io.Writer, c *Card, version string) error {
	t, err := template.New("page").Funcs(template.FuncMap{"slug": slug}).Parse(pageHTML)
	if err != nil {
		return err
	}
	var b strings.Builder
	if err := t.Execute(&b, c.page(version)); err != nil {
		return err
	}
	var safe bytes.Buffer
	for line := range strings.Lines(b.String()) {
		safe.WriteString(plain.Text(strings.TrimSuffix(line, "\n")) + "\n")
	}
	_, err = w.Write(plain.XML(safe.Bytes()))
	return err
}

// A page is what the template shows.
type page struct {
	Policy     string // Content-Security-Policy: nothing but the page's own style and script
	CSS        template.CSS
	JS         template.JS
	Version    string
	Report     *check.Report
	Summary    []string
	Principles []rules.Principle
	States     []State
	Rows       []pageRow
	Findings   []pageFinding
	Apart      []pageFinding // without a principle that a cell has: about comments
	Tree       []pageCell
	Notes      []note
}

type pageRow struct {
	ID int
	Row
	Cells   []pageCell
	Picture svg
}

type pageCell struct {
	Cell
	ID       string
	Findings []pageFinding
}

type pageFinding struct {
	check.Finding
	ID         int
	Place      string
	Code, Mark string
	Related    []pageRelated
	Principles string // numbers, with a space before and after each: " 9 19 "
	Workloads  string // numbers of rows in the same form; " - " for none
	Owners     []pageOwner
	Text       string // in which the filter looks for words, in lower case
}

type pageRelated struct {
	Place, Message, Code, Mark string
}

type pageOwner struct {
	ID   int
	Name string
}

type note struct{ Level, Code, Place, Message string }

func (c *Card) page(version string) *page {
	p := &page{
		CSS: template.CSS(pageCSS), JS: template.JS(pageJS), Version: version,
		Policy:     fmt.Sprintf("default-src 'none'; style-src 'sha256-%s'; script-src 'sha256-%s'; base-uri 'none'; form-action 'none'", hash(pageCSS), hash(pageJS)),
		Report:     c.Report,
		Summary:    c.summary(),
		Principles: rules.Principles(),
		States:     []State{Violated, CannotTell, Clean, NotApplicable},
	}
	for i := range c.Report.Findings {
		p.Findings = append(p.Findings, c.finding(i))
	}
	for n, row := range c.Rows {
		p.Rows = append(p.Rows, pageRow{ID: n, Row: row, Picture: draw(row.Picture(), n), Cells: p.cells(fmt.Sprint("w", n), row.Cells)})
	}
	p.Tree = p.cells("tree", c.Tree)
	for _, i := range c.Apart {
		if c.Report.Findings[i].Rule.Principle == rules.Linter {
			p.Apart = append(p.Apart, p.Findings[i])
		}
	}
	for _, n := range c.Report.Notifications {
		p.Notes = append(p.Notes, note{n.Level.String(), n.Code, placeOf(c.Report, n.At), n.Message})
	}
	return p
}

// cells prepares the cells of a row whose ids begin with a word.
func (p *page) cells(row string, cells []Cell) (out []pageCell) {
	for _, cell := range cells {
		pc := pageCell{Cell: cell, ID: fmt.Sprintf("%s-p%d", row, cell.Principle)}
		for _, i := range cell.Findings {
			pc.Findings = append(pc.Findings, p.Findings[i])
		}
		out = append(out, pc)
	}
	return out
}

// finding prepares one finding for the page.
func (c *Card) finding(i int) pageFinding {
	f := c.Report.Findings[i]
	out := pageFinding{Finding: f, ID: i, Place: placeOf(c.Report, f.At), Principles: " ", Workloads: " "}
	out.Code, out.Mark = snippet.Of(c.Report.Sources[f.At.File], f.Rule, f.At)
	for _, r := range f.Related {
		rel := pageRelated{Place: placeOf(c.Report, r.At), Message: r.Message}
		rel.Code, rel.Mark = snippet.Of(c.Report.Sources[r.At.File], f.Rule, r.At)
		out.Related = append(out.Related, rel)
	}
	for _, p := range append([]rules.Principle{f.Rule.Principle}, f.Rule.Also...) {
		out.Principles += fmt.Sprintf("%d ", p)
	}
	for n, row := range c.Rows {
		if slices.Contains(row.Findings, i) {
			out.Workloads += fmt.Sprintf("%d ", n)
			out.Owners = append(out.Owners, pageOwner{n, row.Name})
		}
	}
	if len(out.Owners) == 0 {
		out.Workloads = " - "
	}
	out.Text = strings.ToLower(strings.Join([]string{f.Rule.ID, f.Rule.Name, f.Message, out.Place}, " "))
	return out
}

// summary says in short what was found, and how far it can be trusted.
func (c *Card) summary() []string {
	n := c.Totals()
	silenced, old := c.Report.Silenced()
	out := []string{
		fmt.Sprintf("%s, %s, %s in %s", check.Count(len(c.Rows), "workload"), check.Count(len(c.Report.Findings), "finding"),
			check.Count(silenced, "suppressed finding"), check.Count(c.Report.Files, "file")),
		fmt.Sprintf("Of %d cells %d are violated and %d clean, %d cannot be told and %d do not apply",
			20*len(c.Rows), n[Violated], n[Clean], n[CannotTell], n[NotApplicable]),
	}
	if old > 0 {
		out = append(out, check.Count(old, "old finding")+" left out: this page is about new ones")
	}
	if c.Report.Partial {
		out = append(out, "Only a part of the repository was looked at")
	}
	if c.Report.Untrusted {
		out = append(out, "Not everything essential could be analysed: see the notifications")
	}
	return out
}

func placeOf(r *check.Report, at check.Span) string {
	if at.IsZero() {
		return ""
	}
	return workloadmap.Place{File: r.Prefix + at.File, Line: at.Start.Line, Column: at.Start.Col}.String()
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// slug returns a state as a word for style sheets.
func slug(s State) string { return strings.ReplaceAll(string(s), " ", "-") }
