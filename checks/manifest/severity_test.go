package manifest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/manifest"
)

// What is worse in one place than in another.
func TestSeverities(t *testing.T) {
	pod := func(s string) string {
		return "apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {a: b}}\nspec:\n  volumes: [{name: v, emptyDir: {medium: Memory}}]\n  containers:\n  - {name: c, image: i, " + s + "}\n"
	}
	secret, volume := "env: [{name: DB_PASSWORD, value: hunter2hunter2}]", "volumeMounts: [{name: v, mountPath: /v}]"
	for _, c := range []struct{ file, text, want string }{
		{"k8s/p.yaml", pod(secret), "FL1702 warning"},
		{"overlays/dev-eu/p.yaml", pod(secret), "FL1702 note"},
		{"k8s/p.yaml", strings.Replace(pod(secret), "spec:", "spec:\n  terminationGracePeriodSeconds: 0", 1), "FL0915 error"},
		{"deploy/kind/p.yaml", strings.Replace(pod(secret), "spec:", "spec:\n  terminationGracePeriodSeconds: 0", 1), "FL0915 note"},
		{"k8s/p.yaml", pod(volume), "FL2008 warning"},
		{"k8s/p.yaml", pod(volume + ", resources: {limits: {memory: 1Mi}}"), "FL2008 note"},
		{"compose.yaml", "services:\n  a: {image: i, environment: {DB_PASSWORD: hunter2hunter2}}\n", "FL1702 note"},
		{"compose.prod.yaml", "services:\n  a: {image: i, environment: {DB_PASSWORD: hunter2hunter2}}\n", "FL1702 warning"},
	} {
		var got []string
		variants, _ := manifest.Load(fstest.MapFS{c.file: {Data: []byte(c.text)}}, []string{c.file}, manifest.Options{})
		for _, v := range variants {
			for _, c := range All() {
				check.Run(c, v, check.Settings{}, func(f check.Finding) { got = append(got, fmt.Sprint(f.Rule.ID, " ", f.Severity)) })
			}
		}
		if !slices.Contains(got, c.want) {
			t.Errorf("%s: got %s, want %s", c.file, strings.Join(got, ", "), c.want)
		}
	}
}

// Where the values of a chart's credential come from decides.
func TestChartSecretSeverity(t *testing.T) {
	const template = "apiVersion: v1\nkind: Secret\nmetadata: {name: api}\ndata:\n  password: {{ .Values.password | b64enc | quote }}\n"
	for _, c := range []struct{ name, template, values, file, want string }{
		{"default", template, "password: hunter2hunter2\n", "values.yaml", "note, 1 related"},
		{"production", template, "password: hunter2hunter2\n", "values-prod.yaml", "warning, 1 related"},
		{"tests", template, "password: hunter2hunter2\n", "ci/with-password-values.yaml", ""},
		{"default in the template", strings.Replace(template, "b64enc", `default "hunter2hunter2" | b64enc`, 1), "a: b\n", "values.yaml", "note, 0 related"},
		{"whole object", "{{ tpl .Values.extra $ }}\n", "extra: |\n  apiVersion: v1\n  kind: Secret\n  metadata: {name: api}\n  stringData: {password: hunter2hunter2}\n",
			"ci/extra-values.yaml", ""},
		{"literal", "apiVersion: v1\nkind: Secret\nmetadata: {name: api}\ndata:\n  password: aHVudGVyMmh1bnRlcjI=\n", "a: b\n", "values.yaml", "warning, 0 related"},
		{"literal of several lines", "apiVersion: v1\nkind: Secret\nmetadata: {name: api}\nstringData:\n  tls.key: |\n    -----BEGIN PRIVATE KEY-----\n    MIIEvQIBADANBgkqhkiG9w0BAQ\n    -----END PRIVATE KEY-----\n",
			"a: b\n", "values.yaml", "warning, 0 related"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys, names := fstest.MapFS{}, []string{}
			for name, text := range map[string]string{"chart/Chart.yaml": "apiVersion: v2\nname: api\nversion: 1.0.0\n", "chart/values.yaml": "password: \"\"\nextra: \"\"\n",
				"chart/templates/s.yaml": c.template, "chart/" + c.file: c.values} {
				fsys[name] = &fstest.MapFile{Data: []byte(text)}
			}
			for name := range fsys {
				names = append(names, name)
			}
			var got []string
			variants, _ := manifest.Load(fsys, names, manifest.Options{})
			for _, v := range variants {
				check.Run(secretInManifest(), v, check.Settings{}, func(f check.Finding) { got = append(got, fmt.Sprintf("%s, %d related", f.Severity, len(f.Related))) })
			}
			if strings.Join(got, "; ") != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestInterval(t *testing.T) {
	for schedule, want := range map[string]time.Duration{
		"* * * * *": time.Minute, "*/5 * * * *": 5 * time.Minute, "0 * * * *": time.Hour, "0 */6 * * *": 6 * time.Hour,
		"30 2 * * *": 24 * time.Hour, "0 2,14 * * *": 12 * time.Hour, "0 23,0 * * *": time.Hour, "*/25 * * * *": 10 * time.Minute,
		"0 3 * * 1": 168 * time.Hour, "0 3 1 * *": 168 * time.Hour, "0 3 1,15 * *": 24 * time.Hour, "0 3 * * 1-5": 24 * time.Hour, "10-20/5 4 * * *": 5 * time.Minute,
		"@hourly": time.Hour, "@every 90s": 90 * time.Second, "CRON_TZ=UTC 0 3 * * *": 24 * time.Hour,
	} {
		if got, ok := interval(schedule); !ok || got != want {
			t.Errorf("%q: got %v %v, want %v", schedule, got, ok, want)
		}
	}
	for _, schedule := range []string{"", "* * * *", "60 * * * *", "a b c d e", "*/0 * * * *", "5-1 * * * *", "@never", "@every x", "-1 * * * *"} {
		if got, ok := interval(schedule); ok {
			t.Errorf("%q: got %v", schedule, got)
		}
	}
}

// The table of removed API versions is read whole.
func TestRemovals(t *testing.T) {
	all := removals()
	if len(all) != 50 {
		t.Errorf("%d kinds", len(all))
	}
	for key, r := range all {
		if !strings.HasPrefix(r.release, "1.") || r.successor == "" {
			t.Errorf("%s: %+v", key, r)
		}
	}
}
