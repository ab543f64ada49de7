package baseline_test

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/factorlint/factorlint/internal/baseline"
)

// FuzzParse: whatever a file holds, it is refused, or read to what is the same when it is written and read again, and that names
// only files of the repository in lines of the text.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "{}", "[]", "{\"version\":1}", "{\"version\":1,\"findings\":null}", "{\"version\": 1, \"findings\": [{}]}",
		"{\n  \"version\": 1,\n  \"findings\": [\n    {\"rule\":\"FL0902\",\"name\":\"sigint-only\",\"file\":\"a.go\",\"in\":\"a.main\",\"identity\":\"00\"}\n  ]\n}\n",
		"{\"version\":1,\"findings\":[{\"rule\":\"x\",\"file\":\"../../etc/passwd\",\"identity\":\"00\"}]}",
		"{\"findings\":[{\"rule\":\"x\",\"file\":\"a\",\"identity\":\"\\ud800\"}],\"version\":1,\"version\":1}", "{\"version\":1}{",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := baseline.Parse(data)
		if err != nil {
			return
		}
		lines := strings.Count(string(data), "\n") + 1
		for _, e := range b.Entries {
			if !fs.ValidPath(e.File) || e.Line < 1 || e.Line > lines {
				t.Errorf("%q in line %d of %d", e.File, e.Line, lines)
			}
		}
		text, err := baseline.Of(nil, "", b.Entries).Bytes()
		if err != nil {
			t.Fatal(err)
		}
		again, err := baseline.Parse(text)
		if err != nil {
			t.Fatalf("%v:\n%s", err, text)
		}
		more, err := baseline.Of(nil, "", again.Entries).Bytes()
		if err != nil || string(more) != string(text) || len(again.Problems) > 0 {
			t.Errorf("%v, %v:\n%s\n%s", err, again.Problems, text, more)
		}
		b.Split(nil, func(string) bool { return true })
	})
}
