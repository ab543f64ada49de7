package directive

import (
	"path"
	"regexp"
	"strings"
)

// Scan reads the directives of a file that is not Go: YAML, .env, go.mod, or else a Dockerfile. Comments begin with "#"
// ("//" in go.mod), at the start of a line or, except in Dockerfiles, after white space. What looks like a comment in a
// quoted string, a YAML block scalar or a heredoc is none.
func Scan(file string, src []byte) []Directive {
	if !strings.Contains(string(src), "factorlint") {
		return nil
	}
	lines := read(file, src)
	var out []Directive
	for i, l := range lines {
		if l.comment < 0 {
			continue
		}
		d, ok := Parse(l.text[l.comment:], file, i+1, l.comment+1, l.offset+l.comment)
		if !ok {
			continue
		}
		if !l.code {
			d.First, d.Last = after(lines, i)
		}
		if out = append(out, d); len(out) == most {
			break
		}
	}
	return out
}

// most is how many comments of a file count. The others silence nothing.
const most = 1_000

// Begin returns the line on which the instruction of a Dockerfile begins that a line, counted from 1, belongs to. In other files
// each line stands alone.
func Begin(file string, src []byte, line int) int {
	lines := read(file, src)
	for line > 1 && line <= len(lines) && lines[line-2].goes {
		line--
	}
	return line
}

func read(file string, src []byte) []line {
	lines := split(src)
	switch base := path.Base(file); {
	case base == "go.mod":
		comments(lines, "//", "(")
	case strings.HasPrefix(base, ".env"), path.Ext(base) == ".env":
		comments(lines, "#", "=")
	case path.Ext(base) == ".yaml", path.Ext(base) == ".yml":
		yaml(lines)
	default:
		dockerfile(lines)
	}
	return lines
}

// A line is one line of a file.
type line struct {
	text    string
	offset  int  // in the file
	comment int  // index in text at which its comment begins, or -1
	code    bool // there is something besides white space and the comment
	goes    bool // what stands on it goes on on the next line
}

func split(src []byte) []line {
	var out []line
	offset := 0
	for text := range strings.Lines(string(src)) {
		out = append(out, line{text: strings.TrimRight(text, "\r\n"), offset: offset, comment: -1})
		offset += len(text)
	}
	return out
}

// after returns the lines of the next code below line i, counted from 1; its own where there is none.
func after(lines []line, i int) (first, last int) {
	for j := i + 1; j < len(lines); j++ {
		if !lines[j].code {
			continue
		}
		first = j + 1
		for lines[j].goes && j+1 < len(lines) {
			j++
		}
		return first, j + 1
	}
	return i + 1, i + 1
}

// comments finds the comments of a line-oriented file. Quotes open a string at the start of a word and after one of
// openers.
func comments(lines []line, marker, openers string) {
	for i := range lines {
		lines[i].find(marker, openers)
	}
}

func (l *line) find(marker, openers string) {
	text := strings.TrimPrefix(l.text, "\ufeff")
	skipped := len(l.text) - len(text)
	var quote byte
	for i := 0; i < len(text); i++ {
		c := text[i]
		fresh := i == 0 || text[i-1] == ' ' || text[i-1] == '\t'
		switch {
		case quote != 0:
			switch {
			case c == '\\' && quote == '"', c == '\'' && quote == c && strings.HasPrefix(text[i+1:], "'"): // escapes
				i++
			case c == quote:
				quote = 0
			}
		case fresh && strings.HasPrefix(text[i:], marker):
			l.comment = skipped + i
			return
		case (c == '"' || c == '\'') && (fresh || strings.IndexByte(openers, text[i-1]) >= 0):
			quote = c
		}
		l.code = l.code || c != ' ' && c != '\t'
	}
}

var blockScalar = regexp.MustCompile(`(^|\s)[|>][-+0-9]{0,2}$`)

func yaml(lines []line) {
	block := -1 // indentation of the node whose block scalar is being read
	for i := range lines {
		l := &lines[i]
		if block >= 0 && (strings.TrimSpace(l.text) == "" || indent(l.text) > block) {
			l.code = strings.TrimSpace(l.text) != ""
			continue
		}
		block = -1
		l.find("#", "[{,:(")
		text := l.text
		if l.comment >= 0 {
			text = text[:l.comment]
		}
		text = strings.TrimRight(text, " \t")
		if text == "---" {
			l.code = false
		}
		if blockScalar.MatchString(text) {
			block = parent(text)
		}
	}
}

func indent(s string) int { return len(s) - len(strings.TrimLeft(s, " ")) }

// parent returns the indentation of the node that holds the block scalar which begins on a line: in "- run: |" that
// of run, in "- |" that of the dash.
func parent(s string) int {
	i := indent(s)
	for strings.HasPrefix(s[i:], "- ") {
		next := i + 1 + indent(s[i+1:])
		if s[next] == '|' || s[next] == '>' {
			break
		}
		i = next
	}
	return i
}

// heredoc matches a word that begins one.
var heredoc = regexp.MustCompile(`^\d*<<(-?)["']?([A-Za-z_]\w*)["']?$`)

// dockerfile finds the comments of a Dockerfile, and which lines make up an instruction: comments between continued
// lines do not end it, the bodies of its heredocs belong to it.
func dockerfile(lines []line) {
	escape := `\`
	var ends []string // delimiters of the heredocs to come, those of "<<-" with a tab in front
	goes := false
	for i := range lines {
		l := &lines[i]
		text := strings.TrimRight(strings.TrimPrefix(l.text, "\ufeff"), " \t")
		switch {
		case !goes && len(ends) > 0:
			l.code = true
			if body, tabs := strings.CutPrefix(ends[0], "\t"); l.text == ends[0] || tabs && strings.TrimLeft(l.text, "\t") == body {
				ends = ends[1:]
			}
			l.goes = len(ends) > 0
			continue
		case strings.HasPrefix(strings.TrimLeft(text, " \t"), "#"):
			l.comment = strings.Index(l.text, "#")
			if key, value, ok := strings.Cut(l.text[l.comment+1:], "="); ok && strings.EqualFold(strings.TrimSpace(key), "escape") {
				escape = strings.TrimSpace(value)
			}
			l.goes = goes
			continue
		case text == "":
			l.goes = goes
			continue
		}
		l.code = true
		for word := range strings.FieldsSeq(text) {
			if m := heredoc.FindStringSubmatch(word); m != nil {
				ends = append(ends, strings.Replace(m[1], "-", "\t", 1)+m[2])
			}
		}
		goes = escape != "" && strings.HasSuffix(text, escape)
		l.goes = goes || len(ends) > 0
	}
}
