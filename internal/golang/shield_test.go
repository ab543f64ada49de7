package golang

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/rules"
)

// An analyzer that breaks down on a package costs what is known of that package alone, and the run its trust.
func TestBrokenAnalyzer(t *testing.T) {
	known := suite
	t.Cleanup(func() { suite = known })
	suite = func() []*analysis.Analyzer {
		return append(slices.Clone(known()), &analysis.Analyzer{Name: "broken", Run: func(p *analysis.Pass) (any, error) {
			if strings.HasSuffix(p.Pkg.Path(), "/cmd/orders") {
				panic("on purpose")
			}
			return nil, nil
		}})
	}
	res := Analyze(t.Context(), Source{}, tree(t, "../../testdata/repos/shop"))
	broken := slices.DeleteFunc(slices.Clone(res.Notes), func(n check.Notification) bool { return n.Code != "internal-error" })
	if len(broken) != 1 || broken[0].Level != rules.Error || !strings.HasPrefix(broken[0].At.File, "cmd/orders/") {
		t.Errorf("notifications %+v, want one about cmd/orders", res.Notes)
	}
	if len(res.Programs) == 0 || res.Failed {
		t.Errorf("%d programs, failed %t: the other packages were not analysed", len(res.Programs), res.Failed)
	}
}
