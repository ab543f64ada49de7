package dockerfile

import (
	"fmt"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/dockerfile"
	"github.com/factorlint/factorlint/internal/workload"
)

func unpinnedBaseImage() check.Check[*dockerfile.File] {
	return each("unpinned-base-image", func(p *check.Pass[*dockerfile.File], r release) {
		base := r.chain()[0] // the only one of them on an image from elsewhere
		tag, floats := workload.FloatingTag(base.Ref)
		if base.Ref == "scratch" || !floats || standIn(base.Base.Text, base.Ref) {
			return
		}
		what := "has the moving tag " + tag
		if tag == "" {
			what = "has no tag, which means latest"
		}
		p.Report(check.Finding{
			At:      base.Base.At,
			Message: fmt.Sprintf("base image %s %s: the next build of the same commit may start from a different image", base.Ref, what),
			Logical: base.Label(), Matter: base.Base.Text,
		})
	})
}

// standIn reports whether the reference is the default of a build argument that only says that whoever builds has to
// give one.
func standIn(written, ref string) bool {
	if !strings.Contains(written, "$") {
		return false
	}
	word := strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(ref))
	switch word {
	case "placeholder", "changeme", "overrideme", "override", "replaceme", "setme", "unset", "none", "invalid", "undefined", "required", "mustbeset":
		return true
	}
	return false
}
