package workload

import (
	"path"
	"strings"
)

// unknownPart stands for what cannot be told in the name of an image.
const unknownPart = "\ue000"

// pattern returns the name of an image without tag; what cannot be told of it ("${NAME}", "$NAME") is an unknownPart.
func pattern(ref string) string { return parseReference(obscure(ref)).repository }

// tagPattern returns the tag of an image likewise, "" if it has none.
func tagPattern(ref string) string {
	_, tag, _ := strings.Cut(path.Base(obscure(ref)), ":")
	tag, _, _ = strings.Cut(tag, "@")
	return tag
}

// obscure puts an unknownPart in the place of each variable.
func obscure(ref string) string {
	var b strings.Builder
	for i := 0; i < len(ref); i++ {
		if ref[i] != '$' {
			b.WriteByte(ref[i])
			continue
		}
		n, ok := parameter(ref[i:])
		if end := ClosingBrace(ref[i+1:]); end >= 0 {
			n, ok = end+2, true
		}
		if !ok || n < 2 {
			n = 1
		}
		b.WriteString(unknownPart)
		i += n - 1
	}
	return b.String()
}

// ClosingBrace returns the index of the brace that closes the one s begins with: of "{a{b}}c" it is 5. It is -1 if there is none.
func ClosingBrace(s string) int {
	open := 0
	for i := range len(s) {
		switch s[i] {
		case '{':
			open++
		case '}':
			if open--; open == 0 {
				return i
			}
		default:
			if open == 0 {
				return -1
			}
		}
	}
	return -1
}

// readable writes a pattern for people.
func readable(pattern string) string { return strings.ReplaceAll(pattern, unknownPart, "…") }

// imagePattern returns the name of a deploy's image without tag.
func imagePattern(d *Deploy) string {
	if text, known := d.Image.Get(); known {
		return parseReference(text).repository
	}
	return pattern(d.ImageText)
}

// A nearness tells how well the name of an origin fits that of an image.
type nearness int

const (
	farOff     nearness = iota
	sameBase            // the last elements are the same
	compatible          // whatever the unknown parts stand for, as far as known they are the same
	same
)

func near(name, image string) nearness {
	base := path.Base(image)
	switch {
	case base == "" || base == "." || strings.Contains(base, unknownPart) || !strings.EqualFold(path.Base(name), base):
		return farOff
	case name == image:
		return same
	case strings.Contains(name, unknownPart) && fits(name, image), strings.Contains(image, unknownPart) && fits(image, name):
		return compatible
	}
	return sameBase
}

// fits reports whether a name begins and ends like what is known of a pattern.
func fits(pattern, name string) bool {
	if !strings.Contains(pattern, unknownPart) {
		return pattern == name
	}
	first, last := strings.Index(pattern, unknownPart), strings.LastIndex(pattern, unknownPart)+len(unknownPart)
	before, after := pattern[:first], pattern[last:]
	if i := strings.Index(name, unknownPart); i >= 0 { // both have unknown parts
		end := strings.LastIndex(name, unknownPart) + len(unknownPart)
		n, m := min(i, len(before)), min(len(name)-end, len(after))
		return before[:n] == name[:n] && after[len(after)-m:] == name[len(name)-m:]
	}
	return len(name) >= len(before)+len(after) && strings.HasPrefix(name, before) && strings.HasSuffix(name, after)
}
