package plain_test

import (
	"encoding/json"
	"encoding/xml"
	"testing"

	"github.com/factorlint/factorlint/internal/output/plain"
)

func TestText(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"plain é 😀", "plain é 😀"},
		{"\x1b]0;owned\a", `\x1b]0;owned\a`},
		{"two\nlines\r\n\tand a tab", `two\nlines\r\n\tand a tab`},
		{"api\u202egpj.exe", `api\u202egpj.exe`},
		{"zero\u200bwidth\ufeff", `zero\u200bwidth\ufeff`},
		{"c1 \u009b and raw \x9b", `c1 \u009b and raw \x9b`},
		{"tag \U000e0041", `tag \U000e0041`},
		{"line\u2028separator", `line\u2028separator`},
	} {
		if got := plain.Text(c.in); got != c.want {
			t.Errorf("Text(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestJSONSaysTheSame(t *testing.T) {
	const in = "a\u202eb\u200bc\x7fd\U000e0041e\u009b é😀\n"
	text, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	safe := plain.JSON(text)
	if want := `"a\u202eb\u200bc\u007fd\udb40\udc41e\u009b é😀\n"`; string(safe) != want {
		t.Errorf("JSON = %s, want %s", safe, want)
	}
	var out string
	if err := json.Unmarshal(safe, &out); err != nil || out != in {
		t.Errorf("decodes to %q, %v; want %q", out, err, in)
	}
}

// What a CI system would obey in text is written otherwise in JSON and XML, and means the same.
func TestCommandsInData(t *testing.T) {
	const in, lines = "see ##[error], ##vso[x] and ##VSO[x], not ## or #[", "\n::error::x\n  ::stop-commands::x\na::b"
	var fromJSON, fromXML string
	safe := string(plain.JSON([]byte(`"` + in + `"`)))
	if err := json.Unmarshal([]byte(safe), &fromJSON); err != nil || fromJSON != in {
		t.Errorf("%s decodes to %q, %v", safe, fromJSON, err)
	}
	asXML := string(plain.XML([]byte("<a>" + in + lines + "</a>")))
	if err := xml.Unmarshal([]byte(asXML), &fromXML); err != nil || fromXML != in+lines {
		t.Errorf("%s decodes to %q, %v", asXML, fromXML, err)
	}
	for _, s := range []string{safe, asXML} {
		if plain.Log(s) != s {
			t.Errorf("a command is left in %s", s)
		}
	}
}

func TestLog(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"::add-mask::x", ": :add-mask::x"},
		{"a\n  ::error::x\nb::c", "a\n  : :error::x\nb::c"},
		{"see ##[error] and ##vso[task] and ##VSO[x]", "see ## [error] and ## vso[task] and ## VSO[x]"},
		{"\u00a0::error::x", "\u00a0: :error::x"},
		{"std::vector ## heading", "std::vector ## heading"},
	} {
		if got := plain.Log(c.in); got != c.want {
			t.Errorf("Log(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestMarkdown(t *testing.T) {
	const page = "# sigint-only\n\nKubernetes sends **SIGTERM**, see [signals](https://example.com/s) and <https://example.com>, not [stops](sigterm-unhandled.md).\n\n" +
		"## Bad\n\n```txtar bad\n-- main.go --\n\n# kept [x](y)\n```\n"
	const want = "SIGINT-ONLY\n\nKubernetes sends SIGTERM, see signals (https://example.com/s) and https://example.com, not stops.\n\n" +
		"BAD\n\n    -- main.go --\n\n    # kept [x](y)\n"
	if got := plain.Markdown(page); got != want {
		t.Errorf("Markdown =\n%s\nwant\n%s", got, want)
	}
}
