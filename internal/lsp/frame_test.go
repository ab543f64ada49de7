package lsp

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

func TestFrame(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     string // messages, or the beginning of the error
	}{
		{"two", "Content-Length: 2\r\n\r\n{}Content-Type: application/vscode-jsonrpc; charset=utf8\r\ncontent-length: 4\r\n\r\n[{}]", "{}[{}]EOF"},
		{"none", "", "EOF"},
		{"cut off", "Content-Length: 9\r\n\r\n{}", "unexpected EOF"},
		{"no length", "Content-Type: a\r\n\r\n{}", `a message of length ""`},
		{"negative", "Content-Length: -1\r\n\r\n{}", `a message of length "-1"`},
		{"no number", "Content-Length: two\r\n\r\n{}", `a message of length "two"`},
		{"too long", "Content-Length: 99999999999\r\n\r\n{}", `a message of length "99999999999"`},
		{"endless header", "A: " + strings.Repeat("a", maxMessage+9000), "EOF"},
		{"no header", "hello\r\n\r\n", "malformed MIME header"},
	} {
		f := newFrame(strings.NewReader(c.in), io.Discard)
		got := ""
		for {
			m, err := f.Recv()
			if err != nil {
				got += err.Error()
				break
			}
			got += string(m)
		}
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	var out bytes.Buffer
	if err := newFrame(strings.NewReader(""), &out).Send([]byte(`{"é":1}`)); err != nil || out.String() != "Content-Length: 8\r\n\r\n{\"é\":1}" {
		t.Errorf("%q, %v", out.String(), err)
	}
}

func TestURI(t *testing.T) {
	for _, c := range []struct {
		uri, file string // file is "" for a URI that names none
		back      string // what uriOf makes of the file, if not uri
	}{
		{"file:///src/a.go", "/src/a.go", ""},
		{"file:///a%20shop/d%C3%A9j%C3%A0%23%3F.yaml", "/a shop/déjà#?.yaml", ""},
		{"file:///src/", "/src", "file:///src"},
		{"file:///src/../etc", "/etc", "file:///etc"},
		{"file://localhost/src", "/src", "file:///src"},
		{"file:///c%3A/src/a.go", "c:/src/a.go", "file:///c:/src/a.go"},
		{"file:///C:/src", "C:/src", ""},
		{"file://server/share/a.go", "", ""},
		{"untitled:Untitled-1", "", ""},
		{"vscode-notebook-cell:///a.go", "", ""},
		{"file:a.go", "", ""},
		{"file:///%zz", "", ""},
		{"", "", ""},
	} {
		file, ok := fileOf(c.uri)
		if file != c.file || ok != (c.file != "") {
			t.Errorf("fileOf(%s) = %q, %t; want %q", c.uri, file, ok, c.file)
		}
		want := c.back
		if want == "" {
			want = c.uri
		}
		if got := uriOf(c.file); c.file != "" && got != want {
			t.Errorf("uriOf(%s) = %s, want %s", c.file, got, want)
		}
	}
}
