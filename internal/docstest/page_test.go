// Package docstest executes the commands of the documentation and checks the configurations in it. It has nothing but tests.
package docstest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"mvdan.cc/sh/v3/syntax"
)

// module is the root of this repository.
const module = "../.."

// A block is the content of a fence on a page.
type block struct {
	page     string // relative to the module, with slashes
	line     int    // of its first line, from 1
	language string // what stands behind the opening fence: "sh", "txtar bad", ""
	text     string // each line ends in a line feed
}

// A command is what a reader is told to type.
type command struct {
	text   string   // may have several lines
	output []string // the lines that the page shows below it; nil if it shows none
	line   int      // on the page
}

func (b block) String() string { return fmt.Sprintf("%s:%d", b.page, b.line) }

// pages returns the documentation: Markdown at the root and below docs and rules.
func pages(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, pattern := range []string{"*.md", "docs/*.md", "rules/*.md", "action/*.md"} {
		found, err := filepath.Glob(filepath.Join(module, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range found {
			name, err := filepath.Rel(module, name)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, filepath.ToSlash(name))
		}
	}
	return out
}

// read returns the text of a file of this repository.
func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(module, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var fence = regexp.MustCompile("(?ms)^```([^\n`]*)\n(.*?)^```$")

// blocks returns what stands in fences on a page.
func blocks(t *testing.T, page string) []block {
	t.Helper()
	text := read(t, page)
	var out []block
	for _, m := range fence.FindAllStringSubmatchIndex(text, -1) {
		out = append(out, block{page, 1 + strings.Count(text[:m[4]], "\n"), text[m[2]:m[3]], text[m[4]:m[5]]})
	}
	if fences := regexp.MustCompile("(?m)^ *(```|~~~)").FindAllString(text, -1); len(fences) != 2*len(out) {
		t.Errorf("%s: %d lines begin or end a fence, and %d blocks are understood: write ``` at the beginning of the line", page, len(fences), len(out))
	}
	return out
}

// allBlocks returns the blocks of all pages.
func allBlocks(t *testing.T) []block {
	t.Helper()
	var out []block
	for _, page := range pages(t) {
		out = append(out, blocks(t, page)...)
	}
	if len(out) == 0 {
		t.Fatal("no page has a block")
	}
	return out
}

// commands returns the commands of a block, in order: all of shell text, what follows "$ " in text, the scripts in YAML of
// CI systems and in Jenkins' steps.
func (b block) commands(t *testing.T) []command {
	t.Helper()
	switch b.language {
	case "sh":
		return b.statements(t, b.text, b.line)
	case "text":
		return b.typed()
	case "yaml":
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(b.text), &doc); err != nil {
			t.Errorf("%s: %v", b, err)
		}
		return b.scripts(t, &doc)
	case "groovy":
		var out []command
		for _, m := range regexp.MustCompile(`(?m)^\s*sh '(.*)'$`).FindAllStringSubmatchIndex(b.text, -1) {
			out = append(out, command{text: b.text[m[2]:m[3]], line: b.line + strings.Count(b.text[:m[2]], "\n")})
		}
		return out
	}
	return nil
}

// statements returns the statements of shell text that begins at a line of the page, as they are written but for comments.
func (b block) statements(t *testing.T, text string, line int) []command {
	t.Helper()
	file, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader(text), "")
	if err != nil {
		t.Errorf("%s: %v", b, err)
		return nil
	}
	var out []command
	for _, s := range file.Stmts {
		end := s.End().Offset()
		for _, r := range s.Redirs {
			if r.Hdoc != nil {
				end = r.Hdoc.End().Offset()
				end += uint(strings.IndexByte(text[end:]+"\n", '\n')) // its last word
			}
		}
		out = append(out, command{text: text[s.Pos().Offset():end], line: line + int(s.Pos().Line()) - 1})
	}
	return out
}

// typed returns the commands of a session at a terminal.
func (b block) typed() []command {
	var out []command
	for i, line := range strings.Split(strings.TrimSuffix(b.text, "\n"), "\n") {
		if text, ok := strings.CutPrefix(line, "$ "); ok {
			out = append(out, command{text: text, line: b.line + i})
		} else if len(out) > 0 {
			last := &out[len(out)-1]
			last.output = append(last.output, line)
		}
	}
	return out
}

// scripts returns the commands of what "run" and "script" say in YAML.
func (b block) scripts(t *testing.T, n *yaml.Node) []command {
	t.Helper()
	var out []command
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 1 && (n.Content[i-1].Value == "run" || n.Content[i-1].Value == "script") {
			for _, script := range append([]*yaml.Node{c}, c.Content...) {
				line := b.line + script.Line - 1
				if script.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
					line++
				}
				out = append(out, b.statements(t, script.Value, line)...)
			}
			continue
		}
		out = append(out, b.scripts(t, c)...)
	}
	return out
}
