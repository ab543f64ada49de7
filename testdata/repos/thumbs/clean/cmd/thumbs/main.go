// Command thumbs makes small pictures of those that a queue brings.
package main

import (
	"context"
	"log"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/nats-io/nats.go"

	"example.com/thumbs/internal/thumb"
)

// drainTime is how long pictures that are under way may take after the order to stop.
const drainTime = 20 * time.Second

func main() {
	url := os.Getenv("NATS_URL")
	if url == "" {
		log.Fatal("NATS_URL is not set")
	}
	dir := os.Getenv("THUMBS_DIR")
	if dir == "" {
		dir = "/var/lib/thumbs"
	}
	if err := os.WriteFile(filepath.Join(dir, ".writable"), nil, 0o600); err != nil {
		log.Fatal(err)
	}

	closed := make(chan struct{})
	conn, err := nats.Connect(url, nats.DrainTimeout(drainTime), nats.ClosedHandler(func(*nats.Conn) { close(closed) }))
	if err != nil {
		log.Fatal(err)
	}
	_, err = conn.QueueSubscribe("pictures", "thumbs", func(m *nats.Msg) {
		if err := thumb.Make(dir, m.Subject, m.Data); err != nil {
			slog.Error("no small picture", "err", err)
		}
	})
	if err != nil {
		log.Fatal(err)
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	<-ctx.Done()
	if err := conn.Drain(); err != nil {
		log.Fatal(err)
	}
	<-closed
}
