// Package pq stands in for the driver of Postgres: the sample is read, not run.
package pq
