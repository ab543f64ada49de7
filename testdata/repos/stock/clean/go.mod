module example.com/stock

go 1.26

require (
	github.com/lib/pq v1.10.9
	google.golang.org/grpc v1.75.0
)
