package scorecard

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"iter"
	"slices"
	"strconv"
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
// The page is never held as a whole.
func WriteHTML(w io.Writer, c *Card, version string) error {
	p := c.page(version)
	t, err := template.New("page").Funcs(template.FuncMap{"slug": slug, "links": p.linksTo, "vars": p.vars, "facts": p.tableRows, "differences": p.differences}).Parse(pageHTML)
	if err != nil {
		return err
	}
	safe := &lineWriter{to: bufio.NewWriter(w)}
	if err := t.Execute(safe, p); err != nil {
		return err
	}
	return safe.flush()
}

// A lineWriter makes each line of HTML harmless, and writes it.
type lineWriter struct {
	to   *bufio.Writer
	rest []byte // the line that has no end yet
}

func (l *lineWriter) Write(text []byte) (int, error) {
	for line := range bytes.Lines(text) {
		l.rest = append(l.rest, line...)
		if line[len(line)-1] != '\n' {
			continue
		}
		if err := l.end(l.rest[:len(l.rest)-1]); err != nil {
			return 0, err
		}
	}
	return len(text), nil
}

// end writes a line.
func (l *lineWriter) end(line []byte) error {
	_, err := l.to.Write(append(plain.XML([]byte(plain.Text(string(line)))), '\n'))
	l.rest = l.rest[:0]
	return err
}

// flush writes what is left.
func (l *lineWriter) flush() error {
	if len(l.rest) > 0 {
		if err := l.end(l.rest); err != nil {
			return err
		}
	}
	return l.to.Flush()
}

// A page is what the template shows.
type page struct {
	Policy     string // Content-Security-Policy: nothing but the page's own style and script
	CSS        template.CSS
	JS         template.JS
	Version    string
	Summary    []string
	Cut        string // which workloads and findings are shown, if not all are
	Principles []rules.Principle
	States     []State
	Rows       []pageRow
	Apart      []int // findings without a principle that a cell has: about comments
	Tree       []pageCell
	Notes      []note

	card  *Card
	rows  map[int]bool // that are shown
	shown map[int]bool // findings that are
	links int          // that may still be shown
	facts int          // rows of tables that may still be
}

// Limits of a page: browsers show no page of hundreds of megabytes.
const (
	mostRows     = 1_000 // workloads
	mostFindings = 5_000
	mostNotes    = 1_000
	mostLinks    = 50_000 // between findings and workloads: thousands of either may belong together
	mostFacts    = 50_000 // rows of the workloads' tables
)

// Cut says how much of a card a page shows; "" if it shows all.
func (c *Card) Cut() string {
	var parts []string
	add := func(most, n int, format string) {
		if n > most {
			parts = append(parts, fmt.Sprintf(format, most, n))
		}
	}
	add(mostRows, len(c.Rows), "%d of %d workloads")
	add(mostFindings, len(c.Report.Findings), "the %d worst of %d findings")
	add(mostNotes, len(c.Report.Notifications), "%d of %d notifications")
	if len(parts) == 0 {
		return ""
	}
	return "the page shows " + strings.Join(parts, ", ") + "; other formats show all"
}

type pageRow struct {
	ID int
	Row
}

// Cells prepares the cells of the row.
func (r pageRow) Cells() []pageCell { return cells(fmt.Sprint("w", r.ID), r.Row.Cells) }

// Picture lays out the map of the row.
func (r pageRow) Picture() svg { return draw(r.Row.Picture(), r.ID) }

type pageCell struct {
	Cell
	ID string
}

// pageLinks are the first of some findings, and a sentence about the others without a full stop.
type pageLinks struct {
	Shown []pageLink
	More  string
}

type pageLink struct {
	*check.Finding
	ID    int
	Place string
}

type pageFinding struct {
	*check.Finding
	ID         int
	Place      string
	Code, Mark string
	Related    []pageRelated
	Principles string // numbers, with a space before and after each: " 9 19 "
	Workloads  string // numbers of rows in the same form; " - " for none
	Owners     []pageOwner
	More       string // about owners that are not shown
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
		Summary:    c.summary(),
		Principles: rules.Principles(),
		States:     []State{Violated, CannotTell, Clean, NotApplicable},
		Tree:       cells("tree", c.Tree),
		Cut:        c.Cut(),
		card:       c,
		rows:       map[int]bool{},
		shown:      map[int]bool{},
		links:      mostLinks,
		facts:      mostFacts,
	}
	for n, row := range c.Rows[:min(len(c.Rows), mostRows)] {
		p.rows[n] = true
		p.Rows = append(p.Rows, pageRow{n, row})
	}
	for _, i := range c.worst(mostFindings) {
		p.shown[i] = true
	}
	for _, i := range c.Apart {
		if c.Report.Findings[i].Rule.Principle == rules.Linter {
			p.Apart = append(p.Apart, i)
		}
	}
	for _, n := range c.Report.Notifications[:min(len(c.Report.Notifications), mostNotes)] {
		p.Notes = append(p.Notes, note{n.Level.String(), n.Code, placeOf(c.Report, n.At), n.Message})
	}
	return p
}

// worst returns the indexes of the worst findings, n at most.
func (c *Card) worst(n int) []int {
	all := make([]int, len(c.Report.Findings))
	for i := range all {
		all[i] = i
	}
	slices.SortStableFunc(all, func(a, b int) int { return cmp.Compare(c.Report.Findings[b].Severity, c.Report.Findings[a].Severity) })
	return all[:min(len(all), n)]
}

// cells prepares the cells of a row whose ids begin with a word.
func cells(row string, from []Cell) (out []pageCell) {
	for _, cell := range from {
		out = append(out, pageCell{cell, fmt.Sprintf("%s-p%d", row, cell.Principle)})
	}
	return out
}

// take returns for how many of some things there is room, and takes it.
func take(room *int, n int) int {
	n = min(n, *room)
	*room -= n
	return n
}

// shownOf returns those of some indexes that are shown.
func shownOf(list []int, shown map[int]bool) (out []int) {
	for _, i := range list {
		if shown[i] {
			out = append(out, i)
		}
	}
	return out
}

// linksTo prepares links to findings, given as indexes, as far as there is room.
func (p *page) linksTo(findings []int) (out pageLinks) {
	there := shownOf(findings, p.shown)
	for _, i := range there[:take(&p.links, len(there))] {
		f := &p.card.Report.Findings[i]
		out.Shown = append(out.Shown, pageLink{f, i, placeOf(p.card.Report, f.At)})
	}
	more := len(findings) - len(out.Shown)
	switch {
	case len(there) < len(findings):
		out.More = check.Count(more, "more finding")
	case more > 0:
		out.More = check.Count(more, "more finding") + ": filter the list below"
	}
	return out
}

// A part is the first rows of a table, and a sentence about the others without a full stop.
type part[T any] struct {
	Shown []T
	More  string
}

// partOf returns what of a list there is room for.
func partOf[T any](room *int, list []T) part[T] {
	n := take(room, len(list))
	out := part[T]{Shown: list[:n]}
	if more := len(list) - n; more > 0 {
		out.More = check.Count(more, "more row")
	}
	return out
}

func (p *page) vars(list []workloadmap.Variable) part[workloadmap.Variable] {
	return partOf(&p.facts, list)
}

func (p *page) tableRows(list []workloadmap.Fact) part[workloadmap.Fact] {
	return partOf(&p.facts, list)
}

func (p *page) differences(list []workloadmap.Line) part[workloadmap.Line] {
	return partOf(&p.facts, list)
}

// Findings prepares one finding after the other.
func (p *page) Findings() iter.Seq[pageFinding] {
	return func(yield func(pageFinding) bool) {
		for i := range p.card.Report.Findings {
			if p.shown[i] && !yield(p.finding(i)) {
				return
			}
		}
	}
}

// finding prepares one finding for the page.
func (p *page) finding(i int) pageFinding {
	r := p.card.Report
	f := &r.Findings[i]
	out := pageFinding{Finding: f, ID: i, Place: placeOf(r, f.At), Principles: numbers(append([]rules.Principle{f.Rule.Principle}, f.Rule.Also...)), Workloads: " - "}
	out.Code, out.Mark = snippet.Of(r.Sources[f.At.File], f.Rule, f.At)
	for _, related := range f.Related {
		rel := pageRelated{Place: placeOf(r, related.At), Message: related.Message}
		rel.Code, rel.Mark = snippet.Of(r.Sources[related.At.File], f.Rule, related.At)
		out.Related = append(out.Related, rel)
	}
	if owners := p.card.owners[i]; len(owners) > 0 {
		there := shownOf(owners, p.rows)
		out.Workloads = numbers(there)
		for _, row := range there[:take(&p.links, len(there))] {
			out.Owners = append(out.Owners, pageOwner{row, p.card.Rows[row].Name})
		}
		if more := len(owners) - len(out.Owners); more > 0 {
			out.More = check.Count(more, "more workload")
		}
	}
	out.Text = strings.ToLower(strings.Join([]string{f.Rule.ID, f.Rule.Name, f.Message, out.Place}, " "))
	return out
}

// numbers writes numbers with a space before and after each.
func numbers[N ~int](list []N) string {
	out := []byte(" ")
	for _, n := range list {
		out = append(strconv.AppendInt(out, int64(n), 10), ' ')
	}
	return string(out)
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
