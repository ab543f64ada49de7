//go:build integration

package integration

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// A shared tree is checked by several runs with what they keep in a folder.
type shared struct {
	dir     string
	edits   int
	sources []source
}

// A source is a file that is edited, with its text before all edits.
type source struct{ name, text string }

func openShared(t *testing.T, dir string, names ...string) *shared {
	t.Helper()
	s := &shared{dir: dir}
	for _, n := range names {
		n = filepath.Join(dir, filepath.FromSlash(n))
		s.sources = append(s.sources, source{n, read(t, n)})
	}
	return s
}

// edit changes a file, the next one each time, so that what is found in it stands on other lines. All other files are as at first.
func (s *shared) edit(t *testing.T) {
	t.Helper()
	s.edits++
	for i, f := range s.sources {
		text := f.text
		if i == s.edits%len(s.sources) {
			mark := map[bool]string{true: "//", false: "#"}[filepath.Ext(f.name) == ".go"]
			text = strings.Repeat(fmt.Sprintf("%s edit %d\n", mark, s.edits), 1+s.edits%7) + text
		}
		write(t, f.name, text)
	}
}

// check returns the run of factorlint on the tree with a flag that says what it keeps.
func (s *shared) check(flag string) *exec.Cmd {
	c := exec.Command(command, "check", flag, "-o", "json")
	c.Dir = s.dir
	return c
}

// kept is the flag to keep things in a folder.
func kept(dir string) string { return "--cache-dir=" + dir }

// want returns the report of a run that keeps nothing.
func (s *shared) want(t *testing.T) string {
	t.Helper()
	return report(t, s.check("--no-cache"))
}

// report runs a check and returns what it writes. One with findings is wanted.
func report(t *testing.T, c *exec.Cmd) string {
	t.Helper()
	out, err := c.Output()
	if c.ProcessState.ExitCode() != 1 || len(out) == 0 {
		t.Errorf("%v: %v, want exit code 1 with findings", c.Args[1:], err)
	}
	return string(out)
}

// same runs a check with what is kept in a folder, and demands the report of one that keeps nothing. It returns how long it took.
func (s *shared) same(t *testing.T, cache string) time.Duration {
	t.Helper()
	start := time.Now()
	got := report(t, s.check(kept(cache)))
	took := time.Since(start)
	if want := s.want(t); got != want {
		t.Errorf("edit %d: the report with what was kept differs from that of --no-cache:\n%s\nwant\n%s", s.edits, got, want)
	}
	return took
}

// killed starts a check and kills it after a while. It reports false if the check was over before.
func (s *shared) killed(t *testing.T, cache string, after time.Duration) bool {
	t.Helper()
	c := s.check(kept(cache))
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	over := time.AfterFunc(after, func() { c.Process.Kill() })
	defer over.Stop()
	c.Wait() //nolint:errcheck // the state says more
	return !c.ProcessState.Exited()
}

// What a killed run leaves makes no later run say anything else. Half of the kills hit runs that begin with nothing, half those that
// begin with all that is kept of the tree before an edit.
func TestKilled(t *testing.T) {
	const kills, between = 200, 5 // kills from one comparison to the next
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	s := openShared(t, copyTree(t, "testdata/repos/shop"), "internal/mail/mail.go", "cmd/orders/main.go", "deploy/orders.yaml", "cmd/orders/Dockerfile")
	s.want(t) // the go command keeps things too
	complete := t.TempDir()
	fresh := s.same(t, complete)
	s.edit(t)
	edited := s.same(t, complete)
	t.Logf("a run that begins with nothing takes %v, one after an edit %v", fresh, edited)
	runs := 0
	for n := 0; n < kills && !t.Failed(); {
		cache, length := complete, edited
		if n/between%2 == 0 {
			cache, length = t.TempDir(), fresh
		}
		for hit := 0; hit < between; runs++ {
			if runs > 10*kills {
				t.Fatalf("%d of %d runs were over before they were killed", runs-n-hit, runs)
			}
			s.edit(t)
			if s.killed(t, cache, time.Duration(random.Int64N(int64(length)))) {
				hit++
			} else if cache != complete { // it holds everything now
				cache = t.TempDir()
			}
		}
		n += between
		s.same(t, cache)
	}
	t.Logf("%d runs", runs)
}

// Runs at once with one folder for what they keep do not disturb each other, on the same files and on others.
func TestTwoAtOnce(t *testing.T) {
	const rounds = 15
	shop := openShared(t, copyTree(t, "testdata/repos/shop"), "internal/mail/mail.go")
	again := openShared(t, copyTree(t, "testdata/repos/shop"), "internal/mail/mail.go")
	again.edit(t)
	notes := openShared(t, copyTree(t, "testdata/repos/notes/broken"))
	trees := []*shared{shop, shop, again, notes, notes}
	wants := make([]string, len(trees))
	for i, s := range trees {
		wants[i] = s.want(t)
	}
	for round := range rounds {
		cache := t.TempDir()
		for _, state := range []string{"empty", "full", "to be trimmed"} {
			ballast := ""
			if state == "to be trimmed" {
				ballast = overfill(t, cache)
			}
			var all sync.WaitGroup
			for i, s := range trees {
				all.Go(func() {
					if got := report(t, s.check(kept(cache))); got != wants[i] {
						t.Errorf("round %d, %s: run %d differs from one with --no-cache:\n%s\nwant\n%s", round, state, i, got, wants[i])
					}
				})
			}
			all.Wait()
			if _, err := os.Stat(ballast); ballast != "" && err == nil {
				t.Errorf("round %d: the cache is larger than its limit", round)
			}
		}
		if t.Failed() {
			return
		}
	}
}

// overfill makes a cache larger than its limit, with an entry that is the last to be removed, and as old as one that is looked through
// again. It returns the entry's file.
func overfill(t *testing.T, cache string) string {
	t.Helper()
	ballast := filepath.Join(cache, "ff", strings.Repeat("f", 64))
	write(t, ballast, "")
	if err := os.Truncate(ballast, 2<<30); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-2 * time.Hour)
	err := filepath.Walk(cache, func(name string, _ os.FileInfo, err error) error {
		if err != nil || name == ballast {
			return err
		}
		return os.Chtimes(name, old, old)
	})
	if err != nil {
		t.Fatal(err)
	}
	return ballast
}
