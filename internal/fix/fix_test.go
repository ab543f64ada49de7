package fix

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/factorlint/factorlint/internal/check"
)

// replace returns the edit that puts text in place of the first old in a file; of an empty old, at its start.
func replace(file, src, old, text string) check.Edit {
	at := strings.Index(src, old)
	pos := func(offset int) check.Pos {
		before := src[:offset]
		return check.Pos{Offset: offset, Line: strings.Count(before, "\n") + 1, Col: offset - strings.LastIndex(before, "\n")}
	}
	return check.Edit{At: check.Span{File: file, Start: pos(at), End: pos(at + len(old))}, New: text}
}

// after returns the edit that inserts text behind the first old in a file.
func after(file, src, old, text string) check.Edit {
	e := replace(file, src, old, text)
	e.At.Start = e.At.End
	return e
}

func finding(matter string, safe bool, edits ...check.Edit) check.Finding {
	return check.Finding{Matter: matter, Fix: &check.Fix{Safe: safe, Edits: edits}}
}

// told says by their matters which findings were fixed, and which skipped why.
func told(r *Result) (out []string) {
	for _, f := range r.Fixed {
		out = append(out, f.Matter)
	}
	for _, s := range r.Skipped {
		out = append(out, s.Finding.Matter+" "+string(s.Reason))
	}
	return out
}

func TestApply(t *testing.T) {
	const (
		text  = "a: one # kept\r\nb: two\r\nc: three\r\n"
		bom   = "\ufeffFROM debian:12\nCMD api # é😀\n"
		goSrc = "package p\n\nimport (\n\t\"net/http\"\n\t\"os\"\n)\n\nvar _, _ = os.Args, http.NoBody\n"
		uses  = "package p\n\nimport \"runtime\"\n\nfunc f() {\n\truntime.GC()\n\truntime.Gosched()\n}\n"
	)
	for _, tt := range []struct {
		name     string
		file     string
		src      string
		findings []check.Finding
		options  Options
		want     string // the file afterwards
		told     []string
	}{
		{name: "bytes around stay", file: "x.yaml", src: text,
			findings: []check.Finding{finding("b", true, replace("x.yaml", text, "two", "2")), finding("a", true, replace("x.yaml", text, "one", "1"))},
			want:     "a: 1 # kept\r\nb: 2\r\nc: three\r\n", told: []string{"b", "a"}},
		{name: "byte order mark", file: "Dockerfile", src: bom,
			findings: []check.Finding{finding("cmd", true, replace("Dockerfile", bom, "api", "exec api"))},
			want:     "\ufeffFROM debian:12\nCMD exec api # é😀\n", told: []string{"cmd"}},
		{name: "unsafe is not asked for", file: "x.yaml", src: text,
			findings: []check.Finding{finding("a", false, replace("x.yaml", text, "one", "1")), finding("b", true, replace("x.yaml", text, "two", "2"))},
			want:     "a: one # kept\r\nb: 2\r\nc: three\r\n", told: []string{"b", "a unsafe"}},
		{name: "unsafe is asked for", file: "x.yaml", src: text, options: Options{Unsafe: true},
			findings: []check.Finding{finding("a", false, replace("x.yaml", text, "one", "1"))},
			want:     "a: 1 # kept\r\nb: two\r\nc: three\r\n", told: []string{"a"}},
		{name: "of two fixes of a place the first, and nothing of the other", file: "x.yaml", src: text,
			findings: []check.Finding{
				finding("a", true, replace("x.yaml", text, "one", "1")),
				finding("both", true, replace("x.yaml", text, "one", "uno"), replace("x.yaml", text, "two", "due")),
				finding("touches", true, after("x.yaml", text, "one", "!")),
			},
			want: "a: 1 # kept\r\nb: two\r\nc: three\r\n", told: []string{"a", "both conflict", "touches conflict"}},
		{name: "what is skipped stands in nobody's way", file: "x.yaml", src: text,
			findings: []check.Finding{
				finding("unsafe", false, replace("x.yaml", text, "one", "1")),
				finding("a", true, replace("x.yaml", text, "one", "uno")),
			},
			want: "a: uno # kept\r\nb: two\r\nc: three\r\n", told: []string{"a", "unsafe unsafe"}},
		{name: "an edit in common counts once", file: "x.go", src: goSrc,
			findings: []check.Finding{
				finding("one", true, after("x.go", goSrc, "\"os\"\n", "\t\"syscall\"\n"), after("x.go", goSrc, "os.Args", "[syscall.SIGTERM:]")),
				finding("two", true, after("x.go", goSrc, "\"os\"\n", "\t\"syscall\"\n"), after("x.go", goSrc, "http.NoBody", " // syscall.SIGINT")),
			},
			want: "package p\n\nimport (\n\t\"net/http\"\n\t\"os\"\n\t\"syscall\"\n)\n\nvar _, _ = os.Args[syscall.SIGTERM:], http.NoBody // syscall.SIGINT\n",
			told: []string{"one", "two"}},
		{name: "different imports at one place, in the order of gofmt", file: "x.go", src: goSrc,
			findings: []check.Finding{
				finding("time", true, after("x.go", goSrc, "\"os\"\n", "\t\"time\"\n"), after("x.go", goSrc, "os.Args", "[time.Second:]")),
				finding("syscall", true, after("x.go", goSrc, "\"os\"\n", "\t\"syscall\"\n"), after("x.go", goSrc, "http.NoBody", ", syscall.SIGINT")),
			},
			want: "package p\n\nimport (\n\t\"net/http\"\n\t\"os\"\n\t\"syscall\"\n\t\"time\"\n)\n\nvar _, _ = os.Args[time.Second:], http.NoBody, syscall.SIGINT\n",
			told: []string{"time", "syscall"}},
		{name: "two fixes that leave an import unused between them", file: "x.go", src: uses,
			findings: []check.Finding{
				finding("gc", true, replace("x.go", uses, "\truntime.GC()\n", "")),
				finding("gosched", true, replace("x.go", uses, "\truntime.Gosched()\n", "")),
			},
			want: "package p\n\nimport \"runtime\"\n\nfunc f() {\n\truntime.Gosched()\n}\n", told: []string{"gc", "gosched conflict"}},
		{name: "one that leaves no YAML", file: "x.yaml", src: text,
			findings: []check.Finding{
				finding("a", true, replace("x.yaml", text, "one", "{")), finding("b", true, replace("x.yaml", text, "two", "2")),
			},
			want: "a: one # kept\r\nb: 2\r\nc: three\r\n", told: []string{"b", "a broken"}},
		{name: "one that leaves no Go", file: "x.go", src: uses,
			findings: []check.Finding{finding("gc", true, replace("x.go", uses, "GC()", "GC("))},
			want:     uses, told: []string{"gc broken"}},
		{name: "one that leaves no Dockerfile", file: "Dockerfile", src: bom,
			findings: []check.Finding{finding("cmd", true, replace("Dockerfile", bom, "CMD", "RUNN"))},
			want:     bom, told: []string{"cmd broken"}},
		{name: "one that leaves no script", file: "run", src: "#!/usr/bin/env bash\n./api\n",
			findings: []check.Finding{finding("exec", true, replace("run", "#!/usr/bin/env bash\n./api\n", "./api", "exec ("))},
			want:     "#!/usr/bin/env bash\n./api\n", told: []string{"exec broken"}},
		{name: "a template was no YAML before", file: "x.yaml", src: "a: one\n{{- if .x }}\nb: {\n",
			findings: []check.Finding{finding("a", true, replace("x.yaml", "a: one", "one", "1"))},
			want:     "a: 1\n{{- if .x }}\nb: {\n", told: []string{"a"}},
		{name: "edits of a fix that overlap", file: "x.yaml", src: text,
			findings: []check.Finding{finding("a", true, replace("x.yaml", text, "one", "1"), replace("x.yaml", text, "ne", "x"))},
			want:     text, told: []string{"a broken"}},
		{name: "a place of another text", file: "x.yaml", src: text,
			findings: []check.Finding{finding("a", true, replace("x.yaml", "\n"+text, "one", "1"))},
			want:     text, told: []string{"a changed"}},
		{name: "a file that nobody read", file: "x.yaml", src: text,
			findings: []check.Finding{finding("a", true, replace("y.yaml", text, "one", "1"), replace("x.yaml", text, "one", "1"))},
			want:     text, told: []string{"a changed"}},
		{name: "a file that must not be written", file: "x.yaml", src: text,
			options:  Options{Refuse: func(string) error { return errors.New("no") }},
			findings: []check.Finding{finding("a", true, replace("x.yaml", text, "one", "1"))},
			want:     text, told: []string{"a refused"}},
		{name: "code that gofmt would change stays so", file: "x.go", src: "package p\nvar  x  = 1\n",
			findings: []check.Finding{finding("x", true, replace("x.go", "package p\nvar  x  = 1\n", "1", "2"))},
			want:     "package p\nvar  x  = 2\n", told: []string{"x"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sources := map[string][]byte{tt.file: []byte(tt.src)}
			r := Apply(tt.findings, sources, tt.options)
			got, changed := r.Files[tt.file]
			if !changed {
				got = sources[tt.file]
			}
			if diff := cmp.Diff(tt.want, string(got)); diff != "" {
				t.Errorf("the file (-want +got):\n%s", diff)
			}
			if changed != (tt.want != tt.src) {
				t.Errorf("changed: %v", changed)
			}
			if diff := cmp.Diff(tt.told, told(r)); diff != "" {
				t.Errorf("fixed and skipped (-want +got):\n%s", diff)
			}
			if string(sources[tt.file]) != tt.src {
				t.Error("the source was written to")
			}
		})
	}
}
