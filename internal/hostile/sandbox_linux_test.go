package hostile

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/tools/txtar"
)

// Limits of every run.
const (
	maxTime    = 30 * time.Second
	maxMemory  = 512 << 20 // bytes of the largest process, resident
	maxAddress = 8 << 30   // bytes that a process may reserve: Go reserves much more than it takes
)

// Where everything is; set by TestMain.
var (
	command string // the factorlint command, built for these tests
	kept    string // folder for caches, shared by the tests: what the standard library declares is computed once
)

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == between {
		os.Exit(measure(os.Args[2:]))
	}
	os.Exit(setUp(m))
}

func setUp(m *testing.M) int {
	dir, err := os.MkdirTemp("", "factorlint-hostile-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir) //nolint:errcheck // the system clears its folder of temporary files
	command, kept = filepath.Join(dir, "factorlint"), filepath.Join(dir, "cache")
	build := exec.Command("go", "build", "-o", command, "../../cmd/factorlint")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// traps are programs that somebody could bring factorlint to run.
var traps = []string{"ar", "bash", "buf", "bzr", "c++", "cc", "clang", "cmake", "curl", "docker", "dockerd", "fossil", "g++", "gcc", "git",
	"gitk", "git-remote-http", "go-toolexec", "golangci-lint", "gopackagesdriver", "hadolint", "helm", "hg", "kubectl", "kustomize", "ld", "less", "make",
	"man", "node", "npm", "perl", "pkg-config", "podman", "protoc", "python", "python3", "sh", "shellcheck", "ssh", "svn", "swig", "terraform", "vim", "wget"}

// A sandbox is where factorlint is run on one repository.
type sandbox struct {
	*testing.T
	dir   string   // holds the repository and what lies around it
	repo  string   // the repository
	marks string   // folder that the traps write to
	env   []string // of the runs
	net   bool     // runs have the machine's network, not none
	stdin string   // of the runs
}

// newSandbox makes a repository of the files of an archive; those whose names begin with "../" lie beside it. MARK in a text is
// the name of a file that is never to be written.
func newSandbox(t *testing.T, archive string) *sandbox {
	t.Helper()
	dir := t.TempDir()
	s := &sandbox{T: t, dir: dir, repo: filepath.Join(dir, "repo"), marks: filepath.Join(dir, "marks")}
	for _, d := range []string{s.repo, s.marks, s.path("traps"), s.path("home")} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		s.write(f.Name, strings.ReplaceAll(string(f.Data), "MARK", filepath.Join(s.marks, "code")))
	}
	for _, name := range traps {
		s.trap("../traps/" + name)
	}
	goroot := runtime.GOROOT() //nolint:staticcheck // the tests run where they were built
	s.env = []string{"PATH=" + s.path("traps") + ":" + filepath.Join(goroot, "bin") + ":/usr/local/bin:/usr/bin:/bin",
		"HOME=" + s.path("home"), "XDG_CACHE_HOME=" + kept, "GOCACHE=" + goEnv(t, "GOCACHE"), "GOMODCACHE=" + goEnv(t, "GOMODCACHE"),
		"GOPACKAGESDRIVER=" + s.path("traps/gopackagesdriver"), "GOTOOLCHAIN=auto", "PAGER=" + s.path("traps/less"), "TMPDIR=" + t.TempDir()}
	return s
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// path returns the absolute name of a file in the sandbox.
func (s *sandbox) path(name string) string { return filepath.Join(s.dir, name) }

// in returns the absolute name of a file in the repository.
func (s *sandbox) in(name string) string { return filepath.Join(s.repo, filepath.FromSlash(name)) }

// write writes a file, named relative to the repository.
func (s *sandbox) write(name, text string) {
	s.Helper()
	s.make(name, func(file string) error { return os.WriteFile(file, []byte(text), 0o644) })
}

// make makes a file, and the folder it is in.
func (s *sandbox) make(name string, do func(file string) error) {
	s.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(s.in(name)), 0o755), do(s.in(name))); err != nil {
		s.Fatal(err)
	}
}

// trap makes a program that leaves a mark with its name.
func (s *sandbox) trap(name string) {
	s.Helper()
	text := fmt.Sprintf("#!/bin/sh\necho \"$0 $*\" >> '%s/'\"${0##*/}\"\nexit 1\n", s.marks)
	s.make(name, func(file string) error { return os.WriteFile(file, []byte(text), 0o755) })
}

func (s *sandbox) link(name, target string) {
	s.Helper()
	s.make(name, func(file string) error { return os.Symlink(target, file) })
}

func (s *sandbox) fifo(name string) {
	s.Helper()
	s.make(name, func(file string) error { return syscall.Mkfifo(file, 0o644) })
}

// sparse makes a file that seems to hold so many bytes.
func (s *sandbox) sparse(name string, size int64) {
	s.Helper()
	s.make(name, func(file string) error { return errors.Join(os.WriteFile(file, nil, 0o644), os.Truncate(file, size)) })
}

// A result is how a run ended.
type result struct {
	*testing.T
	code           int
	stdout, stderr string
	took           time.Duration // on processors, of all processes: what else the machine does counts for nothing
	memory         int64         // bytes of the largest process, resident
}

// between is the first argument of this program where it stands between the tests and factorlint: a process counts as as large as
// the one that it came from was, and the tests can grow.
const between = "measure"

// A usage is what a command used, and how it ended.
type usage struct {
	Code   int
	State  string
	Took   time.Duration
	Memory int64
}

// measure runs a command that may reserve maxAddress bytes, and writes its usage to the fourth file. It returns 1 if it cannot.
func measure(args []string) int {
	report := os.NewFile(3, "usage")
	syscall.CloseOnExec(3)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	limit := unix.Rlimit{Cur: maxAddress, Max: maxAddress}
	if err := unix.Prlimit(cmd.Process.Pid, unix.RLIMIT_AS, &limit, nil); err != nil && !errors.Is(err, unix.ESRCH) {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	cmd.Wait() //nolint:errcheck // how it ended is looked at by who asked
	p := cmd.ProcessState
	u := usage{Code: p.ExitCode(), State: p.String(), Took: p.UserTime() + p.SystemTime()}
	if r, ok := p.SysUsage().(*syscall.Rusage); ok {
		u.Memory = r.Maxrss << 10
	}
	if err := json.NewEncoder(report).Encode(u); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// run runs factorlint in the repository. It fails the test if the run takes too much, breaks down, or starts what it should not.
func (s *sandbox) run(args ...string) result {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), maxTime)
	defer cancel()
	self, err := os.Executable()
	if err != nil {
		s.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, self, slices.Concat([]string{between, command}, args)...)
	cmd.Dir, cmd.Env = s.repo, append(slices.Clone(s.env), "PWD="+s.repo)
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(s.stdin), &stdout, &stderr
	report, err := os.Create(filepath.Join(s.TempDir(), "usage"))
	if err != nil {
		s.Fatal(err)
	}
	defer report.Close()
	cmd.ExtraFiles = []*os.File{report}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if !s.net {
		cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}}
	}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		s.Fatalf("factorlint cannot be run without a network: %v\nThe kernel has to allow user namespaces: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0", err)
	}
	err = cmd.Wait()
	if ctx.Err() != nil {
		s.Fatalf("took more than %v", maxTime)
	}
	var u usage
	if text, failed := os.ReadFile(report.Name()); err != nil || failed != nil || json.Unmarshal(text, &u) != nil {
		s.Fatalf("no usage: %v, %v, %s\n%s", err, failed, text, stderr.String())
	}
	r := result{T: s.T, code: u.Code, stdout: stdout.String(), stderr: stderr.String(), took: u.Took, memory: u.Memory}
	s.Logf("factorlint %s: exit code %d, %v, %d MiB", strings.Join(args, " "), r.code, r.took.Round(time.Millisecond), r.memory>>20)
	if r.code < 0 || r.code > 2 || crash.MatchString(r.stderr) {
		s.Fatalf("broke down: %v\n%s", u.State, r.stderr)
	}
	r.within(maxTime, maxMemory)
	s.unmarked()
	return r
}

// crash is what the Go runtime writes when a program breaks down.
var crash = regexp.MustCompile(`(?m)^(panic: |fatal error: |goroutine \d+ \[)`)

// within demands that the run took no more than that.
func (r result) within(took time.Duration, memory int64) {
	r.Helper()
	if r.took > took || r.memory > memory {
		r.Errorf("took %v and %d MiB, want at most %v and %d", r.took, r.memory>>20, took, memory>>20)
	}
}

// says demands that standard output matches patterns, case for case.
func (r result) says(patterns ...string) result {
	r.Helper()
	for _, p := range patterns {
		if !regexp.MustCompile(`(?m)` + p).MatchString(r.stdout) {
			r.Errorf("nothing matches %s in\n%s%s", p, r.stdout, r.stderr)
		}
	}
	return r
}

// exits demands an exit code.
func (r result) exits(code int) result {
	r.Helper()
	if r.code != code {
		r.Errorf("exit code %d, want %d\n%s%s", r.code, code, r.stdout, r.stderr)
	}
	return r
}

// hides demands that a text stands in no output.
func (r result) hides(texts ...string) result {
	r.Helper()
	for _, text := range texts {
		for _, out := range []string{r.stdout, r.stderr} {
			if i := strings.Index(out, text); i >= 0 {
				r.Errorf("%q stands in the output: …%q", text, out[max(0, i-100):min(len(out), i+200)])
			}
		}
	}
	return r
}

// unmarked demands that no trap was started.
func (s *sandbox) unmarked() {
	s.Helper()
	entries, err := os.ReadDir(s.marks)
	if err != nil {
		s.Fatal(err)
	}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(s.marks, e.Name()))
		s.Errorf("%s was run: %s (%v)", e.Name(), text, err)
	}
}

// both runs factorlint twice, for friends and for strangers, with a check of either run.
func (s *sandbox) both(check func(r result), args ...string) {
	s.Helper()
	check(s.run(append([]string{"check"}, args...)...))
	check(s.run(append([]string{"check", "--untrusted"}, args...)...))
}

// A listener is a server that counts who comes.
type listener struct {
	address string
	calls   atomic.Int32
}

// listen gives the runs of a sandbox the machine's network, with a server that nobody is to call: that there is nothing in the
// network is no proof that nobody tried.
func (s *sandbox) listen() *listener {
	s.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.Fatal(err)
	}
	s.net = true
	out := &listener{address: l.Addr().String()}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			out.calls.Add(1)
			io.WriteString(c, "HTTP/1.0 404 Not Found\r\n\r\n") //nolint:errcheck // whoever calls has failed already
			c.Close()                                           //nolint:errcheck // likewise
		}
	}()
	s.Cleanup(func() {
		l.Close() //nolint:errcheck // it only ends the loop above
		if n := out.calls.Load(); n > 0 {
			s.Errorf("somebody connected to the network %d times", n)
		}
	})
	return out
}
