package helm

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/factorlint/factorlint/internal/cache"
)

var update = flag.Bool("update", false, "write testdata/origins.txt")

// TestOrigins holds the origin of each line against testdata/origins.txt: the place in the template that gave what is
// behind the line's first colon, or else the whole line.
func TestOrigins(t *testing.T) {
	a, err := txtar.ParseFile("testdata/charts.txtar")
	if err != nil {
		t.Fatal(err)
	}
	fsys, err := txtar.FS(a)
	if err != nil {
		t.Fatal(err)
	}
	store, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	out, _ := origins(t, fsys, nil)
	if first, parsed := origins(t, fsys, store); !bytes.Equal(first, out) || parsed == 0 {
		t.Errorf("with an empty cache %d nodes are parsed, and the same is rendered: %t", parsed, bytes.Equal(first, out))
	}
	if again, parsed := origins(t, fsys, store); !bytes.Equal(again, out) || parsed > 0 {
		t.Errorf("from the cache %d nodes are parsed, and the same is rendered: %t", parsed, bytes.Equal(again, out))
	}
	if *update {
		if err := os.WriteFile("testdata/origins.txt", out, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/origins.txt")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(out)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// origins renders all charts, and returns where each line comes from and how many pieces of templates were parsed for that.
func origins(t *testing.T, fsys fs.FS, store *cache.Cache) (text []byte, parsed int) {
	t.Helper()
	files, dirs := charts(t, fsys)
	var out bytes.Buffer
	for _, dir := range dirs {
		c, err := Load(fsys, files, dir)
		if err != nil {
			t.Fatal(err)
		}
		if c.Library() {
			continue
		}
		c.Cache = store
		rendered, err := c.Render(nil)
		if err != nil {
			t.Fatal(err)
		}
		parsed += len(c.nodes) - 1
		for _, f := range rendered {
			fmt.Fprintf(&out, "%s\n", f.Name)
			for _, l := range lines(f.Text(), 0, len(f.Text())) {
				from := l.at
				if _, value, ok := strings.Cut(l.text, ": "); ok {
					from += len(l.text) - len(value)
				}
				fmt.Fprintf(&out, "%-80s | %s\n", l.text, origin(t, fsys, f, from, l.at+len(l.text)))
			}
		}
	}
	return out.Bytes(), parsed
}

// origin returns the file, the line and the text of an origin, and the values that are named there.
func origin(t *testing.T, fsys fs.FS, f *File, from, to int) string {
	p, ok := f.Place(from, to)
	if !ok {
		return "?"
	}
	if p.Line {
		return fmt.Sprintf("a line of %s", path.Base(p.File))
	}
	data, err := fs.ReadFile(fsys, p.File)
	if err != nil {
		t.Fatal(err)
	}
	s := fmt.Sprintf("%s:%d %q", path.Base(p.File), 1+bytes.Count(data[:p.Start], []byte("\n")), data[p.Start:p.End])
	if values := f.Values(from, to); len(values) > 0 {
		s += " " + strings.Join(values, ",")
	}
	return s
}
