// Package speed measures what a run of factorlint costs, and what runs of other linters cost on the same files.
package speed

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A Cost is what a run took: on the clock, of all processors, and of memory in bytes. It counts the processes that the run
// started and waited for; memory is that of the largest of them.
type Cost struct {
	Wall, CPU time.Duration
	Memory    int64
}

// Measure runs a command in dir, with env added to the environment. A linter that finds something exits with 1.
func Measure(ctx context.Context, dir string, env []string, command ...string) (Cost, error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.WaitDelay = time.Second // for what a killed command has started
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	c, stderr, err := Run(cmd)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == 1 {
		err = nil
	}
	if err != nil {
		return c, fmt.Errorf("%s: %w\n%.2000s", command[0], err, stderr)
	}
	return c, nil
}

// Run runs a command and returns what it cost and what it wrote to standard error, also with the error of cmd.Run.
func Run(cmd *exec.Cmd) (c Cost, stderr string, err error) {
	var text strings.Builder
	cmd.Stderr = &text
	start := time.Now()
	err = cmd.Run()
	c.Wall = time.Since(start)
	if cmd.ProcessState == nil { // it did not start
		return c, "", err
	}
	c.CPU = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		c.Memory = int64(usage.Maxrss) //nolint:unconvert // it is an int32 on some systems
		if runtime.GOOS == "linux" {   // counts in KiB
			c.Memory <<= 10
		}
	}
	return c, text.String(), err
}

// What can be compared of two costs.
func cpu(c Cost) float64    { return c.CPU.Seconds() }
func wall(c Cost) float64   { return c.Wall.Seconds() }
func memory(c Cost) float64 { return float64(c.Memory) }

// of returns one number of each cost.
func of(costs []Cost, number func(Cost) float64) []float64 {
	var out []float64
	for _, c := range costs {
		out = append(out, number(c))
	}
	return out
}

// ratio returns the median of a's numbers divided by those of b in the same round.
func ratio(a, b []Cost, number func(Cost) float64) float64 {
	out := of(a, number)
	for i := range out {
		out[i] /= number(b[i])
	}
	return Median(out)
}

// Median returns the middle one of numbers, of an even count the mean of the two in the middle.
func Median(numbers []float64) float64 {
	s := slices.Sorted(slices.Values(numbers))
	n := len(s)
	return (s[(n-1)/2] + s[n/2]) / 2
}
