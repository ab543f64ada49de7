package workload

import (
	"fmt"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

func envKeyMismatch() check.Check[*workload.Workload] {
	return check.Check[*workload.Workload]{Rule: "env-key-mismatch", Run: func(p *check.Pass[*workload.Workload]) {
		w := p.Subject
		for _, u := range unreadOf(w) {
			s, ok := keyOf(w, u.name)
			if !ok {
				continue
			}
			why := fmt.Sprintf("viper takes the key %s from %s", s.Key, strings.Join(s.Env, " or "))
			if len(s.Env) == 0 {
				why = fmt.Sprintf("viper does not look for the key %s in the environment, since no default, file or BindEnv names it", s.Key)
			}
			f := u.finding(fmt.Sprintf("%s sets %s, but %s: %s never sees the value", u.by, u.name, why, w.Program.Title()))
			f.Related = related(nil, s.At, "the key "+s.Key+" is read here")
			f.Replaces = []string{"env-unread"}
			p.Report(f)
		}
	}}
}

// keyOf returns the setting that an unread variable is meant for: it has the letters of the key or of one of the key's
// variables, or a prefix before the words of a key of several. No variable that does reach the key is set.
func keyOf(w *workload.Workload, name string) (workload.Setting, bool) {
	v := underscored(name)
	meant := func(s workload.Setting) bool {
		if slices.ContainsFunc(s.Env, func(n string) bool { return isSet(w, n) }) {
			return false
		}
		key := underscored(s.Key)
		return squashed(v) == squashed(key) || strings.Contains(key, "_") && strings.HasSuffix(v, "_"+key) ||
			slices.ContainsFunc(s.Env, func(n string) bool { return squashed(v) == squashed(n) })
	}
	i := slices.IndexFunc(w.Program.Settings, meant)
	if i < 0 {
		return workload.Setting{}, false
	}
	return w.Program.Settings[i], true
}

// underscored writes a name or key as a variable: "db.max-conns" becomes DB_MAX_CONNS.
func underscored(name string) string {
	return strings.ToUpper(strings.NewReplacer(".", "_", "-", "_", "/", "_", ":", "_").Replace(name))
}

func squashed(name string) string { return strings.ReplaceAll(underscored(name), "_", "") }
