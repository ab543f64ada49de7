// Package endurance runs factorlint on checkouts of any kind, and looks for what no run may do: break down, hang, take too much
// memory, say two things about the same files, exit with the wrong code, or write into what it reads.
package endurance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/factorlint/factorlint/internal/speed"
)

// A Trial says what to run, and what a run may take.
type Trial struct {
	Factorlint string        // the program
	Temp       string        // folder for the cache and for reports
	Limit      time.Duration // of each run
	Memory     int64         // bytes, of each run
	Jobs       int           // runs at a time, all with one cache
	Log        io.Writer     // each checkout that is done, and what runs with a flaw wrote to standard error; used by all jobs
}

// An Outcome is what became of a checkout.
type Outcome struct {
	Name   string
	report report        // of the first run, empty if there was none
	exit   int           // code of the first run, -1 if a signal ended it
	costs  [2]speed.Cost // of the first run, and of the one that takes from the cache
	Flaws  []string
}

// grace is how long a program that was told to show where it hangs has for that.
const grace = 5 * time.Second

// All runs factorlint on the folders, and returns the outcomes in their order.
func (t *Trial) All(ctx context.Context, dirs []string) ([]*Outcome, error) {
	out := make([]*Outcome, len(dirs))
	errs := make([]error, len(dirs))
	places := make(chan struct{}, t.Jobs)
	var all sync.WaitGroup
	for i, dir := range dirs {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			out[i], errs[i] = t.one(ctx, dir)
		})
	}
	all.Wait()
	return out, errors.Join(errs...)
}

// one runs factorlint twice on a folder.
func (t *Trial) one(ctx context.Context, dir string) (*Outcome, error) {
	o := &Outcome{Name: filepath.Base(dir)}
	before, err := listing(dir)
	if err != nil {
		return nil, err
	}
	var first *ended
	for i := range o.costs {
		e, err := t.run(ctx, dir)
		if err != nil {
			return nil, err
		}
		o.costs[i] = e.cost
		flaws := t.flaws(e)
		if i == 0 {
			first, o.exit, o.report = e, e.code, e.read
		} else if done := !first.hung && !e.hung; done && (!bytes.Equal(first.text, e.text) || first.code != e.code) {
			flaws = append(flaws, fmt.Sprintf("says something else than the first: exit code %d and %d bytes after %d and %d",
				e.code, len(e.text), first.code, len(first.text)))
		}
		t.add(o, i, flaws, e.stderr)
	}
	after, err := listing(dir)
	if err != nil {
		return nil, err
	}
	if change := changed(before, after); change != "" {
		o.Flaws = append(o.Flaws, "the checkout was changed: "+change)
	}
	fmt.Fprintf(t.Log, "%s: exit code %d, %.1f s\n", o.Name, o.exit, firstRun(o)) //nolint:errcheck // there is nowhere left to complain
	return o, nil
}

// add gives an outcome the flaws of its i-th run.
func (t *Trial) add(o *Outcome, i int, flaws []string, stderr string) {
	for _, f := range flaws {
		o.Flaws = append(o.Flaws, []string{"first", "second"}[i]+" run: "+f)
	}
	if len(flaws) > 0 {
		fmt.Fprintf(t.Log, "--- %s\n%s\n%s\n", o.Name, strings.Join(flaws, "\n"), stderr) //nolint:errcheck // there is nowhere left to complain
	}
}

// An ended run: what is left of it.
type ended struct {
	cost   speed.Cost
	code   int // -1 if a signal ended it
	hung   bool
	stderr string
	text   []byte // of the report, nil if there is none
	read   report
	broken error // why the report cannot be read
}

// run runs factorlint on a folder. An error means that it could not be started, or that the context is done.
func (t *Trial) run(ctx context.Context, dir string) (*ended, error) {
	temp, err := os.MkdirTemp(t.Temp, "report-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temp) //nolint:errcheck // it lies in a folder that goes in the end
	file := filepath.Join(temp, "report.json")
	limited, cancel := context.WithTimeout(ctx, t.Limit)
	defer cancel()
	cmd := exec.CommandContext(limited, t.Factorlint, "check", "--no-config", "--cache-dir="+filepath.Join(t.Temp, "cache"), "-o", "json="+file, ".")
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a group for what it starts
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGQUIT) }
	cmd.WaitDelay = grace
	e := &ended{}
	e.cost, e.stderr, err = speed.Run(cmd)
	if cmd.ProcessState == nil {
		return nil, err
	}
	syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) //nolint:errcheck // mostly nothing is left
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	e.code, e.hung = cmd.ProcessState.ExitCode(), limited.Err() != nil
	if e.text, e.broken = os.ReadFile(file); e.broken == nil {
		e.read, e.broken = parse(e.text)
	}
	return e, nil
}
