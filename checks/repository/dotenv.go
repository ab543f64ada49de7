package repository

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
)

// isDotenv reports whether a file is one of variables that a program is started with: .env, .env.production, prod.env.
// Templates of such files, files for tests, encrypted ones and programs that are only called so are none.
func isDotenv(name string) bool {
	base := strings.ToLower(path.Base(name))
	rest, leads := strings.CutPrefix(base, ".env")
	if !leads || rest != "" && !strings.ContainsAny(rest[:1], ".-_") {
		if !strings.HasSuffix(base, ".env") {
			return false
		}
		rest = base
	}
	words := strings.FieldsFunc(rest, func(r rune) bool { return r == '.' || r == '-' || r == '_' })
	return !slices.ContainsFunc(words, func(w string) bool {
		switch w {
		case "example", "examples", "sample", "samples", "template", "tmpl", "tpl", "dist", "default", "defaults", "schema", "skel",
			"demo", "dummy", "mock", "rename",
			"test", "tests", "testing", "e2e", "integration", "ci",
			"vault", "enc", "encrypted", "sops", "age", "gpg", "asc",
			"go", "js", "mjs", "cjs", "ts", "tsx", "py", "rb", "php", "sh", "bash", "fish", "ps1", "md", "rst", "yaml", "yml", "json", "toml",
			"j2", "jinja", "jinja2", "erb", "hbs", "ejs", "gotmpl", "ctmpl":
			return true
		}
		return false
	})
}

// A variable is one that a dotenv file sets.
type variable struct {
	name, value string
	at          check.Span // the name
}

// readDotenv reads the variables of a dotenv file as far as the dialects in use agree (POSIX shells, godotenv, Compose):
// comments, "export", quotes over several lines. A line that is none of that costs only itself.
func readDotenv(file string, src []byte) []variable {
	if bytes.IndexByte(src, 0) >= 0 {
		return nil // encrypted by git-crypt, or no text at all
	}
	var (
		out    []variable
		text   = string(src)
		line   = 1
		offset int
	)
	for offset < len(text) {
		end := offset + len(firstLine(text[offset:]))
		if name, length, value, ok := assignment(text[offset:end]); ok {
			start := check.Pos{Offset: offset + name, Line: line, Col: 1 + name}
			stop := check.Pos{Offset: start.Offset + length, Line: line, Col: start.Col + length}
			v := variable{name: text[start.Offset:stop.Offset], at: check.Span{File: file, Start: start, End: stop}}
			var n int
			v.value, n = readValue(text[offset+value:])
			out = append(out, v)
			end = offset + value + n
			end += len(firstLine(text[end:])) // a comment behind a quoted value
		}
		line += strings.Count(text[offset:end], "\n")
		offset = end
	}
	return out
}

// firstLine returns a text up to its first line break, which belongs to it.
func firstLine(s string) string {
	if i := strings.IndexByte(s, '\n'); i >= 0 {
		return s[:i+1]
	}
	return s
}

// assignment tells where in a line the name of a variable begins, how long it is, and where the value begins.
func assignment(line string) (name, length, value int, ok bool) {
	rest := strings.TrimLeft(strings.TrimPrefix(line, "\ufeff"), " \t")
	if word, ok := strings.CutPrefix(rest, "export"); ok && strings.TrimLeft(word, " \t") != word {
		rest = strings.TrimLeft(word, " \t")
	}
	before, after, ok := strings.Cut(rest, "=")
	key := strings.TrimRight(before, " \t")
	if !ok || key == "" || strings.ContainsFunc(key, func(r rune) bool { return !isNameRune(r) }) {
		return 0, 0, 0, false
	}
	return len(line) - len(rest), len(key), len(line) - len(strings.TrimLeft(after, " \t")), true
}

func isNameRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_.-", r)
}

// readValue reads the value at the start of a text and tells how many bytes it takes. A quote that is never closed
// means nothing.
func readValue(text string) (value string, n int) {
	if text != "" && strings.ContainsAny(text[:1], "\"'`") {
		for i := 1; i < len(text); i++ {
			switch {
			case text[i] == '\\' && text[0] == '"':
				i++
			case text[i] == text[0]:
				return text[1:i], i + 1
			}
		}
	}
	line := strings.TrimRight(firstLine(text), "\r\n")
	value = line
	for i := range line {
		if line[i] == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') {
			value = line[:i]
			break
		}
	}
	return strings.TrimRight(value, " \t"), len(line)
}
