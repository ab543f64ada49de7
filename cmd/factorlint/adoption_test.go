package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// copies is a command of scripts: "copies N TEMPLATE DIR" copies a folder to DIR01, DIR02 and so on, and writes the folder's name for
// NAME in its files.
func copies(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: copies N TEMPLATE DIR")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	template := ts.MkAbs(args[1])
	for i := range n {
		dir := fmt.Sprintf("%s%02d", args[2], i+1)
		ts.Check(filepath.WalkDir(template, func(name string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(template, name)
			if err != nil {
				return err
			}
			to := filepath.Join(ts.MkAbs(dir), rel)
			if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
				return err
			}
			return os.WriteFile(to, []byte(strings.ReplaceAll(string(text), "NAME", dir)), 0o644)
		}))
	}
}
