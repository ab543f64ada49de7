package workload

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// at returns a place; its file and line are all that the tests look at.
func at(file string, line int) check.Span {
	return check.Span{File: file, Start: check.Pos{Line: line, Col: 1}, End: check.Pos{Line: line, Col: 2}}
}

func known[T any](x T, file string, line int) workload.Value[T] {
	return workload.Known(x, at(file, line))
}

func command(words ...string) workload.Command {
	c := workload.Command{At: at("Dockerfile", 5)}
	for _, w := range words {
		c.Words = append(c.Words, workload.Word{Text: w, At: at("Dockerfile", 5)})
	}
	return c
}

// server returns a workload of a program that listens on ":" + PORT (8080 unless set), drains for 30 s on SIGTERM and
// requires DATABASE, in a Compose service that sets nothing.
func server() *workload.Workload {
	listen := workload.Listen{Role: workload.MainTraffic, Network: "tcp", At: at("main.go", 20), Addr: workload.Text{
		{Source: workload.Literal, Lit: ":", At: at("main.go", 20)},
		{Source: workload.FromEnv, Name: "PORT", At: at("main.go", 9), Default: workload.Lit("8080", at("main.go", 10))}}}
	d := &workload.Deploy{
		Name: "api", Object: "compose/api", Platform: workload.Compose, Role: workload.App, File: "compose.yaml", At: at("compose.yaml", 2),
		Entrypoint: workload.Absent[workload.Command](check.Span{}), Args: workload.Absent[workload.Command](check.Span{}),
		WorkDir: workload.Absent[string](check.Span{}), StopSignal: workload.Absent[string](check.Span{}),
		Env: workload.Set[workload.EnvVar]{Complete: true}, EnvAt: at("compose.yaml", 2),
		Grace: workload.Absent[time.Duration](at("compose.yaml", 2)), PreStop: workload.Absent[time.Duration](at("compose.yaml", 2)),
	}
	d.Variant = &workload.Variant{Deploys: []*workload.Deploy{d}}
	return &workload.Workload{
		Name: "api",
		Program: &workload.Program{
			Name: "api", Class: workload.Server,
			Env: workload.Set[workload.EnvRead]{Complete: true, Members: []workload.EnvRead{
				{Name: "PORT", Required: known(false, "main.go", 9), Default: known("8080", "main.go", 10), At: at("main.go", 9)},
				{Name: "DATABASE", Required: known(true, "main.go", 12), Default: workload.Absent[string](check.Span{}), At: at("main.go", 12)},
			}},
			Listens: workload.Set[workload.Listen]{Complete: true, Members: []workload.Listen{listen}},
			Signals: workload.Set[workload.Signal]{Complete: true, Members: []workload.Signal{{Name: "SIGTERM", At: at("main.go", 15)}}},
			Drains: workload.Set[workload.Drain]{Complete: true, Members: []workload.Drain{
				{Method: "Shutdown", Deadline: known(30*time.Second, "main.go", 17), At: at("main.go", 18)}}},
		},
		Image: &workload.Image{File: "Dockerfile", Stage: "1", Final: true, Base: known("alpine:3.22", "Dockerfile", 3),
			WorkDir: workload.Absent[string](check.Span{}), StopSignal: workload.Absent[string](check.Span{}),
			Entrypoint: known(command("/api"), "Dockerfile", 5), Cmd: workload.Absent[workload.Command](check.Span{})},
		Deploy: d,
	}
}

func port(n int, line int) workload.Port {
	return workload.Port{Number: known(n, "compose.yaml", line), Protocol: "tcp", At: at("compose.yaml", line)}
}

func env(name, value string) workload.EnvVar {
	return workload.EnvVar{Name: name, Value: known(value, "compose.yaml", 4), At: at("compose.yaml", 4)}
}

// run returns what a rule says: "file:line message" and the places related.
func run(rule string, w *workload.Workload) []string {
	var out []string
	for _, c := range All() {
		if c.Rule != rule {
			continue
		}
		check.Run(c, w, check.Settings{}, func(f check.Finding) {
			s := fmt.Sprintf("%s:%d %s", f.At.File, f.At.Start.Line, f.Message)
			for _, r := range f.Related {
				s += fmt.Sprintf(" | %s:%d %s", r.At.File, r.At.Start.Line, r.Message)
			}
			out = append(out, s)
			if f.Logical == "" || f.Matter == "" {
				out = append(out, "no identity")
			}
		})
	}
	return out
}

type row struct {
	name   string
	change func(*workload.Workload)
	want   []string
}

func table(t *testing.T, rule string, rows []row) {
	t.Helper()
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			w := server()
			r.change(w)
			if got := run(rule, w); !slices.Equal(got, r.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(r.want, "\n"))
			}
		})
	}
}

func kubernetes(w *workload.Workload) {
	w.Deploy.Platform, w.Deploy.Object = workload.Kubernetes, "apps/v1/Deployment//api"
}

func TestPortMismatch(t *testing.T) {
	compose80 := "compose.yaml:6 the container's published port is 80, but api listens on 8080 here: connections to 80 are refused" +
		" | main.go:20 listens on 8080 here | main.go:10 the port 8080 comes from here"
	table(t, "port-mismatch", []row{
		{"nothing declared", func(*workload.Workload) {}, nil},
		{"wrong", func(w *workload.Workload) { w.Deploy.Ports = []workload.Port{port(80, 6)} }, []string{compose80}},
		{"right", func(w *workload.Workload) { w.Deploy.Ports = []workload.Port{port(8080, 6)} }, nil},
		{"set by the deploy", func(w *workload.Workload) {
			w.Deploy.Ports = []workload.Port{port(80, 6)}
			w.Deploy.Env.Members = []workload.EnvVar{env("PORT", "80")}
		}, nil},
		{"moved by the deploy", func(w *workload.Workload) {
			w.Deploy.Ports = []workload.Port{port(8080, 6)}
			w.Deploy.Env.Members = []workload.EnvVar{env("PORT", "9000")}
		}, []string{"compose.yaml:6 the container's published port is 8080, but api listens on 9000 here: connections to 8080 are refused" +
			" | main.go:20 listens on 9000 here | compose.yaml:4 the port 9000 comes from here"}},
		{"a source that is not in the tree", func(w *workload.Workload) {
			w.Deploy.Ports = []workload.Port{port(80, 6)}
			w.Deploy.Env.Complete = false
		}, nil},
		{"one of two is right", func(w *workload.Workload) { w.Deploy.Ports = []workload.Port{port(80, 6), port(8080, 7)} }, nil},
		{"one of two cannot be told", func(w *workload.Workload) {
			w.Deploy.Ports = []workload.Port{port(80, 6), {Protocol: "tcp"}}
		}, nil},
		{"udp", func(w *workload.Workload) {
			w.Deploy.Ports = []workload.Port{port(53, 6)}
			w.Deploy.Ports[0].Protocol = "udp"
		}, nil},
		{"open listeners", func(w *workload.Workload) {
			w.Deploy.Ports = []workload.Port{port(80, 6)}
			w.Program.Listens.Complete = false
		}, nil},
		{"another listener that cannot be told", func(w *workload.Workload) {
			w.Deploy.Ports = []workload.Port{port(80, 6)}
			w.Program.Listens.Members = append(w.Program.Listens.Members, workload.Listen{Role: workload.Auxiliary})
		}, nil},
		{"an auxiliary port", func(w *workload.Workload) {
			w.Deploy.Ports = []workload.Port{port(80, 6)}
			w.Program.Listens.Members = append(w.Program.Listens.Members,
				workload.Listen{Role: workload.Auxiliary, Addr: workload.Lit("localhost:80", at("main.go", 30))})
		}, nil},
		{"a Service leads elsewhere, EXPOSE too", func(w *workload.Workload) {
			kubernetes(w)
			w.Deploy.Services = []*workload.ServicePort{{Service: "front", Target: known("80", "svc.yaml", 9), At: at("svc.yaml", 9)}}
			w.Image.Expose = []workload.Port{{Number: known(3000, "Dockerfile", 7), Protocol: "tcp", At: at("Dockerfile", 7)}}
		}, []string{"svc.yaml:9 targetPort of Service front is 80, but api listens on 8080 here: connections to 80 are refused" +
			" | main.go:20 listens on 8080 here | main.go:10 the port 8080 comes from here | Dockerfile:7 the port of EXPOSE is 3000"}},
		{"a Service without targetPort", func(w *workload.Workload) {
			kubernetes(w)
			w.Deploy.Services = []*workload.ServicePort{{Service: "front", Port: known(8080, "svc.yaml", 8),
				Target: workload.Absent[string](check.Span{}), At: at("svc.yaml", 8)}}
		}, nil},
		{"a named port that fits", func(w *workload.Workload) {
			kubernetes(w)
			w.Deploy.Ports = []workload.Port{port(8080, 6)}
			w.Deploy.Services = []*workload.ServicePort{{Service: "front", Target: known("http", "svc.yaml", 9), At: at("svc.yaml", 9)}}
		}, nil},
		{"the host's network", func(w *workload.Workload) {
			w.Deploy.Ports, w.Deploy.HostNetwork = []workload.Port{port(80, 6)}, true
		}, nil},
		{"a sidecar", func(w *workload.Workload) {
			kubernetes(w)
			w.Deploy.Ports = []workload.Port{port(80, 6)}
			w.Deploy.Variant.Deploys = append(w.Deploy.Variant.Deploys, &workload.Deploy{Object: w.Deploy.Object, Role: workload.App})
		}, nil},
		{"EXPOSE alone", func(w *workload.Workload) {
			w.Image.Expose = []workload.Port{{Number: known(80, "Dockerfile", 7), Protocol: "tcp", At: at("Dockerfile", 7)}}
		}, []string{"Dockerfile:7 the port of EXPOSE is 80, but api listens on 8080 here: connections to 80 are refused" +
			" | main.go:20 listens on 8080 here | main.go:10 the port 8080 comes from here"}},
		{"EXPOSE beside a right port", func(w *workload.Workload) {
			w.Image.Expose = []workload.Port{{Number: known(80, "Dockerfile", 7), Protocol: "tcp", At: at("Dockerfile", 7)}}
			w.Deploy.Ports = []workload.Port{port(8080, 6)}
		}, nil},
		{"EXPOSE of a port that the deploy moves", func(w *workload.Workload) {
			w.Image.Expose = []workload.Port{{Number: known(8080, "Dockerfile", 7), Protocol: "tcp", At: at("Dockerfile", 7)}}
			w.Deploy.Env.Members = []workload.EnvVar{env("PORT", "9000")}
		}, nil},
		{"EXPOSE of an image that nothing deploys, port from the environment", func(w *workload.Workload) {
			w.Image.Expose = []workload.Port{{Number: known(80, "Dockerfile", 7), Protocol: "tcp", At: at("Dockerfile", 7)}}
			w.Deploy = nil
		}, nil},
		{"a worker subcommand", func(w *workload.Workload) {
			w.Deploy.Ports = []workload.Port{port(80, 6)}
			w.Deploy.Args = known(command("consume"), "compose.yaml", 5)
		}, nil},
		{"no program", func(w *workload.Workload) { w.Program = nil }, nil},
	})
}

func TestPortOf(t *testing.T) {
	for addr, want := range map[string]int{":8080": 8080, "0.0.0.0:80": 80, "[::1]:9": 9, "8080": 8080, "localhost:http": 80, ":https": 443,
		"": -1, "tcp://:80": -1, ":": -1, ":70000": -1, "example.com": -1} {
		if got, ok := portOf(addr); ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: got %d %t, want %d", addr, got, ok, want)
		}
	}
}

func TestEnvNotProvided(t *testing.T) {
	says := "compose.yaml:2 api needs DATABASE, but neither the Compose service api nor its image sets it: the program refuses to work without it" +
		" | main.go:12 DATABASE is required here"
	table(t, "env-not-provided", []row{
		{"missing", func(*workload.Workload) {}, []string{says}},
		{"set", func(w *workload.Workload) { w.Deploy.Env.Members = []workload.EnvVar{env("DATABASE", "x")} }, nil},
		{"set from a Secret", func(w *workload.Workload) { w.Deploy.Env.Members = []workload.EnvVar{{Name: "DATABASE"}} }, nil},
		{"set by the image", func(w *workload.Workload) { w.Image.Env = []workload.EnvVar{env("DATABASE", "x")} }, nil},
		{"an open source", func(w *workload.Workload) { w.Deploy.Env.Complete = false }, nil},
		{"two variables", func(w *workload.Workload) {
			second := w.Program.Env.Members[1]
			second.Name = "BUCKET"
			w.Program.Env.Members = append(w.Program.Env.Members, second)
		}, []string{says, strings.ReplaceAll(says, "DATABASE", "BUCKET")}},
		{"read twice", func(w *workload.Workload) {
			w.Program.Env.Members = append(w.Program.Env.Members, w.Program.Env.Members[1])
		}, []string{says}},
		{"a prefix", func(w *workload.Workload) { w.Program.Env.Members[1].Prefix = true }, nil},
		{"not known to be required", func(w *workload.Workload) { w.Program.Env.Members[1].Required = workload.Value[bool]{} }, nil},
		{"development", func(w *workload.Workload) { w.Deploy.Development = true }, nil},
		{"an overlay may add it", func(w *workload.Workload) { w.Deploy.Variant.Incomplete = true }, nil},
		{"a subcommand", func(w *workload.Workload) { w.Deploy.Args = known(command("migrate"), "compose.yaml", 5) }, nil},
		{"the serving subcommand", func(w *workload.Workload) { w.Deploy.Args = known(command("serve"), "compose.yaml", 5) }, []string{says}},
		{"no image", func(w *workload.Workload) { w.Image = nil }, nil},
	})
}

func TestDrainExceedsGrace(t *testing.T) {
	says := "compose.yaml:2 api may drain for 30s, but its default stop_grace_period is 10s: SIGKILL cuts off requests that are still being served" +
		" | main.go:18 the 30s for draining are set here"
	grace := func(d time.Duration) func(*workload.Workload) {
		return func(w *workload.Workload) { w.Deploy.Grace = known(d, "compose.yaml", 9) }
	}
	table(t, "drain-exceeds-grace", []row{
		{"default of Compose", func(*workload.Workload) {}, []string{says}},
		{"default of Kubernetes", kubernetes, []string{strings.Replace(says, "default stop_grace_period is 10s", "default terminationGracePeriodSeconds is 30s", 1)}},
		{"enough", grace(31 * time.Second), nil},
		{"equal", grace(30 * time.Second), []string{
			strings.Replace(strings.Replace(says, "default stop_grace_period is 10s", "stop_grace_period is 30s", 1), "compose.yaml:2", "compose.yaml:9", 1)}},
		{"grace unknown", func(w *workload.Workload) { w.Deploy.Grace = workload.Value[time.Duration]{} }, nil},
		{"preStop in the same period", func(w *workload.Workload) {
			kubernetes(w)
			w.Deploy.Grace, w.Deploy.PreStop = known(40*time.Second, "compose.yaml", 9), known(15*time.Second, "compose.yaml", 8)
		}, []string{"compose.yaml:9 api may drain for 30s after a preStop hook of 15s, but its terminationGracePeriodSeconds is 40s: " +
			"SIGKILL cuts off requests that are still being served | main.go:18 the 30s for draining are set here"}},
		{"preStop unknown", func(w *workload.Workload) { w.Deploy.PreStop = workload.Value[time.Duration]{} }, nil},
		{"deadline unknown", func(w *workload.Workload) { w.Program.Drains.Members[0].Deadline = workload.Value[time.Duration]{} }, nil},
		{"another signal stops it", func(w *workload.Workload) { w.Image.StopSignal = known("SIGQUIT", "Dockerfile", 6) }, nil},
		{"the deploy's signal counts", func(w *workload.Workload) {
			w.Image.StopSignal = known("SIGQUIT", "Dockerfile", 6)
			w.Deploy.StopSignal = known("SIGTERM", "compose.yaml", 6)
		}, []string{says}},
		{"signal not handled", func(w *workload.Workload) { w.Program.Signals.Members = nil }, nil},
		{"class unknown", func(w *workload.Workload) { w.Program.Class = workload.Uncertain }, nil},
		{"a job", func(w *workload.Workload) { w.Deploy.OneShot = true }, nil},
		{"an init container", func(w *workload.Workload) { w.Deploy.Role = workload.Init }, nil},
		{"development", func(w *workload.Workload) { w.Deploy.Development = true }, nil},
		{"an overlay may set it", func(w *workload.Workload) { w.Deploy.Variant.Incomplete = true }, nil},
	})
}
