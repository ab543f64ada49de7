package hostile

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// git runs the machine's git in the repository, as its author does, and returns what it writes.
func (s *sandbox) git(args ...string) string {
	s.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=somebody", "-c", "user.email=somebody@example.com"}, args...)...)
	cmd.Dir, cmd.Env = s.repo, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.path("home")}
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// newHistory makes a repository of two commits, of which the second brings a finding, and lets factorlint find git.
func newHistory(t *testing.T, archive string) *sandbox {
	t.Helper()
	s := newSandbox(t, "-- Dockerfile --\nFROM debian:12\n-- old/Dockerfile --\nFROM debian:12\nENTRYPOINT /old | cat\n"+archive)
	s.git("init", "-q", "-b", "main")
	s.git("add", ".")
	s.git("commit", "-q", "-m", "first")
	s.git("branch", "base")
	s.write("Dockerfile", "FROM debian:12\nENTRYPOINT /api --serve | cat\n")
	s.git("commit", "-q", "-a", "-m", "second")
	git, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(s.path("traps/git")); err != nil {
		t.Fatal(err)
	}
	s.env = append(s.env, s.env[0]+":"+filepath.Dir(git))
	return s
}

// comparisons runs check against both revisions of a history, for friends and for strangers.
func (s *sandbox) comparisons() {
	s.Helper()
	found := func(r result) { r.exits(1).says(`^Dockerfile:2:.*FL0911`, `, 2 old `) }
	s.both(found, "--new-from-rev", "HEAD~1")
	s.both(found, "--new-from-merge-base", "base")
}

const hostileGit = `
[core]
	fsmonitor = TRAP
	hooksPath = ../traps
	sshCommand = TRAP
	pager = TRAP
	editor = TRAP
	askPass = TRAP
	gitProxy = TRAP
	alternateRefsCommand = TRAP
	worktree = ../..
[alias]
	rev-parse = !TRAP
	cat-file = !TRAP
	ls-tree = !TRAP
	merge-base = !TRAP
[diff]
	external = TRAP
[diff "x"]
	textconv = TRAP
	command = TRAP
[filter "x"]
	clean = TRAP
	smudge = TRAP
	process = TRAP
	required = true
[merge "x"]
	driver = TRAP
[credential]
	helper = !TRAP
[gpg]
	program = TRAP
[include]
	path = ../../outside.config
[remote "origin"]
	url = ext::TRAP
	promisor = true
	uploadpack = TRAP
[protocol "ext"]
	allow = always
[extensions]
	partialClone = origin
`

func gitComparisons(t *testing.T) {
	s := newHistory(t, `-- .gitattributes --
* diff=x filter=x merge=x ident export-subst
-- bare/HEAD --
ref: refs/heads/main
-- bare/config --
[core]
	bare = true
	repositoryformatversion = 0
	fsmonitor = ../../traps/sh
	hooksPath = ../../traps
-- bare/refs/x --
-- bare/objects/x --
-- bare/Dockerfile --
FROM debian:12
-- ../outside.config --
[core]
	fsmonitor = traps/sh
`)
	s.git("update-index", "--add", "--cacheinfo", "100644,"+strings.Repeat("1", 40)+",absent")
	s.git("branch", "partial", s.git("commit-tree", s.git("write-tree", "--missing-ok"), "-m", "a blob is missing"))
	s.git("reset", "-q")
	config, err := os.ReadFile(s.in(".git/config"))
	if err != nil {
		t.Fatal(err)
	}
	hostile := strings.Replace(string(config), "repositoryformatversion = 0", "repositoryformatversion = 1", 1) + strings.ReplaceAll(hostileGit, "TRAP", s.path("traps/sh"))
	s.write(".git/config", hostile)
	for _, hook := range []string{"post-index-change", "post-checkout", "pre-commit", "reference-transaction", "fsmonitor-watchman"} {
		s.trap(".git/hooks/" + hook)
	}
	s.comparisons()
	inside := *s
	inside.repo = s.in("bare")
	inside.run("check", "--new-from-rev", "HEAD~1", "..").exits(1).says(`Dockerfile:2:.*FL0911`)
	s.both(func(r result) { r.exits(2) }, "--new-from-rev", "partial")
	for _, flag := range []string{"--new-from-rev=", "--new-from-merge-base="} {
		s.both(func(r result) { r.exits(2) }, flag+"--output=x")
		s.both(func(r result) { r.exits(2) }, flag+"-O../traps/sh")
	}
	if _, err := os.Lstat(s.in("x")); err == nil {
		t.Error("a revision was taken for a flag of git")
	}

	// The settings do what they are there for: git that nobody restrains leaves a mark.
	cmd := exec.Command("git", "status")
	cmd.Dir, cmd.Env = s.repo, s.env
	out, _ := cmd.CombinedOutput()
	if marks, err := os.ReadDir(s.marks); err != nil || len(marks) == 0 {
		t.Errorf("git status ran nothing (%v): %s", err, out)
	}
}

// broughtGit puts a git of the repository first on PATH.
func broughtGit(t *testing.T) {
	s := newHistory(t, "")
	path := s.env[len(s.env)-1][len("PATH="):]
	s.trap("git")
	s.trap("bin/git")
	s.link("../linked", s.in("bin"))
	for _, first := range []string{".", "", "bin", "./bin", s.in("bin"), s.path("linked"), s.repo} {
		before := s.env
		s.env = append(s.env, "PATH="+first+":"+path)
		s.comparisons()
		s.env = before
	}
}
