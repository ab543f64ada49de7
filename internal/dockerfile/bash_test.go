package dockerfile

import "testing"

func TestBashReplacesItself(t *testing.T) {
	for ref, want := range map[string]bool{
		"alpine:3.16":                      true,
		"alpine:3.9":                       false,
		"alpine:3.16.2@sha256:0123":        true,
		"alpine":                           true,
		"docker.io/library/debian:12-slim": true,
		"debian:10":                        false,
		"debian:bookworm-slim":             true,
		"debian:buster-slim":               false,
		"ubuntu:22.04":                     true,
		"ubuntu:20.04":                     false,
		"golang:1.25-alpine3.22":           true,
		"golang:1.25-alpine":               false, // which one cannot be told
		"golang:1.25-bookworm":             true,
		"golang:1.25":                      false,
		"fedora:42":                        true,
		"example.com/base:9":               false,
		"rockylinux:9":                     false, // not looked up
		"scratch":                          false,
	} {
		if have := BashReplacesItself(ref); have != want {
			t.Errorf("%s: have %v, want %v", ref, have, want)
		}
	}
}
