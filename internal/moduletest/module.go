// Package moduletest tests analyzers and their fixes on small modules with vendored stubs of what they import.
package moduletest

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/packages"
)

// A Module is files by path: go.mod, sources, and the stubs of what they import below vendor.
type Module map[string]string

// Write writes the files into a new folder, and returns it.
func (m Module) Write(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range m {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Load reads the packages of the module in a folder; that they type-check is demanded. Those of other modules are known by their
// types alone, as in every driver that keeps facts by package.
func Load(t testing.TB, dir string) []*packages.Package {
	t.Helper()
	pkgs, err := packages.Load(&packages.Config{
		Dir: dir,
		Env: append(os.Environ(), "GOFLAGS=", "GOWORK=off", "GOOS=linux"),
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedTypes |
			packages.NeedSyntax | packages.NeedTypesInfo | packages.NeedTypesSizes | packages.NeedModule | packages.NeedExportFile,
	}, "./...")
	if err != nil {
		t.Fatal(err)
	}
	own := map[*packages.Package]bool{}
	for _, p := range pkgs {
		own[p] = true
		for _, e := range p.Errors {
			t.Errorf("%s: %v", p.PkgPath, e)
		}
	}
	for _, p := range pkgs {
		for path, dep := range p.Imports {
			if !own[dep] {
				delete(p.Imports, path)
			}
		}
	}
	return pkgs
}
