// Command catalog serves the products of the shop.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"time"

	"example.com/shop/internal/product"
)

func main() {
	token := os.Getenv("CATALOG_ADMIN_TOKEN")
	if token == "" {
		log.Fatal("CATALOG_ADMIN_TOKEN is not set")
	}
	products := product.NewCatalog(token)
	title := cmp.Or(os.Getenv("CATALOG_TITLE"), "Shop")

	mux := http.NewServeMux()
	mux.HandleFunc("GET /products/{id}", products.Get)
	mux.HandleFunc("PUT /products/{id}", products.Put)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, title) })
	srv := &http.Server{
		Addr:              ":" + cmp.Or(os.Getenv("CATALOG_PORT"), "8081"),
		Handler:           mux,
		ReadHeaderTimeout: 5 * time.Second,
	}

	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	go func() {
		slog.Info("catalog serves", "addr", srv.Addr)
		if err := srv.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
			log.Fatal(err)
		}
	}()
	<-stop

	if err := srv.Shutdown(context.Background()); err != nil {
		slog.Error("requests cut off", "err", err)
	}
}
