package workload

import (
	"testing"

	"github.com/factorlint/factorlint/internal/check"
)

func TestRuntimeEnv(t *testing.T) {
	cases := []struct {
		name   string
		change func(d *Deploy, img *Image)
		want   string // of GOMEMLIMIT
	}{
		{"nothing sets it", func(*Deploy, *Image) {}, "absent"},
		{"the deploy wins over the image", func(d *Deploy, img *Image) {
			img.Env = []EnvVar{env("GOMEMLIMIT", "1")}
			d.Env.Members = []EnvVar{env("GOMEMLIMIT", "2")}
		}, `"2"`},
		{"the image's", func(_ *Deploy, img *Image) { img.Env = []EnvVar{env("GOMEMLIMIT", "1")} }, `"1"`},
		{"the command line's", func(_ *Deploy, img *Image) { img.Cmd = shell("GOMEMLIMIT=3 exec /app") }, `"3"`},
		{"a mounted .env comes too late", func(d *Deploy, _ *Image) { d.Mounts = []Mount{{Path: "/srv/.env", Source: "secret"}} }, "absent"},
		{"a source that is not in the tree", func(d *Deploy, _ *Image) { d.Env.Complete = false }, "unknown"},
		{"a script on the way", func(_ *Deploy, img *Image) { img.Entrypoint = exec("/entrypoint.sh") }, "unknown"},
		{"a base image that may set anything", func(_ *Deploy, img *Image) { img.Base = Known("acme/base:1", check.Span{}) }, "unknown"},
		{"an overlay may add it", func(d *Deploy, _ *Image) { d.Variant = &Variant{Incomplete: true} }, "unknown"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d, img := container("x", "x"), dockerfile("Dockerfile", exec("/app"), "/app=.").stages[""]
			c.change(d, img)
			w := &Workload{Deploy: d, Image: img}
			if got := tell(w.RuntimeEnv("GOMEMLIMIT")); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestMayDropRoot(t *testing.T) {
	for text, want := range map[string]bool{
		"/app":                                  false,
		"sh -c 'exec /app'":                     false,
		"gosu nobody /app":                      true,
		"sh -c 'chown x /data; su-exec x /app'": true,
		"/usr/sbin/chroot --userspec=1 / /app":  true,
		"/opt/sudoku":                           false,
	} {
		if got := MayDropRoot(Command{Words: []Word{{Text: text}}}); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
}

func TestBeginning(t *testing.T) {
	d := container("x", "x")
	d.Env.Members = []EnvVar{env("DIR", "/data")}
	w := &Workload{Deploy: d, Image: dockerfile("Dockerfile", exec("/app")).stages[""]}
	dir := Part{Source: FromEnv, Name: "DIR"}
	for _, c := range []struct {
		text  Text
		want  string
		whole bool
	}{
		{Text{dir, {Source: Literal, Lit: "/a"}}, "/data/a", true},
		{Text{dir, {Source: Literal, Lit: "/"}, {}, {Source: Literal, Lit: ".jpg"}}, "/data/", false},
		{Text{{}, {Source: Literal, Lit: "/a"}}, "", false},
		{nil, "", false},
	} {
		if s, whole := c.text.Beginning(w.Inputs()); s != c.want || whole != c.whole {
			t.Errorf("%v: %q %t", c.text, s, whole)
		}
	}
}
