package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

// timeoutFlag says how long a run may take.
type timeoutFlag struct{ limit time.Duration }

func (f *timeoutFlag) add(c *cobra.Command) {
	c.Flags().DurationVar(&f.limit, "timeout", 0, "give up after this `DURATION`, such as 90s or 5m: write no report and exit 2 (default no limit)")
}

// grace is how long the go command is waited for once the time is over: it is told to stop.
const grace = time.Second

// within calls look, with a context that ends when the time is over. The error is that of look, or says that the time did not suffice:
// look is left alone then, and ends with the process.
func (f *timeoutFlag) within(ctx context.Context, look func(context.Context) error) error {
	if f.limit <= 0 {
		return look(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, f.limit)
	defer cancel()
	done, over := make(chan error, 1), time.After(f.limit)
	go func() { done <- look(ctx) }()
	select {
	case err := <-done:
		if context.Cause(ctx) != context.DeadlineExceeded { //nolint:errorlint // a cause is not wrapped
			return err
		}
	case <-over:
		select {
		case <-done: //nolint:errcheck // it is too late for what it found
		case <-time.After(grace):
		}
	}
	return fmt.Errorf("--timeout: not done after %v, so nothing is reported", f.limit)
}
