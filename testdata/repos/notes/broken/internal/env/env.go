// Package env reads the environment.
package env

import (
	"log"
	"os"
	"time"
)

// Require returns a variable without which the program does not start.
func Require(name string) string {
	v := os.Getenv(name)
	if v == "" {
		log.Fatalf("%s is not set", name)
	}
	return v
}

// Or returns a variable, or what holds where it is not set.
func Or(name, otherwise string) string {
	if v, ok := os.LookupEnv(name); ok {
		return v
	}
	return otherwise
}

// Duration returns a variable such as "20s".
func Duration(name string, otherwise time.Duration) time.Duration {
	v, ok := os.LookupEnv(name)
	if !ok {
		return otherwise
	}
	d, err := time.ParseDuration(v)
	if err != nil {
		log.Fatalf("%s: %v", name, err)
	}
	return d
}
