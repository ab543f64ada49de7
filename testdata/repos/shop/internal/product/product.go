// Package product is the catalogue of the shop.
package product

import (
	"crypto/subtle"
	"net/http"
	"sync"

	"example.com/shop/internal/httpjson"
)

// A Product is something to buy.
type Product struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Cents int    `json:"cents"`
}

// A Catalog holds the products.
type Catalog struct {
	token string

	mu       sync.RWMutex
	products map[string]Product
}

// NewCatalog returns a catalogue that only those who know token may change.
func NewCatalog(token string) *Catalog {
	return &Catalog{token: token, products: map[string]Product{
		"mug":   {ID: "mug", Name: "Mug", Cents: 1290},
		"shirt": {ID: "shirt", Name: "Shirt", Cents: 2450},
	}}
}

// Get handles GET /products/{id}.
func (c *Catalog) Get(w http.ResponseWriter, r *http.Request) {
	c.mu.RLock()
	p, ok := c.products[r.PathValue("id")]
	c.mu.RUnlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	httpjson.Write(w, http.StatusOK, p)
}

// Put handles PUT /products/{id}.
func (c *Catalog) Put(w http.ResponseWriter, r *http.Request) {
	if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+c.token)) != 1 {
		http.Error(w, "wrong token", http.StatusForbidden)
		return
	}
	var p Product
	if err := httpjson.Read(w, r, &p); err != nil {
		http.Error(w, "no product in the body", http.StatusBadRequest)
		return
	}
	p.ID = r.PathValue("id")
	c.mu.Lock()
	c.products[p.ID] = p
	c.mu.Unlock()
	httpjson.Write(w, http.StatusOK, p)
}
