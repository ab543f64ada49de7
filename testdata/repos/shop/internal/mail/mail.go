// Package mail sends messages to customers.
package mail

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/smtp"
	"os"

	"example.com/shop/internal/httpjson"
)

// A Message is one mail.
type Message struct {
	To      string `json:"to"`
	Subject string `json:"subject"`
	Text    string `json:"text"`
}

// A Sender delivers messages.
type Sender interface {
	Send(from string, m Message) error
}

// NewSender returns the sender that the service is to use.
func NewSender() Sender {
	if os.Getenv("APP_ENV") == "production" {
		return relay{
			addr:     os.Getenv("SMTP_ADDR"),
			user:     os.Getenv("SMTP_USER"),
			password: os.Getenv("SMTP_PASSWORD"),
		}
	}
	return outbox{}
}

// A relay hands messages to an SMTP server.
type relay struct{ addr, user, password string }

func (r relay) Send(from string, m Message) error {
	host, _, err := net.SplitHostPort(r.addr)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("From: %s\r\nTo: %s\r\nSubject: %s\r\n\r\n%s\r\n", from, m.To, m.Subject, m.Text)
	return smtp.SendMail(r.addr, smtp.PlainAuth("", r.user, r.password, host), from, []string{m.To}, []byte(text))
}

// An outbox only tells what it would send.
type outbox struct{}

func (outbox) Send(from string, m Message) error {
	slog.Info("mail", "from", from, "to", m.To, "subject", m.Subject)
	return nil
}

// Handler returns the handler of POST /messages.
func Handler(s Sender, from string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var m Message
		if err := httpjson.Read(w, r, &m); err != nil {
			http.Error(w, "no message in the body", http.StatusBadRequest)
			return
		}
		if err := s.Send(from, m); err != nil {
			slog.Error("mail not sent", "err", err)
			http.Error(w, "mail not sent", http.StatusBadGateway)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	}
}
