package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// paths returns what is to be looked at: args and what --files-from lists, which may be nothing, else the current folder.
func (f *checkFlags) paths(args []string, stdin io.Reader) ([]string, error) {
	if f.filesFrom == "" {
		if len(args) == 0 {
			args = []string{"."}
		}
		return args, nil
	}
	text, err := readList(f.filesFrom, stdin)
	if err != nil {
		return nil, fmt.Errorf("--files-from: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimRight(line, "\r\n"); line != "" {
			args = append(args, line)
		}
	}
	return args, nil
}

// readsOnce refuses to read standard input twice: what comes second would be empty, and an empty patch makes every finding old.
func (f *checkFlags) readsOnce(args []string) error {
	var uses []string
	for _, use := range []struct {
		what string
		here bool
	}{
		{"the file of --stdin-filename", slices.Contains(args, "-")},
		{"the list of --files-from", f.filesFrom == "-"},
		{"the patch of --new-from-patch", f.old.patch == "-"},
	} {
		if use.here {
			uses = append(uses, use.what)
		}
	}
	if len(uses) > 1 {
		return fmt.Errorf("standard input cannot be %s at once", strings.Join(uses, " and "))
	}
	return nil
}

// readList reads a file; "-" is stdin.
func readList(name string, stdin io.Reader) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(stdin)
	}
	text, err := os.ReadFile(name)
	return text, about(name, err)
}
