//go:build unix

package helm

import (
	"errors"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// A chart gives what Helm makes of it, whatever stands in its templates: that what was written by which action is noted changes
// nothing. And what is said about where text comes from lies inside the files of the chart.
func FuzzInstrument(f *testing.F) {
	for _, seed := range []struct{ template, helper, values string }{
		{"a: {{ .Values.a }}\n", "", "a: 1\n"},
		{"{{ include \"h\" . | nindent 2 }}\n{{- template \"h\" . -}}\n", "{{ define \"h\" }}a:\n  b: {{ .Values.b | quote }}{{ end }}", "b: x\n"},
		{"{{ range $k, $v := .Values }}{{ $k }}: {{ $v }}\n{{ else }}none{{ end }}{{ with .Values.a }}{{ . }}{{ else }}-{{ end }}", "", "a: [1, 2]\n"},
		{"{{ range .Values.a }}{{ if eq . 2 }}{{ break }}{{ end }}{{ continue }}{{ end }}", "", "a: [1, 2]\n"},
		{"{{ tpl .Values.t . }}{{ $x := 1 }}{{ $x = 2 }}{{ $x }}{{/* c */}}{{ .Values.none }}<no value>", "", "t: '{{ .Release.Name }}'\n"},
		{"{{ define \"h\" }}{{ end }}{{ block \"b\" . }}x{{ end }}{{ print \"}}\" `{{` }}{{ (dict \"a\" 1).a }}", "{{ define \"b\" }}y{{ end }}", ""},
		{"{{ . }}", "", ""},
		{"{{- if (.Files.Get \"values.yaml\") }}{{ .Files.Glob \"*\" | len }}{{ end }}{{ range 3 }}{{ end }}{{ toYaml .Chart }}", "", ""},
	} {
		f.Add(seed.template, seed.helper, seed.values)
	}
	f.Fuzz(func(t *testing.T, template, helper, values string) {
		fsys := fstest.MapFS{
			"c/Chart.yaml": {Data: []byte(meta)}, "c/values.yaml": {Data: []byte(values)},
			"c/templates/a.yaml": {Data: []byte(template)}, "c/templates/_h.tpl": {Data: []byte(helper)},
		}
		c, err := Load(fsys, slices.Sorted(maps.Keys(fsys)), "c")
		if err != nil {
			return
		}
		got, err := c.Render(nil)
		if e, ok := errors.AsType[*Error](err); ok && e.Limit {
			return // Helm would go on
		}
		want, wantErr := plain(c, nil)
		if (err != nil) != (wantErr != nil) {
			t.Fatalf("Render: %v\nHelm: %v", err, wantErr)
		}
		if err != nil {
			return
		}
		have := map[string]string{}
		for _, file := range got {
			have[file.Name] = pointer.ReplaceAllString(string(file.Text()), "0x")
			checkPlaces(t, fsys, file)
		}
		for name, text := range want {
			want[name] = pointer.ReplaceAllString(text, "0x")
		}
		if diff := cmp.Diff(want, have); diff != "" {
			t.Errorf("differs from Helm (-Helm +here):\n%s", diff)
		}
	})
}

// pointer matches what {{ . }} shows of what is behind pointers.
var pointer = regexp.MustCompile(`0x[0-9a-f]+`)

// checkPlaces demands that what is said about where each line comes from is a stretch of a file.
func checkPlaces(t *testing.T, fsys fs.FS, f *File) {
	for _, l := range lines(f.Text(), 0, len(f.Text())) {
		p, ok := f.Place(l.at, l.at+len(l.text))
		if !ok {
			continue
		}
		text, err := fs.ReadFile(fsys, p.File)
		if err != nil || p.Start < 0 || p.Start > p.End || p.End > len(text) {
			t.Errorf("%q of %s comes from %+v: %v", l.text, f.Name, p, err)
		}
		f.Values(l.at, l.at+len(l.text))
	}
}
