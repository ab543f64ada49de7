package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/engine"
)

// timeoutFlag says how long a run may take.
type timeoutFlag struct{ limit time.Duration }

func (f *timeoutFlag) add(c *cobra.Command) {
	c.Flags().DurationVar(&f.limit, "timeout", 0, "give up after this `DURATION`, such as 90s or 5m: write no report and exit 2 (default no limit)")
}

// grace is how long the go command and git are waited for once a run is over: they are told to stop.
const grace = time.Second

// A watch is the time that a run may take.
type watch struct {
	limit time.Duration // 0 for as long as it takes
	end   time.Time
}

// start begins a run.
func (f *timeoutFlag) start() watch { return watch{max(f.limit, 0), time.Now().Add(f.limit)} }

// lookAt is engine.Run, which ends when somebody interrupts it.
func lookAt(ctx context.Context, o engine.Options) (res *engine.Result, err error) {
	err = watch{}.within(ctx, func(ctx context.Context) (err error) {
		res, err = engine.Run(ctx, o)
		return err
	})
	return res, err
}

// within calls do, a part of the run, with a context that ends when the time is over or somebody interrupts the run. The error is that
// of do, or says why the run was given up: do is left alone then, and ends with the process.
func (w watch) within(ctx context.Context, do func(context.Context) error) error {
	if w.limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, w.end)
		defer cancel()
	}
	done := make(chan error, 1)
	go func() {
		var err error
		for _, broken := range check.Shield(check.Span{}, "running the command", func() { err = do(ctx) }) {
			err = errors.New(broken.Message)
		}
		done <- err
	}()
	select {
	case err := <-done:
		if ctx.Err() == nil {
			return err
		}
	case <-ctx.Done():
		select {
		case <-done: //nolint:errcheck // it is too late for what it found
		case <-time.After(grace):
		}
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("--timeout: not done after %v, so nothing is reported", w.limit)
	}
	return errors.New("interrupted, so nothing is reported")
}
