package output

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/output/plain"
	"github.com/factorlint/factorlint/internal/output/snippet"
	"github.com/factorlint/factorlint/internal/output/workloadmap"
	"github.com/factorlint/factorlint/internal/workload"
)

// ListFormats returns the formats that Rules knows, the default first.
func ListFormats() []string { return []string{"text", "json"} }

// MapFormats returns the formats that Workloads knows, the default first.
func MapFormats() []string { return []string{"text", "json", "dot", "mermaid"} }

// Workloads writes the map of each workload in one of MapFormats: what belongs together and why, and what it does there.
// The prefix is put before every file.
func Workloads(format string, w io.Writer, ws []*workload.Workload, prefix string, o Options) error {
	if format == "json" {
		list := make([]*workloadmap.Map, 0, len(ws))
		for _, wl := range ws {
			list = append(list, workloadmap.Of(wl, prefix))
		}
		return writeJSON(w, map[string]any{"workloads": list})
	}
	p := printer{Options: o}
	groups := workloadmap.GroupsOf(ws, prefix)
	switch format {
	case "text":
		for _, g := range groups {
			p.workload(g)
		}
		p.line("%s", tally(len(ws), len(groups)))
	case "dot":
		p.dot(groups)
	case "mermaid":
		p.mermaid(groups)
	default:
		return fmt.Errorf("no such format: %s", format)
	}
	return p.flush(w)
}

// tally counts workloads, and the variants that are not shown in full.
func tally(all, groups int) string {
	if all == groups {
		return Count(all, "workload")
	}
	return fmt.Sprintf("%s in %s", Count(groups, "workload"), Count(all, "variant"))
}

// Limits of the tree. JSON holds everything.
const (
	mostRows      = 16 // of a section
	mostVariables = 40
	cellWidth     = 44 // of a column; what is longer pushes the rest of its line
	headWidth     = 80 // of what says what a part is
	labelWidth    = 9
)

// A tree is one workload as it is printed: branches with the rows below them.
type tree struct{ branches []branch }

// A branch has rows of cells; the last cell of each is a place.
type branch struct {
	label string
	rows  [][]string
	dim   int // rows from here on are what the reader may skip; 0 for none
}

// workload prints
//
//	api
//	├─ deploy    container api of apps/v1/Deployment/shop/api        deploy/api.yaml:12:15
//	├─ image     stage runtime on gcr.io/distroless/static           Dockerfile:9:1
//	│            deploy → image: compose build: .
//	├─ program   example.com/api (server)                            main.go:9:6
//	├─ ports     listens        :9090  main traffic, net/http        main.go:12:2
//	│            containerPort  8080                                 deploy/api.yaml:15:28
//	└─ unknown   program        os.Getenv of a computed name (a.go:3)
func (p *printer) workload(g *workloadmap.Group) {
	t := &tree{}
	t.parts(g)
	t.env(g.Env)
	for _, s := range g.Sections() {
		rows := make([][]string, 0, len(s.Facts))
		for _, f := range s.Facts {
			rows = append(rows, []string{f.What, f.Value, f.Note, f.Place.String()})
		}
		if s.Name == "routes" { // all are alike
			for i := range rows {
				rows[i] = rows[i][1:]
			}
		}
		t.add(s.Name, rows)
	}
	t.variants(g)
	for _, m := range g.Missing {
		var rows [][]string
		for line := range strings.SplitSeq(m, "\n") {
			rows = append(rows, []string{line})
		}
		t.branches = append(t.branches, branch{"unbound", rows, 1})
	}
	p.tree(g.Name, t.branches)
}

// add puts a section into the tree; of a long one, the beginning.
func (t *tree) add(label string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	most := mostRows
	if label == "env" {
		most = mostVariables
	}
	if more := len(rows) - most; more > 1 {
		rows = append(rows[:most:most], []string{fmt.Sprintf("… and %d more of %d, see --format json", more, len(rows))})
	}
	t.branches = append(t.branches, branch{label, rows, 0})
}

// parts puts in what the workload is made of; a link stands under the part that is further from the deploy.
func (t *tree) parts(g *workloadmap.Group) {
	if d := g.Deploy; d != nil {
		text := fmt.Sprintf("container %s of %s", d.Container, d.Object)
		if d.Chart != "" && d.Chart != d.Variant {
			text += ", with " + d.Variant
		}
		b := branch{"deploy", [][]string{{text, d.Place.String()}}, 1}
		if d.Overlay != "" {
			b.rows = append(b.rows, []string{"rendered by " + d.Overlay})
		}
		t.branches = append(t.branches, b)
		if g.Image == nil && d.Image != "" && len(g.Missing) == 0 {
			t.branches = append(t.branches, branch{"image", [][]string{{d.Image + ", which nothing in this tree builds", d.ImageAt.String()}}, 1})
		}
	}
	if i := g.Image; i != nil {
		text := "stage " + i.Stage
		if i.Base != "" {
			text += " on " + i.Base
		}
		t.branches = append(t.branches, branch{"image", [][]string{{text, i.Place.String()}}, 1})
	}
	if r := g.Program; r != nil {
		text := fmt.Sprintf("%s (%s)", cmp.Or(r.ImportPath, r.Directory), r.Class)
		if r.Command != "" {
			text += ", started as " + r.Command
		}
		if r.GoVersion != "" {
			text += ", go " + r.GoVersion
		}
		t.branches = append(t.branches, branch{"program", [][]string{{text, r.Place.String()}}, 1})
	}
	for _, l := range g.Links {
		text := []string{fmt.Sprintf("%s → %s: %s", l.From, l.To, l.Reason)}
		under := -1
		for i, b := range t.branches {
			if b.label == l.From || b.label == l.To {
				under = i
			}
		}
		if under < 0 {
			t.add("link", [][]string{text})
			continue
		}
		t.branches[under].rows = append(t.branches[under].rows, text)
	}
}

// env puts in the table of variables.
func (t *tree) env(vars []workloadmap.Variable) {
	vars = slices.Clone(vars)
	slices.SortStableFunc(vars, func(a, b workloadmap.Variable) int { return cmp.Compare(rank(a), rank(b)) })
	rows := make([][]string, 0, len(vars))
	for _, v := range vars {
		name, needed := v.Name, ""
		if v.Prefix {
			name += "*"
		}
		switch {
		case v.Required == "yes":
			needed = "required"
		case v.Default != nil && *v.Default != "":
			needed = "default " + *v.Default
		}
		rows = append(rows, []string{name, v.Shown(), needed, readAt(v.Read), setBy(v.Set)})
	}
	t.add("env", rows)
}

// rank puts variables that are set or required before those that nobody has to care for.
func rank(v workloadmap.Variable) int {
	if len(v.Set) > 0 || v.Required == "yes" {
		return 0
	}
	return 1
}

func readAt(places []workloadmap.Place) string {
	switch len(places) {
	case 0:
		return ""
	case 1:
		return "read " + places[0].String()
	}
	return fmt.Sprintf("read %s and %d more", places[0], len(places)-1)
}

// setBy names the last of the places that set a variable: it counts.
func setBy(settings []workloadmap.Setting) string {
	if len(settings) == 0 {
		return ""
	}
	s := settings[len(settings)-1]
	if s.By == "manifest" || s.By == "image" {
		return "set " + s.Place.String()
	}
	return "set by " + s.By + " " + s.Place.String()
}

// variants says what is otherwise in the other variants.
func (t *tree) variants(g *workloadmap.Group) {
	for _, v := range g.Variants {
		rows := [][]string{{v.Name + ": as above" + differences(v)}}
		for _, l := range v.Lacks {
			rows = append(rows, []string{"- " + l.Section, l.Text})
		}
		for _, l := range v.Only {
			rows = append(rows, []string{"+ " + l.Section, l.Text})
		}
		t.add("variant", rows)
	}
}

func differences(v workloadmap.Variant) string {
	if len(v.Only)+len(v.Lacks) == 0 {
		return ""
	}
	return ", but for"
}

// tree prints branches, the columns of each aligned.
func (p *printer) tree(name string, branches []branch) {
	p.line("%s", p.paint(bold, plain.Text(name)))
	var heads [][]string // of the parts, which are aligned with each other
	for _, b := range branches {
		if len(b.rows[0]) == 2 && b.dim > 0 {
			heads = append(heads, b.rows[0])
		}
	}
	for i, b := range branches {
		tee, bar := "├─", "│ "
		if i == len(branches)-1 {
			tee, bar = "└─", "  "
		}
		widths := widthsOf(b.rows, cellWidth)
		if b.dim > 0 {
			widths = widthsOf(heads, headWidth)
		}
		for n, row := range b.rows {
			lead := fmt.Sprintf("%s %-*s ", tee, labelWidth, b.label)
			if n > 0 {
				lead = fmt.Sprintf("%s %-*s ", bar, labelWidth, "")
			}
			text := aligned(row, widths)
			if b.dim > 0 && n >= b.dim {
				text = p.paint(dim, text)
			}
			p.line("%s%s", lead, text)
		}
	}
	p.line("")
}

// widthsOf returns how wide each column of rows is to be. Cells that are wider than most do not count.
func widthsOf(rows [][]string, most int) []int {
	var widths []int
	for _, row := range rows {
		for i, c := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			if w := snippet.Columns(plain.Text(c)); w <= most && len(row) > 1 {
				widths[i] = max(widths[i], w)
			}
		}
	}
	return widths
}

// aligned returns cells side by side; empty columns take no room.
func aligned(row []string, widths []int) string {
	var b strings.Builder
	for i, c := range row {
		if i < len(widths) && widths[i] == 0 && c == "" {
			continue
		}
		c = plain.Text(c)
		b.WriteString(c)
		if i < len(row)-1 {
			b.WriteString(strings.Repeat(" ", max(widths[i]-snippet.Columns(c), 0)+2))
		}
	}
	return strings.TrimRight(b.String(), " ")
}
