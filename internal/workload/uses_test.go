package workload

import (
	"testing"

	"github.com/factorlint/factorlint/internal/check"
)

func TestMarkShared(t *testing.T) {
	at := func(line int) check.Span { return check.Span{File: "compose.yaml", Start: check.Pos{Line: line}} }
	set := func(line int, from string) Set[EnvVar] {
		return Set[EnvVar]{Members: []EnvVar{{Name: "A", At: at(line), From: from}}}
	}
	source := func(kind, name string) []EnvSource { return []EnvSource{{Kind: kind, Name: name}} }
	for _, c := range []struct {
		name        string
		one, other  *Deploy
		first, last bool
	}{
		{"their own", &Deploy{Env: set(1, "")}, &Deploy{Env: set(2, "")}, false, false},
		{"one anchor", &Deploy{Env: set(1, "")}, &Deploy{Env: set(1, "")}, true, true},
		{"a ConfigMap of one", &Deploy{Env: set(1, "ConfigMap c"), EnvSources: source("ConfigMap", "c")}, &Deploy{Env: set(2, "")}, false, false},
		{"a key of it for another", &Deploy{Env: set(1, "ConfigMap c"), EnvSources: source("ConfigMap", "c")},
			&Deploy{Env: set(2, ""), EnvSources: source("ConfigMap", "c")}, true, false},
		{"a Secret of that name", &Deploy{Env: set(1, "ConfigMap c"), EnvSources: source("ConfigMap", "c")},
			&Deploy{Env: set(2, ""), EnvSources: source("Secret", "c")}, false, false},
		{"mounted", &Deploy{Env: set(1, "ConfigMap c"), EnvSources: source("ConfigMap", "c"), Mounts: []Mount{{Source: "configMap", Name: "c"}}},
			&Deploy{Env: set(2, "")}, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			markShared(&Variant{Deploys: []*Deploy{c.one, c.other}})
			if first, last := c.one.Env.Members[0].Shared, c.other.Env.Members[0].Shared; first != c.first || last != c.last {
				t.Errorf("got %t and %t", first, last)
			}
		})
	}
}
