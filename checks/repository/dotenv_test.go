package repository

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestIsDotenv(t *testing.T) {
	for _, name := range []string{
		".env", "deploy/.env", ".env.production", ".env.local", ".env.dev", ".env-prod", ".env_staging", "prod.env", "docker/mysql.env",
		".production.env", "api.prod.env", ".ENV", ".env.bak", ".env.production.local",
	} {
		if !isDotenv(name) {
			t.Errorf("%s is no dotenv file", name)
		}
	}
	for _, name := range []string{
		".env.example", ".env.sample", ".env.template", ".env.dist", ".env.prod.example", "example.env", "gotify-server.env.example",
		"app.example.env", "sample.env", ".env.test", ".test.env", ".e2e.ci.env", ".env.testing", ".env.vault", ".env.production.enc",
		".envrc", ".env.go", "main.go", ".env.d.ts", "env", "environment", ".environment", ".env.sh", ".env.j2", ".env_rename_me", "dev.env.yaml", ".env-schema",
	} {
		if isDotenv(name) {
			t.Errorf("%s is a dotenv file", name)
		}
	}
}

func TestReadDotenv(t *testing.T) {
	for _, c := range []struct {
		name, src string
		want      []string // "line:col+offset-length name=value"
	}{
		{"plain", "A=1\nB = two words  # comment\nC=a#b\n", []string{"1:1+0-1 A=1", "2:1+4-1 B=two words", "3:1+29-1 C=a#b"}},
		{"export", "export A=1\n  export\tB=2\nexport=3\n", []string{"1:8+7-1 A=1", "2:10+20-1 B=2", "3:1+24-6 export=3"}},
		{"quotes", "A=\"a # b\" # c\nB='it''s'\nC=`x`\nD=\"a\\\"b\"\n", []string{"1:1+0-1 A=a # b", "2:1+14-1 B=it", "3:1+24-1 C=x", "4:1+30-1 D=a\\\"b"}},
		{"several lines", "KEY=\"one\nA=two\n\" # end\nB=1\n", []string{"1:1+0-3 KEY=one\nA=two\n", "4:1+23-1 B=1"}},
		{"unclosed quote", "A=\"one\nB=2\n", []string{"1:1+0-1 A=\"one", "2:1+7-1 B=2"}},
		{"crlf, bom, no last line break", "\ufeffA=1\r\n\r\nB=2", []string{"1:4+3-1 A=1", "3:1+10-1 B=2"}},
		{"not variables", "# A=1\nsome words = x\n==\n-----BEGIN KEY-----\nB\n", nil},
		{"empty value", "A=\nB= # nothing\n", []string{"1:1+0-1 A=", "2:1+3-1 B="}},
		{"no text", "\x00GITCRYPT\x00\nA=1\n", nil},
		{"nothing", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, v := range readDotenv(".env", []byte(c.src)) {
				s, e := v.at.Start, v.at.End
				got = append(got, fmt.Sprintf("%d:%d+%d-%d %s=%s", s.Line, s.Col, s.Offset, e.Offset-s.Offset, v.name, v.value))
				if e.Line != s.Line || e.Col-s.Col != len(v.name) || c.src[s.Offset:e.Offset] != v.name {
					t.Errorf("%s: span %+v", v.name, v.at)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("variables (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSecretsOf(t *testing.T) {
	for src, want := range map[string]int{
		"DB_PASSWORD=kR7vQ2nW9xTz":                          1,
		"DB_PASSWORD=postgres\nJWT_SECRET=changeme":         0,
		"DB_USER=shop\nDB_PASSWORD=shop":                    0,
		"DB_USER=shop\nDB_PASSWORD=shop_dev123":             0,
		"DB_USER=shop\nDB_PASSWORD=shop-kR7vQ2nW":           1,
		"PAYFLOW_DB_PASSWORD=payflow":                       0,
		"VITE_API_KEY=AIzaSyD4x9Kq2Lm7Vw":                   0,
		"API_KEY=encrypted:BDqDBib7cVqLmZ":                  0,
		"DB_PASSWORD=$(cat /run/secrets/db)":                0,
		"A_TOKEN=Vq7mW2tKx9RzB4n\nB_TOKEN=x9RzB4nVq7mW2tKx": 2,
	} {
		if got := len(secretsOf(readDotenv(".env", []byte(src)))); got != want {
			t.Errorf("%q: got %d secrets, want %d", src, got, want)
		}
	}
}
