package manifest

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// debugInProduction is FL1002. What counts is what is deployed, a file or a rendering whose path says production, wherever the
// setting stands.
func debugInProduction() check.Check[*workload.Variant] {
	return check.Check[*workload.Variant]{Rule: "debug-in-production", Run: func(p *check.Pass[*workload.Variant]) {
		all := check.SaysProduction(p.Subject.Name)
		report := func(at check.Span, owner, setting, logical string) {
			if !all && !check.SaysProduction(at.File) {
				return
			}
			p.Report(check.Finding{
				At: at,
				Message: fmt.Sprintf("%s sets %s for production: it writes what only developers need, at the cost of every request, and may show internals to its callers",
					owner, setting),
				Logical: logical,
				Matter:  setting,
			})
		}
		for _, c := range p.Subject.ConfigMaps {
			for _, key := range slices.Sorted(maps.Keys(c.Data)) {
				if v := c.Data[key]; setsDebug(key, v) {
					report(v.At(), fmt.Sprintf("ConfigMap %q", c.Name), setting(key, v), fmt.Sprintf("v1/ConfigMap/%s/%s", c.Namespace, c.Name))
				}
			}
		}
		for _, d := range p.Subject.Deploys {
			for _, v := range literals(d) {
				if setsDebug(v.Name, v.Value) {
					report(v.Value.At(), container(d), setting(v.Name, v.Value), logical(d))
				}
			}
			for _, command := range []workload.Value[workload.Command]{d.Entrypoint, d.Args} {
				c, _ := command.Get()
				for _, w := range c.Words {
					if debugFlag.MatchString(w.Text) {
						report(w.At, container(d), w.Text, logical(d))
					}
				}
			}
		}
	}}
}

// debugFlag matches flags that ask for debugging by themselves.
var debugFlag = regexp.MustCompile(`(?i)^--?(debug(=true)?|(log[-_.]?)?level=(debug|trace)|(log|logger|logging)[-_.]level=(debug|trace)|zap-log-level=debug)$`)

// setsDebug reports whether a variable turns debugging on.
func setsDebug(name string, v workload.Value[string]) bool {
	value, ok := v.Get()
	if !ok {
		return false
	}
	name, value = strings.ToLower(name), strings.ToLower(strings.TrimSpace(value))
	words := strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune("_.-", r) })
	if len(words) == 0 {
		return false
	}
	last := words[len(words)-1]
	switch value {
	case "debug", "trace":
		return strings.HasSuffix(name, "loglevel") || name == "gin_mode" ||
			last == "level" && (len(words) == 1 || strings.HasPrefix(words[len(words)-2], "log") || strings.HasSuffix(words[len(words)-2], "log"))
	case "true", "1", "yes", "on":
		return last == "debug" || name == "debug_mode" || name == "debug_enabled"
	}
	return false
}

// setting shows what is set; its value is one of a few words.
func setting(name string, v workload.Value[string]) string {
	value, _ := v.Get()
	return name + "=" + strings.TrimSpace(value)
}
