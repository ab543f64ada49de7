package repository

import (
	"fmt"
	"path"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/repository"
)

// outsideReplace is FL0204.
func outsideReplace() check.Check[*repository.Tree] {
	return check.Check[*repository.Tree]{Rule: "outside-replace", Run: func(p *check.Pass[*repository.Tree]) {
		for _, f := range p.Subject.Files {
			if path.Base(f.Path) != "go.mod" || !f.Tracked {
				continue
			}
			src, err := p.Subject.ReadFile(f.Path)
			if err != nil {
				continue
			}
			mod, err := modfile.Parse(f.Path, src, nil)
			if err != nil {
				continue // the go command says so
			}
			replaces(p, f.Path, src, mod)
		}
	}}
}

// replaces judges the replace directives of a go.mod. One for a module that is not required does nothing.
func replaces(p *check.Pass[*repository.Tree], file string, src []byte, mod *modfile.File) {
	required := map[string]bool{}
	for _, r := range mod.Require {
		required[r.Mod.Path] = true
	}
	for _, r := range mod.Replace {
		target := r.New.Path
		if r.New.Version != "" || !required[r.Old.Path] || !leaves(path.Join(p.Subject.Prefix, path.Dir(file)), target) {
			continue
		}
		p.Report(check.Finding{
			At:      targetSpan(file, src, r),
			Matter:  r.Old.Path,
			Message: fmt.Sprintf("%s is replaced by %s, which lies outside the repository: the module builds on the machine of whoever wrote this and nowhere else", r.Old.Path, target),
		})
	}
}

// leaves reports whether a path of a replace directive leads out of the repository; dir is relative to its top.
func leaves(dir, target string) bool {
	target = strings.ReplaceAll(target, `\`, "/")
	if path.IsAbs(target) || len(target) > 2 && target[1] == ':' && target[2] == '/' { // C:/src
		return true
	}
	joined := path.Join(dir, target)
	return joined == ".." || strings.HasPrefix(joined, "../")
}

// targetSpan returns the place of the path in the directive.
func targetSpan(file string, src []byte, r *modfile.Replace) check.Span {
	from, to := r.Syntax.Start, r.Syntax.End
	line := string(src[from.Byte:to.Byte])
	width := len(line)
	if i := strings.LastIndex(line, r.New.Path); i >= 0 {
		from.Byte, width = from.Byte+i, len(r.New.Path)
	}
	col := from.Byte - (strings.LastIndexByte(string(src[:from.Byte]), '\n') + 1) + 1
	start := check.Pos{Offset: from.Byte, Line: from.Line, Col: col}
	end := check.Pos{Offset: from.Byte + width, Line: from.Line, Col: col + width}
	return check.Span{File: file, Start: start, End: end}
}
