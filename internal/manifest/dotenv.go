package manifest

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
	"github.com/factorlint/factorlint/rules"
)

// A variable is one that Compose puts into its files.
type variable struct {
	text  string
	known bool
}

// readDotenv reads the variables of a .env file as Compose does (compose-go v2.16.2, package dotenv): comments, "export",
// "=" or ":" after the name, single quotes that take everything as it is, double quotes with escapes, and variables
// in all but single quotes. lookup resolves what the file has not set before. What comes before a line
// that cannot be read is returned with a notification.
func readDotenv(src *source, lookup func(name string) (string, bool)) (out []workload.EnvVar, fault *check.Notification) {
	r := &dotenvReader{src: src, text: bytes.TrimPrefix(src.data, bom), set: map[string]variable{}}
	r.in.lookup = func(name string) (string, bool) {
		if v, ok := r.set[name]; ok {
			return v.text, v.known
		}
		return lookup(name)
	}
	r.skipped = len(src.data) - len(r.text)
	for r.next() {
		v, ok := r.variable()
		if !ok {
			at := src.pos(r.skipped + min(r.begin, len(r.text)))
			return out, &check.Notification{Code: "env-file-syntax", Level: rules.Warning, At: check.Span{File: src.file, Start: at, End: at},
				Message: "Compose cannot read the variable on this line; the rest of the file was not read"}
		}
		out = append(out, v)
	}
	return out, nil
}

type dotenvReader struct {
	src     *source
	text    []byte
	skipped int // bytes of src before text
	at      int // offset in text
	begin   int // of the variable that is being read
	set     map[string]variable
	in      interpolation
}

// next moves to the next variable.
func (r *dotenvReader) next() bool {
	for r.at < len(r.text) {
		switch r.text[r.at] {
		case ' ', '\t', '\r', '\n', '\v', '\f':
			r.at++
		case '#':
			r.at += len(firstLine(r.text[r.at:]))
		default:
			r.begin = r.at
			return true
		}
	}
	return false
}

func (r *dotenvReader) span(from, to int) check.Span {
	return r.src.span(r.skipped+from, r.skipped+to)
}

func (r *dotenvReader) variable() (v workload.EnvVar, ok bool) {
	if rest, ok := bytes.CutPrefix(r.text[r.at:], []byte("export")); ok && len(rest) > 0 && (rest[0] == ' ' || rest[0] == '\t') {
		r.at += len("export")
		r.skipBlanks()
	}
	from := r.at
	for r.at < len(r.text) && isKeyByte(r.text[r.at]) {
		r.at++
	}
	v.Name, v.At = string(r.text[from:r.at]), r.span(from, r.at)
	if v.Name == "" {
		return v, false
	}
	r.skipBlanks()
	if r.at == len(r.text) || r.text[r.at] == '\n' {
		v.Value = workload.Unknown[string](v.At) // taken from whoever runs Compose
		r.set[v.Name] = variable{}
		return v, true
	}
	if c := r.text[r.at]; c != '=' && c != ':' {
		return v, false
	}
	r.at++
	r.skipBlanks()
	from = r.at
	text, known, ok := r.value()
	at := r.span(from, from+len(bytes.TrimRight(firstLine(r.text[from:r.at]), " \t\r")))
	v.Value = workload.Unknown[string](at)
	if known {
		v.Value = workload.Known(text, at)
	}
	r.set[v.Name] = variable{text, known}
	return v, ok
}

func (r *dotenvReader) skipBlanks() {
	for r.at < len(r.text) && strings.IndexByte(" \t\r\v\f", r.text[r.at]) >= 0 {
		r.at++
	}
}

func isKeyByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80 || strings.IndexByte("_.-[]", c) >= 0
}

// value reads a value; r.at moves behind it, but not behind a comment that follows it.
func (r *dotenvReader) value() (text string, known, ok bool) {
	rest := r.text[r.at:]
	if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
		line := string(firstLine(rest))
		line, _, _ = strings.Cut(line, " #")
		if strings.HasPrefix(line, "#") {
			line = ""
		}
		line = strings.TrimRight(line, " \t\r")
		r.at += len(line)
		defer func() { r.at += len(firstLine(r.text[r.at:])) }()
		text, known = r.in.replace(line)
		return text, known, true
	}
	quote := rest[0]
	for i := 1; i < len(rest); i++ {
		switch {
		case rest[i] == '\\' && i+1 < len(rest):
			i++
		case rest[i] == quote:
			r.at += i + 1
			inner := string(rest[1:i])
			if quote == '\'' {
				return strings.ReplaceAll(inner, `\'`, `'`), true, true
			}
			text, known = r.in.replace(unescape(inner))
			return text, known, true
		}
	}
	r.at = len(r.text)
	return "", false, false
}

// unescape resolves the escapes of double quotes; "\$" becomes the "$$" that interpolation takes for "$".
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch c := s[i]; {
		case c == '$':
			b.WriteString("$$")
		case c == '"':
			b.WriteByte('"')
		case strings.IndexByte(`abfnrtv\`, c) >= 0:
			r, _, _, _ := strconv.UnquoteChar(s[i-1:i+1], '"')
			b.WriteRune(r)
		default:
			b.WriteString(s[i-1 : i+1])
		}
	}
	return b.String()
}
