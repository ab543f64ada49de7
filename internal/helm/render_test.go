package helm

import (
	"context"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/Masterminds/sprig/v3"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
	"helm.sh/helm/v4/pkg/engine"
)

// plain renders a chart with Helm's own engine.
func plain(c *Chart, values map[string]any) (map[string]string, error) {
	ch, top, err := c.prepare(values)
	if err != nil {
		return nil, err
	}
	e := engine.Engine{CustomTemplateFuncs: steady(sprig.TxtFuncMap())}
	out, err := e.RenderWithContext(context.Background(), ch, top)
	for name := range out {
		if strings.HasSuffix(name, "NOTES.txt") {
			delete(out, name)
		}
	}
	return out, err
}

// compare renders a chart both ways and reports where they differ. It returns how many files and lines were compared, and
// of how many lines the origin is known.
func compare(t *testing.T, c *Chart, values map[string]any) (files, all, known int) {
	want, wantErr := plain(c, values)
	got, err := c.Render(values)
	if (err != nil) != (wantErr != nil) {
		t.Errorf("Render: %v\nHelm: %v", err, wantErr)
	}
	if err != nil {
		t.Logf("cannot be rendered: %v", err)
		return 0, 0, 0
	}
	have := map[string]string{}
	for _, f := range got {
		have[f.Name] = string(f.Text())
		for _, l := range lines(f.Text(), 0, len(f.Text())) {
			all++
			if p, ok := f.Place(l.at, l.at+len(l.text)); ok && p.File != "" {
				known++
			}
		}
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("differs from Helm (-Helm +here):\n%s", diff)
	}
	return len(got), all, known
}

func charts(t *testing.T, fsys fs.FS) (files, dirs []string) {
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			files = append(files, name)
			if path.Base(name) == "Chart.yaml" {
				dirs = append(dirs, path.Dir(name))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(files)
	return files, slices.DeleteFunc(dirs, func(dir string) bool {
		parent, _, ok := strings.Cut(dir, "/charts/")
		return ok && slices.Contains(dirs, parent)
	})
}

// TestSameAsHelm renders the charts of testdata, and those below the folder that FACTORLINT_CHARTS names, with each of
// their values files, and compares with what Helm's engine gives.
func TestSameAsHelm(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no charts", err)
	}
	for _, file := range archives {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		fsys, err := txtar.FS(a)
		if err != nil {
			t.Fatal(err)
		}
		sameAsHelm(t, fsys)
	}
	if dir := os.Getenv("FACTORLINT_CHARTS"); dir != "" {
		sameAsHelm(t, os.DirFS(dir))
	}
}

func sameAsHelm(t *testing.T, fsys fs.FS) {
	files, dirs := charts(t, fsys)
	for _, dir := range dirs {
		t.Run(dir, func(t *testing.T) {
			c, err := Load(fsys, files, dir)
			if err != nil {
				t.Fatal(err)
			}
			if c.Library() {
				return // a library renders nothing by itself
			}
			var total, all, known int
			for _, name := range append([]string{""}, c.ValuesFiles(files)...) {
				values := map[string]any{}
				if name != "" {
					data, err := fs.ReadFile(fsys, name)
					if err != nil {
						t.Fatal(err)
					}
					if values, err = ReadValues(data); err != nil {
						t.Logf("%s: %v", name, err)
						continue
					}
				}
				n, lines, located := compare(t, c, values)
				total, all, known = total+n, all+lines, known+located
			}
			t.Logf("%d files, %d lines, the origin of %d is known; missing dependencies %v", total, all, known, c.Missing)
		})
	}
}
