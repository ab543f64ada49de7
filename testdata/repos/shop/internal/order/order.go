// Package order prices carts and confirms orders.
package order

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"example.com/shop/internal/httpjson"
	"example.com/shop/internal/mail"
	"example.com/shop/internal/product"
)

// An Order is what a customer wants.
type Order struct {
	Customer string `json:"customer"` // mail address
	Lines    []Line `json:"lines"`
	Cents    int    `json:"cents"` // what it costs; the service fills it in
}

// A Line is one product of an order.
type Line struct {
	Product string `json:"product"`
	Count   int    `json:"count"`
}

// A Service takes orders.
type Service struct {
	catalog, mailer *httpjson.Client
}

// NewService returns a service that asks one service for prices and another to send mail.
func NewService(catalog, mailer *httpjson.Client) *Service {
	return &Service{catalog: catalog, mailer: mailer}
}

// Create handles POST /orders.
func (s *Service) Create(w http.ResponseWriter, r *http.Request) {
	var o Order
	if err := httpjson.Read(w, r, &o); err != nil {
		http.Error(w, "no order in the body", http.StatusBadRequest)
		return
	}
	if err := s.place(r.Context(), &o); err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	httpjson.Write(w, http.StatusCreated, o)
}

func (s *Service) place(ctx context.Context, o *Order) error {
	o.Cents = 0
	for _, l := range o.Lines {
		var p product.Product
		if err := s.catalog.Do(ctx, http.MethodGet, "/products/"+url.PathEscape(l.Product), nil, &p); err != nil {
			return fmt.Errorf("price of %q: %w", l.Product, err)
		}
		o.Cents += l.Count * p.Cents
	}
	m := mail.Message{
		To:      o.Customer,
		Subject: "Thank you for your order",
		Text:    fmt.Sprintf("It costs %d.%02d.", o.Cents/100, o.Cents%100),
	}
	return s.mailer.Do(ctx, http.MethodPost, "/messages", m, nil)
}
