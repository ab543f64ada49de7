package observe

import "testing"

func TestShort(t *testing.T) {
	for symbol, want := range map[string]string{
		"github.com/golang-migrate/migrate/v4.New": "migrate.New", "github.com/jackc/pgx/v5/pgxpool.New": "pgxpool.New",
		"github.com/jackc/pgx/v5.Conn.Close": "pgx.Conn.Close", "database/sql.Open": "sql.Open", "io.ReadAll": "io.ReadAll", "v2.Run": "v2.Run", "example.com/vault.Get": "vault.Get",
	} {
		if got := Short(symbol); got != want {
			t.Errorf("%s: got %s, want %s", symbol, got, want)
		}
	}
}
