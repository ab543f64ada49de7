// Package yamlfault says where in a text lies what the YAML decoder complains about.
package yamlfault

import (
	"bytes"
	"regexp"
	"strconv"
	"unicode"
	"unicode/utf8"
)

var (
	decoderError = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)`)
	// parserProblem matches what the decoder's parser says, which counts lines from 0; its scanner counts from 1, and no line means
	// the first one (go.yaml.in/yaml/v3 v3.0.5: decode.go, parser.fail; parserc.go).
	parserProblem = regexp.MustCompile(`^(did not find expected (<|node content|key|'-'|',')|found (undefined|duplicate|incompatible) )`)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
	readerProblem = regexp.MustCompile(`octet|UTF-|^control characters |^invalid Unicode `)
)

// Of returns the line of a text, from 1, that an error of the decoder is about, and what is wrong there. The line is 0 if it cannot be
// told: the error is not the decoder's then.
func Of(text []byte, err error) (line int, problem string) {
	m := decoderError.FindStringSubmatch(err.Error())
	if m == nil {
		return 0, err.Error()
	}
	problem = m[2]
	if anchor := unknownAnchor.FindStringSubmatch(problem); anchor != nil {
		return lineAt(text, bytes.Index(text, []byte("*"+anchor[1]))), problem
	}
	if readerProblem.MatchString(problem) {
		return lineAt(text, firstUnreadable(text)), problem
	}
	line, _ = strconv.Atoi(m[1]) // 0 if there is none
	if parserProblem.MatchString(problem) {
		line++
	}
	return min(max(line, 1), lineAt(text, len(bytes.TrimRight(text, "\r\n")))), problem // not the line behind the last one
}

// lineAt returns the line of an offset.
func lineAt(text []byte, offset int) int {
	return 1 + bytes.Count(text[:max(offset, 0)], []byte("\n"))
}

// firstUnreadable returns the offset of the first character that YAML does not have: one that is no UTF-8, or controls something.
func firstUnreadable(text []byte) int {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 || unicode.IsControl(r) && r != '\t' && r != '\n' && r != '\r' && r != '\u0085' {
			return i
		}
		i += size
	}
	return 0
}
