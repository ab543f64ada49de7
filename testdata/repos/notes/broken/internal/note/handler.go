// Package note keeps short texts.
package note

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
)

const maxLength = 4096

// Handler answers requests for notes.
type Handler struct{ Store *Store }

// Routes returns what the service serves.
func (h *Handler) Routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /notes", h.add)
	mux.HandleFunc("GET /notes/{id}", h.get)
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /readyz", h.ready)
	return mux
}

func (h *Handler) add(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxLength))
	if err != nil {
		http.Error(w, "a note has at most 4,096 bytes", http.StatusRequestEntityTooLarge)
		return
	}
	id, err := h.Store.Add(r.Context(), string(text))
	if err != nil {
		slog.ErrorContext(r.Context(), "note not kept", "err", err)
		http.Error(w, "try again later", http.StatusServiceUnavailable)
		return
	}
	if err := os.WriteFile("/var/cache/notes/latest", text, 0o600); err != nil {
		slog.WarnContext(r.Context(), "latest note not cached", "err", err)
	}
	w.WriteHeader(http.StatusCreated)
	fmt.Fprintln(w, id)
}

func (h *Handler) get(w http.ResponseWriter, r *http.Request) {
	text, err := h.Store.Get(r.Context(), r.PathValue("id"))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		http.NotFound(w, r)
	case err != nil:
		slog.ErrorContext(r.Context(), "note not read", "err", err)
		http.Error(w, "try again later", http.StatusServiceUnavailable)
	default:
		fmt.Fprintln(w, text)
	}
}

func (h *Handler) ready(w http.ResponseWriter, r *http.Request) {
	if err := h.Store.Ready(r.Context()); err != nil {
		http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
