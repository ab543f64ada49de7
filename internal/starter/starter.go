// Package starter writes the .factorlint.yaml that a repository begins with: what was found in it, as settings to change.
package starter

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/config"
	"github.com/factorlint/factorlint/internal/output/plain"
	"github.com/factorlint/factorlint/internal/workload"
)

// Found is what was found in a repository without a configuration.
type Found struct {
	Workloads []*workload.Workload
	Files     []string // of the tree, relative to its root and slash-separated
}

// Text returns the configuration. It changes nothing: settings stand in comments, "#" right before the line, and only the default of
// fail-on does not. With the comments' marks taken away it can be read too.
func (f Found) Text() []byte {
	p := &page{}
	p.prose("Configuration of factorlint. It works without: what stands here says what it does anyway.",
		"Take the # away from the beginning of lines to change them. All keys: "+docsURL)
	p.prose("yaml-language-server: $schema=" + config.SchemaURL)
	p.line("")
	p.prose("From which severity on findings make the exit code 1: error, warning or note.")
	p.line("fail-on: warning")
	p.section(servicesOf(f.Workloads))
	p.section(chartsOf(f.Workloads))
	p.section(overlaysOf(f.Workloads))
	p.section(foldersOf(f.Files))
	return []byte(p.text.String())
}

// Services returns how many services are bound, and how many are not and could be.
func (f Found) Services() (bound, unbound int) {
	s := collect(f.Workloads)
	return len(s.bound), len(s.unbound)
}

const docsURL = "https://github.com/factorlint/factorlint/blob/main/docs/configuration.md"

// A page is the file as it is written. What is found in a repository is made harmless to print.
type page struct{ text strings.Builder }

func (p *page) line(text string) { p.text.WriteString(plain.Text(text) + "\n") }

func (p *page) prose(lines ...string) {
	for _, l := range lines {
		p.line("# " + l)
	}
}

// setting writes lines that count once their mark is taken away.
func (p *page) setting(lines ...string) {
	for _, l := range lines {
		p.line("#" + l)
	}
}

// A section has a heading, and blocks of settings below a key.
type section struct {
	heading, key string
	blocks       []block
}

// A block is settings with what there is to say about them.
type block struct {
	about string // or ""
	lines []string
}

func (p *page) section(s section) {
	if len(s.blocks) == 0 {
		return
	}
	p.line("")
	p.prose(s.heading)
	p.setting(s.key + ":")
	for _, b := range s.blocks {
		if b.about != "" {
			p.prose(strings.Join(strings.Fields(b.about), " "))
		}
		p.setting(b.lines...)
	}
}

// list returns a list of texts as lines below a key.
func list(texts []string) []block {
	var out []block
	for _, t := range texts {
		out = append(out, block{lines: []string{"  - " + workload.Scalar(t)}})
	}
	return out
}

// chartsOf lists what charts are rendered with.
func chartsOf(ws []*workload.Workload) section {
	s := section{heading: "Charts are rendered with each of their values files. For one that is named here, name all renderings that there are to be.", key: "helm"}
	for _, name := range names(ws, func(v *workload.Variant) string {
		if v.Chart == "" {
			return ""
		}
		return v.Chart + "\x00" + v.Name
	}) {
		chart, values, _ := strings.Cut(name, "\x00")
		lines := []string{"  - chart: " + workload.Scalar(chart)}
		if values != chart {
			lines = append(lines, "    values: ["+workload.Scalar(values)+"]")
		}
		s.blocks = append(s.blocks, block{lines: lines})
	}
	return s
}

// overlaysOf lists the kustomizations that are built.
func overlaysOf(ws []*workload.Workload) section {
	return section{heading: "Kustomizations that no other takes in are built. To build others, name all that are to be.", key: "kustomize",
		blocks: list(names(ws, func(v *workload.Variant) string {
			if v.Overlay.IsZero() {
				return ""
			}
			return path.Dir(v.Overlay.File)
		}))}
}

// names returns what there is to say about the variants of workloads, sorted.
func names(ws []*workload.Workload, of func(*workload.Variant) string) []string {
	found := map[string]bool{}
	for _, w := range ws {
		if w.Deploy != nil && w.Deploy.Variant != nil {
			if name := of(w.Deploy.Variant); name != "" {
				found[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// others are names of folders that hold what other people or tools wrote.
var others = []string{"third_party", "third-party", "thirdparty", "3rdparty", "external", "extern", "gen", "generated", "dist"}

// foldersOf lists the folders that somebody may want to leave out: of others' code, generated, and of examples.
func foldersOf(files []string) section {
	foreign, samples := map[string]bool{}, map[string]bool{}
	for _, file := range files {
		for i, c := range file {
			if c != '/' {
				continue
			}
			dir := file[:i+1]
			if slices.Contains(others, strings.ToLower(path.Base(dir))) {
				foreign[dir] = true
				break
			}
			if check.RoleOf(dir) == check.Sample {
				samples[dir] = true
				break
			}
		}
	}
	s := section{heading: "Patterns, as in .gitignore, of what is neither judged nor used as evidence.", key: "exclude"}
	for _, group := range []struct {
		about   string
		folders map[string]bool
	}{{"Others wrote this, or a tool, by its name:", foreign}, {"Examples and documentation get no findings anyway; left out, they cost no time:", samples}} {
		blocks := list(slices.Sorted(maps.Keys(group.folders)))
		if len(blocks) > 0 {
			blocks[0].about = group.about
		}
		s.blocks = append(s.blocks, blocks...)
	}
	return s
}
