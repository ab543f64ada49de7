// Command mailer sends the mail of the shop.
package main

import (
	"cmp"
	"log"
	"net/http"
	"os"
	"time"

	"example.com/shop/internal/mail"
)

func main() {
	from := cmp.Or(os.Getenv("MAIL_FROM"), "shop@example.com")

	mux := http.NewServeMux()
	mux.HandleFunc("POST /messages", mail.Handler(mail.NewSender(), from))
	mux.HandleFunc("GET /healthz", func(http.ResponseWriter, *http.Request) {})
	srv := &http.Server{
		Addr:              ":9000",
		Handler:           mux,
		ReadHeaderTimeout: 5 * time.Second,
	}
	log.Print("mailer serves on ", srv.Addr)
	log.Fatal(srv.ListenAndServe())
}
