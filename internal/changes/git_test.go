package changes

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// command runs git in a repository as its owner does, and returns what it writes.
func command(t *testing.T, dir, stdin string, args ...string) string {
	t.Helper()
	c := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=somebody", "-c", "user.email=somebody@example.com"}, args...)...)
	c.Stdin = strings.NewReader(stdin)
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// tree returns what lies below a folder, but for .git: links with their targets, other files with their contents.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.Name() == ".git":
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		if d.Type()&fs.ModeSymlink != 0 {
			target, err := os.Readlink(name)
			out[rel] = "→ " + target
			return err
		}
		text, err := os.ReadFile(name)
		out[rel] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func newGit(t *testing.T) (*Git, string) {
	t.Helper()
	dir := t.TempDir()
	command(t, dir, "", "init", "-q", "-b", "main")
	git, err := NewGit(dir)
	if err != nil {
		t.Fatal(err)
	}
	return git, dir
}

// A commit is written as it was committed, whatever the work tree holds by now and whatever filters are there for it.
func TestExtract(t *testing.T) {
	git, dir := newGit(t)
	want := map[string]string{"a.go": "package a\n", "deep/er/b": "$Id$\r\n", "empty": "", ".gitattributes": "* ident filter=x eol=crlf export-subst\na.go export-ignore\n", "na me\n\"": "x", "link": "→ deep/er/b"}
	for name, text := range want {
		if name == "link" {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{"link": "deep/er/b", "out": "../../../etc/passwd", "absolute": "/etc/passwd"} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	command(t, dir, "", "-c", "core.autocrlf=false", "add", ".")
	command(t, dir, "", "commit", "-q", "-m", "first")
	want["deep/er/b"] = command(t, dir, "", "cat-file", "-p", "HEAD:deep/er/b") + "\n" // eol=crlf was applied on the way in
	if err := os.WriteFile(filepath.Join(dir, "a.go"), []byte("package b\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	commit, err := git.Commit(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	got, err := git.Extract(t.Context(), commit, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Base(got) != filepath.Base(dir) {
		t.Errorf("the folder is called %s", filepath.Base(got))
	}
	if files := tree(t, got); !equal(files, want) {
		t.Errorf("got %q\nwant %q", files, want)
	}
}

func equal(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return true
}

// Trees that git would not check out write nothing outside, and nothing that git or factorlint takes for settings.
func TestExtractHostileTree(t *testing.T) {
	git, dir := newGit(t)
	blob := command(t, dir, "x", "hash-object", "-w", "--stdin")
	link := command(t, dir, "../..", "hash-object", "-w", "--stdin")
	inner := command(t, dir, "100644 blob "+blob+"\tconfig\n", "mktree")
	up := command(t, dir, "100644 blob "+blob+"\tescaped\n", "mktree")
	top := command(t, dir, strings.Join([]string{
		"100644 blob " + blob + "\tfine", "040000 tree " + inner + "\t.GIT", "040000 tree " + inner + "\t.git", "040000 tree " + up + "\t..",
		"120000 blob " + link + "\tlink", "160000 commit " + strings.Repeat("1", 40) + "\tmodule",
	}, "\n")+"\n", "mktree", "--missing")
	commit := command(t, dir, "", "commit-tree", top, "-m", "hostile")
	parent := t.TempDir()
	got, err := git.Extract(t.Context(), commit, parent)
	if err != nil {
		t.Fatal(err)
	}
	if files := tree(t, got); !equal(files, map[string]string{"fine": "x"}) {
		t.Errorf("got %q", files)
	}
	config, err := os.ReadFile(filepath.Join(got, ".git", "config"))
	if err != nil || len(config) > 0 {
		t.Errorf("settings %q, %v", config, err)
	}
	if entries, err := os.ReadDir(parent); err != nil || len(entries) != 1 {
		t.Errorf("beside it lie %v, %v", entries, err)
	}
}

// A commit whose contents are not all there, as in a partial clone, is told, and nothing is fetched.
func TestExtractMissing(t *testing.T) {
	git, dir := newGit(t)
	top := command(t, dir, "100644 blob "+strings.Repeat("1", 40)+"\tgone\n", "mktree", "--missing")
	commit := command(t, dir, "", "commit-tree", top, "-m", "partial")
	if _, err := git.Extract(t.Context(), commit, t.TempDir()); err == nil {
		t.Error("no error")
	}
}

// A content that stands in many places would fill the disk.
func TestExtractTooMuch(t *testing.T) {
	git, dir := newGit(t)
	blob := command(t, dir, strings.Repeat("x", 9<<20), "hash-object", "-w", "--stdin")
	var entries strings.Builder
	for i := range 500 {
		fmt.Fprintf(&entries, "100644 blob %s\tf%03d\n", blob, i)
	}
	top := command(t, dir, entries.String(), "mktree")
	commit := command(t, dir, "", "commit-tree", top, "-m", "large")
	parent := t.TempDir()
	if _, err := git.Extract(t.Context(), commit, parent); err == nil || !strings.Contains(err.Error(), "bytes") {
		t.Errorf("got %v", err)
	}
	if entries, err := os.ReadDir(parent); err != nil || len(entries) > 0 {
		t.Errorf("%v were written, %v", entries, err)
	}
}

// A command in the repository or in a folder that is not absolute is not taken (T21).
func TestFind(t *testing.T) {
	top, elsewhere := t.TempDir(), t.TempDir()
	for _, dir := range []string{top, elsewhere} {
		if err := os.WriteFile(filepath.Join(dir, "git"), []byte("#!/bin/sh\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	links := t.TempDir()
	if err := os.Symlink(filepath.Join(top, "git"), filepath.Join(links, "git")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(elsewhere)
	list := func(dirs ...string) string { return strings.Join(dirs, string(os.PathListSeparator)) }
	if got, err := find("git", list("", ".", top, links, elsewhere), top); err != nil || got != filepath.Join(elsewhere, "git") {
		t.Errorf("%s, %v", got, err)
	}
	if got, err := find("git", list("", ".", top, links), top); err == nil {
		t.Errorf("%s was found", got)
	}
}

func TestEnvironment(t *testing.T) {
	got := environment([]string{"PATH=/bin", "GIT_DIR=/x", "git_dir=/x", "GIT_CONFIG_COUNT=1", "HOME=/home"})
	if !slices.Contains(got, "PATH=/bin") || !slices.Contains(got, "HOME=/home") || slices.ContainsFunc(got, func(v string) bool { return strings.HasSuffix(v, "=/x") }) ||
		slices.Contains(got, "GIT_CONFIG_COUNT=1") {
		t.Errorf("%q", got)
	}
}
