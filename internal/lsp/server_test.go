package lsp

import (
	"context"
	"errors"
	"testing"

	"github.com/creachadair/jrpc2"
)

func TestGuard(t *testing.T) {
	s := &server{phase: running}
	for _, c := range []struct {
		name    string
		handler jrpc2.Handler
		want    jrpc2.Code
	}{
		{"panic", func(context.Context, *jrpc2.Request) (any, error) { panic("no") }, jrpc2.InternalError},
		{"cancelled", func(ctx context.Context, _ *jrpc2.Request) (any, error) { return nil, ctx.Err() }, -32800},
		{"actions", func(ctx context.Context, _ *jrpc2.Request) (any, error) { return s.codeAction(ctx, codeActionParams{}) }, -32800},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := s.guard(c.name, c.handler)(ctx, nil)
		var e *jrpc2.Error
		if !errors.As(err, &e) || e.Code != c.want {
			t.Errorf("%s: %v, want code %d", c.name, err, c.want)
		}
	}
}
