package fix

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// Diff returns what changes in files as a patch in git's form, for "git apply" anywhere in the repository and for "patch -p1" at
// its root. It is empty if nothing changes. prefix is put before every path.
func Diff(prefix string, before, after map[string][]byte) []byte {
	var out bytes.Buffer
	for _, file := range slices.Sorted(maps.Keys(after)) {
		_, hunks, _ := bytes.Cut(diff.Diff("a", before[file], "b", after[file]), []byte("\n+++ b\n"))
		if len(hunks) == 0 {
			continue
		}
		a, b := quoted("a/"+prefix+file), quoted("b/"+prefix+file)
		fmt.Fprintf(&out, "diff --git %s %s\n--- %s\n+++ %s\n%s", a, b, ended(a), ended(b), hunks)
	}
	return out.Bytes()
}

// quoted returns a path as git writes it in a patch: in quotes if it holds a quote, a backslash, or a byte that is no printable
// ASCII (git-config, core.quotePath).
func quoted(name string) string {
	var b strings.Builder
	for _, c := range []byte(name) {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, `\%03o`, c)
		default:
			b.WriteByte(c)
		}
	}
	if b.Len() == len(name) {
		return name
	}
	return `"` + b.String() + `"`
}

// ended returns a path for a line of its own, where a tab ends a name that holds spaces.
func ended(name string) string {
	if strings.Contains(name, " ") && name[0] != '"' {
		return name + "\t"
	}
	return name
}
