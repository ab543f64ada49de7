package docstest

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/factorlint/factorlint/internal/config"
)

// languages are those that a block may be in.
var languages = []string{
	"sh", "text", "yaml", "json", "go", "dockerfile", "toml", "lua", "lisp", "groovy", "starlark", "markdown", "txtar bad", "txtar good",
}

// A block says what it is, so that no command hides in one that is not looked at.
func TestLanguages(t *testing.T) {
	program := regexp.MustCompile(`(?m)^(make|go|git|docker|npm|gh|pre-commit|cd) `)
	for _, b := range allBlocks(t) {
		if !slices.Contains(languages, b.language) {
			t.Errorf("%s: language %q is none of %q: sh holds commands, text a session with \"$ \" before each command, or no command",
				b, b.language, languages)
		}
		if b.language == "text" && len(b.typed()) == 0 && program.MatchString(b.text) {
			t.Errorf("%s: write sh for commands, or \"$ \" before each:\n%s", b, b.text)
		}
	}
}

// foreign lists the YAML that is for another program than factorlint, by page and a line of it, with the test that shows it.
var foreign = []struct{ page, line, shown string }{
	{"README.md", "      - id: factorlint", "TestPreCommit"},
	{"README.md", "      factorlint: {type: module}", "TestGolangciDocs"},
	{"docs/ci.md", "    - factorlint check -o text -o gitlab=gl-code-quality-report.json", "TestGitLab"},
	{"docs/ci.md", "  artifact: CodeAnalysisLogs", "TestMultitool"},
	{"docs/golangci-lint.md", "version: v2.15.0", "TestGolangciCustom"},
	{"docs/golangci-lint.md", "    custom:", "TestGolangciDocs"},
	{"docs/golangci-lint.md", "severity:", "TestGolangciDocs"},
	{"docs/golangci-lint.md", "  exclusions:", "TestGolangciDocs"},
	{"docs/pre-commit.md", "      - id: factorlint", "TestPreCommit"},
	{"docs/pre-commit.md", "      - id: factorlint-full", "TestPreCommit"},
	{"docs/pre-commit.md", "  commands:", "TestFastHook"},
	{"docs/suppression.md", "          resources: # factorlint:ignore no-memory-limit -- the namespace has a LimitRange", "TestSilences"},
}

// isWorkflow tells whether YAML is a workflow of GitHub's, or a part of one.
func isWorkflow(text string) bool {
	return regexp.MustCompile(`(?m)^( *steps|jobs):`).MatchString(text)
}

// The YAML of a page is a configuration of factorlint's that can be read, a workflow, or listed; its JSON is JSON.
func TestSnippets(t *testing.T) {
	seen := make([]bool, len(foreign))
	for _, b := range allBlocks(t) {
		if b.language == "json" && !json.Valid([]byte(b.text)) {
			t.Errorf("%s: not JSON:\n%s", b, b.text)
		}
		if b.language != "yaml" || isWorkflow(b.text) {
			continue
		}
		lines := strings.Split(b.text, "\n")
		i := slices.IndexFunc(foreign, func(f struct{ page, line, shown string }) bool {
			return f.page == b.page && slices.Contains(lines, f.line)
		})
		if i >= 0 {
			seen[i] = true
			continue
		}
		name := filepath.Join(t.TempDir(), ".factorlint.yaml")
		if err := os.WriteFile(name, []byte(b.text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := config.Load(name); err != nil {
			t.Errorf("%s: not a configuration of factorlint's: %v\nYAML for another program is listed in foreign (snippets_test.go):\n%s", b, err, b.text)
		}
	}
	for i, f := range foreign {
		if !seen[i] || !exists(t, f.shown) {
			t.Errorf("%s has no YAML with the line %q any more, or there is no %s", f.page, f.line, f.shown)
		}
	}
}

// What the text mentions exists: the commands and flags of factorlint, and the targets of make.
func TestMentions(t *testing.T) {
	span := regexp.MustCompile("(?:`|(?m:^))((?:factorlint|make) [a-z][^`\n]*)")
	for _, page := range pages(t) {
		for _, m := range span.FindAllStringSubmatch(read(t, page), -1) {
			words := strings.Fields(m[1])
			if words[0] == "make" {
				if !strings.Contains(read(t, "Makefile"), "\n"+words[1]+":") {
					t.Errorf("%s: the Makefile has no target %s: %s", page, words[1], m[1])
				}
				continue
			}
			for _, w := range words[2:] {
				if flag := regexp.MustCompile(`^-+[a-z-]+`).FindString(w); flag != "" && !hasFlag(t, words[1], flag) {
					t.Errorf("%s: factorlint %s has no flag %s: %s", page, words[1], flag, m[1])
				}
			}
		}
	}
}

// hasFlag tells whether a command of factorlint has a flag. There has to be such a command.
func hasFlag(t *testing.T, command, flag string) bool {
	t.Helper()
	out, err := exec.Command(filepath.Join(bin, "factorlint"), command, "--help").CombinedOutput()
	if err != nil {
		t.Errorf("factorlint %s: %v", command, err)
	}
	return regexp.MustCompile(`(?m)(^|[\s,])` + regexp.QuoteMeta(flag) + `\b`).Match(out)
}
