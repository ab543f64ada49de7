package vettool

import (
	"strings"
	"testing"
)

func TestAsked(t *testing.T) {
	for args, want := range map[string]bool{
		"":                             false,
		"-V=full":                      true,
		"-flags":                       true,
		"/tmp/b001/vet.cfg":            true,
		"-json /tmp/b001/vet.cfg":      true,
		"-fix -diff /tmp/b001/vet.cfg": true,
		"-factorlint_sigint_only=false -json /tmp/vet.cfg": true,
		"--factorlint_sigint_only /tmp/vet.cfg":            true,
		"-tags prod -json /tmp/vet.cfg":                    true,
		"--config my.cfg":                                  false,
		"--tags prod /tmp/vet.cfg":                         true,
		"json vet.cfg":                                     false,
		"-V":                                               false,
		"--version":                                        false,
		"check":                                            false,
		"check -flags":                                     false,
		"check service.cfg":                                false,
		"check --config my.cfg":                            false,
		"-o json service.cfg":                              false,
		"explain sigint-only":                              false,
	} {
		if got := Asked(strings.Fields(args)); got != want {
			t.Errorf("Asked(%s) = %v", args, got)
		}
	}
}
