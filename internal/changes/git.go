package changes

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/factorlint/factorlint/internal/repository"
)

// A Git asks git about the repository with a work tree. It only reads git's store: no file of the work tree, so that no filter or
// attribute in it can name what is to run.
type Git struct {
	command string // absolute
	top     string // of the work tree
}

// NewGit returns the git for the work tree that begins at top. The error says that git is not there.
func NewGit(top string) (*Git, error) {
	command, err := find("git", os.Getenv("PATH"), top)
	if err != nil {
		return nil, err
	}
	return &Git{command, top}, nil
}

// find returns a command from a list of folders as PATH holds it. Relative folders and those in the repository do not count: what
// lies there was written by whoever wrote the repository.
func find(name, list, top string) (string, error) {
	for _, dir := range filepath.SplitList(list) {
		if !filepath.IsAbs(dir) {
			continue
		}
		command, err := exec.LookPath(filepath.Join(dir, name))
		if err != nil {
			continue
		}
		target, err := filepath.EvalSymlinks(command)
		if err != nil {
			continue
		}
		if _, inside := repository.Within(target, top); !inside {
			return command, nil
		}
	}
	return "", fmt.Errorf("there is no %s in PATH, outside of the repository", name)
}

// hardened are the settings that keep git from running anything else, whatever the repository's configuration says, and from
// fetching what a partial clone lacks.
var hardened = []string{"--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=" + os.DevNull, "-c", "safe.bareRepository=explicit", "-c", "protocol.allow=never"}

// environment returns that of git: without the variables that would lead it elsewhere.
func environment(all []string) []string {
	var out []string
	for _, v := range all {
		if !strings.HasPrefix(strings.ToUpper(v), "GIT_") {
			out = append(out, v)
		}
	}
	return append(out, "GIT_CONFIG_NOSYSTEM=1", "GIT_OPTIONAL_LOCKS=0", "GIT_NO_LAZY_FETCH=1", "GIT_TERMINAL_PROMPT=0", "LC_ALL=C")
}

// start prepares a command of git.
func (g *Git) start(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, g.command, append(append([]string{"-C", g.top}, hardened...), args...)...)
	cmd.Env = environment(os.Environ())
	return cmd
}

// run returns what git writes.
func (g *Git) run(ctx context.Context, args ...string) ([]byte, error) {
	cmd := g.start(ctx, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	return out, because(err, &stderr)
}

// because returns an error of git with what git wrote about it.
func because(err error, stderr *bytes.Buffer) error {
	if err == nil {
		return nil
	}
	for line := range strings.Lines(stderr.String()) {
		if why, fatal := strings.CutPrefix(strings.TrimSpace(line), "fatal: "); fatal {
			return fmt.Errorf("git: %s", why)
		}
	}
	return fmt.Errorf("git: %w", err)
}

var hash = regexp.MustCompile(`^[0-9a-f]{40,64}$`)

// Commit returns the hash of the commit that a revision names. The error says if only a branch of origin is called so, as in clones of CI systems.
func (g *Git) Commit(ctx context.Context, revision string) (string, error) {
	if revision == "" || strings.HasPrefix(revision, "-") {
		return "", fmt.Errorf("%q is no revision", revision)
	}
	id, err := g.hashOf(ctx, revision)
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return "", fmt.Errorf("%s: %w", revision, err)
	}
	if id != "" {
		return id, nil
	}
	if id, err := g.hashOf(ctx, "refs/remotes/origin/"+revision); err == nil && id != "" {
		return "", fmt.Errorf("%s: no such commit here, but there is origin/%[1]s", revision)
	}
	return "", fmt.Errorf("%s: no such commit here; a shallow clone may lack it: fetch it first", revision)
}

// hashOf returns the hash of the commit that a revision names, "" if git writes none.
func (g *Git) hashOf(ctx context.Context, revision string) (string, error) {
	out, err := g.run(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{commit}")
	if id := strings.TrimSpace(string(out)); err == nil && hash.MatchString(id) {
		return id, nil
	}
	return "", err
}

// MergeBase returns the hash of the commit at which the history of a branch and that of HEAD parted.
func (g *Git) MergeBase(ctx context.Context, branch string) (string, error) {
	other, err := g.Commit(ctx, branch)
	if err != nil {
		return "", err
	}
	head, err := g.Commit(ctx, "HEAD")
	if err != nil {
		return "", err
	}
	out, err := g.run(ctx, "merge-base", head, other)
	if id := strings.TrimSpace(string(out)); err == nil && hash.MatchString(id) {
		return id, nil
	}
	if exit := (*exec.ExitError)(nil); err == nil || errors.As(err, &exit) {
		return "", fmt.Errorf("%s and HEAD have no commit in common here; a shallow clone may lack it: fetch more of their history", branch)
	}
	return "", err
}

// blobs calls do with each of the contents that hashes name, in their order.
func (g *Git) blobs(ctx context.Context, hashes []string, do func(i int, content io.Reader) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := g.start(ctx, "cat-file", "--batch")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	cmd.Stdin = strings.NewReader(strings.Join(hashes, "\n") + "\n")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	if err := readBlobs(stdout, hashes, do); err != nil {
		cancel()
		return errors.Join(err, ignoreExit(cmd.Wait()))
	}
	return because(cmd.Wait(), &stderr)
}

// ignoreExit leaves out that a process that was ended did end.
func ignoreExit(err error) error {
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
