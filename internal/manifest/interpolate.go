package manifest

import (
	"strings"

	"github.com/factorlint/factorlint/internal/workload"
)

// An interpolation replaces variables. Once it has written maxExpanded bytes, nothing more is known: variables that
// repeat variables grow without bound.
type interpolation struct {
	lookup  func(name string) (text string, known bool)
	written int
}

// replace replaces $NAME, ${NAME}, and ${NAME} with a default (":-", "-"), an error (":?", "?") or a replacement
// (":+", "+"), as Compose does (compose-spec, interpolation); "$$" stands for "$". A default counts as the value if
// lookup does not know the name; else the text is not known, because whoever runs Compose may set it.
func (in *interpolation) replace(s string) (text string, known bool) {
	if !strings.Contains(s, "$") {
		return s, true
	}
	return in.expand(s, 0)
}

func (in *interpolation) expand(s string, depth int) (text string, known bool) {
	const deepest = 20 // defaults within defaults
	var b strings.Builder
	for {
		if depth > deepest || in.written > maxExpanded {
			return "", false
		}
		before, rest, found := strings.Cut(s, "$")
		b.WriteString(before)
		if !found {
			return b.String(), true
		}
		name := variableName(rest)
		switch {
		case strings.HasPrefix(rest, "$"):
			b.WriteByte('$')
			s = rest[1:]
		case name != "":
			value, ok := in.lookup(name)
			if !ok {
				return "", false
			}
			b.WriteString(value)
			in.written += len(value)
			s = rest[len(name):]
		case strings.HasPrefix(rest, "{"):
			end := workload.ClosingBrace(rest)
			if end < 0 {
				return "", false
			}
			value, ok := in.expandBraced(rest[1:end], depth)
			if !ok {
				return "", false
			}
			b.WriteString(value)
			in.written += len(value)
			s = rest[end+1:]
		default:
			b.WriteByte('$')
			s = rest
		}
	}
}

func (in *interpolation) expandBraced(s string, depth int) (text string, known bool) {
	name := variableName(s)
	op := s[len(name):]
	value, ok := in.lookup(name)
	if name == "" {
		return "", false
	}
	empty := strings.HasPrefix(op, ":")
	if empty {
		op = op[1:]
		ok = ok && value != ""
	}
	switch {
	case op == "" && !empty:
		return value, ok
	case strings.HasPrefix(op, "-") && !ok:
		return in.expand(op[1:], depth+1)
	case strings.HasPrefix(op, "+") && ok:
		return in.expand(op[1:], depth+1)
	case strings.HasPrefix(op, "-"), strings.HasPrefix(op, "?"):
		return value, ok
	}
	return "", false // "+" on what may be set elsewhere, or no operator
}

func variableName(s string) string {
	i := 0
	for i < len(s) && (s[i] == '_' || s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z' || i > 0 && s[i] >= '0' && s[i] <= '9') {
		i++
	}
	return s[:i]
}

// A word is a word of a command line and where it stands in it.
type word struct {
	text     string
	from, to int
}

// splitWords splits the string form of command and entrypoint as Compose does: by blanks, with quotes and
// backslashes, and up to the first operator of a shell; there is no shell. ok is false for what Compose refuses.
func splitWords(s string) (words []word, ok bool) {
	var (
		b      strings.Builder
		from   = -1
		quote  byte
		escape bool
	)
	end := func(to int) {
		if from >= 0 {
			words = append(words, word{b.String(), from, to})
		}
		b.Reset()
		from = -1
	}
	for i := range len(s) {
		c := s[i]
		blank := c == ' ' || c == '\t' || c == '\r' || c == '\n'
		if from < 0 && !blank {
			from = i
		}
		switch {
		case escape:
			b.WriteByte(c)
			escape = false
		case c == '\\' && quote != '\'':
			escape = true
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			b.WriteByte(c)
		case c == '"' || c == '\'':
			quote = c
		case blank:
			end(i)
		case strings.IndexByte(";&|<>", c) >= 0:
			if b.Len() == 0 {
				from = -1
			}
			end(i)
			return words, true
		case c == '(' && !strings.HasSuffix(b.String(), "$"):
			return nil, false
		default:
			b.WriteByte(c)
		}
	}
	if quote != 0 || escape {
		return nil, false
	}
	end(len(s))
	return words, true
}
