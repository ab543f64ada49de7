package note

import (
	"context"
	"database/sql"
)

// A Store keeps notes in Postgres.
type Store struct{ db *sql.DB }

// NewStore returns a store over a pool of connections.
func NewStore(db *sql.DB) *Store { return &Store{db} }

// Add keeps a note and returns its number.
func (s *Store) Add(ctx context.Context, text string) (id int64, err error) {
	err = s.db.QueryRowContext(ctx, "INSERT INTO notes (text) VALUES ($1) RETURNING id", text).Scan(&id)
	return id, err
}

// Get returns the text of a note.
func (s *Store) Get(ctx context.Context, id string) (text string, err error) {
	err = s.db.QueryRowContext(ctx, "SELECT text FROM notes WHERE id = $1", id).Scan(&text)
	return text, err
}

// Ready reports whether the database answers.
func (s *Store) Ready(ctx context.Context) error { return s.db.PingContext(ctx) }
