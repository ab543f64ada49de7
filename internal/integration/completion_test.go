//go:build integration

package integration

import (
	"path/filepath"
	"strings"
	"testing"
)

// Shells read the scripts that they are given, and offer what these tell them to.
func TestCompletion(t *testing.T) {
	dir := t.TempDir()
	env := []string{"PATH=" + filepath.Dir(command) + ":/usr/local/bin:/usr/bin:/bin"}
	for _, shell := range []string{"bash", "zsh", "fish"} {
		r := run(t, dir, env, command, "completion", shell)
		if r.code != 0 || r.stderr != "" {
			t.Fatalf("completion %s: %s", shell, r.stderr)
		}
		write(t, filepath.Join(dir, "_factorlint."+shell), r.stdout)
		if r := run(t, dir, env, shell, "-n", "_factorlint."+shell); r.code != 0 {
			t.Errorf("%s does not read its script: %s", shell, r.stderr)
		}
	}
	for _, c := range []struct{ shell, script string }{
		{"bash", `. /usr/share/bash-completion/bash_completion; . ./_factorlint.bash
COMP_WORDS=(factorlint explain sigi); COMP_CWORD=2; COMP_LINE="factorlint explain sigi"; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9
__start_factorlint factorlint sigi explain; printf '%s\n' "${COMPREPLY[@]}"`},
		{"fish", `source ./_factorlint.fish; complete -C "factorlint explain sigi"`},
		{"zsh", `autoload -U compinit; compinit -u -d ./zcompdump; . ./_factorlint.zsh
_describe() { print -l $completions }
words=(factorlint explain sigi); CURRENT=3; _factorlint`},
	} {
		r := run(t, dir, env, c.shell, "-c", c.script)
		if !strings.HasPrefix(r.stdout, "sigint-only") || strings.Contains(r.stdout, "sigterm") {
			t.Errorf("%s: exit code %d, %q, %s", c.shell, r.code, r.stdout, r.stderr)
		}
	}
}
