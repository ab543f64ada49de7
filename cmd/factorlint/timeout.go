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

// within is uninterrupted with a context that also ends when the time is over.
func (f *timeoutFlag) within(ctx context.Context, look func(context.Context) error) error {
	if f.limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, f.limit, fmt.Errorf("--timeout: not done after %v, so nothing is reported", f.limit))
		defer cancel()
	}
	return uninterrupted(ctx, look)
}

// lookAt is engine.Run within uninterrupted.
func lookAt(ctx context.Context, o engine.Options) (res *engine.Result, err error) {
	err = uninterrupted(ctx, func(ctx context.Context) (err error) {
		res, err = engine.Run(ctx, o)
		return err
	})
	return res, err
}

// grace is how long what looks at a repository is waited for once it is to stop: the go command is told so.
const grace = time.Second

// uninterrupted calls look. The error is that of look, or says why the context ended: what look found then may lack something. If it
// does not return, it is left alone, and ends with the process.
func uninterrupted(ctx context.Context, look func(context.Context) error) error {
	done := make(chan error, 1)
	go func() { done <- shielded(ctx, look) }()
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
	if errors.Is(ctx.Err(), context.Canceled) {
		return errors.New("interrupted, so nothing is reported")
	}
	return context.Cause(ctx)
}

// shielded calls look, and returns a panic, which nobody else would see in a goroutine, as an error.
func shielded(ctx context.Context, look func(context.Context) error) (err error) {
	if broken := check.Shield(check.Span{}, "running the command", func() { err = look(ctx) }); len(broken) > 0 {
		return errors.New(broken[0].Message)
	}
	return err
}
