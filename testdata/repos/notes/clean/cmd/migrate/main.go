// Command migrate brings the database to the schema that this release needs, and ends.
package main

import (
	"database/sql"
	"log"

	_ "github.com/lib/pq"

	"example.com/notes/internal/env"
)

func main() {
	db, err := sql.Open("postgres", env.Require("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("CREATE TABLE IF NOT EXISTS notes (id BIGSERIAL PRIMARY KEY, text TEXT NOT NULL)"); err != nil {
		log.Fatal(err)
	}
}
