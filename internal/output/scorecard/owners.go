package scorecard

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
	"github.com/factorlint/factorlint/rules"
)

// An index finds the rows that a finding belongs to without a look at each of them.
type index struct {
	names    map[string][]int     // by the name of a workload
	dirs     map[string][]int     // by the folder of a Go package that its program reaches
	images   map[string][]int     // by the Dockerfile of its image
	rendered map[string][]int     // by the logical name of an object or container whose file a finding need not be in
	written  map[inFile][]written // by the logical name of others, and the file; in the order of the file
	named    map[inFile][]int     // by the name of a workload and a file of its manifest
	sources  map[keyed][]int      // by the ConfigMap or Secret that it takes a variable from
	around   map[check.Span][]int // by the place of what leads to it, scales it or protects it
	deploys  map[*workload.Deploy][]int
}

// inFile is what has a name in a file.
type inFile struct{ name, file string }

// keyed is a key of a ConfigMap or Secret, by its logical name; "" is all of them.
type keyed struct{ logical, key string }

// written is an object in a file, and a row that it is part of.
type written struct {
	at  check.Pos
	row int
}

func newIndex(rows []Row) *index {
	x := &index{names: map[string][]int{}, dirs: map[string][]int{}, images: map[string][]int{}, rendered: map[string][]int{}, written: map[inFile][]written{},
		named: map[inFile][]int{}, sources: map[keyed][]int{}, around: map[check.Span][]int{}, deploys: map[*workload.Deploy][]int{}}
	var variants []*workload.Variant
	seen := map[*workload.Variant]bool{}
	for n, row := range rows {
		add(x.names, row.Name, n)
		for _, w := range row.Workloads {
			x.workload(n, row.Name, w)
			if w.Deploy != nil && w.Deploy.Variant != nil && !seen[w.Deploy.Variant] {
				seen[w.Deploy.Variant] = true
				variants = append(variants, w.Deploy.Variant)
			}
		}
	}
	for _, v := range variants {
		x.variant(v)
	}
	for _, list := range x.written {
		slices.SortStableFunc(list, func(a, b written) int { return compare(a.at, b.at) })
	}
	return x
}

// add appends a row to those of a key, unless it is the last of them.
func add[K comparable](to map[K][]int, key K, row int) {
	if list := to[key]; len(list) == 0 || list[len(list)-1] != row {
		to[key] = append(list, row)
	}
}

func compare(a, b check.Pos) int {
	return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
}

// workload adds one variant of a row.
func (x *index) workload(row int, name string, w *workload.Workload) {
	if w.Program != nil {
		for _, dir := range foldersOf(w.Program) {
			add(x.dirs, dir, row)
		}
	}
	if w.Image != nil {
		add(x.images, w.Image.File, row)
	}
	d := w.Deploy
	if d == nil {
		return
	}
	add(x.deploys, d, row)
	files := slices.Compact([]string{d.File, d.At.File})
	for _, file := range files {
		add(x.named, inFile{name, file}, row)
	}
	rendered := d.Variant != nil && (d.Variant.Chart != "" || d.Variant.Overlay.File != "") // a patch or a values file may be at fault
	for _, logical := range []string{d.Object, d.Object + "/" + d.Name} {
		if rendered {
			add(x.rendered, logical, row)
			continue
		}
		for _, file := range files {
			in := inFile{logical, file}
			x.written[in] = append(x.written[in], written{d.ObjectAt.Start, row})
		}
	}
	for _, s := range d.EnvSources {
		add(x.sources, keyed{"v1/" + s.Kind + "/" + d.Namespace() + "/" + s.Name, s.Key}, row)
	}
}

// foldersOf returns the folders of the packages that a program reaches.
func foldersOf(p *workload.Program) []string {
	dirs := []string{path.Clean(p.Dir)}
	for _, at := range p.Packages {
		dirs = append(dirs, path.Dir(at.File))
	}
	return dirs
}

// variant adds the places of what leads to the deploys of a variant, scales them or protects them.
func (x *index) variant(v *workload.Variant) {
	services := map[string][]*workload.Deploy{}
	for _, s := range v.Services {
		services[s.Name] = append(services[s.Name], s.Selects...)
		places := []check.Span{s.At}
		for _, p := range s.Ports {
			places = append(places, p.At, p.Target.At(), p.Port.At())
		}
		for _, a := range s.Affinity {
			places = append(places, a.At)
		}
		x.surround(s.Selects, places...)
	}
	for _, in := range v.Ingresses {
		places := []check.Span{in.At}
		for _, a := range in.Affinity {
			places = append(places, a.At)
		}
		led := map[string]bool{}
		for _, b := range in.Backends {
			x.surround(services[b.Service], b.Port.At())
			if !led[b.Service] {
				led[b.Service] = true
				x.surround(services[b.Service], places...)
			}
		}
	}
	for _, s := range v.Scalers {
		places := []check.Span{s.At, s.Min.At(), s.Max.At()}
		for _, m := range s.Metrics {
			places = append(places, m.At)
		}
		x.surround(s.Scales, places...)
	}
	for _, b := range v.Budgets {
		x.surround(b.Selects, b.At)
	}
	x.previews(v)
}

// surround adds places to the rows of deploys.
func (x *index) surround(deploys []*workload.Deploy, places ...check.Span) {
	for _, d := range deploys {
		for _, row := range x.deploys[d] {
			for _, at := range places {
				add(x.around, at, row)
			}
		}
	}
}

// previews adds the places of versions that Kubernetes removes one day.
func (x *index) previews(v *workload.Variant) {
	if len(v.Previews) == 0 {
		return
	}
	deploys := map[string][]*workload.Deploy{} // by "namespace/name"
	for _, d := range v.Deploys {
		if parts := strings.Split(d.Object, "/"); len(parts) > 2 {
			name := strings.Join(parts[len(parts)-2:], "/")
			deploys[name] = append(deploys[name], d)
		}
	}
	for _, p := range v.Previews {
		x.surround(deploys[p.Namespace+"/"+p.Name], p.At)
	}
}

// owners returns the rows that a finding belongs to, in their order: those that it names and, unless it is of a rule that joins
// artifacts, all that are made of what it lies in. It is empty for what is about the repository alone.
func (x *index) owners(f *check.Finding) []int {
	rows := x.namedBy(f)
	switch f.Rule.Kind {
	case rules.Go:
		rows = append(rows, x.dirs[path.Dir(f.At.File)]...)
	case rules.Dockerfile: // which images are built on the stage in which it lies is not known, so it counts for all of them
		rows = append(append(rows, x.images[f.At.File]...), x.deployed(f)...)
	case rules.Manifest:
		rows = append(rows, x.deployed(f)...)
	}
	slices.Sort(rows)
	return slices.Compact(rows)
}

// namedBy returns the rows that a finding names. A name may stand for one container of production and one of development;
// then those count in whose manifests the finding has a place, if there are any.
func (x *index) namedBy(f *check.Finding) (rows []int) {
	if f.Workload == "" {
		return nil
	}
	files := filesOf(f)
	var shown []int
	for _, name := range append([]string{f.Workload}, f.Sharing...) {
		rows = append(rows, x.names[name]...)
		for _, file := range files {
			shown = append(shown, x.named[inFile{name, file}]...)
		}
	}
	if len(shown) > 0 {
		return shown
	}
	return rows
}

// filesOf returns the files that a finding has places in.
func filesOf(f *check.Finding) []string {
	files := []string{f.At.File}
	for _, r := range f.Related {
		if !slices.Contains(files, r.At.File) {
			files = append(files, r.At.File)
		}
	}
	return files
}

// deployed returns the rows whose deploys a finding lies in: their objects and containers, or a Service, Ingress, autoscaler,
// budget, ConfigMap or Secret that belongs to them.
func (x *index) deployed(f *check.Finding) []int {
	rows := slices.Concat(x.rendered[f.Logical], x.sources[keyed{f.Logical, ""}], x.sources[keyed{f.Logical, f.Matter}], x.around[f.At])
	rows = append(rows, nearest(x.written[inFile{f.Logical, f.At.File}], f.At.Start)...)
	for _, r := range f.Related {
		rows = append(rows, nearest(x.written[inFile{f.Logical, r.At.File}], r.At.Start)...)
	}
	return rows
}

// nearest returns the rows of the last object that begins before a place, or of the first: a file may hold objects of one name, and
// what is found in one of them is not of the others.
func nearest(list []written, at check.Pos) (rows []int) {
	if len(list) == 0 {
		return nil
	}
	end, _ := slices.BinarySearchFunc(list, at, func(w written, at check.Pos) int {
		if compare(w.at, at) <= 0 {
			return -1
		}
		return 1
	})
	start := list[max(end-1, 0)].at
	first, _ := slices.BinarySearchFunc(list, start, func(w written, at check.Pos) int { return compare(w.at, at) })
	for _, w := range list[first:] {
		if w.at != start {
			break
		}
		rows = append(rows, w.row)
	}
	return rows
}
