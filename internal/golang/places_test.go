package golang

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/factorlint/factorlint/internal/cache"
)

// The fields of imported structs have their places, tagged or not, in structs with a name or without, wherever the types come from;
// and after lines have moved in the package that declares them, while the package that has them filled is not looked at again.
func TestPlacesOfImportedFields(t *testing.T) {
	store, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	dir := unpacked(t, "structs")
	const (
		file = "conf/conf.go"
		main = "cmd/api/main.go"
	)
	variables := map[string]string{ // by what stands in the line of their field
		"APP_PORT": "Port ", "SERVICE_NAMES": "Names ", "APP_LEVEL": "Level ", "APP_DB_HOST": "Host ", "APP_DB_POOL_SIZE": "Size ",
		"APP_CACHE_ADDRESS": "Address ", "CACHE_ADDRESS": "Address ", "REGION": "Region ", "ZONE": "Zone ",
	}
	addresses := []string{"", "", "", ":7070", ":7071", ":7073", "APP_DB_HOST"} // as servers.go sets them, each its own; and what cannot be told
	edit := func(name, old, now string) {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !strings.Contains(string(text), old) {
			t.Fatalf("%s: no %q, %v", name, old, err)
		}
		writeAll(t, dir, map[string]string{name: strings.Replace(string(text), old, now, 1)})
	}
	for _, c := range []struct {
		name           string
		file, old, now string
		loaded         []string
	}{
		{"at first", main, "package main", "package main", nil},
		{"with what is imported from the cache", main, "func main", "// It serves.\nfunc main", []string{"api"}},
		{"after lines moved", file, "type Config", "// Config:\n\ntype Config", []string{"api", "conf"}},
		{"after a line moved inside", file, "\t\tPool ", "\n\t\tPool ", []string{"api", "conf"}},
		{"after a change of the package between", "settings/settings.go", "var c ", "\n\tvar c ", []string{"api", "settings"}},
	} {
		edit(c.file, c.old, c.now)
		got, _, loaded := lookAt(t, dir, store)
		if c.loaded != nil && !slices.Equal(loaded, c.loaded) {
			t.Errorf("%s: loaded %q, want %q", c.name, loaded, c.loaded)
		}
		if want := Inspect(t.Context(), Source{}, tree(t, dir), Shard{}); !reflect.DeepEqual(basisless(got), basisless(want)) {
			t.Errorf("%s: not what is found without a cache", c.name)
		}
		text, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		places, listens := placesIn(got)
		if !slices.Equal(listens, addresses) {
			t.Errorf("%s: listens on %q, want %q", c.name, listens, addresses)
		}
		for _, name := range slices.Sorted(maps.Keys(variables)) {
			before, _, _ := strings.Cut(string(text), variables[name])
			if want := fmt.Sprintf("%s:%d", file, 1+strings.Count(before, "\n")); places[name] != want {
				t.Errorf("%s: %s at %q, want %q", c.name, name, places[name], want)
			}
		}
	}
}

// basisless returns modules without what was loaded for them.
func basisless(mods []*Module) []*Module {
	for _, m := range mods {
		m.request = nil
	}
	return mods
}

// placesIn returns where programs name the variables that they read, by their names, and the addresses that they listen on.
func placesIn(mods []*Module) (variables map[string]string, addresses []string) {
	variables = map[string]string{}
	for _, m := range mods {
		for _, p := range m.Packages {
			if p.Program == nil {
				continue
			}
			for _, e := range p.Program.Env.Members {
				variables[e.Name] = fmt.Sprintf("%s:%d", e.At.File, e.At.Start.Line)
			}
			for _, l := range p.Program.Listens.Members {
				for _, part := range l.Addr {
					addresses = append(addresses, part.Lit+part.Name)
					if part.Name != "" && fmt.Sprintf("%s:%d", part.At.File, part.At.Start.Line) != variables[part.Name] {
						addresses = append(addresses, "at another place")
					}
				}
			}
		}
	}
	slices.Sort(addresses)
	return variables, addresses
}
