package output

import (
	"cmp"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/output/plain"
	"github.com/factorlint/factorlint/internal/workload"
)

// ListFormats returns the formats that Workloads and Rules know, the default first.
func ListFormats() []string { return []string{"text", "json"} }

// Workloads writes which program, image and deploy belong together and why, in one of ListFormats. The prefix is put
// before every file.
func Workloads(format string, w io.Writer, ws []*workload.Workload, prefix string, o Options) error {
	switch format {
	case "text":
		p := printer{Options: o, prefix: prefix}
		for _, wl := range ws {
			p.workload(wl)
		}
		p.line("%s", count(len(ws), "workload"))
		return p.flush(w)
	case "json":
		list := make([]jsonWorkload, 0, len(ws))
		for _, wl := range ws {
			list = append(list, workloadJSON(wl, prefix))
		}
		return writeJSON(w, map[string]any{"workloads": list})
	}
	return fmt.Errorf("no such format: %s", format)
}

// A branch is one part of a workload in the tree.
type branch struct {
	label, place, text string
	below              []string
}

// workload prints
//
//	api
//	├─ deploy   deploy/api.yaml:12:15: container api of apps/v1/Deployment/shop/api
//	├─ image    Dockerfile:9:1: stage runtime on gcr.io/distroless/static
//	│           deploy → image: compose build: .
//	└─ unbound  no main package builds /app
func (p *printer) workload(w *workload.Workload) {
	var branches []branch
	add := func(label string, at check.Span, text string) {
		branches = append(branches, branch{label: label, place: p.place(at) + " ", text: text})
	}
	if d := w.Deploy; d != nil {
		text := fmt.Sprintf("container %s of %s", d.Name, d.Object)
		if v := d.Variant; v != nil && v.Chart != "" && v.Chart != v.Name {
			text += ", with " + v.Name
		}
		add("deploy", d.At, text)
	}
	if d := w.Deploy; d != nil && d.Variant != nil && d.Variant.Overlay.File != "" && path.Dir(d.Variant.Overlay.File) != path.Dir(d.At.File) {
		branches[0].below = append(branches[0].below, "rendered by "+p.prefix+d.Variant.Overlay.File)
	}
	if d := w.Deploy; d != nil && w.Image == nil && len(w.Missing) == 0 {
		if ref, ok := d.Image.Get(); ok {
			add("image", d.Image.At(), ref+", which nothing in this tree builds")
		}
	}
	if i := w.Image; i != nil {
		text := "stage " + i.Stage
		if base, ok := i.Base.Get(); ok {
			text += " on " + base
		}
		add("image", i.At, text)
	}
	if g := w.Program; g != nil {
		class := cmp.Or(g.Class, workload.Uncertain)
		add("program", g.At, fmt.Sprintf("%s (%s)", cmp.Or(g.ImportPath, g.Dir), class))
	}
	// a link stands under the part that is further from the deploy
	for _, l := range w.Links {
		under := -1
		for i, b := range branches {
			if b.label == l.From || b.label == l.To {
				under = i
			}
		}
		text := fmt.Sprintf("%s → %s: %s", l.From, l.To, l.Reason)
		if under < 0 {
			branches = append(branches, branch{label: "link", text: text})
			continue
		}
		branches[under].below = append(branches[under].below, text)
	}
	for _, m := range w.Missing {
		first, rest, _ := strings.Cut(m, "\n")
		b := branch{label: "unbound", text: first}
		if rest != "" {
			b.below = strings.Split(rest, "\n")
		}
		branches = append(branches, b)
	}
	p.line("%s", p.paint(bold, plain.Text(w.Name)))
	for i, b := range branches {
		tee, bar := "├─", "│ "
		if i == len(branches)-1 {
			tee, bar = "└─", "  "
		}
		p.line("%s %-7s  %s%s", tee, b.label, b.place, plain.Text(b.text))
		for _, text := range b.below {
			p.line("%s          %s", bar, p.paint(dim, plain.Text(text)))
		}
	}
	p.line("")
}

type jsonWorkload struct {
	Name    string       `json:"name"`
	Deploy  *jsonDeploy  `json:"deploy"`
	Image   *jsonImage   `json:"image"`
	Program *jsonProgram `json:"program"`
	Links   []jsonLink   `json:"links"`
	Missing []string     `json:"missing"`
}

type jsonDeploy struct {
	Container string `json:"container"`
	Object    string `json:"object"`
	Kind      string `json:"kind"`
	Platform  string `json:"platform"`
	Variant   string `json:"variant"`
	jsonPlace
}

type jsonImage struct {
	Stage string `json:"stage"`
	Base  string `json:"base"`
	jsonPlace
}

type jsonProgram struct {
	Name       string `json:"name"`
	ImportPath string `json:"importPath"`
	Directory  string `json:"directory"`
	Class      string `json:"class"`
	jsonPlace
}

type jsonLink struct {
	From   string `json:"from"`
	To     string `json:"to"`
	Reason string `json:"reason"`
}

func workloadJSON(w *workload.Workload, prefix string) jsonWorkload {
	j := jsonWorkload{Name: w.Name, Links: []jsonLink{}, Missing: append([]string{}, w.Missing...)}
	if d := w.Deploy; d != nil {
		j.Deploy = &jsonDeploy{Container: d.Name, Object: d.Object, Kind: d.Kind, Platform: string(d.Platform), jsonPlace: placeJSON(d.At, prefix)}
		if d.Variant != nil {
			j.Deploy.Variant = d.Variant.Name
		}
	}
	if i := w.Image; i != nil {
		base, _ := i.Base.Get()
		j.Image = &jsonImage{Stage: i.Stage, Base: base, jsonPlace: placeJSON(i.At, prefix)}
	}
	if g := w.Program; g != nil {
		j.Program = &jsonProgram{Name: g.Name, ImportPath: g.ImportPath, Directory: path.Join(prefix, g.Dir),
			Class: string(cmp.Or(g.Class, workload.Uncertain)), jsonPlace: placeJSON(g.At, prefix)}
	}
	for _, l := range w.Links {
		j.Links = append(j.Links, jsonLink(l))
	}
	return j
}
