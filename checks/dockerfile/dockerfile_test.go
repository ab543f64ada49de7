package dockerfile_test

import (
	"slices"
	"strings"
	"testing"

	checks "github.com/factorlint/factorlint/checks/dockerfile"
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/dockerfile"
	"github.com/factorlint/factorlint/rules"
)

// findings runs the check of that name on the text of a Dockerfile.
func findings(t *testing.T, rule, text string) []check.Finding {
	t.Helper()
	i := slices.IndexFunc(checks.All(), func(c check.Check[*dockerfile.File]) bool { return c.Rule == rule })
	if i < 0 {
		t.Fatalf("no check %s", rule)
	}
	f, notes := dockerfile.Parse("Dockerfile", []byte(text))
	if len(notes) > 0 {
		t.Fatal(notes)
	}
	var out []check.Finding
	check.Run(checks.All()[i], f, check.Settings{}, func(fd check.Finding) { out = append(out, fd) })
	return out
}

func TestChecksHavePages(t *testing.T) {
	for _, c := range checks.All() {
		if r := rules.Lookup(c.Rule); r == nil || r.Kind != rules.Dockerfile {
			t.Errorf("%s has no page of a Dockerfile rule", c.Rule)
		}
	}
}

func TestShellFormSeverity(t *testing.T) {
	for text, want := range map[string]rules.Severity{
		"FROM debian:12\nCMD api\n":                                         rules.Error,
		"FROM alpine:3\nCMD api\n":                                          rules.Note,
		"FROM alpine:3\nCMD migrate-up && api\n":                            rules.Note,
		"FROM alpine:3\nCMD api | tee /log\n":                               rules.Error,
		"FROM fedora:42\nCMD api\n":                                         rules.Note,
		"FROM fedora:42\nCMD a; api\n":                                      rules.Note,
		"FROM rockylinux:8\nCMD a; api\n":                                   rules.Warning,
		"FROM example.com/base:1\nCMD api\n":                                rules.Warning,
		"FROM example.com/base:1\nCMD api | tee /log\n":                     rules.Warning,
		"FROM scratch\nCOPY --from=debian:12 / /\nCMD api\n":                rules.Warning,
		"FROM debian:12 AS fs\nFROM scratch\nCOPY --from=fs / /\nCMD api\n": rules.Error,
	} {
		got := findings(t, "shell-form-entrypoint", text)
		if len(got) != 1 || got[0].Severity != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestShellFormFix(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"exec form", "CMD api --name 'two words' \"<a>\"", `CMD ["api", "--name", "two words", "<a>"]`},
		{"several lines", "CMD api \\\n  --v", "CMD exec api \\\n  --v"},
		{"comment", "CMD api \\\n# verbose\n  --v", "CMD exec api \\\n# verbose\n  --v"},
		{"script", "CMD ./run.sh", "CMD exec ./run.sh"},
		{"entrypoint without cmd", "ENTRYPOINT /api", `ENTRYPOINT ["/api"]`},
		{"variable", "CMD api --port $PORT", "CMD exec api --port $PORT"},
		{"pattern", "CMD api *.conf", "CMD exec api *.conf"},
		{"redirection", "CMD api 2>&1", "CMD exec api 2>&1"},
		{"entrypoint with an ignored cmd", "ENTRYPOINT /api\nCMD [\"x\"]", "ENTRYPOINT exec /api\nCMD [\"x\"]"},
		{"sh -c", `CMD ["sh", "-c", "api -x"]`, `CMD ["api", "-x"]`},
		{"sh -c with a variable", `CMD ["sh", "-c", "api $X"]`, `CMD ["sh", "-c", "exec api $X"]`},
		{"comment of the shell's", "CMD api -x # verbose", "CMD exec api -x # verbose"},
		{"no comment", "CMD api --color '#fff'", `CMD ["api", "--color", "#fff"]`},
		{"a shell in a shell", `CMD sh -c "api -x"`, ""},
		{"a shell with a file in a shell", `CMD sh /start.sh`, `CMD ["sh", "/start.sh"]`},
		{"assignment", "CMD A=1 api", ""},
		{"list", "CMD a && api", ""},
		{"pipeline", "CMD api | tee log", ""},
		{"program in a variable", "CMD $API serve", ""},
		{"under tini", "ENTRYPOINT [\"tini\", \"--\"]\nCMD api", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := "FROM debian:12\n" + tt.text + "\n"
			got := findings(t, "shell-form-entrypoint", text)
			if len(got) != 1 {
				t.Fatalf("%d findings", len(got))
			}
			if tt.want == "" {
				if got[0].Fix != nil {
					t.Errorf("has the fix %v", got[0].Fix)
				}
				return
			}
			if got[0].Fix == nil || !got[0].Fix.Safe || len(got[0].Fix.Edits) != 1 {
				t.Fatalf("fix %v", got[0].Fix)
			}
			e := got[0].Fix.Edits[0]
			fixed := text[:e.At.Start.Offset] + e.New + text[e.At.End.Offset:]
			if want := "FROM debian:12\n" + tt.want + "\n"; fixed != want {
				t.Errorf("%q, want %q", fixed, want)
			}
			if again := findings(t, "shell-form-entrypoint", fixed); len(again) > 0 {
				t.Errorf("still reported: %s", again[0].Message)
			}
		})
	}
}

func TestSecretsStayHidden(t *testing.T) {
	for _, text := range []string{"ENV DB_PASSWORD=kR7vQ2nW9xTz", "ENV API_KEY 'kR7vQ2nW9xTz'", "ARG NPM_TOKEN=kR7vQ2nW9xTz"} {
		got := findings(t, "secret-in-image", "FROM alpine:3\n"+text+"\n")
		if len(got) != 1 {
			t.Errorf("%s: %d findings", text, len(got))
			continue
		}
		if strings.Contains(got[0].Message+got[0].Matter+got[0].Logical, "kR7vQ2") {
			t.Errorf("the value is shown: %s", got[0].Message)
		}
	}
}
