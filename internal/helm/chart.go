// Package helm renders Helm charts in process and remembers where every character came from. Charts are loaded, their
// values merged and their dependencies chosen by Helm's own library; templates are executed here, on text/template
// and with the functions that Helm gives them, because Helm's engine can neither be limited nor tell where a line
// stands in a template.
//
// Nothing is asked of a cluster, a name server or a repository of charts, no file outside the tree is read, and the
// same chart always gives the same result.
package helm

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"helm.sh/helm/v4/pkg/chart/loader/archive"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/ignore"
	"sigs.k8s.io/yaml"

	"github.com/factorlint/factorlint/internal/cache"
)

// Limits on the files of a chart.
const (
	maxFile     = 4 << 20  // bytes of a file
	maxFiles    = 24 << 20 // bytes of all files of a chart and its dependencies
	maxUnpacked = 24 << 20 // bytes of a packed dependency
	maxTemplate = 8 << 20  // bytes of all templates
	maxNested   = 8        // dependencies within dependencies that are taken from other folders of the tree
)

// A Chart is a chart of the tree whose files have been read.
type Chart struct {
	Dir     string   // relative to the root of the tree
	Missing []string // names of dependencies that Chart.yaml wants and the tree does not have

	Cache *cache.Cache // of renderings; nil for none

	files   []*archive.BufferedFile
	origins map[*byte]string // the file of the tree in which a file's data begins
	library bool
	parsed  map[string]*parsed       // templates, by their names
	nodes   []node                   // of all parsed templates, by their ids
	sum     func() [sha256.Size]byte // hash of the files
}

// Load reads the chart in a folder of the tree. files are all files of the tree, sorted.
func Load(fsys fs.FS, files []string, dir string) (*Chart, error) {
	c := &Chart{Dir: dir, origins: map[*byte]string{}, parsed: map[string]*parsed{}, nodes: make([]node, 1)}
	l := &fileLoader{fsys: fsys, files: files, chart: c}
	if err := l.add(dir, "", 0); err != nil {
		return nil, err
	}
	c.sum = sync.OnceValue(c.hash)
	loaded, err := c.load()
	if err != nil {
		return nil, err
	}
	c.library = loaded.Metadata.Type == "library"
	size := 0
	c.walk(loaded, func(ch *chart.Chart) {
		for _, t := range ch.Templates {
			size += len(t.Data)
		}
		have := map[string]bool{}
		for _, d := range ch.Dependencies() {
			have[d.Name()] = true
		}
		for _, d := range ch.Metadata.Dependencies {
			if !have[d.Name] && !slices.Contains(c.Missing, d.Name) {
				c.Missing = append(c.Missing, d.Name)
			}
		}
	})
	slices.Sort(c.Missing)
	if size > maxTemplate {
		return nil, fmt.Errorf("its templates are bigger than %d MiB", maxTemplate>>20)
	}
	return c, nil
}

// Library reports whether the chart only holds definitions for others.
func (c *Chart) Library() bool { return c.library }

// load makes a chart of the files. Rendering changes a chart, so each has its own.
func (c *Chart) load() (*chart.Chart, error) {
	files := make([]*archive.BufferedFile, len(c.files))
	for i, f := range c.files {
		copied := *f
		files[i] = &copied
	}
	return loader.LoadFiles(files)
}

func (c *Chart) walk(ch *chart.Chart, visit func(*chart.Chart)) {
	visit(ch)
	for _, d := range ch.Dependencies() {
		c.walk(d, visit)
	}
}

// A fileLoader collects the files of a chart.
type fileLoader struct {
	fsys  fs.FS
	files []string
	chart *Chart
	size  int
}

// add reads the files of the chart in a folder, and gives them names below prefix.
func (l *fileLoader) add(dir, prefix string, depth int) error {
	rules, err := l.ignored(dir)
	if err != nil {
		return err
	}
	for _, name := range l.below(dir) {
		rel := name
		if dir != "." {
			rel = strings.TrimPrefix(name, dir+"/")
		}
		if skip(rules, rel) {
			continue
		}
		data, err := l.read(name)
		if errors.Is(err, errBig) && !needed(rel) {
			continue // a chart may lie at the root of a repository: then all of it are its files
		}
		if err != nil {
			return err
		}
		if err := check(rel, data); err != nil {
			return err
		}
		if len(data) > 0 {
			l.chart.origins[&data[0]] = name
		}
		l.chart.files = append(l.chart.files, &archive.BufferedFile{Name: prefix + rel, Data: data})
	}
	return l.local(dir, prefix, depth)
}

// below returns the files in a folder of the tree.
func (l *fileLoader) below(dir string) []string {
	if dir == "." {
		return l.files
	}
	from, _ := slices.BinarySearch(l.files, dir+"/")
	to := from
	for to < len(l.files) && strings.HasPrefix(l.files[to], dir+"/") {
		to++
	}
	return l.files[from:to]
}

func (l *fileLoader) read(name string) ([]byte, error) {
	f, err := l.fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("%s %w than %d MiB", name, errBig, maxFile>>20)
	}
	if l.size+len(data) > maxFiles {
		return nil, fmt.Errorf("all its files together: %w than %d MiB", errBig, maxFiles>>20)
	}
	l.size += len(data)
	return bytes.TrimPrefix(data, []byte("\uFEFF")), nil
}

var errBig = errors.New("is bigger")

// needed reports whether a chart cannot be rendered without a file.
func needed(name string) bool {
	first, _, below := strings.Cut(name, "/")
	return first == "templates" || first == "charts" || !below && (metadata(name) || first == "values.yaml")
}

func metadata(name string) bool {
	return slices.Contains([]string{"Chart.yaml", "Chart.lock", "requirements.yaml", "requirements.lock"}, name)
}

// check refuses files that cost more to read than they are worth.
func check(name string, data []byte) error {
	switch {
	case path.Ext(name) == ".tgz":
		return checkArchive(name, data)
	case metadata(path.Base(name)), path.Base(name) == "values.yaml":
		if err := checkYAML(data); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func checkArchive(name string, data []byte) error {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	n, err := io.Copy(io.Discard, io.LimitReader(z, maxUnpacked+1))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if n > maxUnpacked {
		return fmt.Errorf("%s is bigger than %d MiB when unpacked", name, maxUnpacked>>20)
	}
	return nil
}

// local adds the dependencies that Chart.yaml takes from other folders of the tree ("file://../common"), as "helm
// dependency build" would, unless they are there already.
func (l *fileLoader) local(dir, prefix string, depth int) error {
	i := slices.IndexFunc(l.chart.files, func(f *archive.BufferedFile) bool { return f.Name == prefix+"Chart.yaml" })
	if i < 0 {
		return nil // Helm says so
	}
	var meta chart.Metadata
	if yaml.Unmarshal(l.chart.files[i].Data, &meta) != nil {
		return nil //nolint:nilerr // likewise
	}
	for _, d := range meta.Dependencies {
		from, ok := strings.CutPrefix(d.Repository, "file://")
		if d.Name == "" || !ok || strings.ContainsAny(d.Name, "/\\") || path.IsAbs(from) {
			continue
		}
		from = path.Join(dir, from)
		if _, exists := slices.BinarySearch(l.files, path.Join(from, "Chart.yaml")); !exists || l.has(prefix, d.Name) {
			continue
		}
		if depth == maxNested {
			return errors.New("its dependencies go round in a circle")
		}
		if err := l.add(from, prefix+"charts/"+d.Name+"/", depth+1); err != nil {
			return err
		}
	}
	return nil
}

// has reports whether a dependency is in the chart already, as a folder or packed.
func (l *fileLoader) has(prefix, name string) bool {
	return slices.ContainsFunc(l.chart.files, func(f *archive.BufferedFile) bool {
		rest, ok := strings.CutPrefix(f.Name, prefix+"charts/")
		return ok && (strings.HasPrefix(rest, name+"/") || strings.HasPrefix(rest, name+"-") && path.Ext(rest) == ".tgz")
	})
}

// ignored reads .helmignore.
func (l *fileLoader) ignored(dir string) (*ignore.Rules, error) {
	rules := ignore.Empty()
	if name := path.Join(dir, ignore.HelmIgnore); l.exists(name) {
		data, err := l.read(name)
		if err != nil {
			return nil, err
		}
		if rules, err = ignore.Parse(bytes.NewReader(data)); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	rules.AddDefaults()
	return rules, nil
}

func (l *fileLoader) exists(name string) bool {
	_, ok := slices.BinarySearch(l.files, name)
	return ok
}

// skip reports whether .helmignore leaves out a file or a folder that it is in.
func skip(rules *ignore.Rules, name string) bool {
	for i, c := range name {
		if c == '/' && rules.Ignore(name[:i], fileInfo{name: path.Base(name[:i]), dir: true}) {
			return true
		}
	}
	return rules.Ignore(name, fileInfo{name: path.Base(name)})
}

// A fileInfo is what the rules of .helmignore ask about a file.
type fileInfo struct {
	name string
	dir  bool
}

func (f fileInfo) Name() string       { return f.name }
func (f fileInfo) Size() int64        { return 0 }
func (f fileInfo) ModTime() time.Time { return time.Time{} }
func (f fileInfo) IsDir() bool        { return f.dir }
func (f fileInfo) Sys() any           { return nil }
func (f fileInfo) Mode() fs.FileMode {
	if f.dir {
		return fs.ModeDir
	}
	return 0
}

// ValuesFiles returns the other values files of a chart: those beside its values.yaml, and those in ci/ that its tests
// are run with.
func (c *Chart) ValuesFiles(files []string) []string {
	var out []string
	for _, f := range (&fileLoader{files: files}).below(c.Dir) {
		rel := strings.TrimPrefix(f, c.Dir+"/")
		if ext := path.Ext(rel); ext != ".yaml" && ext != ".yml" {
			continue
		}
		switch base := path.Base(rel); {
		case rel == base && strings.HasPrefix(base, "values") && base != "values.yaml",
			rel == "ci/"+base && strings.HasSuffix(strings.TrimSuffix(base, path.Ext(base)), "-values"):
			out = append(out, f)
		}
	}
	return out
}
