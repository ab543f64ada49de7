// Package grpc stands in for gRPC: the sample is read, not run.
package grpc

import "net"

type ServiceRegistrar interface{ RegisterService(*ServiceDesc, any) }

type ServiceDesc struct{ ServiceName string }

type Server struct{}

func NewServer() *Server { return &Server{} }

func (*Server) RegisterService(*ServiceDesc, any) {}

func (*Server) Serve(net.Listener) error { return nil }

func (*Server) GracefulStop() {}

func (*Server) Stop() {}
