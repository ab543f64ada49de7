package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

// What looks at a repository is left alone when it is to stop and does not; what it found by then is not reported.
func TestWithin(t *testing.T) {
	forEver := func(context.Context) error { select {} }
	obeys := func(ctx context.Context) error { <-ctx.Done(); return errors.New("found less") }
	for _, c := range []struct {
		name  string
		limit time.Duration
		stop  bool // the user interrupts it
		look  func(context.Context) error
		want  string // how the error begins, "" for none
	}{
		{"done", 0, false, func(context.Context) error { return nil }, ""},
		{"done in time", time.Hour, false, func(context.Context) error { return nil }, ""},
		{"error", 0, false, func(context.Context) error { return errors.New("no such commit") }, "no such commit"},
		{"panic", time.Hour, false, func(context.Context) error { panic("x") }, "running the command failed"},
		{"interrupted", 0, true, obeys, "interrupted, so nothing is reported"},
		{"interrupted in vain", 0, true, forEver, "interrupted, so nothing is reported"},
		{"too late", time.Millisecond, false, obeys, "--timeout: not done after 1ms, so nothing is reported"},
		{"too late and deaf", time.Millisecond, false, forEver, "--timeout: not done after 1ms, so nothing is reported"},
		{"interrupted before that", time.Hour, true, obeys, "interrupted, so nothing is reported"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			if c.stop {
				stop()
			}
			err := (&timeoutFlag{c.limit}).start().within(ctx, c.look)
			if (err == nil) != (c.want == "") || err != nil && !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}
