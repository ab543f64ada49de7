// Command stock serves the warehouse's stock over gRPC.
package main

import (
	"cmp"
	"context"
	"database/sql"
	"log"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	_ "github.com/mattn/go-sqlite3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"

	"example.com/stock/internal/stock"
	"example.com/stock/internal/stockpb"
)

// drainTime is how long calls may still run after the order to stop.
const drainTime = 20 * time.Second

func main() {
	db, err := sql.Open("sqlite3", "/var/lib/stock/stock.db")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(20)

	srv := grpc.NewServer()
	stockpb.RegisterStockServer(srv, &stock.Service{DB: db})
	live := health.NewServer()
	grpc_health_v1.RegisterHealthServer(srv, live)

	listener, err := net.Listen("tcp", ":"+cmp.Or(os.Getenv("STOCK_PORT"), "9090"))
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		slog.Info("stock serves", "addr", listener.Addr())
		if err := srv.Serve(listener); err != nil {
			log.Fatal(err)
		}
	}()
	<-ctx.Done()

	live.Shutdown()
	late := time.AfterFunc(drainTime, srv.Stop)
	defer late.Stop()
	srv.GracefulStop()
}
