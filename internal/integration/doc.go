// Package integration tests factorlint inside the tools that run it, and on those that read what it writes. Its tests build
// and download some of these tools, so they are no part of "go test ./...": make integration runs them.
package integration
