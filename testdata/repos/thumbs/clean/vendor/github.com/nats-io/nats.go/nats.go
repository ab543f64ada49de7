// Package nats stands in for the client of NATS: the sample is read, not run.
package nats

import "time"

type Option func()

type Conn struct{}

type Msg struct {
	Subject string
	Data    []byte
}

type MsgHandler func(*Msg)

type Subscription struct{}

func Connect(url string, options ...Option) (*Conn, error) { return &Conn{}, nil }

func DrainTimeout(t time.Duration) Option { return func() {} }

func ClosedHandler(cb func(*Conn)) Option { return func() {} }

func (*Conn) QueueSubscribe(subject, queue string, cb MsgHandler) (*Subscription, error) {
	return &Subscription{}, nil
}

func (*Conn) Drain() error { return nil }
