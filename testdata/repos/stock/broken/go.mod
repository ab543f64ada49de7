module example.com/stock

go 1.24

require (
	github.com/mattn/go-sqlite3 v1.14.32
	google.golang.org/grpc v1.75.0
)
