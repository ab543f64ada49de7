package dockerfile

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/factorlint/factorlint/internal/workload"
)

// Around is what the rest of a repository tells about a Dockerfile: the files that it may copy, and who builds it. What
// an image starts is often a script, and whether an image is one for developers is often said by the Compose file alone.
type Around struct {
	Deploys []*workload.Deploy // whose images are built from the Dockerfile, as their manifests say
	Targets []string           // stages whose images another tool than docker puts into manifests

	*repository
}

// A repository is what the surroundings of all its Dockerfiles share.
type repository struct {
	files []string // sorted
	fsys  fs.FS

	mu     sync.Mutex
	ending map[string][]string // files by what their paths end in, as far as somebody asked
	texts  map[string][]byte   // contents of files that were read of late; nil for what is none
	kept   int                 // bytes of them
}

// Surroundings returns what tells what is around the Dockerfile of a path. files are the repository's, sorted.
func Surroundings(fsys fs.FS, files []string, variants []*workload.Variant) func(dockerfile string) Around {
	shared := &repository{files: files, fsys: fsys, ending: map[string][]string{}, texts: map[string][]byte{}}
	deploys := map[string][]*workload.Deploy{}
	for _, v := range variants {
		for _, d := range v.Deploys {
			if d.Build != nil {
				deploys[d.Build.Dockerfile] = append(deploys[d.Build.Dockerfile], d)
			}
		}
	}
	return func(dockerfile string) Around { return Around{Deploys: deploys[dockerfile], repository: shared} }
}

// Has reports whether the repository holds a file.
func (a Around) Has(name string) bool {
	if a.repository == nil {
		return false
	}
	_, ok := slices.BinarySearch(a.files, name)
	return ok
}

// Files returns the repository's files whose path ends in suffix: "/Makefile", ".go".
func (a Around) Files(suffix string) []string {
	if a.repository == nil {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	out, ok := a.ending[suffix]
	if !ok {
		for _, f := range a.files {
			if strings.HasSuffix("/"+f, suffix) {
				out = append(out, f)
			}
		}
		a.ending[suffix] = out
	}
	return out
}

// Read returns the content of a file of the repository. It is nil if there is none, or if it is larger than any source is. Scripts call
// each other, so what was read of late is kept.
func (a Around) Read(name string) []byte {
	const most = 8 << 20 // bytes that are kept
	if a.repository == nil {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	text, known := a.texts[name]
	if known {
		return text
	}
	text = a.open(name)
	if a.kept += len(text) + len(name); a.kept > most {
		clear(a.texts)
		a.kept = len(text) + len(name)
	}
	a.texts[name] = text
	return text
}

// open reads what Read returns.
func (r *repository) open(name string) []byte {
	file, err := r.fsys.Open(name)
	if err != nil {
		return nil
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || info.Size() > largest {
		return nil
	}
	text, err := fs.ReadFile(r.fsys, name)
	if err != nil {
		return nil
	}
	return text
}

// Development reports whether the image of a stage is used by nobody but developers: every manifest that builds it mounts the
// source over it, or runs a tool that rebuilds the program whenever that changes; or another Dockerfile beside it is the one for
// production.
func (f *File) Development(s *Stage) bool {
	if f.besideProduction() {
		return true
	}
	built := false
	for _, d := range f.Around.Deploys {
		if f.Find(d.Build.Target) != s {
			continue
		}
		if !d.Development {
			return false
		}
		built = true
	}
	return built
}

// besideProduction reports whether another Dockerfile in the same folder is by its name the one for production.
func (f *File) besideProduction() bool {
	for _, word := range []string{"prod", "production"} {
		for _, name := range []string{"Dockerfile." + word, "Dockerfile-" + word, word + ".Dockerfile", word + ".dockerfile", "Dockerfile_" + word} {
			if other := path.Join(path.Dir(f.Path), name); other != f.Path && path.Base(f.Path) == "Dockerfile" && f.Around.Has(other) {
				return true
			}
		}
	}
	return false
}

// contexts returns the folders that may be the build context: what manifests say, or else that of the Dockerfile and those
// above it.
func (f *File) contexts() []string {
	var out []string
	for _, d := range f.Around.Deploys {
		if d.Build.Context != "" && !slices.Contains(out, d.Build.Context) {
			out = append(out, d.Build.Context)
		}
	}
	for dir := path.Dir(f.Path); len(out) == 0 || dir != path.Dir(dir); dir = path.Dir(dir) {
		if !slices.Contains(out, dir) {
			out = append(out, dir)
		}
	}
	if !slices.Contains(out, ".") {
		out = append(out, ".")
	}
	return out
}

// InTree returns the file of the repository that a path of the build context means, "" if there is none or more than one
// that may be meant.
func (f *File) InTree(src string) string { return f.inContext(src, f.Around.Has) }

// GoDir returns the directory of the repository that a package of the build context means, "" if there is none or more than
// one that may be meant.
func (f *File) GoDir(pkg string) string {
	return f.inContext(pkg, func(dir string) bool {
		return slices.ContainsFunc(f.Around.files, func(name string) bool { return path.Dir(name) == dir && strings.HasSuffix(name, ".go") })
	})
}

// inContext returns the one path that a path of the build context means, of those that exist; "" if there is none or more.
func (f *File) inContext(rel string, exists func(string) bool) string {
	found := ""
	for _, context := range f.contexts() {
		name := path.Join(context, rel)
		if !exists(name) {
			continue
		}
		if len(f.Around.Deploys) > 0 { // the manifest's own context comes first
			return name
		}
		if found != "" && found != name {
			return ""
		}
		found = name
	}
	return found
}

// An Origin says where a file of an image comes from.
type Origin struct {
	Copy   workload.Copy // that brought it from the build context
	Source string        // its path in the build context
	File   string        // of the repository, or "" if it holds none of that path
}

// Origin finds the file that lies at an absolute path of an image, as far as COPY from the build context put it there.
func (f *File) Origin(img *workload.Image, file string) (Origin, bool) {
	return f.origin(img, file, 8)
}

func (f *File) origin(img *workload.Image, file string, depth int) (Origin, bool) {
	if img == nil || depth == 0 {
		return Origin{}, false
	}
	for _, c := range slices.Backward(img.Copies) {
		dest, ok := c.Dest.Get()
		if !ok {
			continue
		}
		for _, source := range c.Sources {
			src, ok := source.Get()
			if !ok {
				continue
			}
			for _, from := range sourcesOf(src, dest, file) {
				switch {
				case c.Stage:
					if o, ok := f.origin(f.Image(c.From, nil), path.Join("/", from), depth-1); ok {
						return o, true
					}
				case c.From == "":
					o := Origin{Copy: c, Source: strings.TrimPrefix(path.Clean("/"+from), "/")}
					if o.File = f.InTree(o.Source); o.File != "" {
						return o, true
					}
					if from == src && path.Clean(src) != "." { // named, but not in the tree
						return o, true
					}
				}
			}
		}
	}
	return Origin{}, false
}

// sourcesOf returns what a COPY of src to dest may have put at a path: a file under its own or another name, one that a
// pattern matches, or one in a directory.
func sourcesOf(src, dest, file string) []string {
	var out []string
	switch glob := strings.ContainsAny(src, "*?["); {
	case dest == file:
		return []string{src}
	case glob:
		ok, err := path.Match(path.Base(src), path.Base(file))
		if err == nil && ok && path.Clean(dest) == path.Dir(file) {
			out = append(out, path.Join(path.Dir(src), path.Base(file)))
		}
		return out
	}
	if path.Clean(dest) == path.Dir(file) && path.Base(src) == path.Base(file) {
		out = append(out, src)
	}
	if rest, ok := below(file, path.Clean(dest)); ok {
		out = append(out, path.Join(src, rest))
	}
	return out
}

// Located returns the absolute paths at which a program named on a command line may lie.
func Located(img *workload.Image, word string) []string {
	switch {
	case strings.Contains(word, "$"):
		return nil
	case path.IsAbs(word):
		return []string{path.Clean(word)}
	case strings.Contains(word, "/"):
		wd := "/"
		if !img.WorkDir.Absent() {
			dir, ok := img.WorkDir.Get()
			if !ok {
				return nil
			}
			wd = dir
		}
		return []string{path.Join(wd, word)}
	}
	dirs := []string{"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin", "/go/bin"}
	for i, dir := range dirs {
		dirs[i] = path.Join(dir, word)
	}
	return dirs
}
