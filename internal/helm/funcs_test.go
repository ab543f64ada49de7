package helm

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"testing"

	"github.com/Masterminds/sprig/v3"
	"github.com/google/go-cmp/cmp"
	"helm.sh/helm/v4/pkg/engine"
)

// Templates may call here what they may call in Helm, whose list of its own functions is read from its source.
func TestFunctions(t *testing.T) {
	file, _ := runtime.FuncForPC(reflect.ValueOf(engine.Render).Pointer()).FileLine(0)
	source, err := parser.ParseFile(token.NewFileSet(), filepath.Join(filepath.Dir(file), "funcs.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{"fail": true} // bound with the chart
	ast.Inspect(source, func(n ast.Node) bool {
		if pair, ok := n.(*ast.KeyValueExpr); ok {
			if key, ok := pair.Key.(*ast.BasicLit); ok && key.Kind == token.STRING {
				if name, err := strconv.Unquote(key.Value); err == nil {
					want[name] = true
				}
			}
		}
		return true
	})
	if len(want) < 20 {
		t.Fatalf("Helm's own functions are only %v", want)
	}
	for name := range sprig.TxtFuncMap() {
		want[name] = true
	}
	delete(want, "env")
	delete(want, "expandenv")

	r := &renderer{}
	have := slices.Sorted(maps.Keys(r.functions(nil)))
	have = slices.DeleteFunc(have, func(name string) bool {
		return slices.Contains([]string{atFunc, inFunc, outFunc, printFunc, "print", "printf", "println", "html", "js", "urlquery"}, name)
	})
	if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), have); diff != "" {
		t.Errorf("functions (-Helm +here):\n%s", diff)
	}
}
