package workload

import (
	"fmt"
	"testing"

	"github.com/factorlint/factorlint/internal/check"
)

// tell writes a value: the quoted text, "absent" or "unknown".
func tell(v Value[string]) string {
	if s, ok := v.Get(); ok {
		return fmt.Sprintf("%q", s)
	}
	if v.Absent() {
		return "absent"
	}
	return "unknown"
}

func env(name, value string) EnvVar { return EnvVar{Name: name, Value: Known(value, check.Span{})} }

func TestInputsFlag(t *testing.T) {
	cases := []struct {
		entry, cmd Value[Command]
		args       Value[Command] // of the deploy
		want       string         // of --port
	}{
		{exec("/app"), exec("--port=1"), exec(), `"1"`},
		{exec("/app"), exec("-port=1"), exec(), `"1"`},
		{exec("/app"), exec("serve", "--port", "1", "-v"), exec(), `"1"`},
		{exec("/app"), exec("--port=1", "--port=2"), exec(), `"2"`},
		{exec("/app"), exec("--port=1"), exec("--port=3"), `"3"`},
		{exec("/app"), exec("--port=1"), exec("--debug"), "absent"},
		{exec("/app"), exec(), exec(), "absent"},
		{exec("/app", "--port"), exec(), exec(), `"true"`},
		{exec("/app"), exec("--", "--port=1"), exec(), "absent"},
		{exec("/app"), exec("--port=$(PORT)"), exec("--port=$(PORT)"), `"8081"`},
		{exec("/app"), exec(), exec("--port=$(NOBODY)"), `"$(NOBODY)"`},
		{exec("/app"), exec(), exec("--port=$$(PORT)"), `"$(PORT)"`},
		{exec("/app"), exec("-p", "9"), exec(), "unknown"},
		{shell("/app --port=1"), exec("--port=2"), exec(), `"1"`},
		{exec(), shell("exec /app --port='1'"), exec(), `"1"`},
		{exec(), shell("/app --port=$PORT"), exec(), "unknown"},
		{exec(), shell(`/app --port "${PORT:-1}"`), exec(), "unknown"},
		{exec(), shell("/app $FLAGS"), exec(), "unknown"},
		{exec(), shell("/app --debug=$DEBUG"), exec(), "absent"},
		{exec(), shell("/app --port=1 | tee log"), exec(), "unknown"},
		{exec("/entrypoint.sh"), exec("/app"), exec(), "unknown"},
		{exec("/entrypoint.sh"), exec("/app", "--port=1"), exec(), `"1"`},
		{Unknown[Command](check.Span{}), exec(), exec(), "unknown"},
		{exec("/app"), Unknown[Command](check.Span{}), exec(), "unknown"},
	}
	for _, c := range cases {
		d := container("x", "x")
		d.Args, d.Env = c.args, Set[EnvVar]{Members: []EnvVar{env("PORT", "8081")}, Complete: true}
		f := dockerfile("Dockerfile", c.cmd, "/app=.")
		f.stages[""].Entrypoint = c.entry
		w := &Workload{Deploy: d, Image: f.stages[""], Program: &Program{}}
		if got := tell(w.Inputs().Flag("port")); got != c.want {
			t.Errorf("ENTRYPOINT %v CMD %v args %v: got %s, want %s", c.entry, c.cmd, c.args, got, c.want)
		}
	}
}

func TestInputsEnv(t *testing.T) {
	cases := []struct {
		name   string
		change func(d *Deploy, img *Image)
		want   string // of NAME
	}{
		{"nothing sets it", func(*Deploy, *Image) {}, "absent"},
		{"the deploy wins over the image, its last entry over the first", func(d *Deploy, img *Image) {
			img.Env = []EnvVar{env("NAME", "image")}
			d.Env.Members = []EnvVar{env("NAME", "one"), env("NAME", "two")}
		}, `"two"`},
		{"the image's", func(_ *Deploy, img *Image) { img.Env = []EnvVar{env("NAME", "image")} }, `"image"`},
		{"a source that is not in the tree may override the image", func(d *Deploy, img *Image) {
			img.Env = []EnvVar{env("NAME", "image")}
			d.Env.Complete = false
		}, "unknown"},
		{"a reference to an earlier variable", func(d *Deploy, _ *Image) {
			d.Env.Members = []EnvVar{env("HOST", "db"), env("NAME", "$(HOST):$(PORT)"), env("PORT", "1")}
		}, `"db:$(PORT)"`},
		{"Compose expands nothing", func(d *Deploy, _ *Image) {
			d.Platform = Compose
			d.Env.Members = []EnvVar{env("HOST", "db"), env("NAME", "$(HOST)")}
		}, `"$(HOST)"`},
		{"ConfigMaps are taken as they are", func(d *Deploy, _ *Image) {
			d.Env.Members = []EnvVar{env("HOST", "db"), {Name: "NAME", Value: Known("$(HOST)", check.Span{}), From: "ConfigMap c"}}
		}, `"$(HOST)"`},
		{"an image that is not in the tree", func(*Deploy, *Image) {}, "unknown"},
		{"a base image that may set anything", func(_ *Deploy, img *Image) { img.Base = Known("acme/base:1", check.Span{}) }, "unknown"},
		{"a distroless base sets nothing", func(_ *Deploy, img *Image) {
			img.Base = Known("gcr.io/distroless/static-debian12:nonroot", check.Span{})
		}, "absent"},
		{"a script on the way", func(_ *Deploy, img *Image) { img.Entrypoint = exec("/entrypoint.sh") }, "unknown"},
		{"the shell text sets it", func(_ *Deploy, img *Image) { img.Cmd = shell("NAME=here exec /app") }, `"here"`},
		{"the shell text exports something", func(_ *Deploy, img *Image) { img.Cmd = shell(". ./env && exec /app") }, "unknown"},
		{"a development container", func(d *Deploy, _ *Image) { d.Development = true }, "unknown"},
		{"a mounted .env", func(d *Deploy, _ *Image) { d.Mounts = []Mount{{Path: "/srv/.env", Source: "secret"}} }, "unknown"},
		{"a copied .env", func(_ *Deploy, img *Image) {
			img.Copies = []Copy{{Sources: []Value[string]{Known("deploy/.env.prod", check.Span{})}, Dest: Known("/srv/", check.Span{})}}
		}, "unknown"},
		{"some copied file", func(_ *Deploy, img *Image) {
			img.Copies = []Copy{{Sources: []Value[string]{Known("static", check.Span{})}, Dest: Known("/srv/", check.Span{})}}
		}, "absent"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d, img := container("x", "x"), dockerfile("Dockerfile", exec("/app"), "/app=.").stages[""]
			c.change(d, img)
			w := &Workload{Deploy: d, Image: img, Program: &Program{}}
			if c.name == "an image that is not in the tree" {
				w.Image = nil
			}
			if got := tell(w.Inputs().Env("NAME")); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestInputsOfServiceVariables(t *testing.T) {
	d, img := container("x", "x"), dockerfile("Dockerfile", exec("/app"), "/app=.").stages[""]
	deploys(d)
	d.Variant.Services = []*Service{{Name: "redis-cache"}}
	in := (&Workload{Deploy: d, Image: img, Program: &Program{}}).Inputs()
	for name, want := range map[string]string{"REDIS_CACHE_PORT": "unknown", "HTTP_PORT": "absent", "API_SERVICE_HOST": "unknown", "HOME": "unknown"} {
		if got := tell(in.Env(name)); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func TestInputsWithoutDeploy(t *testing.T) {
	img := dockerfile("Dockerfile", exec("/app", "-port=1"), "/app=.").stages[""]
	img.Env = []EnvVar{env("NAME", "image")}
	in := (&Workload{Image: img, Program: &Program{}}).Inputs()
	for got, want := range map[string]string{tell(in.Env("NAME")): `"image"`, tell(in.Env("OTHER")): "unknown", tell(in.Flag("port")): `"1"`} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func FuzzCommands(f *testing.F) {
	for _, s := range []string{"exec /app --port=$PORT", `a "b $c" 'd' && e; f`, "x \\", `"`, "${", "$", "~a", "a # b", "if a; then b; fi"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		list, ok := commands(arg{text: s})
		if ok && len(list) == 0 {
			t.Errorf("%q: understood, and no command", s)
		}
		for _, words := range list {
			if len(words) == 0 {
				t.Errorf("%q: a command without words", s)
			}
		}
	})
}

func TestSubcommand(t *testing.T) {
	for _, c := range []struct {
		cmd  Value[Command]
		want string
	}{
		{exec("/app"), "absent"},
		{exec("/app", "serve", "-v"), `"serve"`},
		{exec("/app", "--config=/etc/x", "serve"), `"serve"`},
		{exec("/app", "--config", "/etc/x"), "absent"},
		{shell("/app $MODE"), "unknown"},
		{exec("/start.sh", "serve"), "unknown"},
	} {
		w := &Workload{Image: dockerfile("Dockerfile", c.cmd).stages[""]}
		if got := tell(w.Subcommand()); got != c.want {
			t.Errorf("%v: got %s, want %s", c.cmd, got, c.want)
		}
	}
}
