// Package stock counts the articles in the warehouse.
package stock

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"

	"example.com/stock/internal/stockpb"
)

// Service reserves articles; the counts are in Postgres, so that every replica sees the same.
type Service struct{ DB *sql.DB }

// Reserve takes articles out of the stock.
func (s *Service) Reserve(ctx context.Context, r *stockpb.ReserveRequest) (*stockpb.ReserveReply, error) {
	var left int64
	err := s.DB.QueryRowContext(ctx, "UPDATE stock SET count = count - $2 WHERE article = $1 AND count >= $2 RETURNING count",
		r.Article, r.Count).Scan(&left)
	if err != nil {
		slog.ErrorContext(ctx, "not reserved", "article", r.Article, "err", err)
		return nil, fmt.Errorf("reserve %s: %w", r.Article, err)
	}
	return &stockpb.ReserveReply{Left: left}, nil
}
