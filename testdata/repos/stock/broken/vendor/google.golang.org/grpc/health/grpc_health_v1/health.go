// Package grpc_health_v1 stands in for the generated code of gRPC's health service.
package grpc_health_v1

import "google.golang.org/grpc"

type HealthCheckResponse_ServingStatus int32

const (
	HealthCheckResponse_SERVING     HealthCheckResponse_ServingStatus = 1
	HealthCheckResponse_NOT_SERVING HealthCheckResponse_ServingStatus = 2
)

type HealthServer interface{ Shutdown() }

func RegisterHealthServer(s grpc.ServiceRegistrar, srv HealthServer) {
	s.RegisterService(&grpc.ServiceDesc{ServiceName: "grpc.health.v1.Health"}, srv)
}
