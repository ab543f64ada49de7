package golang

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/rules"
)

// Facts are what was found in the Go code of a repository, or of a shard of it, and what it was found in. Written to a folder
// they take the place of the code: another machine joins them with Dockerfiles and manifests, and loads no Go.
type Facts struct {
	Tool    string            // version of factorlint
	Shard   Shard             // which part of the packages
	Sources map[string]string // SHA-256 of the files that decide, by path relative to the root
	Builds  []Build           // what images are built from
	Modules []*Module
}

// Observe loads every module of a tree and returns what is found in the packages of a shard. tool is the version of factorlint.
func Observe(ctx context.Context, loader Loader, in Input, shard Shard, tool string) (*Facts, error) {
	if shard.Of == 0 {
		shard = Shard{1, 1}
	}
	sources, err := hashes(in)
	if err != nil {
		return nil, err
	}
	return &Facts{Tool: tool, Shard: shard, Sources: sources, Builds: in.Builds, Modules: Inspect(ctx, loader, in, shard)}, nil
}

// hashes returns the hashes of the files of a tree that decide what is found in its Go code.
func hashes(in Input) (map[string]string, error) {
	out := map[string]string{}
	for _, f := range in.Files {
		switch base := path.Base(f); {
		case strings.HasSuffix(base, "_test.go"):
			continue
		case path.Ext(base) == ".go", base == "go.mod", base == "go.sum", base == "go.work", base == "go.work.sum":
		default:
			continue
		}
		text, err := in.read(f)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(text)
		out[f] = hex.EncodeToString(sum[:])
	}
	return out, nil
}

// Result returns what the rules make of the facts in a tree. Facts of another state of its code are none: a notification of
// level error says so.
func (f *Facts) Result(in Input) *Result {
	now, err := hashes(in)
	switch differ := differing(f.Sources, now); {
	case err != nil:
		return stale(fmt.Sprintf("the Go code could not be compared with the facts given: %v", err))
	case len(differ) > 0:
		more := ""
		if n := len(differ) - 1; n > 0 {
			more = fmt.Sprintf(" and %d more", n)
		}
		return stale(fmt.Sprintf("the facts given are of another state of the Go code: %s%s", differ[0], more))
	case !reflect.DeepEqual(f.Builds, in.Builds):
		return stale("the facts given are of other images: those are built from other packages or with other build tags now")
	}
	return Join(f.Modules, in.Rules)
}

func stale(message string) *Result {
	return &Result{Failed: true, Notes: []check.Notification{{Code: "go-facts", Level: rules.Error, Message: message + "; write them again"}}}
}

// differing returns the keys whose values differ, sorted.
func differing(a, b map[string]string) []string {
	var out []string
	for k, v := range a {
		if b[k] != v {
			out = append(out, k)
		}
	}
	for k := range b {
		if _, ok := a[k]; !ok {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

// An index is the file of a shard that names the files of its packages.
type index struct {
	Facts
	Modules []indexedModule
}

type indexedModule struct {
	Module
	Packages []string // names of files
}

// Write writes the facts to a folder: an index of the shard, and a file for each package. Other shards may be in the folder;
// those of a division into another number of shards are taken back, since only one division can be read.
func (f *Facts) Write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := removeOthers(dir, f.Shard.Of); err != nil {
		return err
	}
	ix := index{Facts: *f, Modules: []indexedModule{}}
	for _, m := range f.Modules {
		im := indexedModule{Module: *m, Packages: []string{}}
		for _, p := range m.Packages {
			name := fileName(m, p)
			im.Packages = append(im.Packages, name)
			if err := writeJSON(filepath.Join(dir, name), p); err != nil {
				return err
			}
		}
		ix.Modules = append(ix.Modules, im)
	}
	return writeJSON(filepath.Join(dir, fmt.Sprintf("index-%d-of-%d.json", f.Shard.Index, f.Shard.Of)), ix)
}

// indexes returns the names of the indexes in a folder.
func indexes(dir string) ([]string, error) {
	return filepath.Glob(filepath.Join(dir, "index-*-of-*.json"))
}

// removeOthers removes the indexes of other divisions than that into a number of shards.
func removeOthers(dir string, of int) error {
	files, err := indexes(dir)
	if err != nil {
		return err
	}
	for _, file := range files {
		if strings.HasSuffix(file, fmt.Sprintf("-of-%d.json", of)) {
			continue
		}
		if err := os.Remove(file); err != nil {
			return err
		}
	}
	return nil
}

// fileName returns the name of the file of a package: a word to recognise it by, and a hash, since paths are long and may hold
// anything.
func fileName(m *Module, p *Package) string {
	sum := sha256.Sum256([]byte(m.Dir + "\x00" + p.Path))
	word := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-' {
			return r
		}
		return -1
	}, path.Base(p.Path))
	return fmt.Sprintf("%.40s-%s.json", word, hex.EncodeToString(sum[:8]))
}

func writeJSON(file string, v any) error {
	text, err := json.MarshalIndent(v, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}

// ReadFacts reads what Write wrote to a folder for every shard of a repository. tool is the version of factorlint: another one
// may mean something else by the same facts.
func ReadFacts(dir, tool string) (*Facts, error) {
	files, err := indexes(dir)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s holds no facts; factorlint facts writes some", dir)
	}
	shards := map[int]*Facts{}
	for _, file := range files {
		f, err := readShard(file)
		if err != nil {
			return nil, err
		}
		if f.Tool != tool {
			return nil, fmt.Errorf("%s was written by %s, and this is %s", file, f.Tool, tool)
		}
		shards[f.Shard.Index] = f
	}
	return united(dir, shards)
}

// united returns shards as one.
func united(dir string, shards map[int]*Facts) (*Facts, error) {
	first := shards[slices.Min(slices.Collect(maps.Keys(shards)))]
	out := &Facts{Tool: first.Tool, Shard: Shard{1, 1}, Sources: first.Sources, Builds: first.Builds}
	for i := 1; i <= first.Shard.Of; i++ {
		f := shards[i]
		switch {
		case f == nil:
			return nil, fmt.Errorf("%s holds no facts of shard %d/%d", dir, i, first.Shard.Of)
		case f.Shard.Of != first.Shard.Of || !maps.Equal(f.Sources, first.Sources) || !reflect.DeepEqual(f.Builds, first.Builds):
			return nil, fmt.Errorf("%s holds facts of different states of a repository: shards %d/%d and %d/%d", dir, first.Shard.Index, first.Shard.Of, i, f.Shard.Of)
		}
		for _, m := range f.Modules {
			out.add(m)
		}
	}
	return out, nil
}

// add adds what a shard tells about a module.
func (f *Facts) add(m *Module) {
	i := slices.IndexFunc(f.Modules, func(have *Module) bool { return have.Dir == m.Dir })
	if i < 0 {
		f.Modules = append(f.Modules, m)
		return
	}
	have := f.Modules[i]
	have.Loaded = have.Loaded || m.Loaded
	for _, n := range m.Notes {
		if !slices.Contains(have.Notes, n) {
			have.Notes = append(have.Notes, n)
		}
	}
	have.Packages = append(have.Packages, m.Packages...)
	slices.SortFunc(have.Packages, func(a, b *Package) int { return strings.Compare(a.Path, b.Path) })
}

func readShard(file string) (*Facts, error) {
	var ix index
	if err := readJSON(file, &ix); err != nil {
		return nil, err
	}
	if ix.Shard.Index < 1 || ix.Shard.Index > ix.Shard.Of {
		return nil, fmt.Errorf("%s: no such shard: %d/%d", file, ix.Shard.Index, ix.Shard.Of)
	}
	f := ix.Facts
	for _, im := range ix.Modules {
		m := im.Module
		m.Packages = nil
		for _, name := range im.Packages {
			if name != filepath.Base(name) {
				return nil, fmt.Errorf("%s: want a file beside it, not %q", file, name)
			}
			p := &Package{}
			if err := readJSON(filepath.Join(filepath.Dir(file), name), p); err != nil {
				return nil, err
			}
			m.Packages = append(m.Packages, p)
		}
		f.Modules = append(f.Modules, &m)
	}
	return &f, nil
}

func readJSON(file string, v any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, v); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}
