package repository_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/index"
	"github.com/google/go-cmp/cmp"

	"github.com/factorlint/factorlint/internal/repository"
)

// write makes files in a new folder. A name that ends in a slash is an empty folder; a text "-> target" makes a
// symbolic link.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		switch target, link := strings.CutPrefix(text, "-> "); {
		case strings.HasSuffix(name, "/"):
			err = os.MkdirAll(file, 0o755)
		case link:
			err = os.Symlink(target, file)
		default:
			err = os.WriteFile(file, []byte(text), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// addAll makes a git index that holds names; those that end in "@" are submodules.
func addAll(t *testing.T, gitDir string, names ...string) {
	t.Helper()
	idx := &index.Index{Version: 2}
	slices.Sort(names)
	for _, n := range names {
		n, submodule := strings.CutSuffix(n, "@")
		e := idx.Add(n)
		if e.Mode = filemode.Regular; submodule {
			e.Mode = filemode.Submodule
		}
	}
	f, err := os.Create(filepath.Join(gitDir, "index"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(index.NewEncoder(f).Encode(idx), f.Close()); err != nil {
		t.Fatal(err)
	}
}

// open returns the tree's files, untracked ones with a question mark, and the notifications as "code file".
func open(t *testing.T, root string, o repository.Options) (tree *repository.Tree, files string, notes []string) {
	t.Helper()
	tree, ns, err := repository.Open(root, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tree.Close() })
	var names []string
	for _, f := range tree.Files {
		if !f.Tracked {
			f.Path += "?"
		}
		names = append(names, f.Path)
	}
	for _, n := range ns {
		if strings.Contains(n.Message, root) {
			t.Errorf("message holds the absolute path: %s", n.Message)
		}
		notes = append(notes, strings.TrimSpace(n.Code+" "+n.At.File))
	}
	return tree, strings.Join(names, " "), notes
}

func TestWalk(t *testing.T) {
	dir := write(t, map[string]string{
		"b/main.go": "", "a.go": "", "vendor/x/x.go": "", "b/vendor/y.go": "", "node_modules/z.js": "", "b/testdata/t.go": "", "third_party/p.go": "",
		"nested/.git/HEAD": "", "nested/n.go": "", "worktree/.git": "gitdir: elsewhere", "worktree/w.go": "",
		"link.go": "-> a.go", "dir": "-> b", "dangling": "-> none", "outside": "-> /etc/hostname", "up": "-> ../x", "loop": "-> loop",
	})
	_, files, notes := open(t, dir, repository.Options{})
	if want := "a.go b/main.go third_party/p.go"; files != want {
		t.Errorf("got %s, want %s", files, want)
	}
	if diff := cmp.Diff([]string{"symlink-outside loop", "symlink-outside outside", "symlink-outside up"}, notes); diff != "" {
		t.Errorf("notifications (-want +got):\n%s", diff)
	}
	// what the user names is looked at, whatever it is called
	if _, files, _ := open(t, filepath.Join(dir, "vendor"), repository.Options{}); files != "x/x.go" {
		t.Errorf("vendor as root: %s", files)
	}
	named := []string{"b/testdata", "a.go", "nested/"}
	if _, files, _ := open(t, dir, repository.Options{Only: named, Named: named}); files != "a.go b/testdata/t.go nested/n.go" {
		t.Errorf("only: %s", files)
	}
	if _, files, _ := open(t, dir, repository.Options{Only: named}); files != "a.go" {
		t.Errorf("only, not named: %s", files)
	}
	if _, files, _ := open(t, dir, repository.Options{Named: []string{"b/testdata/t.go", "third_party/p.go"}, Exclude: []string{"*.go"}}); files != "b/testdata/t.go third_party/p.go" {
		t.Errorf("named: %s", files)
	}
	if _, files, _ := open(t, dir, repository.Options{Exclude: []string{"*.go", "!main.go", "third_party/"}}); files != "b/main.go" {
		t.Errorf("exclude: %s", files)
	}
	if _, files, notes := open(t, dir, repository.Options{MaxFiles: 2}); files != "a.go b/main.go" || notes[len(notes)-1] != "file-limit" {
		t.Errorf("limit: %s, %v", files, notes)
	}
	if _, _, err := repository.Open(filepath.Join(dir, "none"), repository.Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no such folder: %v", err)
	}
}

// Only files of the kinds that are read, and small enough for it, count for the limit of all together.
func TestTotal(t *testing.T) {
	dir := write(t, map[string]string{"a.go": "12345", "b.png": "1234567890", "c.yaml": "1234567890", "d/Dockerfile.x": "12345", "e.go": "12345"})
	_, files, notes := open(t, dir, repository.Options{MaxFileSize: 9, MaxTotal: 10})
	if files != "a.go b.png c.yaml d/Dockerfile.x" || len(notes) != 1 || notes[0] != "file-limit" {
		t.Errorf("got %s, %v", files, notes)
	}
}

func TestGit(t *testing.T) {
	dir := write(t, map[string]string{
		".git/HEAD": "ref: refs/heads/main\n", ".git/info/exclude": "excluded\n",
		".gitignore": "*.log\r\n/out/\nsecret/*\n", "excluded": "", "a.log": "", "kept.log": "", "out/o": "", "out/kept": "", "out/.gitignore": "!o\n",
		"new.go":                 "",
		"svc/.gitignore":         "!b.log\n/api/tmp\n",
		"svc/b.log":              "",
		"svc/out/x":              "",
		"svc/api/main.go":        "",
		"svc/api/tmp":            "",
		"svc/api/d/c.log":        "",
		"svc/api/d/tmp":          "",
		"svc/api/.env":           "",
		"svc/api/module/file.go": "",
	})
	addAll(t, filepath.Join(dir, ".git"), "kept.log", "out/kept", "svc/out/x", "svc/api/main.go", "svc/api/.env", "svc/api/gone.go", "svc/api/module@")
	tree, files, notes := open(t, dir, repository.Options{})
	want := ".gitignore? kept.log new.go? out/kept svc/.gitignore? svc/api/.env svc/api/d/tmp? svc/api/main.go svc/b.log? svc/out/x"
	if files != want || len(notes) > 0 || tree.Prefix != "" {
		t.Errorf("got  %s\nwant %s\nprefix %q, notifications %v", files, want, tree.Prefix, notes)
	}
	if _, got, _ := open(t, dir, repository.Options{Named: []string{"svc/api/d/c.log", "secret/x", "excluded"}}); got != ".gitignore? excluded? kept.log new.go? out/kept svc/.gitignore? svc/api/.env svc/api/d/c.log? svc/api/d/tmp? svc/api/main.go svc/b.log? svc/out/x" {
		t.Errorf("named: %s", got)
	}
	tree, files, notes = open(t, filepath.Join(dir, "svc", "api"), repository.Options{})
	if files != ".env d/tmp? main.go" || len(notes) > 0 || tree.Prefix != "svc/api/" {
		t.Errorf("below: got %s, prefix %q, notifications %v", files, tree.Prefix, notes)
	}
	// nobody can know what a broken index holds
	if err := os.WriteFile(filepath.Join(dir, ".git", "index"), []byte("DIRC\x00\x00\x00\x02\x00\x00\x00\x09"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, files, notes := open(t, filepath.Join(dir, "svc"), repository.Options{}); !slices.Equal(notes, []string{"git-index"}) || !strings.Contains(files, "api/.env?") {
		t.Errorf("broken index: %s, notifications %v", files, notes)
	}
}

func TestGitFile(t *testing.T) {
	dir := write(t, map[string]string{
		"main/.git/HEAD": "", "main/.git/info/exclude": "*.tmp\n", "main/.git/worktrees/w/HEAD": "", "main/.git/worktrees/w/commondir": "../..\n",
		"w/.git": "gitdir: ../main/.git/worktrees/w\n", "w/a.go": "", "w/b.go": "", "w/c.tmp": "",
		"no/.git": "gitdir: ../nowhere\n", "no/a.tmp": "",
	})
	addAll(t, filepath.Join(dir, "main/.git/worktrees/w"), "a.go")
	if _, files, notes := open(t, filepath.Join(dir, "w"), repository.Options{}); files != "a.go b.go?" || len(notes) > 0 {
		t.Errorf("linked work tree: %s, notifications %v", files, notes)
	}
	if _, files, _ := open(t, filepath.Join(dir, "no"), repository.Options{}); files != "a.tmp" {
		t.Errorf("a .git that leads nowhere: %s", files)
	}
}

func TestRead(t *testing.T) {
	dir := write(t, map[string]string{
		".git/HEAD": "", ".gitignore": ".env\nlocal",
		"a.yaml": "0123456789", "big": "0123456789+", "link": "-> a.yaml", "outside": "-> /etc/hostname", ".env": "A=b", "local/x": "", "vendor/v.yaml": "v",
	})
	tree, _, _ := open(t, dir, repository.Options{MaxFileSize: 10})
	for _, c := range []struct{ name, file, inFS string }{
		{"a.yaml", "0123456789", "0123456789"},
		{"link", "0123456789", "0123456789"},
		{"vendor/v.yaml", "v", "v"},
		{".env", "A=b", "no"}, // another machine has none
		{"local/x", "", "no"},
		{"big", "too large", "too large"},
		{"outside", "no", "no"},
		{"../x", "no", "no"},
		{"/etc/hostname", "no", "no"},
		{"vendor", "no", "no"},
		{"none", "no", "no"},
	} {
		text := func(b []byte, err error) string {
			var tooLarge *repository.TooLarge
			switch {
			case errors.As(err, &tooLarge):
				return "too large"
			case err != nil:
				if strings.Contains(err.Error(), dir) {
					t.Errorf("%s: error holds the absolute path: %v", c.name, err)
				}
				return "no"
			}
			return string(b)
		}
		if got := text(tree.ReadFile(c.name)); got != c.file {
			t.Errorf("ReadFile(%q) = %s, want %s", c.name, got, c.file)
		}
		if got := text(fs.ReadFile(tree.FS(), c.name)); got != c.inFS {
			t.Errorf("FS().ReadFile(%q) = %s, want %s", c.name, got, c.inFS)
		}
		if f, err := tree.FS().Open(c.name); (err == nil) != (c.inFS != "no" && c.inFS != "too large") && c.name != "vendor" {
			t.Errorf("FS().Open(%q): %v", c.name, err)
		} else if err == nil {
			f.Close()
		}
	}
	if _, err := fs.Stat(tree.FS(), "vendor"); err != nil {
		t.Error(err)
	}
	if m, err := fs.Glob(tree.FS(), "vendor/*.yaml"); err != nil || !slices.Equal(m, []string{"vendor/v.yaml"}) {
		t.Errorf("Glob: %v, %v", m, err)
	}
}

func TestDepth(t *testing.T) {
	dir := write(t, map[string]string{strings.Repeat("d/", 220) + "deep.go": "", "a.go": ""})
	if _, files, notes := open(t, dir, repository.Options{}); files != "a.go" || len(notes) != 1 || !strings.HasPrefix(notes[0], "depth-limit d/d/") {
		t.Errorf("%s, %v", files, notes)
	}
}

// The outcomes are those of git check-ignore.
func TestIgnore(t *testing.T) {
	for i, c := range []struct {
		gitignore string
		want      string // what stays of the files below
	}{
		{"", "a.log a/b.log a/b/c.txt a/b/d.log build/out.txt x/build/y.txt z!"},
		{"*.log", ".gitignore a/b/c.txt build/out.txt x/build/y.txt z!"},
		{"/*.log", ".gitignore a/b.log a/b/c.txt a/b/d.log build/out.txt x/build/y.txt z!"},
		{"a/*.log", ".gitignore a.log a/b/c.txt a/b/d.log build/out.txt x/build/y.txt z!"},
		{"a/**/*.log", ".gitignore a.log a/b/c.txt build/out.txt x/build/y.txt z!"},
		{"**/b", ".gitignore a.log a/b.log build/out.txt x/build/y.txt z!"},
		{"build", ".gitignore a.log a/b.log a/b/c.txt a/b/d.log z!"},
		{"build/", ".gitignore a.log a/b.log a/b/c.txt a/b/d.log z!"},
		{"/build/", ".gitignore a.log a/b.log a/b/c.txt a/b/d.log x/build/y.txt z!"},
		{"z!/\na.log/", ".gitignore a.log a/b.log a/b/c.txt a/b/d.log build/out.txt x/build/y.txt z!"},
		{"*\n!*/\n!*.txt", "a/b/c.txt build/out.txt x/build/y.txt"},
		{"*\n!/a/", ""},
		{"*\n!/a/\n!/a/**", "a/b.log a/b/c.txt a/b/d.log"},
		{"a/**\n!a/b.log", ".gitignore a.log a/b.log build/out.txt x/build/y.txt z!"},
		{"a\n!a/b.log", ".gitignore a.log build/out.txt x/build/y.txt z!"},
		{"z\\!\n\\*.log\n#a\n  \n", ".gitignore a.log a/b.log a/b/c.txt a/b/d.log build/out.txt x/build/y.txt"},
		{"[!a].log\n[z-", ".gitignore a.log a/b/c.txt build/out.txt x/build/y.txt z!"},
		{"a.log  \n?/b.log\n", ".gitignore a/b/c.txt a/b/d.log build/out.txt x/build/y.txt z!"},
		{"**", ""},
		{"a/**/b", ".gitignore a.log a/b.log build/out.txt x/build/y.txt z!"},
		{"/\n!", ".gitignore a.log a/b.log a/b/c.txt a/b/d.log build/out.txt x/build/y.txt z!"},
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			files := map[string]string{".git/HEAD": "", "a.log": "", "a/b.log": "", "a/b/c.txt": "", "a/b/d.log": "", "build/out.txt": "", "x/build/y.txt": "", "z!": ""}
			if c.gitignore != "" {
				files[".gitignore"] = c.gitignore
			}
			_, got, notes := open(t, write(t, files), repository.Options{})
			if got = strings.ReplaceAll(got, "?", ""); got != c.want || len(notes) > 0 {
				t.Errorf("%q: got %s, want %s, notifications %v", c.gitignore, got, c.want, notes)
			}
		})
	}
}

func TestMatcher(t *testing.T) {
	matches := repository.Matcher([]string{"load/", "/cmd/*/fake.go", "!load/keep/", "*.gen.yaml"})
	for file, want := range map[string]bool{
		"load/main.go": true, "a/load/b/main.go": true, "load.go": false, "load": false, "cmd/a/fake.go": true, "x/cmd/a/fake.go": false,
		"deploy/a.gen.yaml": true, "load/keep/a.go": true, // as in git, what lies below a folder that is matched stays so
	} {
		if got := matches(file); got != want {
			t.Errorf("%s: %t, want %t", file, got, want)
		}
	}
}
