// Package repository finds the files of a repository: those that git tracks or would track, without running git.
package repository

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/overlay"
	"github.com/factorlint/factorlint/rules"
)

// Limits of what is looked at where Options says nothing.
const (
	MaxFileSize = 10 << 20 // bytes
	MaxFiles    = 200_000
	MaxTotal    = 1 << 30     // bytes of all files of the kinds that are read
	maxDepth    = 200         // folders in folders
	maxMatching = 100_000_000 // steps of comparing paths with ignore patterns
)

// Options says what part of a tree to look at.
type Options struct {
	Only    []string // slash-separated paths of files and folders below the root; none means everything
	Named   []string // likewise; they are looked at even if Exclude, an ignore file or the kind of their folder leaves them out
	Exclude []string // patterns of paths to leave out, in the syntax of .gitignore, relative to the root

	Overlay     map[string][]byte // texts in place of files, or of files that are not there, by slash-separated paths below the root
	MaxFileSize int64             // bytes that ReadFile reads; 0 means the constant of that name
	MaxFiles    int               // likewise
	MaxTotal    int64             // likewise
}

// A Tree is a folder of a repository, as it lies on the disk.
type Tree struct {
	Root   string // the folder
	Prefix string // path from the top of the git work tree to Root, slash-separated: "" or "services/api/"
	Files  []File // sorted by path

	root    *os.Root
	folders folders
	overlay map[string][]byte
	maxSize int64
	remote  string // name of the remote repository, "" if there is none
	began   time.Time
	record  record
	ignored map[string]bool // files and folders that were met and left out because git ignores them
	leftOut map[string]bool // tracked files that a sparse checkout does not put there
}

// A File is a regular file of a tree.
type File struct {
	Path    string // slash-separated, relative to the tree's root
	Size    int64
	Tracked bool // git tracks it; without git, every file that is not ignored counts, with an unreadable index none
}

// A TooLarge is the error of reading a file that is larger than the limit.
type TooLarge struct {
	Path        string
	Size, Limit int64 // bytes
}

// Error says how large the file is and may be.
func (e *TooLarge) Error() string {
	return fmt.Sprintf("%s has %d bytes, more than the %d that are read", e.Path, e.Size, e.Limit)
}

// Oversized returns how large the file is.
func (e *TooLarge) Oversized() int64 { return e.Size }

// skipped are folders below the root that are not looked into unless asked for: they hold other people's code, or no
// product.
var skipped = []string{"node_modules", "testdata", "vendor"}

// Open walks a folder. The error means that it cannot be read at all; what cannot be read or is left out for its
// size is in the notifications.
//
// The ignore file of the user (core.excludesFile) is not read: what is found is not to depend on the machine.
func Open(root string, o Options) (*Tree, []check.Notification, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, nil, err
	}
	handle, err := os.OpenRoot(root)
	if err != nil {
		return nil, nil, err
	}
	w := &walker{
		tree: &Tree{Root: root, root: handle, overlay: o.Overlay, began: time.Now(), maxSize: cmp.Or(o.MaxFileSize, MaxFileSize), ignored: map[string]bool{}},
		only: slices.Clone(o.Only), named: map[string]bool{}, max: cmp.Or(o.MaxFiles, MaxFiles), maxTotal: cmp.Or(o.MaxTotal, MaxTotal),
	}
	for i, p := range w.only {
		w.only[i] = path.Clean(p)
	}
	for _, p := range o.Named {
		for p = path.Clean(p); !w.named[p]; p = path.Dir(p) {
			w.named[p] = true
		}
	}
	w.exclude = parsePatterns(strings.Join(o.Exclude, "\n"), "")
	w.readGit()
	w.dir(".")
	slices.SortFunc(w.tree.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return w.tree, w.notes, nil
}

// A walker collects the files of a tree.
type walker struct {
	tree    *Tree
	only    []string
	named   map[string]bool // Options.Named and the folders on the way there
	exclude patterns
	ignore  patterns // relative to the top of the work tree
	inside  bool     // an ignored folder is being walked for the tracked files in it
	git     bool
	index   tracked
	max     int

	maxTotal int64
	total    int64 // bytes of the files so far
	steps    int   // taken to compare paths with patterns
	full     bool  // max or maxMatching was reached
	notes    []check.Notification
}

func (w *walker) note(code string, level rules.Severity, file, format string, args ...any) {
	w.notes = append(w.notes, check.Notification{Code: code, Level: level, At: check.Span{File: file}, Message: fmt.Sprintf(format, args...)})
}

// readGit reads what the enclosing git repository tracks, and what it ignores by files above the root.
func (w *walker) readGit() {
	g, ok := findGit(w.tree.Root)
	if !ok {
		return
	}
	rel, err := filepath.Rel(g.top, w.tree.Root)
	if err != nil {
		return
	}
	if rel != "." {
		w.tree.Prefix = filepath.ToSlash(rel) + "/"
	}
	w.git = true
	w.tree.remote = g.remoteName()
	if w.index, err = g.tracked(w.tree.Prefix); err != nil {
		w.note("git-index", rules.Warning, "", "the git index cannot be read, so it is unknown which files are tracked: %v", err)
	}
	w.tree.leftOut = w.index.leftOut
	if text, err := readSmall(filepath.Join(g.common, "info", "exclude")); err == nil {
		w.ignore = parsePatterns(text, "")
	}
	// the folders from the top down to the root; the root's own file is read by the walk
	for i, c := range w.tree.Prefix {
		if c != '/' {
			continue
		}
		above := path.Dir(w.tree.Prefix[:i])
		if text, err := readSmall(filepath.Join(g.top, filepath.FromSlash(above), ".gitignore")); err == nil {
			w.ignore = append(w.ignore, parsePatterns(text, strings.TrimPrefix(above, "."))...)
		}
	}
}

// dir walks one folder.
func (w *walker) dir(name string) {
	if strings.Count(name, "/") >= maxDepth {
		w.note("depth-limit", rules.Warning, name, "folders lie more than %d deep in each other; what is in this one was not looked at", maxDepth)
		return
	}
	entries, err := w.tree.list(name)
	if err != nil {
		w.note("read", rules.Warning, name, "the folder cannot be read: %v", cause(err))
	}
	outer := len(w.ignore)
	if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == ".gitignore" && e.Type().IsRegular() }) {
		file := path.Join(name, ".gitignore")
		if text, err := w.tree.read(file); err == nil {
			w.ignore = append(w.ignore, parsePatterns(string(text), strings.TrimSuffix(w.tree.Prefix+prefix(name), "/"))...)
		} else {
			w.note("read", rules.Warning, file, "the file cannot be read, so it is unknown what it ignores: %v", cause(err))
		}
	}
	for _, e := range w.tree.overlaid(name, entries) {
		if w.full {
			break
		}
		w.entry(path.Join(name, e.Name()), e)
	}
	w.ignore = w.ignore[:outer]
}

// prefix returns the prefix of what lies in a folder.
func prefix(dir string) string {
	if dir == "." {
		return ""
	}
	return dir + "/"
}

// overlaid returns the entries of a folder with those of texts for files that are not there.
func (t *Tree) overlaid(dir string, entries []fs.DirEntry) []fs.DirEntry {
	for _, name := range slices.Sorted(maps.Keys(t.overlay)) {
		base := path.Base(name)
		if path.Dir(name) == dir && !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == base }) {
			entries = append(entries, fs.FileInfoToDirEntry(overlay.Info(base, t.overlay[name])))
		}
	}
	return entries
}

func (w *walker) entry(name string, e fs.DirEntry) {
	isDir := e.IsDir()
	if w.steps += w.exclude.cost(name) + w.ignore.cost(w.tree.Prefix+name); w.steps > maxMatching {
		w.full = true
		w.note("file-limit", rules.Warning, "", "ignore files and excludes have too many patterns for the files of the tree; the rest, from %s on, was not looked at", name)
		return
	}
	if e.Name() == ".git" || !w.wanted(name, isDir) || w.exclude.ignores(name, isDir) && !w.named[name] {
		return
	}
	ignored := w.inside || w.ignore.ignores(w.tree.Prefix+name, isDir)
	if ignored && !w.index.files[name] && !w.index.dirs[name] && !w.named[name] {
		w.tree.ignored[name] = true
		return
	}
	switch {
	case isDir:
		if foreign := slices.Contains(skipped, e.Name()) || w.index.submodules[name] || w.nested(name); foreign && !w.named[name] {
			return
		}
		outer := w.inside
		w.inside = ignored
		w.dir(name)
		w.inside = outer
	case e.Type()&fs.ModeSymlink != 0:
		if _, err := inFolder(w.tree, name, (*os.Root).Stat); err != nil && !errors.Is(err, fs.ErrNotExist) {
			w.note("symlink-outside", rules.Note, name, "the symbolic link leads out of the tree or in a circle; what it leads to was not read")
		}
	case e.Type().IsRegular():
		w.file(name, e)
	}
}

func (w *walker) file(name string, e fs.DirEntry) {
	info, err := e.Info()
	if err != nil {
		w.note("read", rules.Warning, name, "the file cannot be read: %v", cause(err))
		return
	}
	if len(w.tree.Files) == w.max {
		w.full = true
		w.note("file-limit", rules.Warning, "", "the tree holds more than %d files; the rest, from %s on, was not looked at", w.max, name)
		return
	}
	if text, ok := w.tree.overlay[name]; ok {
		info = overlay.Info(e.Name(), text)
	}
	if isRead(name) && info.Size() <= w.tree.maxSize {
		if w.total += info.Size(); w.total > w.maxTotal {
			w.full = true
			w.note("file-limit", rules.Warning, "", "the files of the tree are larger than %d bytes together; the rest, from %s on, was not looked at", w.maxTotal, name)
			return
		}
	}
	w.tree.Files = append(w.tree.Files, File{Path: name, Size: info.Size(), Tracked: !w.git || w.index.files[name]})
}

// isRead reports whether a file is of a kind that is read wherever it lies.
func isRead(name string) bool {
	switch path.Ext(name) {
	case "", ".dockerfile", ".env", ".go", ".hcl", ".json", ".mk", ".sh", ".tpl", ".yaml", ".yml":
		return true
	}
	return strings.HasPrefix(path.Base(name), "Dockerfile")
}

// wanted reports whether a path is one of those asked for, or on the way to one.
func (w *walker) wanted(name string, dir bool) bool {
	return len(w.only) == 0 || slices.ContainsFunc(w.only, func(p string) bool {
		return p == "." || p == name || strings.HasPrefix(name, p+"/") || dir && strings.HasPrefix(p, name+"/")
	})
}

// nested reports whether a folder is the work tree of another repository.
func (w *walker) nested(dir string) bool {
	_, err := inFolder(w.tree, path.Join(dir, ".git"), (*os.Root).Lstat)
	return err == nil
}

// cause returns the reason of a failed file operation without the path, which may be an absolute one.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// Within returns the path of a file or folder relative to dir, slash-separated and "." for dir itself. ok is false if it lies
// elsewhere. Both are absolute; symbolic links are not looked at.
func Within(name, dir string) (rel string, ok bool) {
	rel, err := filepath.Rel(dir, name)
	if err != nil || !filepath.IsLocal(rel) {
		return "", false
	}
	return filepath.ToSlash(rel), true
}

// LeavesOut reports whether git tracks a file that is not there because the checkout is sparse.
func (t *Tree) LeavesOut(file string) bool { return t.leftOut[file] }

// Has reports whether a file is one of the tree's.
func (t *Tree) Has(file string) bool {
	_, found := slices.BinarySearchFunc(t.Files, file, func(f File, name string) int { return strings.Compare(f.Path, name) })
	return found
}

// Close releases the folder. The tree cannot be read afterwards.
func (t *Tree) Close() error {
	t.folders.close()
	return t.root.Close()
}

// ReadFile returns the content of a regular file below the root, of a symbolic link's target if it lies there too. The error
// of a file above the limit is a *TooLarge; errors hold no absolute path.
func (t *Tree) ReadFile(name string) ([]byte, error) {
	b, err := t.read(name)
	if err == nil {
		return b, nil
	}
	t.record.add(t.see(name, t.maxSize))
	if tooLarge := (*TooLarge)(nil); errors.As(err, &tooLarge) {
		return nil, err
	}
	return nil, &fs.PathError{Op: "read", Path: name, Err: cause(err)}
}

func (t *Tree) read(name string) ([]byte, error) {
	if !fs.ValidPath(name) {
		return nil, fs.ErrInvalid
	}
	if text, ok := t.overlay[name]; ok {
		if size := int64(len(text)); size > t.maxSize {
			return nil, &TooLarge{Path: name, Size: size, Limit: t.maxSize}
		}
		return text, nil
	}
	f, err := t.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if f.size > t.maxSize {
		return nil, &TooLarge{Path: name, Size: f.size, Limit: t.maxSize}
	}
	text, err := f.first(t.maxSize)
	if err == nil {
		t.record.add(t.seen(name, t.maxSize, f.look, text))
	}
	return text, err
}

// FS returns the tree as a file system that reads through ReadFile. Vendored files are there, since manifests may refer to
// them; ignored ones are not, so that what lies about on one machine makes no difference.
func (t *Tree) FS() fs.FS { return treeFS{t} }

type treeFS struct{ t *Tree }

// Open opens a folder, or a regular file within the limit.
func (f treeFS) Open(name string) (fs.File, error) {
	fail := func(err error) (fs.File, error) { return nil, &fs.PathError{Op: "open", Path: name, Err: cause(err)} }
	if !fs.ValidPath(name) {
		return fail(fs.ErrInvalid)
	}
	if f.t.isIgnored(name) {
		return fail(fs.ErrNotExist)
	}
	if text, ok := f.t.overlay[name]; ok && int64(len(text)) <= f.t.maxSize {
		return overlay.Open(path.Base(name), text), nil
	}
	f.t.record.add(f.t.see(name, f.t.maxSize))
	info, err := inFolder(f.t, name, (*os.Root).Stat)
	switch {
	case err != nil:
		return fail(err)
	case !info.IsDir() && !info.Mode().IsRegular():
		return fail(errors.New("is not a regular file"))
	case !info.IsDir() && info.Size() > f.t.maxSize:
		return fail(&TooLarge{Path: name, Size: info.Size(), Limit: f.t.maxSize})
	}
	return f.t.root.FS().Open(name)
}

// ReadFile returns the content of a file.
func (f treeFS) ReadFile(name string) ([]byte, error) {
	if f.t.isIgnored(name) {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrNotExist}
	}
	return f.t.ReadFile(name)
}

func (t *Tree) isIgnored(name string) bool {
	if !fs.ValidPath(name) {
		return false
	}
	for ; name != "."; name = path.Dir(name) {
		if t.ignored[name] {
			return true
		}
	}
	return false
}
