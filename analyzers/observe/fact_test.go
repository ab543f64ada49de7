package observe

import (
	"bytes"
	"encoding/gob"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/analysis"
)

func TestIsForeign(t *testing.T) {
	own := &analysis.Module{Path: "example.com/shop"}
	library := &analysis.Module{Path: "example.com/library", Version: "v1.2.0"}
	for _, c := range []struct {
		pkg    string
		module *analysis.Module
		file   string
		want   bool
	}{
		{"example.com/shop/order", own, "/src/shop/order/order.go", false},
		{"example.com/shop/order", own, "/src/vendor/shop@v1.0.0/order/order.go", false}, // wherever the module lies
		{"log/order", &analysis.Module{Path: "log"}, "/src/log/order/order.go", false},
		{"net/http", nil, "/usr/lib/go/src/net/http/server.go", true},
		{"example.com/library", library, "/root/go/pkg/mod/example.com/library@v1.2.0/library.go", true},
		{"example.com/library", library, `C:\Users\me\go\pkg\mod\example.com\library@v1.2.0\library.go`, true},
		{"example.com/library", library, "/root/go/pkg/mod/example.com/fork@v1.9.0/library.go", true}, // replaced by another module
		{"example.com/library", library, "/src/shop/library/library.go", false},                       // replaced by a folder
		{"example.com/library", library, "/src/shop/vendor/example.com/library/library.go", true},
		{"example.com/shop/order", nil, "order/order.go", false}, // as nogo has it
		{"example.com/library", nil, "external/com_example_library/library.go", true},
	} {
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, c.file, "package p\n", 0)
		if err != nil {
			t.Fatal(err)
		}
		pass := &analysis.Pass{Fset: fset, Pkg: types.NewPackage(c.pkg, "p"), Module: c.module}
		pass.Files = append(pass.Files, f)
		if got := IsForeign(pass); got != c.want {
			t.Errorf("%s in %s: %v", c.pkg, c.file, got)
		}
	}
}

// A package gets all packages below it from the facts of its direct imports, whether these were encoded on the way or not. What its
// tests import has facts too, and is left out.
func TestFact(t *testing.T) {
	web := &Package{Path: "shop/web", Funcs: []*Func{{ID: "shop/web.Serve", Endless: true}}}
	app := &Package{Path: "shop/app", Imports: []string{"net/http", "shop/web"}}
	main := &Package{Path: "shop", Imports: []string{"os", "shop/app"}}
	fact := func(p *Package, f *Fact) analysis.PackageFact {
		return analysis.PackageFact{Package: types.NewPackage(p.Path, "p"), Fact: f}
	}
	for name, handed := range map[string]func(*Fact) *Fact{
		"in memory": func(f *Fact) *Fact { return f },
		"encoded":   func(f *Fact) *Fact { return recoded(t, f) },
	} {
		ofWeb := handed(gather(web, nil))
		ofApp := handed(gather(app, []analysis.PackageFact{fact(web, ofWeb)}))
		testing := &Package{Path: "shop/internal/testing"}
		got, err := gather(main, []analysis.PackageFact{fact(app, ofApp), fact(testing, gather(testing, nil))}).packages()
		if diff := cmp.Diff([]*Package{main, app, web}, got); diff != "" || err != nil {
			t.Errorf("%s: %v, packages (-want +got):\n%s", name, err, diff)
		}
	}
	f := &Fact{[]*observed{{path: "shop", encoded: func() ([]byte, error) { return []byte("no fact"), nil }}}}
	if _, err := recoded(t, f).packages(); err == nil {
		t.Error("a damaged fact was decoded")
	}
}

func recoded(t *testing.T, f *Fact) *Fact {
	t.Helper()
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(f); err != nil {
		t.Fatal(err)
	}
	out := &Fact{}
	if err := gob.NewDecoder(&b).Decode(out); err != nil {
		t.Fatal(err)
	}
	return out
}
