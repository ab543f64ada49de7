package dockerfile

import (
	"path"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// forDevelopers reports whether what a stage leaves is meant for developers or tests: by the names of the file and of the
// stage, or because another Dockerfile beside it is the one for production.
func (f *File) forDevelopers(s *Stage) bool {
	return f.Role() != check.Product || s.Role() != check.Product || f.besideProduction()
}

// mayDropRoot reports whether what an image starts may give up root by itself: a tool for that is named on its command line
// or in the script of the repository that it runs, or the script cannot be read.
func (f *File) mayDropRoot(img *workload.Image) bool {
	for _, v := range []workload.Value[workload.Command]{img.Entrypoint, img.Cmd} {
		c, ok := v.Or(workload.Command{})
		if !ok || workload.MayDropRoot(c) {
			return true
		}
		for _, w := range c.Words {
			for _, word := range strings.Fields(w.Text) {
				if f.scriptMayDropRoot(img, word) {
					return true
				}
			}
		}
	}
	return false
}

func (f *File) scriptMayDropRoot(img *workload.Image, word string) bool {
	s := f.ScriptFile(img, []workload.Word{{Text: word}})
	if s == nil {
		return path.Ext(word) == ".sh" || path.Ext(word) == ".bash" || strings.Contains(path.Base(word), "entrypoint") || word == "/init"
	}
	text := string(f.Around.Read(s.Path))
	return workload.MayDropRoot(workload.Command{Words: []workload.Word{{Text: text}}})
}
