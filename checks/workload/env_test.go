package workload

import (
	"testing"

	"github.com/factorlint/factorlint/internal/workload"
)

func TestAlike(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"DATABASE_SHOP", "SHOP_DATABASE", true},
		{"SHOP_DATABSE", "SHOP_DATABASE", true},
		{"CONFIG", "CONFIG_PATH", true},
		{"APP_PORT", "PORT", true},
		{"API_HOST", "NEWAPI_HOST", true},
		{"DB_HOST", "DB_PORT", false},
		{"DB_HOST", "CACHE_HOST", false},
		{"A_URL", "URL", false},
		{"KEY", "KEX", false},
	} {
		if got := alike(c.a, c.b); got != c.want || alike(c.b, c.a) != c.want {
			t.Errorf("%s and %s: got %t", c.a, c.b, got)
		}
	}
}

func TestIsImplicit(t *testing.T) {
	for name, want := range map[string]bool{"GOMEMLIMIT": true, "GO_ENV": false, "OTEL_SERVICE_NAME": true, "HTTPS_PROXY": true, "http_proxy": true,
		"PGHOST": true, "PUBSUB_EMULATOR_HOST": true, "KUBERNETES_NAMESPACE": true, "SSL_CERT_DIR": true, "DATABASE_URL": false, "LOG_LEVEL": false} {
		if got := isImplicit(name); got != want {
			t.Errorf("%s: got %t", name, got)
		}
	}
}

func TestEnvUnread(t *testing.T) {
	says := "compose.yaml:4 the Compose service api sets DATABSE, which api never reads: the value has no effect"
	hint := "; it reads DATABASE instead, which nothing sets | main.go:12 DATABASE is read here"
	set := func(vars ...workload.EnvVar) func(*workload.Workload) {
		return func(w *workload.Workload) { w.Deploy.Env.Members = vars }
	}
	with := func(more func(*workload.Workload)) func(*workload.Workload) {
		return func(w *workload.Workload) {
			set(env("DATABSE", "x"))(w)
			more(w)
		}
	}
	optional := func(w *workload.Workload) { w.Program.Env.Members[1].Required = known(false, "main.go", 12) }
	table(t, "env-unread", []row{
		{"nothing set", func(*workload.Workload) {}, nil},
		{"read", set(env("DATABASE", "x"), env("PORT", "80")), nil},
		{"misspelt", with(optional), []string{says + hint}},
		{"misspelt and required: another rule's", set(env("DATABSE", "x")), nil},
		{"beside the right one", set(env("DATABSE", "x"), env("DATABASE", "x")), []string{says}},
		{"a reference from another", set(env("DATABSE", "x"), env("DATABASE", "$(DATABSE)")), nil},
		{"reads that cannot be told", with(func(w *workload.Workload) { w.Program.Env.Complete = false }), nil},
		{"a prefix that is read", with(func(w *workload.Workload) {
			w.Program.Env.Members = append(w.Program.Env.Members, workload.EnvRead{Name: "DATA", Prefix: true})
		}), nil},
		{"another program inherits it", with(func(w *workload.Workload) {
			w.Program.Execs.Members = []workload.Exec{{Command: workload.Lit("git", at("main.go", 30))}}
		}), nil},
		{"a file in which variables are expanded", with(func(w *workload.Workload) { w.Program.Configs.Members = []workload.ConfigFile{{Expands: true}} }), nil},
		{"a library of that name", with(func(w *workload.Workload) { w.Program.Libraries = []string{"example.com/databse/sdk"} }), nil},
		{"a script", with(func(w *workload.Workload) {
			w.Image.Entrypoint = known(command("/entrypoint.sh", "/api"), "Dockerfile", 5)
		}), nil},
		{"named by the command", with(func(w *workload.Workload) {
			w.Image.Entrypoint = known(command("sh", "-c", "exec /api -db=$DATABSE"), "Dockerfile", 5)
		}), nil},
		{"another service has it from the same place", with(func(w *workload.Workload) { w.Deploy.Env.Members[0].Shared = true }), nil},
		{"the build uses it", func(w *workload.Workload) {
			w.Image.Env = []workload.EnvVar{{Name: "DATABSE", Used: true, At: at("Dockerfile", 4)}}
		}, nil},
	})
}
