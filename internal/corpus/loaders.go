package corpus

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/factorlint/factorlint/internal/engine"
	"github.com/factorlint/factorlint/internal/golang"
)

// BothLoaders loads Go code twice, without a compiler and with everything compiled, and tells each package in which not the same is
// found. Notifications are left out: the compiler has its own words.
func BothLoaders(tell func(difference string)) engine.Analyze {
	return func(ctx context.Context, in golang.Input) *golang.Result {
		source := golang.Inspect(ctx, golang.Source{Cache: in.Cache}, in, golang.Shard{})
		in.Cache = nil
		compiled := golang.Inspect(ctx, golang.GoList{}, in, golang.Shard{})
		other := map[string]*golang.Package{}
		for _, m := range compiled {
			for _, p := range m.Packages {
				other[m.Dir+" "+p.Path] = p
			}
		}
		packages := 0
		for _, m := range source {
			for _, p := range m.Packages {
				packages++
				q := other[m.Dir+" "+p.Path]
				delete(other, m.Dir+" "+p.Path)
				switch {
				case q == nil:
					tell(fmt.Sprintf("package %s of %s is only there without a compiler", p.Path, m.Dir))
				case !sameFound(*p, *q):
					tell(fmt.Sprintf("package %s of %s: not the same is found", p.Path, m.Dir))
				}
			}
		}
		for _, name := range slices.Sorted(maps.Keys(other)) {
			tell("package " + name + " is only there with everything compiled")
		}
		tell(fmt.Sprintf("%d packages compared", packages))
		return golang.Join(source, in.Rules)
	}
}

func sameFound(a, b golang.Package) bool {
	a.Notes, b.Notes = nil, nil
	return reflect.DeepEqual(a, b)
}
