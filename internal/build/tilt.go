package build

import (
	"path"
	"regexp"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// tiltBuild matches the calls that make an image in a Tiltfile: docker_build, docker_build_with_restart, custom_build, ko_build, …
var tiltBuild = regexp.MustCompile(`(?m)^[^#\n]*\b((?:docker_build|custom_build|ko_build|podman_build|docker_compose_build)\w*)\(`)

// tiltfile reads the images that a Tiltfile builds. Of other calls than docker_build's only the name is known.
func (r *reader) tiltfile(name string) {
	text := string(r.around.Read(name))
	for _, m := range tiltBuild.FindAllStringSubmatchIndex(text, maxFound) {
		at := check.Pos{Line: 1 + strings.Count(text[:m[2]], "\n"), Col: 1}
		span := check.Span{File: name, Start: at, End: at}
		r.tiltCall(text[m[2]:m[3]], arguments(text[m[1]:]), path.Dir(name), span)
	}
}

func (r *reader) tiltCall(function string, a callArguments, dir string, at check.Span) {
	image := a.text("ref", 0)
	m := workload.Made{Image: image, Retags: true, Local: true, At: at, How: function + "(" + image + ") in " + place(at)}
	context, ok := inTree(dir, a.text("context", 1))
	_, inline := a.named["dockerfile_contents"]
	if strings.HasPrefix(function, "docker_build") && ok && !inline {
		b := &workload.Build{Context: context, Target: a.text("target", -1), At: at}
		if _, has := a.named["build_args"]; has {
			b = nil // a dictionary: what the build is given is not read
		}
		if file, has := a.named["dockerfile"]; has && b != nil {
			if b.Dockerfile, ok = inTree(dir, literal(file)); !ok {
				b = nil
			}
		}
		m.Build = b
	}
	r.made(m)
}

// callArguments are those of a call, as they are written.
type callArguments struct {
	positional []string
	named      map[string]string
}

// text returns an argument that is a plain string; "" if it is none.
func (a callArguments) text(name string, position int) string {
	if v, ok := a.named[name]; ok {
		return literal(v)
	}
	if position < 0 || position >= len(a.positional) {
		return ""
	}
	return literal(a.positional[position])
}

// literal returns the text of a string literal; "" of anything else.
func literal(s string) string {
	s = strings.TrimSpace(s)
	if len(s) < 2 || s[0] != s[len(s)-1] || s[0] != '"' && s[0] != '\'' || strings.ContainsAny(s[1:len(s)-1], "\"'\\\n") {
		return ""
	}
	return s[1 : len(s)-1]
}

// arguments splits the arguments of a call; text begins behind its bracket.
func arguments(text string) callArguments {
	const longest = 1 << 14
	text = text[:min(len(text), longest)]
	a := callArguments{named: map[string]string{}}
	depth, from := 0, 0
	var quote byte
	add := func(s string) {
		name, value, ok := strings.Cut(s, "=")
		switch name = strings.TrimSpace(name); {
		case strings.TrimSpace(s) == "":
		case ok && !strings.ContainsAny(name, "\"'({[ "):
			a.named[name] = value
		default:
			a.positional = append(a.positional, s)
		}
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quote != 0 && c == '\\':
			i++
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
		case c == '"' || c == '\'':
			quote = c
		case strings.IndexByte("([{", c) >= 0:
			depth++
		case c == ',' && depth == 0:
			add(text[from:i])
			from = i + 1
		case strings.IndexByte(")]}", c) >= 0:
			if depth--; depth < 0 {
				add(text[from:i])
				return a
			}
		}
	}
	return a
}
