package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"strings"
)

// page writes text to standard output, through a pager if that is a terminal which it does not fit in.
func (a *app) page(ctx context.Context, text []byte) error {
	_, lines := sizeOf(a.stdout)
	pager := a.pager()
	if lines == 0 || bytes.Count(text, []byte("\n")) < lines || len(pager) == 0 {
		_, err := a.stdout.Write(text)
		return err
	}
	c := exec.CommandContext(ctx, pager[0], pager[1:]...)
	c.Stdin, c.Stdout, c.Stderr = bytes.NewReader(text), a.stdout, a.stderr
	c.Env = os.Environ()
	if a.env("LESS") == "" {
		c.Env = append(c.Env, "LESS=FRX") // as git: colour, no pager for what fits, and the text stays
	}
	if err := c.Start(); err != nil {
		_, err = a.stdout.Write(text)
		return err
	}
	c.Wait() //nolint:errcheck // whoever leaves a pager early has seen enough
	return nil
}

// pager returns the user's pager and its arguments: PAGER, else less. It is empty if there is none, or if it is cat. A program in
// the current folder is none.
func (a *app) pager() []string {
	words := strings.Fields(a.env("PAGER"))
	if len(words) == 0 {
		words = []string{"less"}
	}
	path, err := exec.LookPath(words[0])
	if err != nil || words[0] == "cat" {
		return nil
	}
	return append([]string{path}, words[1:]...)
}
