package changes

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// A parser goes through the lines of a patch.
type parser struct {
	rest []byte
	line int   // number of the line that next returned
	err  error // the first line that is not as it should be
}

func (p *parser) more() bool { return len(p.rest) > 0 }

// next returns the next line without its end.
func (p *parser) next() string {
	line, rest, _ := bytes.Cut(p.rest, []byte("\n"))
	p.rest = rest
	p.line++
	return strings.TrimSuffix(string(line), "\r")
}

// fail keeps what is wrong with the line that next returned.
func (p *parser) fail(why string) {
	if p.err == nil {
		p.err = fmt.Errorf("line %d: %s", p.line, why)
	}
}

// hunks reads the hunks that follow one another, and returns the ranges of new lines in them.
func (p *parser) hunks() (ranges [][2]int) {
	for bytes.HasPrefix(p.rest, []byte("@@ ")) && p.err == nil {
		ranges = append(ranges, p.hunk(p.next())...)
	}
	return ranges
}

// header matches the first line of a hunk: how many lines it takes from the old file, where it begins in the new one, and how many
// lines it has there.
var header = regexp.MustCompile(`^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@`)

// hunk reads the hunk that a line begins, and returns the ranges of new lines in it.
func (p *parser) hunk(first string) (ranges [][2]int) {
	before, line, after, ok := extent(first)
	if !ok {
		p.fail("a hunk has to say where it begins: " + strconv.Quote(first))
		return nil
	}
	for before > 0 || after > 0 {
		if !p.more() {
			p.fail("the patch ends in the middle of a hunk")
			return nil
		}
		switch kind(p.next()) {
		case '+':
			if n := len(ranges); n > 0 && ranges[n-1][1] == line-1 {
				ranges[n-1][1] = line
			} else {
				ranges = append(ranges, [2]int{line, line})
			}
			line++
			after--
		case '-':
			before--
		case ' ':
			line++
			before--
			after--
		case '\\': // no newline at the end of the file
		default:
			p.fail("a line of a hunk has to begin with a space, + or -")
			return nil
		}
	}
	return ranges
}

// extent returns how many lines a hunk takes from the old file, where it begins in the new one, and how many lines it has there, as its
// first line says. ok is false if that does not say it.
func extent(first string) (before, line, after int, ok bool) {
	m := header.FindStringSubmatch(first)
	if m == nil {
		return 0, 0, 0, false
	}
	numbers := [3]int{1, 1, 1} // of lines that are not told there is one
	for i, text := range m[1:] {
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			return 0, 0, 0, false
		}
		numbers[i] = n
	}
	return numbers[0], numbers[1], numbers[2], true
}

// kind returns what a line of a hunk begins with. An empty one is one of both files whose space was lost, as editors and mails do it.
func kind(line string) byte {
	if line == "" {
		return ' '
	}
	return line[0]
}
