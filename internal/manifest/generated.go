package manifest

import (
	"bytes"
	"regexp"
	"slices"

	"github.com/factorlint/factorlint/internal/check"
)

// generatedMark is what tools write above what they make.
var generatedMark = regexp.MustCompile(`(?i)auto-?\s?generated|code generated|do not (?:manually )?edit`)

// isGenerated reports whether the comments at the head of a file say that a tool wrote it.
func (s *source) isGenerated() bool {
	for line := range bytes.Lines(bytes.TrimPrefix(s.data, bom)) {
		switch line = bytes.TrimSpace(line); {
		case len(line) == 0, string(line) == "---":
		case line[0] != '#':
			return false
		case generatedMark.Match(line):
			return true
		}
	}
	return false
}

func (o *object) isGenerated() bool { return o.root.doc.src.isGenerated() }

// originals returns the objects without those of generated files that the overlays and charts of the tree make too: what is wrong
// with these is found, and mended, where they are made from. Objects in a generated file that the tree cannot make are kept.
func (l *loader) originals(objects []*object, rendered []*set) []*object {
	type id struct{ kind, name string }
	made := map[id]bool{}
	for _, s := range rendered {
		for _, o := range s.objects {
			if l.roles.Of(o.file) == check.Product {
				made[id{o.kind, o.name}] = true
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(objects), func(o *object) bool { return made[id{o.kind, o.name}] && o.isGenerated() })
}
