module example.com/thumbs

go 1.26

require github.com/nats-io/nats.go v1.45.0
