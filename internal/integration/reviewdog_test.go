//go:build integration

package integration

import (
	"path/filepath"
	"strings"
	"testing"
)

// S16: reviewdog reads what is written for it, shows the finding on the line that the last commit changed, and fails if it is
// told to.
func TestReviewdog(t *testing.T) {
	reviewdog := filepath.Join(t.TempDir(), "reviewdog")
	if r := run(t, filepath.Join(module, "internal/integration/tools"), nil, "go", "build", "-o", reviewdog, "github.com/reviewdog/reviewdog/cmd/reviewdog"); r.code != 0 {
		t.Fatalf("go build: %s", r.stderr)
	}
	dir := copyTree(t, "testdata/repos/shop")
	manifest := filepath.Join(dir, "deploy/orders.yaml")
	flawed := read(t, manifest)
	write(t, manifest, strings.Replace(flawed, "containerPort: 8080", "containerPort: 9090", 1))
	commit(t, dir)
	write(t, manifest, flawed)
	commit(t, dir)
	logs := t.TempDir()
	for format, input := range map[string]string{"sarif": "-f=sarif", "rdjson": "-f=rdjson", "checkstyle": "-f=checkstyle", "concise": "-efm=%f:%l:%c: %m"} {
		log := filepath.Join(logs, format)
		if r := run(t, dir, nil, command, "check", "-o", format+"="+log); r.code != 1 {
			t.Fatalf("%s: exit code %d: %s", format, r.code, r.stderr)
		}
		for level, code := range map[string]int{"none": 0, "any": 1} {
			r := run(t, dir, nil, "sh", "-c", `exec "$0" "$1" -reporter=local -diff="git diff HEAD~1" -fail-level="$2" < "$3"`, reviewdog, input, level, log)
			if r.code != code || strings.Contains(r.stderr, "panic") {
				t.Errorf("%s: exit code %d with -fail-level=%s, want %d: %s", format, r.code, level, code, r.stderr)
			}
			// the one finding on the one line that was changed
			if lines := strings.Split(strings.TrimSpace(r.stdout), "\n"); len(lines) != 1 || !strings.Contains(lines[0], "containerPort is 8080") || !strings.Contains(lines[0], "deploy/orders.yaml") {
				t.Errorf("%s: reviewdog shows\n%s", format, r.stdout)
			}
		}
	}
}
