package workload

import (
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/factorlint/factorlint/internal/check"
)

// at returns some span in a file.
func at(file string) check.Span { return check.Span{File: file, Start: check.Pos{Line: 1, Col: 1}} }

// exec and shell make commands; an empty one is absent.
func exec(words ...string) Value[Command] {
	if len(words) == 0 {
		return Absent[Command](check.Span{})
	}
	c := Command{}
	for _, w := range words {
		c.Words = append(c.Words, Word{Text: w})
	}
	return Known(c, check.Span{})
}

func shell(script string) Value[Command] {
	return Known(Command{Shell: true, Words: []Word{{Text: script}}}, check.Span{})
}

// fakeFile is a Dockerfile with its stages by name; "" is the last.
type fakeFile struct {
	path   string
	stages map[string]*Image
}

func (f fakeFile) Path() string { return f.path }

func (f fakeFile) Image(target string, _ map[string]Value[string]) *Image { return f.stages[target] }

// dockerfile makes a Dockerfile that builds the packages of binaries ("/app=./cmd/api") and starts cmd.
func dockerfile(name string, cmd Value[Command], binaries ...string) fakeFile {
	img := &Image{File: name, Stage: "1", Final: true, Base: Known("alpine:3.22", check.Span{}), Cmd: cmd,
		Entrypoint: exec(), WorkDir: Absent[string](check.Span{}), Binaries: Set[Binary]{Complete: true}}
	for _, b := range binaries {
		if b == "…" {
			img.Binaries.Complete = false
			continue
		}
		at, pkg, _ := strings.Cut(b, "=")
		bin := Binary{Path: at, Package: pkg}
		if strings.Contains(pkg, ".com/") {
			bin.Package, bin.ImportPath = "", pkg
		}
		img.Binaries.Members = append(img.Binaries.Members, bin)
	}
	return fakeFile{name, map[string]*Image{"": img}}
}

// programs makes main packages of one module.
func programs(module string, dirs ...string) []*Program {
	var out []*Program
	for _, dir := range dirs {
		p := &Program{Name: path.Base(path.Join(module, dir)), ImportPath: path.Join(module, dir), Dir: dir, ModuleDir: "."}
		out = append(out, p)
	}
	return out
}

// deploys makes one variant.
func deploys(ds ...*Deploy) []*Variant {
	v := &Variant{Name: "v", Deploys: ds}
	for _, d := range ds {
		d.Variant = v
		v.Platform = d.Platform
	}
	return []*Variant{v}
}

func container(name, image string) *Deploy {
	return &Deploy{Name: name, Object: "apps/v1/Deployment//" + name, Platform: Kubernetes, Role: App, File: "k8s/" + name + ".yaml",
		Image: Known(image, check.Span{}), ImageText: image, Entrypoint: exec(), Args: exec(), WorkDir: Absent[string](check.Span{}),
		Env: Set[EnvVar]{Complete: true}, EnvAt: at("k8s/" + name + ".yaml")}
}

func service(name, context, dockerfile string) *Deploy {
	d := container(name, "")
	d.Platform, d.File, d.Object = Compose, "docker-compose.yml", "compose/"+name
	d.Image = Absent[string](check.Span{})
	d.Build = &Build{Context: context, Dockerfile: dockerfile}
	return d
}

// picture writes workloads as "deploy ⇐ Dockerfile ⇐ package", sorted.
func picture(ws []*Workload) []string {
	var out []string
	for _, w := range ws {
		parts := []string{"-", "-", "-"}
		if w.Deploy != nil {
			parts[0] = w.Deploy.Name
		}
		if w.Image != nil {
			parts[1] = w.Image.File
		}
		if w.Program != nil {
			parts[2] = w.Program.Dir
		}
		out = append(out, strings.Join(parts, " ⇐ "))
	}
	slices.Sort(out)
	return out
}

func TestBind(t *testing.T) {
	oneShot := func(d *Deploy) *Deploy { d.OneShot = true; return d }
	command := func(d *Deploy, words ...string) *Deploy { d.Entrypoint = exec(words...); return d }
	args := func(d *Deploy, words ...string) *Deploy { d.Args = exec(words...); return d }
	mounted := func(d *Deploy, workDir, source, target string) *Deploy {
		d.WorkDir = Known(workDir, check.Span{})
		d.Mounts = []Mount{{Path: target, Source: "bind", Name: source}}
		return d
	}
	image := func(d *Deploy, name string) *Deploy { d.Image = Known(name, check.Span{}); return d }
	entrypoint := func(f fakeFile, c Value[Command]) fakeFile { f.stages[""].Entrypoint = c; return f }
	in := func(f fakeFile, dir string) fakeFile { f.stages[""].WorkDir = Known(dir, check.Span{}); return f }
	from := func(f fakeFile, base string) fakeFile {
		f.stages[""].Base = Known(base, check.Span{})
		return f
	}
	copying := func(f fakeFile, source, dest string) fakeFile {
		f.stages[""].Copies = []Copy{{Sources: []Value[string]{Known(source, check.Span{})}, Dest: Known(dest, check.Span{})}}
		return f
	}
	files := func(fs ...fakeFile) (out []Dockerfile) {
		for _, f := range fs {
			out = append(out, f)
		}
		return out
	}
	built := func(image, dockerfile, in string, args ...string) Made {
		m := Made{Image: image, Build: &Build{Context: ".", Dockerfile: dockerfile, Args: map[string]Value[string]{}}, How: "docker build in " + in, At: at(in)}
		for _, a := range args {
			name, value, _ := strings.Cut(a, "=")
			m.Build.Args[name] = Known(value, check.Span{})
		}
		return m
	}
	local := func(m Made) Made {
		m.Local = true
		return m
	}
	variable := func(name, image string) *Deploy {
		d := container(name, image)
		d.Image = Unknown[string](check.Span{})
		return d
	}
	inFile := func(d *Deploy, file string) *Deploy {
		d.File = file
		return d
	}
	const mod = "github.com/acme/shop"
	cases := []struct {
		name string
		e    Evidence
		want []string
	}{
		{"compose build is exact, whatever the names", Evidence{
			Programs:    programs(mod, "cmd/api", "cmd/worker"),
			Dockerfiles: files(dockerfile("docker/x/Dockerfile", exec("/app"), "/app=./cmd/worker"), dockerfile("Dockerfile", exec("/app"), "/app=./cmd/api")),
			Variants:    deploys(service("web", ".", "docker/x/Dockerfile")),
		}, []string{"- ⇐ Dockerfile ⇐ cmd/api", "web ⇐ docker/x/Dockerfile ⇐ cmd/worker"}},
		{"the build's own context decides between two main packages", Evidence{
			Programs:    programs(mod, ".", "svc"),
			Dockerfiles: files(dockerfile("svc/Dockerfile", exec("/app"), "/app=.")),
			Variants:    deploys(service("web", "svc", "svc/Dockerfile")),
		}, []string{"- ⇐ - ⇐ .", "web ⇐ svc/Dockerfile ⇐ svc"}},
		{"without a context, a package that names two main packages is not bound", Evidence{
			Programs:    programs(mod, ".", "svc"),
			Dockerfiles: files(dockerfile("svc/Dockerfile", exec("/app"), "/app=.")),
		}, []string{"- ⇐ - ⇐ .", "- ⇐ - ⇐ svc", "- ⇐ svc/Dockerfile ⇐ -"}},
		{"image name equal to a directory, a label and a label in front", Evidence{
			Programs: programs(mod, "cmd/a", "cmd/b", "cmd/c"),
			Dockerfiles: files(dockerfile("docker/orders/Dockerfile", exec("/app"), "/app=./cmd/a"),
				dockerfile("docker/Dockerfile-stock", exec("/app"), "/app=./cmd/b"), dockerfile("docker/mail.Dockerfile", exec("/app"), "/app=./cmd/c")),
			Variants: deploys(container("x", "ghcr.io/acme/orders:1.2"), container("y", "acme/stock@sha256:00"), container("z", "localhost:5000/mail")),
		}, []string{"x ⇐ docker/orders/Dockerfile ⇐ cmd/a", "y ⇐ docker/Dockerfile-stock ⇐ cmd/b", "z ⇐ docker/mail.Dockerfile ⇐ cmd/c"}},
		{"the repository's image, old tag and shell job included; a fork is somebody else's", Evidence{
			Programs:    programs(mod, "cmd/shop", "cmd/shopcli"),
			Dockerfiles: files(in(dockerfile("Dockerfile", exec("./shop"), "/home/app/shop=./cmd/shop", "/usr/local/bin/shopcli=./cmd/shopcli"), "/home/app")),
			Variants: deploys(container("old", "ghcr.io/acme/shop:0.1"), container("fork", "other/shop:2"),
				command(container("flags", "ghcr.io/acme/shop:2"), "./shop", "--port=1"),
				oneShot(command(container("job", "ghcr.io/acme/shop:2"), "/bin/sh", "/scripts/warm.sh")),
				command(container("probe", "ghcr.io/acme/shop:2"), "sh", "-c", "shopcli check")),
		}, []string{"flags ⇐ Dockerfile ⇐ cmd/shop", "fork ⇐ - ⇐ -", "job ⇐ Dockerfile ⇐ -", "old ⇐ Dockerfile ⇐ cmd/shop", "probe ⇐ Dockerfile ⇐ cmd/shopcli"}},
		{"well-known images stay external, even beside a directory of that name", Evidence{
			Programs:    programs(mod, "cmd/api"),
			Dockerfiles: files(dockerfile("nginx/Dockerfile", exec("nginx")), dockerfile("grafana/Dockerfile", exec("x")), dockerfile("api/Dockerfile", exec("/api"), "/api=./cmd/api")),
			Variants:    deploys(container("proxy", "nginx:1.29"), container("dash", "grafana/grafana:11"), container("db", "docker.io/library/postgres:17")),
		}, []string{"- ⇐ api/Dockerfile ⇐ cmd/api", "- ⇐ grafana/Dockerfile ⇐ -", "- ⇐ nginx/Dockerfile ⇐ -", "dash ⇐ - ⇐ -", "db ⇐ - ⇐ -", "proxy ⇐ - ⇐ -"}},
		{"the base image of a Dockerfile is not its image", Evidence{
			Programs:    programs(mod, "cmd/api"),
			Dockerfiles: files(from(dockerfile("docker/agent/Dockerfile", exec("/agent")), "vendor/agent:1")),
			Variants:    deploys(container("agent", "vendor/agent:2")),
		}, []string{"- ⇐ - ⇐ cmd/api", "- ⇐ docker/agent/Dockerfile ⇐ -", "agent ⇐ - ⇐ -"}},
		{"two Dockerfiles of one name bind to none; one for developers does not count", Evidence{
			Programs: programs(mod, "cmd/api", "cmd/web"),
			Dockerfiles: files(dockerfile("api/Dockerfile", exec("/api"), "/api=./cmd/api"), dockerfile("api/Dockerfile.prod", exec("/api"), "/api=./cmd/api"),
				dockerfile("web/Dockerfile", exec("/web"), "/web=./cmd/web"), dockerfile("web/Dockerfile.dev", exec("air"))),
			Variants: deploys(container("api", "acme/api"), container("web", "acme/web")),
		}, []string{"- ⇐ api/Dockerfile ⇐ cmd/api", "- ⇐ api/Dockerfile.prod ⇐ cmd/api", "- ⇐ web/Dockerfile.dev ⇐ -", "api ⇐ - ⇐ -", "web ⇐ web/Dockerfile ⇐ cmd/web"}},
		{"an image that a Compose service builds is that build elsewhere too", Evidence{
			Programs:    programs(mod, "cmd/api", "cmd/web"),
			Dockerfiles: files(dockerfile("a.Dockerfile", exec("/x"), "/x=./cmd/api"), dockerfile("b.Dockerfile", exec("/x"), "/x=./cmd/web")),
			Variants:    append(deploys(image(service("one", ".", "b.Dockerfile"), "registry.acme.dev/front")), deploys(container("two", "registry.acme.dev/front:9"))...),
		}, []string{"- ⇐ a.Dockerfile ⇐ cmd/api", "one ⇐ b.Dockerfile ⇐ cmd/web", "two ⇐ b.Dockerfile ⇐ cmd/web"}},
		{"a prefix that the images of several Dockerfiles carry", Evidence{
			Programs:    programs(mod, "go-service"),
			Dockerfiles: files(dockerfile("go-service/Dockerfile", exec("/x"), "/x=."), dockerfile("node-service/Dockerfile", exec("node", "x.js"))),
			Variants:    deploys(container("a", "urls_go-service:latest"), container("b", "urls_node-service:latest")),
		}, []string{"a ⇐ go-service/Dockerfile ⇐ go-service", "b ⇐ node-service/Dockerfile ⇐ -"}},
		{"a prefix that says nothing binds nothing", Evidence{
			Programs:    programs(mod, "api", "web"),
			Dockerfiles: files(dockerfile("api/Dockerfile", exec("/x"), "/x=."), dockerfile("web/Dockerfile", exec("/x"), "/x=.")),
			Variants:    deploys(container("a", "billing-api:latest")),
		}, []string{"- ⇐ api/Dockerfile ⇐ api", "- ⇐ web/Dockerfile ⇐ web", "a ⇐ - ⇐ -"}},
		{"one Dockerfile, one program, one image left over", Evidence{
			Programs:    programs(mod, "cmd"),
			Dockerfiles: files(dockerfile("deployments/docker/Dockerfile", exec("/x"), "/x=./cmd")),
			Variants:    deploys(container("backend", "go-backend:latest"), container("db", "postgres:17")),
		}, []string{"backend ⇐ deployments/docker/Dockerfile ⇐ cmd", "db ⇐ - ⇐ -"}},
		{"somebody else's image left over is not ours", Evidence{
			Programs:    programs(mod, "cmd"),
			Dockerfiles: files(dockerfile("Dockerfile", exec("/x"), "/x=./cmd")),
			Variants:    deploys(container("tracing", "vendor/all-in-one:latest")),
		}, []string{"- ⇐ Dockerfile ⇐ cmd", "tracing ⇐ - ⇐ -"}},
		{"init wrappers, shells and entrypoints are seen through", Evidence{
			Programs: programs(mod, "cmd/a", "cmd/b", "cmd/c", "cmd/d"),
			Dockerfiles: files(
				entrypoint(dockerfile("a/Dockerfile", exec("/bin/api"), "/bin/api=./cmd/a", "/bin/other=./cmd/b"), exec("/sbin/tini", "-g", "--")),
				dockerfile("b/Dockerfile", shell("exec api --port=$PORT"), "/usr/local/bin/api=./cmd/b", "/bin/other=./cmd/a"),
				dockerfile("c/Dockerfile", shell("./migrate up && cd /srv && ./api"), "/srv/api=./cmd/c", "/migrate=./cmd/a"),
				entrypoint(dockerfile("d/Dockerfile", exec("api", "serve"), "/usr/local/bin/api=./cmd/d", "/usr/local/bin/docker-entrypoint=./cmd/a"), exec("/usr/local/bin/docker-entrypoint"))),
		}, []string{"- ⇐ a/Dockerfile ⇐ cmd/a", "- ⇐ b/Dockerfile ⇐ cmd/b", "- ⇐ c/Dockerfile ⇐ cmd/c", "- ⇐ d/Dockerfile ⇐ cmd/d"}},
		{"a script of the image starts its only program, another language's does not", Evidence{
			Programs: programs(mod, "cmd/a", "cmd/b"),
			Dockerfiles: files(dockerfile("a/Dockerfile", exec("/start.sh"), "/bin/api=./cmd/a"),
				dockerfile("b/Dockerfile", exec("node", "server.js"), "/bin/helper=./cmd/b")),
		}, []string{"- ⇐ - ⇐ cmd/b", "- ⇐ a/Dockerfile ⇐ cmd/a", "- ⇐ b/Dockerfile ⇐ -"}},
		{"a package given by a variable stays unbound", Evidence{
			Programs:    programs(mod, "cmd/app", "cmd/b"),
			Dockerfiles: files(dockerfile("Dockerfile", exec("/app"), "/app=", "…")),
		}, []string{"- ⇐ - ⇐ cmd/app", "- ⇐ - ⇐ cmd/b", "- ⇐ Dockerfile ⇐ -"}},
		{"a build that cannot be followed, bound by the program's own name or because there is just one", Evidence{
			Programs:    programs(mod, "cmd/dex", "cmd/entry"),
			Dockerfiles: files(entrypoint(dockerfile("Dockerfile", exec("dex", "serve"), "…"), exec("/bin/docker-entrypoint"))),
		}, []string{"- ⇐ - ⇐ cmd/entry", "- ⇐ Dockerfile ⇐ cmd/dex"}},
		{"the only main package of the tree", Evidence{
			Programs:    append(programs(mod, "."), programs(mod, "examples/demo")...),
			Dockerfiles: files(dockerfile("docker/Dockerfile", exec("./shop-app", "serve"), "…")),
		}, []string{"- ⇐ - ⇐ examples/demo", "- ⇐ docker/Dockerfile ⇐ ."}},
		{"a program built on the host and copied", Evidence{
			Programs:    programs(mod, "cmd/alerts", "cmd/alerttool"),
			Dockerfiles: files(copying(dockerfile("Dockerfile", exec("/bin/alerts")), ".build/linux-amd64/alerts", "/bin/alerts")),
		}, []string{"- ⇐ - ⇐ cmd/alerttool", "- ⇐ Dockerfile ⇐ cmd/alerts"}},
		{"go run below a mounted directory, and a rebuild tool", Evidence{
			Programs:    programs(mod, "internal/users", "gateway/cmd"),
			Dockerfiles: files(in(dockerfile("dev.Dockerfile", shell(`CompileDaemon --build="go build -o main gateway/cmd/main.go" --command=./main`), "…"), "/src")),
			Variants: deploys(mounted(args(image(service("users", "", ""), "golang:1.26"), "go", "run", "."), "/internal/users", "./internal", "/internal"),
				mounted(service("gateway", ".", "dev.Dockerfile"), "/src", "./", "/src")),
		}, []string{"gateway ⇐ dev.Dockerfile ⇐ gateway/cmd", "users ⇐ - ⇐ internal/users"}},
		{"a rebuild tool in a mounted main package", Evidence{
			Programs:    programs(mod, "internal/users", "internal/orders"),
			Dockerfiles: files(entrypoint(dockerfile("docker/app/Dockerfile", exec()), exec("reflex", "-c", "/reflex.conf"))),
			Variants:    deploys(mounted(service("users", "docker/app", "docker/app/Dockerfile"), "/internal/users", "./internal", "/internal"), service("bare", "docker/app", "docker/app/Dockerfile")),
		}, []string{"- ⇐ - ⇐ internal/orders", "bare ⇐ docker/app/Dockerfile ⇐ -", "users ⇐ docker/app/Dockerfile ⇐ internal/users"}},
		{"another repository's program is not ours", Evidence{
			Programs:    programs(mod, "."),
			Dockerfiles: files(dockerfile("Dockerfile.dev", exec("reflex", "-c", "x"), "/go/bin/reflex=github.com/cespare/reflex@v0.3.1")),
		}, []string{"- ⇐ - ⇐ .", "- ⇐ Dockerfile.dev ⇐ -"}},
		{"go build and go install choose the name", Evidence{
			Programs: programs(mod, ".", "cmd/api", "cmd/web"),
			Dockerfiles: files(dockerfile("a/Dockerfile", exec("/out/api"), "/out/=cmd/api", "/out/=cmd/web"),
				dockerfile("b/Dockerfile", shell("shop"), "/go/bin/=.")),
			Variants: deploys(service("a", ".", "a/Dockerfile"), service("b", ".", "b/Dockerfile")),
		}, []string{"- ⇐ - ⇐ cmd/web", "a ⇐ a/Dockerfile ⇐ cmd/api", "b ⇐ b/Dockerfile ⇐ ."}},
		{"a package by its import path, with and without go.mod", Evidence{
			Root:        "acme_shop",
			Programs:    []*Program{{Name: "api", Dir: "cmd/api"}, {Name: "web", Dir: "cmd/web", ModuleDir: "cmd/web", ImportPath: "vanity.com/web/cmd/web"}},
			Dockerfiles: files(dockerfile("a/Dockerfile", exec("/x"), "/x=github.com/acme/shop/cmd/api"), dockerfile("b/Dockerfile", exec("/x"), "/x=vanity.com/web/cmd/web")),
		}, []string{"- ⇐ a/Dockerfile ⇐ cmd/api", "- ⇐ b/Dockerfile ⇐ cmd/web"}},
		{"what a Makefile builds, by exact name, whatever other names suggest", Evidence{
			Programs:    programs(mod, "cmd/a", "cmd/b"),
			Dockerfiles: files(dockerfile("one.Dockerfile", exec("/x"), "/x=./cmd/a"), dockerfile("two.Dockerfile", exec("/x"), "/x=./cmd/b")),
			Made:        []Made{built("ghcr.io/else/one:1", "two.Dockerfile", "Makefile")},
			Variants:    deploys(container("one", "ghcr.io/else/one:2"), container("two", "two")),
		}, []string{"- ⇐ one.Dockerfile ⇐ cmd/a", "one ⇐ two.Dockerfile ⇐ cmd/b", "two ⇐ two.Dockerfile ⇐ cmd/b"}},
		{"unknown parts of names on both sides", Evidence{
			Programs:    programs(mod, "cmd/a", "cmd/b"),
			Dockerfiles: files(dockerfile("a/x/Dockerfile", exec("/x"), "/x=./cmd/a"), dockerfile("b/x/Dockerfile", exec("/x"), "/x=./cmd/b")),
			Made:        []Made{built("gcr.io/${PROJECT}/first:${TAG}", "a/x/Dockerfile", "Makefile"), built("${REG}/second", "b/x/Dockerfile", "Makefile")},
			Variants: deploys(variable("open", "gcr.io/${PROJECT_ID:-none}/first"), container("known", "gcr.io/my-project/first"), container("other", "quay.io/my/first-one"),
				container("second", "registry.acme.dev/second:3"), variable("all", "${IMAGE}")),
		}, []string{"all ⇐ - ⇐ -", "known ⇐ a/x/Dockerfile ⇐ cmd/a", "open ⇐ a/x/Dockerfile ⇐ cmd/a", "other ⇐ - ⇐ -", "second ⇐ b/x/Dockerfile ⇐ cmd/b"}},
		{"second names", Evidence{
			Programs:    programs(mod, "cmd/a"),
			Dockerfiles: files(dockerfile("build/a/x.Dockerfile", exec("/x"), "/x=./cmd/a"), dockerfile("y.Dockerfile", exec("/y"))),
			Made:        []Made{built("local", "build/a/x.Dockerfile", "Makefile")},
			Renamed:     []Renaming{{From: "local", To: "acme/staging:1"}, {From: "acme/staging", To: "registry.k8s.io/acme/released"}, {From: "acme/staging", To: "local"}, {From: "y", To: "${X}"}},
			Variants:    deploys(container("released", "registry.k8s.io/acme/released:2"), container("else", "registry.k8s.io/acme/else")),
		}, []string{"- ⇐ y.Dockerfile ⇐ -", "else ⇐ - ⇐ -", "released ⇐ build/a/x.Dockerfile ⇐ cmd/a"}},
		{"build arguments that do not decide are no second way", Evidence{
			Programs:    programs(mod, "cmd/a"),
			Dockerfiles: files(dockerfile("build/Dockerfile", exec("/x"), "/x=./cmd/a"), dockerfile("y.Dockerfile", exec("/y"))),
			Made:        []Made{built("acme/x", "build/Dockerfile", "Makefile", "V=1"), built("acme/x", "build/Dockerfile", "Makefile", "V=2"), built("acme/x", "build/Dockerfile", "ci.yml")},
			Variants:    deploys(container("x", "acme/x")),
		}, []string{"- ⇐ y.Dockerfile ⇐ -", "x ⇐ build/Dockerfile ⇐ cmd/a"}},
		{"several ways bind to none, unless the tag tells", Evidence{
			Programs:    programs(mod, "cmd/a", "cmd/b"),
			Dockerfiles: files(dockerfile("p.Dockerfile", exec("/x"), "/x=./cmd/a"), dockerfile("q.Dockerfile", exec("/x"), "/x=./cmd/b")),
			Made:        []Made{built("acme/x:slim", "p.Dockerfile", "Makefile"), built("acme/x:${V}-full", "q.Dockerfile", "Makefile")},
			Variants:    deploys(container("none", "acme/x"), container("slim", "acme/x:slim"), container("full", "acme/x:1-full")),
		}, []string{"full ⇐ q.Dockerfile ⇐ cmd/b", "none ⇐ - ⇐ -", "slim ⇐ p.Dockerfile ⇐ cmd/a"}},
		{"what tests and developers build counts where there is nothing else", Evidence{
			Programs: programs(mod, "cmd/a", "cmd/b"),
			Dockerfiles: files(dockerfile("p.Dockerfile", exec("/x"), "/x=./cmd/a"), dockerfile("q.Dockerfile", exec("/x"), "/x=./cmd/b"),
				dockerfile("dev/r.Dockerfile", exec("/x"), "/x=./cmd/b")),
			Made: []Made{built("acme/x", "p.Dockerfile", "Makefile"), built("acme/x", "q.Dockerfile", "test/e2e/Makefile"), built("acme/y", "q.Dockerfile", "test/e2e/Makefile"),
				built("acme/z", "dev/r.Dockerfile", "Makefile"), local(built("acme/w", "p.Dockerfile", "Tiltfile"))},
			Variants: deploys(container("x", "acme/x"), container("y", "acme/y"), container("z", "acme/z"), inFile(container("zdev", "acme/z"), "deploy/dev/z.yaml"),
				container("w", "acme/w"), container("other", "other/w")),
		}, []string{"other ⇐ - ⇐ -", "w ⇐ p.Dockerfile ⇐ cmd/a", "x ⇐ p.Dockerfile ⇐ cmd/a", "y ⇐ q.Dockerfile ⇐ cmd/b", "z ⇐ - ⇐ -", "zdev ⇐ dev/r.Dockerfile ⇐ cmd/b"}},
		{"the last element alone, unless it is everyday or the name means another Dockerfile", Evidence{
			Programs:    programs(mod, "cmd/a", "cmd/b"),
			Dockerfiles: files(dockerfile("p.Dockerfile", exec("/x"), "/x=./cmd/a"), dockerfile("front/Dockerfile", exec("/x"), "/x=./cmd/b")),
			Made:        []Made{built("orders", "p.Dockerfile", "Makefile"), built("app", "p.Dockerfile", "Makefile"), built("front", "p.Dockerfile", "Makefile")},
			Variants:    deploys(container("orders", "your-name/orders:1"), container("app", "else/app"), container("front", "else/front"), container("db", "bitnami/orders")),
		}, []string{"- ⇐ front/Dockerfile ⇐ cmd/b", "app ⇐ - ⇐ -", "db ⇐ - ⇐ -", "front ⇐ - ⇐ -", "orders ⇐ p.Dockerfile ⇐ cmd/a"}},
		{"programs without Dockerfile, by ko", Evidence{
			Programs: programs(mod, "cmd/a", "cmd/b"),
			Made:     []Made{{Image: "ghcr.io/acme/a", Package: "cmd/a"}, {Image: "ghcr.io/acme/none", Package: "cmd/none"}},
			Variants: deploys(container("a", "ghcr.io/acme/a:1"), container("b", "ko://github.com/acme/shop/cmd/b"), container("none", "ghcr.io/acme/none"), container("c", "ko://example.com/c")),
		}, []string{"a ⇐ - ⇐ cmd/a", "b ⇐ - ⇐ cmd/b", "c ⇐ - ⇐ -", "none ⇐ - ⇐ -"}},
		{"a program that something else builds and the Dockerfile copies", Evidence{
			Programs:    programs(mod, "cmd/a", "cmd/b"),
			Dockerfiles: files(copying(dockerfile("svc/Dockerfile", exec("/app")), "bin/out", "/app"), copying(dockerfile("two/Dockerfile", exec("/app")), "bin/both", "/app")),
			Made:        []Made{built("one", "svc/Dockerfile", "Makefile")},
			Built: []Binary{{Path: "bin/out", Package: "cmd/b"}, {Path: "elsewhere/bin/out", Package: "cmd/a"},
				{Path: "bin/both", Package: "cmd/a"}, {Path: "bin/both", Package: "cmd/b"}},
			Variants: deploys(container("one", "one")),
		}, []string{"- ⇐ - ⇐ cmd/a", "- ⇐ two/Dockerfile ⇐ -", "one ⇐ svc/Dockerfile ⇐ cmd/b"}},
		{"one image with several programs, by command, args and entrypoint", Evidence{
			Programs: programs(mod, "cmd/server", "cmd/worker", "cmd/migrate"),
			Dockerfiles: files(dockerfile("Dockerfile", exec("/bin/server"), "/bin/server=./cmd/server", "/bin/worker=./cmd/worker", "/bin/migrate=./cmd/migrate"),
				entrypoint(dockerfile("run.Dockerfile", exec("server"), "/usr/local/bin/server=./cmd/server", "/usr/local/bin/worker=./cmd/worker"), exec("tini", "--"))),
			Variants: deploys(container("server", "acme/shop"), command(container("worker", "acme/shop"), "/bin/worker", "--queue=x"), args(container("migrate", "acme/shop"), "/bin/migrate", "up"),
				command(container("shell", "acme/shop"), "sh", "-c", "/bin/migrate up && exec /bin/worker"), args(container("init", "acme/run"), "worker"), container("plain", "acme/run"),
				command(container("none", "acme/shop"), "/bin/other")),
		}, []string{"init ⇐ run.Dockerfile ⇐ cmd/worker", "migrate ⇐ Dockerfile ⇐ cmd/migrate", "none ⇐ Dockerfile ⇐ -", "plain ⇐ run.Dockerfile ⇐ cmd/server",
			"server ⇐ Dockerfile ⇐ cmd/server", "shell ⇐ Dockerfile ⇐ cmd/worker", "worker ⇐ Dockerfile ⇐ cmd/worker"}},
		{"bindings override", Evidence{
			Programs:    programs(mod, "cmd/a", "cmd/b"),
			Dockerfiles: files(dockerfile("Dockerfile", exec("/app"), "/app=", "…"), dockerfile("other/Dockerfile", exec("/app"), "/app=./cmd/a")),
			Variants:    deploys(container("other", "acme/other"), oneShot(command(container("job", "acme/shop"), "sleep", "1"))),
			Bindings:    []Binding{{Name: "front", Program: "./cmd/b", Dockerfile: "./Dockerfile", Deploys: []string{"k8s/other.yaml#other"}}},
		}, []string{"- ⇐ other/Dockerfile ⇐ cmd/a", "job ⇐ Dockerfile ⇐ -", "other ⇐ Dockerfile ⇐ cmd/b"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, v := range c.e.Variants { // "golang" services of the table have no build
				for _, d := range v.Deploys {
					if d.Build != nil && d.Build.Context == "" {
						d.Build = nil
					}
				}
			}
			ws, notes := Bind(c.e)
			if got := picture(ws); !slices.Equal(got, c.want) {
				for _, w := range ws {
					t.Logf("%s: links %v, missing %q", w.Name, w.Links, w.Missing)
				}
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
			for _, n := range notes {
				t.Errorf("notification: %s", n.Message)
			}
		})
	}
}

func TestBindSaysWhatBindingsDoNotName(t *testing.T) {
	f := dockerfile("Dockerfile", exec("/app"), "/app=.")
	_, notes := Bind(Evidence{
		Programs:    programs("example.com/x", "."),
		Dockerfiles: []Dockerfile{f},
		Bindings: []Binding{
			{Name: "a", Program: "./nowhere", Dockerfile: "nowhere/Dockerfile", Deploys: []string{"x.yaml#a"}},
			{Name: "b", Dockerfile: "Dockerfile", Target: "runtime"},
		},
	})
	want := []string{
		"services: a: program ./nowhere is no main package of the tree",
		"services: a: dockerfile nowhere/Dockerfile is not in the tree",
		"services: a: deploy x.yaml#a is not in the tree: want FILE#CONTAINER or FILE#SERVICE",
		`services: b: dockerfile Dockerfile has no stage "runtime"`,
	}
	var got []string
	for _, n := range notes {
		got = append(got, n.Message)
		if n.Code != "binding-unknown" {
			t.Errorf("code %q", n.Code)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestBindSaysWhatWouldHelp(t *testing.T) {
	for _, c := range []struct {
		files             []string
		question, choices string
	}{
		{[]string{"api/Dockerfile", "api/Dockerfile.prod"}, "api/Dockerfile or api/Dockerfile.prod", "api/Dockerfile # or api/Dockerfile.prod"},
		{[]string{"api/Dockerfile", "api/Dockerfile.alpine", "api/Dockerfile.prod"}, "api/Dockerfile or api/Dockerfile.alpine or api/Dockerfile.prod",
			"api/Dockerfile # or api/Dockerfile.alpine or api/Dockerfile.prod"},
	} {
		e := Evidence{Programs: programs("example.com/x", "cmd/api"), Variants: deploys(container("api", "acme/api"))}
		for _, name := range c.files {
			e.Dockerfiles = append(e.Dockerfiles, dockerfile(name, exec("/api"), "/api=./cmd/api"))
		}
		ws, _ := Bind(e)
		want := "image: acme/api can be built by " + c.question + "\n" +
			"services:\n  - name: api\n    dockerfile: " + c.choices + "\n    deploys: [\"k8s/api.yaml#api\"]"
		if got := strings.Join(ws[0].Missing, "\n"); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}

func TestReference(t *testing.T) {
	for in, want := range map[string][2]string{
		"postgres:17":                          {"postgres", ""},
		"acme/api":                             {"acme/api", "acme"},
		"docker.io/library/nginx@sha256:00":    {"library/nginx", "library"},
		"ghcr.io/Acme/team/api:v1@sha256:00":   {"ghcr.io/Acme/team/api", "team"},
		"localhost:5000/api:dev":               {"localhost:5000/api", ""},
		"1.dkr.ecr.eu-1.amazonaws.com/api:1.0": {"1.dkr.ecr.eu-1.amazonaws.com/api", ""},
	} {
		r := parseReference(in)
		if r.repository != want[0] || r.owner() != want[1] {
			t.Errorf("%s: got %s of %q, want %s of %q", in, r.repository, r.owner(), want[0], want[1])
		}
	}
}
