package manifest

import (
	"fmt"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// duplicateEnv is FL0330. It never prints a value: any of them may be a credential.
func duplicateEnv() check.Check[*workload.Variant] {
	return check.Check[*workload.Variant]{Rule: "duplicate-env", Run: func(p *check.Pass[*workload.Variant]) {
		for _, d := range p.Subject.Deploys {
			given := map[string][]workload.EnvVar{}
			var names []string
			for _, v := range d.Env.Members {
				if v.From != "" {
					continue // env over envFrom, environment over env_file: that is what the order is for
				}
				if given[v.Name] == nil {
					names = append(names, v.Name)
				}
				given[v.Name] = append(given[v.Name], v)
			}
			for _, name := range names {
				last := given[name][len(given[name])-1]
				lost := overridden(given[name])
				if len(lost) == 0 {
					continue
				}
				f := check.Finding{
					At:      last.At,
					Message: fmt.Sprintf("%s sets %s %s with different values: %s", container(d), name, times(len(given[name])), outcome(d)),
					Logical: logical(d),
					Matter:  name,
				}
				for _, v := range lost {
					f.Related = append(f.Related, check.Related{At: v.At, Message: "another value, which has no effect"})
				}
				p.Report(f)
			}
		}
	}}
}

// overridden returns the entries whose value is known to differ from that of the last one, which is known too. A
// reference to another variable is not: "$(PATH):/opt" may build on the entry that it replaces.
func overridden(entries []workload.EnvVar) []workload.EnvVar {
	last, ok := literal(entries[len(entries)-1])
	if !ok {
		return nil
	}
	var out []workload.EnvVar
	for _, e := range entries[:len(entries)-1] {
		if value, ok := literal(e); ok && value != last {
			out = append(out, e)
		}
	}
	return out
}

func literal(v workload.EnvVar) (string, bool) {
	s, ok := v.Value.Get()
	return s, ok && !strings.Contains(s, "$(")
}

func container(d *workload.Deploy) string {
	if d.Platform == workload.Compose {
		return fmt.Sprintf("Compose service %q", d.Name)
	}
	return fmt.Sprintf("container %q of %s %q", d.Name, d.Kind, objectName(d))
}

func outcome(d *workload.Deploy) string {
	if d.Platform == workload.Compose {
		return "of a list only the last one reaches the program, and a mapping makes Compose refuse the file"
	}
	return "only the last one reaches the program"
}

func times(n int) string {
	if n == 2 {
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}
