// Command orders takes the orders of the shop.
package main

import (
	"cmp"
	"context"
	"errors"
	"log"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"example.com/shop/internal/httpjson"
	"example.com/shop/internal/order"
)

// drainTime is how long requests may still run after the order to stop.
const drainTime = 25 * time.Second

func main() {
	setLogLevel()
	service := order.NewService(
		httpjson.NewClient(mustGetenv("CATALOG_URL")),
		httpjson.NewClient(mustGetenv("MAILER_URL")),
	)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /orders", service.Create)
	mux.HandleFunc("GET /healthz", func(http.ResponseWriter, *http.Request) {})
	srv := &http.Server{
		Addr:              ":" + cmp.Or(os.Getenv("PORT"), "8080"),
		Handler:           mux,
		ReadHeaderTimeout: 5 * time.Second,
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		slog.Info("orders serves", "addr", srv.Addr)
		if err := srv.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
			log.Fatal(err)
		}
	}()
	<-ctx.Done()

	drain, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	if err := srv.Shutdown(drain); err != nil {
		slog.Error("requests cut off", "err", err)
	}
}

func mustGetenv(name string) string {
	v := os.Getenv(name)
	if v == "" {
		log.Fatalf("%s is not set", name)
	}
	return v
}

func setLogLevel() {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cmp.Or(os.Getenv("LOG_LEVEL"), "info"))); err != nil {
		log.Fatalf("LOG_LEVEL: %v", err)
	}
	slog.SetLogLoggerLevel(level)
}
