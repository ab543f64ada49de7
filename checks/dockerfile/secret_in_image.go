package dockerfile

import (
	"fmt"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/dockerfile"
)

func secretInImage() check.Check[*dockerfile.File] {
	return each("secret-in-image", func(p *check.Pass[*dockerfile.File], r release) {
		used := map[string]bool{} // ARGs that the image's stages take from before the first FROM
		for _, s := range r.chain() {
			for _, in := range s.Instructions {
				for _, pair := range in.Pairs {
					used[pair.Name.Text] = used[pair.Name.Text] || in.Name == "arg" && pair.Bare
				}
				reportSecrets(p, s.Label(), in)
			}
		}
		for _, in := range p.Subject.Args {
			if len(in.Pairs) > 0 && used[in.Pairs[0].Name.Text] {
				reportSecrets(p, "", in)
			}
		}
	})
}

// reportSecrets looks at one ENV or ARG. The value itself is never shown.
func reportSecrets(p *check.Pass[*dockerfile.File], stage string, in *dockerfile.Instruction) {
	if in.Name != "env" && in.Name != "arg" {
		return
	}
	for _, pair := range in.Pairs {
		name, value := pair.Name.Text, strings.Trim(pair.Value.Text, `"'`)
		// a value with a variable in it is given from outside, or reported where the variable is set
		if pair.Bare || strings.Contains(value, "$") || !check.IsSecretName(name) || check.IsPlaceholder(value) {
			continue
		}
		where := "in the image's configuration, where docker inspect shows it to everybody who can pull the image"
		if in.Name == "arg" {
			where = "in the image's history, where docker history shows it to everybody who can pull the image"
		}
		p.Report(check.Finding{
			At:      pair.Value.At,
			Message: fmt.Sprintf("%s %s has a value of %d characters that stays %s", strings.ToUpper(in.Name), name, len(value), where),
			Logical: stage, Matter: name,
		})
	}
}
