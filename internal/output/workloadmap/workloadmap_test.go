package workloadmap_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/output/workloadmap"
	"github.com/factorlint/factorlint/internal/workload"
)

func at(file string, line int) check.Span {
	return check.Span{File: file, Start: check.Pos{Line: line, Col: 1, Offset: line * 10}, End: check.Pos{Line: line, Col: 2, Offset: line*10 + 1}}
}

func inGo(line int) check.Span    { return at("main.go", line) }
func inImage(line int) check.Span { return at("Dockerfile", line) }
func inYAML(line int) check.Span  { return at("deploy/api.yaml", line) }

// fromEnv is what a program makes of a variable with a default.
func fromEnv(name, def string, line int) workload.Text {
	return workload.Text{{Source: workload.FromEnv, Name: name, Default: workload.Lit(def, inGo(line)), At: inGo(line)}}
}

func setIn(name, value string, at check.Span) workload.EnvVar {
	return workload.EnvVar{Name: name, Value: workload.Known(value, at), At: at}
}

// api is a server in its image in its deploy.
func api() *workload.Workload {
	number := func(n int, at check.Span) workload.Value[int] { return workload.Known(n, at) }
	d := &workload.Deploy{
		Name: "api", Object: "apps/v1/Deployment/shop/api", Kind: "Deployment", Platform: workload.Kubernetes, File: "deploy/api.yaml", At: inYAML(10),
		Image: workload.Known("shop/api:1", inYAML(11)), EnvAt: inYAML(12), Grace: workload.Absent[time.Duration](inYAML(1)),
		Ports:         []workload.Port{{Name: "http", Number: number(9090, inYAML(20)), At: inYAML(20)}},
		Liveness:      &workload.Probe{Path: workload.Known("/healthz", inYAML(22)), Port: workload.Known("http", inYAML(22)), At: inYAML(22)},
		MemoryLimit:   workload.Known("64Mi", inYAML(25)),
		Replicas:      number(2, inYAML(5)),
		Mounts:        []workload.Mount{{Path: "/data", Source: "emptyDir", At: inYAML(27)}},
		Entrypoint:    workload.Absent[workload.Command](inYAML(10)),
		Args:          workload.Absent[workload.Command](inYAML(10)),
		WorkDir:       workload.Absent[string](inYAML(10)),
		EnvSources:    []workload.EnvSource{{Kind: "Secret", Name: "db", Key: "dsn", At: inYAML(17), KeyAt: inYAML(18)}},
		StopSignal:    workload.Absent[string](inYAML(10)),
		ReadOnlyRoot:  workload.Known(true, inYAML(28)),
		MemoryRequest: workload.Absent[string](inYAML(25)),
	}
	d.Env = workload.Set[workload.EnvVar]{Complete: true, Members: []workload.EnvVar{
		setIn("PORT", "9090", inYAML(13)),
		setIn("API_TOKEN", "hunter2hunter2", inYAML(14)),
		setIn("MAIL_URL", "smtp://user:hunter2@mail:25", inYAML(15)),
		{Name: "DATABASE_DSN", Value: workload.Unknown[string](inYAML(16)), At: inYAML(16)},
	}}
	service := &workload.Service{Name: "api", At: inYAML(30), Selects: []*workload.Deploy{d},
		Ports: []*workload.ServicePort{{Service: "api", Port: number(80, inYAML(31)), Target: workload.Known("http", inYAML(31)), At: inYAML(31)}}}
	d.Services = service.Ports
	d.Variant = &workload.Variant{Name: "deploy", Platform: workload.Kubernetes, Deploys: []*workload.Deploy{d}, Services: []*workload.Service{service}}
	return &workload.Workload{
		Name: "api", Deploy: d,
		Image: &workload.Image{File: "Dockerfile", Stage: "runtime", At: inImage(5), Base: workload.Known("scratch", inImage(5)), User: workload.Known("10001:10001", inImage(8)),
			Entrypoint: workload.Known(workload.Command{Words: []workload.Word{{Text: "/api", At: inImage(9)}}, At: inImage(9)}, inImage(9)),
			Cmd:        workload.Absent[workload.Command](inImage(9)), WorkDir: workload.Absent[string](inImage(5)),
			Env: []workload.EnvVar{setIn("LOG_LEVEL", "info", inImage(6))}, Expose: []workload.Port{{Number: number(8080, inImage(7)), At: inImage(7)}}},
		Program: &workload.Program{Name: "api", ImportPath: "example.com/api", Dir: ".", At: inGo(9), Class: workload.Server, GoVersion: "1.26",
			Env: workload.Set[workload.EnvRead]{Members: []workload.EnvRead{
				{Name: "PORT", Default: workload.Known("8080", inGo(10)), Required: workload.Known(false, inGo(10)), At: inGo(10)},
				{Name: "API_TOKEN", Required: workload.Known(true, inGo(11)), At: inGo(11)},
				{Name: "MAIL_URL", At: inGo(12)}, {Name: "DATABASE_DSN", At: inGo(13)}, {Name: "LOG_LEVEL", At: inGo(14)},
				{Name: "REGION", Required: workload.Known(true, inGo(15)), At: inGo(15)},
				{Name: "FEATURE_", Prefix: true, At: inGo(16)},
			}},
			Listens: workload.Set[workload.Listen]{Members: []workload.Listen{{
				Addr: append(workload.Lit(":", inGo(20)), fromEnv("PORT", "8080", 10)...), Framework: "net/http", Role: workload.MainTraffic, At: inGo(20)}}},
			Signals:   workload.Set[workload.Signal]{Members: []workload.Signal{{Name: "SIGTERM", Via: "os/signal.Notify", At: inGo(21)}}},
			Drains:    workload.Set[workload.Drain]{Members: []workload.Drain{{Server: "net/http", Method: "Shutdown", Deadline: workload.Known(25*time.Second, inGo(22)), At: inGo(22)}}},
			Routes:    workload.Set[workload.Route]{Members: []workload.Route{{Method: "GET", Pattern: "/healthz", Known: true, At: inGo(23)}}},
			Backings:  workload.Set[workload.Backing]{Members: []workload.Backing{{Kind: "postgres", Addr: fromEnv("DATABASE_DSN", "postgres://u:hunter2@db/x", 13), Via: "database/sql.Open", At: inGo(24)}}},
			Flags:     workload.Set[workload.Flag]{Members: []workload.Flag{{Name: "drain-timeout", Default: workload.Known("5000000000", inGo(25)), At: inGo(25)}}},
			Unbounded: []string{"os.Getenv of a computed name (main.go:30)"},
		},
		Links: []workload.Link{{From: "deploy", To: "image", Reason: "image name api → Dockerfile"}},
	}
}

func TestVariables(t *testing.T) {
	m := workloadmap.Of(api(), "")
	var got []string
	for _, v := range m.Env {
		def := "-"
		if v.Default != nil {
			def = *v.Default
		}
		var by []string
		for _, s := range v.Set {
			by = append(by, s.By+"@"+s.Place.String())
		}
		got = append(got, fmt.Sprintf("%s %s %s %s read %v set %v", v.Name, v.Shown(), v.Required, def, v.Read, by))
	}
	want := []string{
		"API_TOKEN (secret) yes - read [main.go:11:1] set [manifest@deploy/api.yaml:14:1]",
		"DATABASE_DSN (secret) unknown - read [main.go:13:1] set [Secret db key dsn@deploy/api.yaml:16:1]",
		"FEATURE_ (all with this prefix) unknown - read [main.go:16:1] set []",
		"LOG_LEVEL = info unknown - read [main.go:14:1] set [image@Dockerfile:6:1]",
		"MAIL_URL = smtp://user:•••@mail:25 unknown - read [main.go:12:1] set [manifest@deploy/api.yaml:15:1]",
		"PORT = 9090 no 8080 read [main.go:10:1] set [manifest@deploy/api.yaml:13:1]",
		"REGION not set yes - read [main.go:15:1] set []",
	}
	if !slices.Equal(got, want) {
		t.Errorf("variables are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// lines returns the facts of a map as "section what value | note @ place".
func lines(m *workloadmap.Map) (out []string) {
	for _, s := range m.Sections() {
		for _, f := range s.Facts {
			out = append(out, fmt.Sprintf("%s: %s %s | %s @ %s", s.Name, f.What, f.Value, f.Note, f.Place))
		}
	}
	return out
}

func TestFacts(t *testing.T) {
	got := lines(workloadmap.Of(api(), "sub/"))
	for _, want := range []string{
		"ports: listens :9090 | main traffic, net/http, set at sub/deploy/api.yaml:13:1 @ sub/main.go:20:1",
		"ports: EXPOSE 8080 |  @ sub/Dockerfile:7:1",
		"ports: containerPort 9090 | http @ sub/deploy/api.yaml:20:1",
		"ports: Service 80 → http | api @ sub/deploy/api.yaml:31:1",
		"routes: route GET /healthz |  @ sub/main.go:23:1",
		"probes: liveness GET /healthz on http | answered by GET /healthz at sub/main.go:23:1 @ sub/deploy/api.yaml:22:1",
		"signals: handles SIGTERM | with os/signal.Notify @ sub/main.go:21:1",
		"signals: drains net/http.Shutdown | within 25s @ sub/main.go:22:1",
		"signals: started in exec form | by ENTRYPOINT @ sub/Dockerfile:9:1",
		"signals: grace 30s | until SIGKILL, the default @ ",
		"flags: --drain-timeout not given | default 5s @ sub/main.go:25:1",
		"uses: postgres ${DATABASE_DSN:-postgres://u:•••@db/x} | with sql.Open @ sub/main.go:24:1",
		"storage: mounts /data | emptyDir @ sub/deploy/api.yaml:27:1",
		"limits: memory limit 64Mi |  @ sub/deploy/api.yaml:25:1",
		"scale: replicas 2 |  @ sub/deploy/api.yaml:5:1",
		"security: image user 10001 |  @ sub/Dockerfile:8:1",
		"security: read-only root true |  @ sub/deploy/api.yaml:28:1",
		"unknown: program os.Getenv of a computed name (main.go:30) |  @ ",
		"unknown: variables Secret db dsn | not in the tree @ sub/deploy/api.yaml:17:1",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("no fact %q in\n%s", want, strings.Join(got, "\n"))
		}
	}
}

func TestSecretsAreInNothing(t *testing.T) {
	w := api()
	key := "-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----"
	for i, v := range []string{key, "Hunter2Hunter2Hunter2AB", "host=db user=u password=hunter2 dbname=x", `{"token": "hunter2"}`, "u:hunter2@tcp(db:3306)/x", "amqp://u:hunter2@mq/", "--db-password hunter2", "0123456789abcdef0123456789abcdef"} {
		name := fmt.Sprintf("SETTING%d", i)
		w.Deploy.Env.Members = append(w.Deploy.Env.Members, setIn(name, v, inYAML(40+i)))
		w.Program.Outbounds.Members = append(w.Program.Outbounds.Members, workload.Outbound{Addr: workload.Lit(v, inGo(50+i)), Via: "net.Dial", At: inGo(50 + i)})
		w.Program.Flags.Members = append(w.Program.Flags.Members, workload.Flag{Name: "secret", Default: workload.Known(v, inGo(1)), At: inGo(60 + i)})
		w.Program.Env.Members = append(w.Program.Env.Members, workload.EnvRead{Name: name, Default: workload.Known(v, inGo(1)), At: inGo(70 + i)})
	}
	for i, name := range []string{"BASIC_AUTH", "PASS", "STRIPE_KEY", "SLACK_WEBHOOK_URL", "api-key", "jwt"} {
		w.Deploy.Env.Members = append(w.Deploy.Env.Members, setIn(name, "x:hunter2", inYAML(60+i)))
		w.Program.Flags.Members = append(w.Program.Flags.Members, workload.Flag{Name: name, Default: workload.Known("hunter2", inGo(1)), At: inGo(80 + i)})
		w.Program.Backings.Members = append(w.Program.Backings.Members, workload.Backing{Kind: "x", Addr: fromEnv(name, "hunter2", 90+i), At: inGo(90 + i)})
	}
	w.Deploy.Liveness.Command = workload.Known(workload.Command{Words: []workload.Word{{Text: "curl -u admin:hunter2 localhost"}}}, inYAML(1))
	m := workloadmap.Of(w, "")
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	text = fmt.Appendf(text, "%+v", m.Picture())
	if i := strings.Index(strings.ToLower(string(text)), "hunter2"); i >= 0 {
		t.Errorf("a secret is shown: …%s…", text[max(i-60, 0):min(i+40, len(text))])
	}
	if strings.Contains(string(text), "0123456789abcdef") {
		t.Error("a random key is shown")
	}
}

func TestPicture(t *testing.T) {
	p := workloadmap.Of(api(), "").Picture()
	texts := map[string]string{}
	for _, b := range p.Boxes {
		for _, r := range b.Rows {
			if texts[r.ID] != "" {
				t.Errorf("two rows have the id %s", r.ID)
			}
			texts[r.ID] = r.Text
		}
	}
	var got []string
	for _, l := range p.Lines {
		got = append(got, texts[l.From]+" – "+texts[l.To])
	}
	want := []string{ // EXPOSE 8080 agrees with nothing
		"reads LOG_LEVEL – LOG_LEVEL = info",
		"listens :9090 – containerPort 9090",
		"reads API_TOKEN – API_TOKEN (secret)",
		"reads DATABASE_DSN – DATABASE_DSN (secret)",
		"reads MAIL_URL – MAIL_URL = smtp://user:•••@mail:25",
		"reads PORT – PORT = 9090",
		"handles SIGTERM – SIGTERM, SIGKILL after 30s",
		"answers GET /healthz – liveness GET /healthz on http",
		"containerPort 9090 – Service 80 → http",
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("lines are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// What a box has too much of is counted.
func TestPictureOfMuch(t *testing.T) {
	w := api()
	for i := range 30 {
		w.Program.Env.Members = append(w.Program.Env.Members, workload.EnvRead{Name: fmt.Sprintf("Z%02d", i), At: inGo(i)})
	}
	code := workloadmap.Of(w, "").Picture().Boxes[0]
	var env []string
	for _, r := range code.Rows {
		if r.Kind == "env" {
			env = append(env, r.Text)
		}
	}
	if len(env) != 9 || env[8] != "… and 29 more" {
		t.Errorf("variables are %q", env)
	}
}

func TestGroups(t *testing.T) {
	variant := func(name, level string) *workload.Workload {
		w := api()
		w.Deploy.Variant = &workload.Variant{Name: name, Chart: "chart", Deploys: []*workload.Deploy{w.Deploy}}
		w.Deploy.Env.Members = append(w.Deploy.Env.Members, setIn("LOG_LEVEL", level, inYAML(19)))
		return w
	}
	other := api()
	other.Name, other.Deploy.At = "other", inYAML(90)
	groups := workloadmap.GroupsOf([]*workload.Workload{variant("values.yaml", "info"), other, variant("prod.yaml", "warn"), variant("same.yaml", "info")}, "")
	if len(groups) != 2 || groups[0].Name != "api" || groups[1].Name != "other" {
		t.Fatalf("%d groups", len(groups))
	}
	want := []workloadmap.Variant{
		{Name: "prod.yaml", Only: []workloadmap.Line{{Section: "env", Text: "LOG_LEVEL = warn"}}, Lacks: []workloadmap.Line{{Section: "env", Text: "LOG_LEVEL = info"}}},
		{Name: "same.yaml"},
	}
	if got := groups[0].Variants; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("variants are %v, want %v", got, want)
	}
	if n := len(groups[0].Workloads); n != 3 {
		t.Errorf("the group has %d workloads, want 3", n)
	}
}

// Two containers that one line of a template makes in a loop are two workloads, in every variant.
func TestGroupsOfLoops(t *testing.T) {
	var all []*workload.Workload
	for _, name := range []string{"values.yaml", "prod.yaml"} {
		v := &workload.Variant{Name: name, Chart: "chart"}
		for range 2 {
			w := api()
			w.Deploy.Variant = v
			all = append(all, w)
		}
	}
	if groups := workloadmap.GroupsOf(all, ""); len(groups) != 2 || len(groups[0].Variants) != 1 {
		t.Errorf("%d groups", len(groups))
	}
}

// Nothing is known of an empty workload, and nothing breaks.
func TestEmpty(t *testing.T) {
	m := workloadmap.Of(&workload.Workload{Name: "x"}, "")
	if s := m.Sections(); len(s) != 0 {
		t.Errorf("sections %v", s)
	}
	if p := m.Picture(); len(p.Boxes) != 0 {
		t.Errorf("boxes %v", p.Boxes)
	}
	if text, _ := json.Marshal(m); strings.Contains(strings.ReplaceAll(string(text), `"deploy":null,"image":null,"program":null`, ""), "null") {
		t.Errorf("a list is null: %s", text)
	}
}
