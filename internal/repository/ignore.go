package repository

import (
	"path"
	"strings"
)

// A pattern is one line of a .gitignore file, as gitignore(5) describes it. (The matcher of go-git v5.19.3 lets a pattern that
// includes a directory again include everything below it, and lets "dir/**" match dir itself.)
type pattern struct {
	base    string   // folder that the pattern is relative to, "" for the top
	elems   []string // of the path below base: globs, and "**" for any number of elements
	again   bool     // "!": includes what an earlier pattern excludes
	dirOnly bool
	size    int // bytes
}

// parsePattern reads a line. ok is false for blank lines and comments.
func parsePattern(line, base string) (p pattern, ok bool) {
	line = strings.TrimSuffix(line, "\r")
	if strings.HasPrefix(line, "#") {
		return p, false
	}
	for strings.HasSuffix(line, " ") && !strings.HasSuffix(line, `\ `) {
		line = line[:len(line)-1]
	}
	p.base, p.size = base, len(line)
	line, p.again = strings.CutPrefix(line, "!")
	line, p.dirOnly = strings.CutSuffix(line, "/")
	anchored := strings.Contains(line, "/")
	line = strings.TrimPrefix(line, "/")
	if line == "" {
		return p, false
	}
	p.elems = strings.Split(strings.ReplaceAll(line, "[!", "[^"), "/")
	if !anchored {
		p.elems = append([]string{"**"}, p.elems...)
	}
	return p, true
}

// isName reports whether p is a bare name, as most patterns are.
func (p pattern) isName() bool { return len(p.elems) == 2 && p.elems[0] == "**" && p.elems[1] != "**" }

// match reports whether p is about a path below the top.
func (p pattern) match(name string, dir bool) bool {
	if p.dirOnly && !dir {
		return false
	}
	if p.base != "" {
		rest, ok := strings.CutPrefix(name, p.base+"/")
		if !ok {
			return false
		}
		name = rest
	}
	if p.isName() {
		ok, err := path.Match(p.elems[1], path.Base(name))
		return ok && err == nil
	}
	return matchElems(p.elems, strings.Split(name, "/"))
}

// matchElems goes through a path once for each of its lengths: reach[i] tells whether the pattern so far matches the
// first i elements.
func matchElems(pattern, elems []string) bool {
	reach := make([]bool, len(elems)+1)
	reach[0] = true
	for n, glob := range pattern {
		next := make([]bool, len(elems)+1)
		for i, ok := range reach {
			switch {
			case !ok:
			case glob != "**" && i < len(elems):
				if matched, err := path.Match(glob, elems[i]); err == nil && matched {
					next[i+1] = true
				}
			case glob == "**" && n == len(pattern)-1: // "dir/**" is about everything in dir
				return i < len(elems)
			case glob == "**":
				for j := i; j <= len(elems); j++ {
					next[j] = true
				}
			}
		}
		reach = next
	}
	return reach[len(elems)]
}

// patterns are the lines of ignore files: the last one that matches decides.
type patterns []pattern

func parsePatterns(text, base string) (ps patterns) {
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		if p, ok := parsePattern(strings.TrimSuffix(line, "\n"), base); ok {
			ps = append(ps, p)
		}
	}
	return ps
}

// Matcher returns a function that reports whether lines, as of a .gitignore in the top folder, match a file or a folder above it.
func Matcher(lines []string) func(file string) bool {
	ps := parsePatterns(strings.Join(lines, "\n"), "")
	return func(file string) bool {
		for i, c := range file {
			if c == '/' && ps.ignores(file[:i], true) {
				return true
			}
		}
		return ps.ignores(file, false)
	}
}

// cost returns how many steps of about 0.1 µs it takes at most to ask whether a path is excluded.
func (ps patterns) cost(name string) (steps int) {
	depth := 1 + strings.Count(name, "/")
	for _, p := range ps {
		if steps += 1 + p.size/64; !p.isName() {
			steps += 2 + len(p.elems)*depth/4
		}
	}
	return steps
}

// ignores reports whether a path is excluded, its parents not being so.
func (ps patterns) ignores(name string, dir bool) bool {
	for i := len(ps) - 1; i >= 0; i-- {
		if ps[i].match(name, dir) {
			return !ps[i].again
		}
	}
	return false
}
