package observe

import (
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/txtar"

	"github.com/factorlint/factorlint/internal/moduletest"
	"github.com/factorlint/factorlint/internal/workload"
)

// vocabulary is what each kind of apis.txt may say: the numbers of arguments; under "words", and "everywhere" the numbers, what
// all may.
const vocabulary = `
serve addr listener server handler
listen network addr inner
notify from
lifecycle
drain ctx wait
worker queue autoack
serverless
execute
command
env name default file
flag name default
flagvar ptr name default
fatal
router
route pattern handler
table
group prefix func
under prefix
mount prefix router
verbs
strip prefix handler
linked
metrics
health
io
wait
done
unready var to
sleep wait
timer wait
text arg
join
format
or
new
settings
settingsfile name
client url req
request url ctx
threads n
sessions opts
storage
embedded driver
schedule
ticker
print
body from
limit
memory n
path
file
writer writer
log writer config
logvar
logadapter
logdrop
lognew
logship
write temp
folder
exec name
look name
dial network addr addrs
connect network driver addr addrs struct inner
source addr addrs struct inner
block
ping
query
status code
pool
migrate
leader struct
envs prefix
env required expand
fill prefix into options file
must
dotenv file
automatic
envprefix name
replacer
bind key
preset key default
override key
bindflag key flag
bindflags
bindstructs
newstore inner
value key
unmarshal key into
decode data into file
decoder data
load file
flagtype
flagvalue name
flagset
envflags prefix
parse
settingsname name
settingsdir name
attended
daemon
subcommand node name
everywhere writes flags
words field default env handles drains runs stops all type untimed
words choice unless asked each state
words rotates paths to removes folder
words of lazy locks groups
words with unless untold blocks async poll listens always tagged called does holds
words fails must tags flags config own sets chain
words root open verb tree text optional panics
`

func TestAPIs(t *testing.T) {
	m, err := parseAPIs(apisText)
	if err != nil {
		t.Fatal(err)
	}
	may := map[string][]string{}
	for line := range strings.Lines(vocabulary) {
		if f := strings.Fields(line); len(f) > 0 {
			may[f[0]] = append(may[f[0]], f[1:]...)
		}
	}
	words, everywhere := may["words"], may["everywhere"]
	delete(may, "words")
	delete(may, "everywhere")
	symbol := regexp.MustCompile(`^[a-z0-9][\w./~-]*\.([A-Za-z]\w*\.)?[A-Z]\w*$`)
	for sym, a := range m {
		if isPackage := a.kind == "io" || a.kind == "linked"; !isPackage && !symbol.MatchString(sym) {
			t.Errorf("%s: want path.Func or path.Type.Method", sym)
		}
		for ; a != nil; a = a.next {
			if d := a.arg["tags"]; d != "" && dialects(d) == nil {
				t.Errorf("%s: no dialect %q", sym, d)
			}
			nums, known := may[a.kind]
			if !known {
				t.Errorf("%s: no kind %q", sym, a.kind)
			}
			for key, value := range a.arg {
				_, err := strconv.Atoi(value)
				if (slices.Contains(nums, key) || slices.Contains(everywhere, key)) && err == nil || slices.Contains(words, key) {
					continue
				}
				t.Errorf("%s: attribute %s=%s", sym, key, value)
			}
			for _, s := range a.handles() {
				if !strings.HasPrefix(s, "SIG") {
					t.Errorf("%s: handles %q", sym, s)
				}
			}
		}
	}
	for kind := range may {
		if !strings.Contains(apisText, "\n"+kind+" ") {
			t.Errorf("nothing is of kind %s", kind)
		}
	}
}

func TestParseAPIsErrors(t *testing.T) {
	for _, text := range []string{"serve", "serve a.B addr=0\nserve a.{B,C}", "# comment\n\nserve x.Y\nserve"} {
		if _, err := parseAPIs(text); err == nil {
			t.Errorf("parseAPIs(%q) gives no error", text)
		}
	}
}

// basics are the stand-ins for libraries that every test may use.
var basics = map[string]string{
	"github.com/spf13/cobra": "package cobra\n\ntype Command struct {\n\tUse string\n\tRun func(cmd *Command, args []string)\n}\n\n" +
		"func (c *Command) AddCommand(cmds ...*Command) {}\n\nfunc (c *Command) Execute() error { return nil }\n",
	"golang.org/x/sys/unix": "package unix\n\nimport \"syscall\"\n\nconst SIGTERM = syscall.Signal(0xf)\n",
}

// vendored returns a module that has stand-ins for libraries, source by import path, as vendored modules. Of two for one path the
// last is taken.
func vendored(libraries ...map[string]string) moduletest.Module {
	all := map[string]string{}
	for _, l := range libraries {
		maps.Copy(all, l)
	}
	m := moduletest.Module{}
	requires, modules := "", ""
	for _, path := range slices.Sorted(maps.Keys(all)) {
		version := "v1.0.0"
		if m := major.FindStringSubmatch(path); m != nil {
			version = m[1] + ".0.0"
		}
		requires += "\t" + path + " " + version + "\n"
		modules += "# " + path + " " + version + "\n## explicit; go 1.21\n" + path + "\n"
		m["vendor/"+path+"/stub.go"] = all[path]
	}
	m["go.mod"] = "module example.com\n\ngo 1.26\n\nrequire (\n" + requires + ")\n"
	m["vendor/modules.txt"] = modules
	return m
}

var major = regexp.MustCompile(`[/.](v\d+)$`)

// programs observes programs, each the files of a main package and what it imports as "example.com/NAME/sub". They may use the
// libraries, sources by import path.
func programs(t *testing.T, sources map[string]map[string]string, libraries ...map[string]string) map[string]*Graph {
	t.Helper()
	module := vendored(append([]map[string]string{basics}, libraries...)...)
	for name, files := range sources {
		for file, text := range files {
			module[name+"/"+file] = text
		}
	}
	pkgs := moduletest.Load(t, module.Write(t))
	acts, err := checker.Analyze([]*analysis.Analyzer{Analyzer}, pkgs, &checker.Options{SanityCheck: true})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*Graph{}
	for _, act := range acts.Roots {
		if act.Err != nil {
			t.Errorf("%s: %v", act.Package.PkgPath, act.Err)
			continue
		}
		out[strings.TrimPrefix(act.Package.PkgPath, "example.com/")] = act.Result.(*Graph)
	}
	return out
}

// libraries returns the stand-ins of testdata/libraries.txtar.
func libraries(t *testing.T) map[string]string {
	t.Helper()
	ar, err := txtar.ParseFile("testdata/libraries.txtar")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range ar.Files {
		out[path.Dir(f.Name)] = string(f.Data)
	}
	return out
}

// mains observes programs of one file.
func mains(t *testing.T, sources map[string]string, libraries ...map[string]string) map[string]*workload.Program {
	t.Helper()
	in := map[string]map[string]string{}
	for name, text := range sources {
		in[dirName(name)] = map[string]string{"main.go": text}
	}
	graphs := programs(t, in, libraries...)
	out := map[string]*workload.Program{}
	for name := range sources {
		out[name] = graphs[dirName(name)].Program("example.com/" + dirName(name))
		if out[name] == nil {
			t.Fatalf("%s: no program", name)
		}
	}
	return out
}

func dirName(name string) string { return strings.ReplaceAll(name, " ", "-") }

// show writes a Text as a shell would: "text", ${ENV:-default}, -flag(default), ?.
func show(text workload.Text) string {
	var parts []string
	for _, p := range text {
		switch p.Source {
		case workload.Literal:
			parts = append(parts, p.Lit)
		case workload.FromEnv:
			parts = append(parts, "${"+p.Name+":-"+show(p.Default)+"}")
		case workload.FromFlag:
			parts = append(parts, "{-"+p.Name+":-"+show(p.Default)+"}")
		default:
			parts = append(parts, "?")
		}
	}
	return strings.Join(parts, "")
}

func TestText(t *testing.T) {
	// each is the code before http.ListenAndServe(addr, nil), and declarations behind it
	tests := []struct{ name, body, decls, want string }{
		{"literal", `addr := ":8080"`, ``, ":8080"},
		{"constant", `addr := prefix + port`, `const prefix, port = ":", "80" + "80"`, ":8080"},
		{"environment", `addr := ":" + os.Getenv("PORT")`, ``, ":${PORT:-}"},
		{"default by if", "port := os.Getenv(\"PORT\")\n\tif port == \"\" {\n\t\tport = \"8080\"\n\t}\n\taddr := \":\" + port", ``, ":${PORT:-8080}"},
		{"default by len", "addr := os.Getenv(\"ADDR\")\n\tif len(addr) == 0 {\n\t\taddr = \":8080\"\n\t}", ``, "${ADDR:-:8080}"},
		{"default of the whole", "addr := \":\" + os.Getenv(\"PORT\")\n\tif addr == \":\" {\n\t\taddr = \":8080\"\n\t}", ``, ":${PORT:-8080}"},
		{"override by if", "addr := \":8080\"\n\tif p := os.Getenv(\"PORT\"); p != \"\" {\n\t\taddr = \":\" + p\n\t}", ``, ":${PORT:-8080}"},
		{"override by ok", "addr := \":8080\"\n\tif v, ok := os.LookupEnv(\"ADDR\"); ok {\n\t\taddr = v\n\t}", ``, "${ADDR:-:8080}"},
		{"missing by ok", "addr, ok := os.LookupEnv(\"ADDR\")\n\tif !ok {\n\t\taddr = \":8080\"\n\t}", ``, "${ADDR:-:8080}"},
		{"cmp.Or", `addr := ":" + cmp.Or(os.Getenv("PORT"), "8080")`, ``, ":${PORT:-8080}"},
		{"Sprintf", `addr := fmt.Sprintf("%s:%d", "0.0.0.0", 8080)`, ``, "0.0.0.0:8080"},
		{"Sprintf of an input", `addr := fmt.Sprintf(":%s", os.Getenv("PORT"))`, ``, ":${PORT:-}"},
		{"Sprintf with width", `addr := fmt.Sprintf(":%04d", 80)`, ``, "?"},
		{"JoinHostPort", `addr := net.JoinHostPort("", os.Getenv("PORT"))`, ``, ":${PORT:-}"},
		{"Itoa and Atoi", "n, _ := strconv.Atoi(os.Getenv(\"PORT\"))\n\taddr := \":\" + strconv.Itoa(n)", ``, ":${PORT:-}"},
		{"wrapper", `addr := ":" + env("PORT", "8080")`,
			"func env(name, fallback string) string {\n\tif v := os.Getenv(name); v != \"\" {\n\t\treturn v\n\t}\n\treturn fallback\n}", ":${PORT:-8080}"},
		{"wrapper by ok", `addr := ":" + env("PORT", "8080")`,
			"func env(name, fallback string) string {\n\tv, ok := os.LookupEnv(name)\n\tif !ok {\n\t\treturn fallback\n\t}\n\treturn v\n}", ":${PORT:-8080}"},
		{"wrapper of a wrapper", `addr := ":" + port()`,
			"func port() string { return env(\"PORT\", \"8080\") }\n\nfunc env(name, fallback string) string {\n\treturn cmp.Or(os.Getenv(name), fallback)\n}", ":${PORT:-8080}"},
		{"flag", "port := flag.Int(\"port\", 8080, \"\")\n\tflag.Parse()\n\taddr := fmt.Sprintf(\":%d\", *port)", ``, ":{-port:-8080}"},
		{"flag variable", "var addr string\n\tflag.StringVar(&addr, \"addr\", \":8080\", \"\")\n\tflag.Parse()", ``, "{-addr:-:8080}"},
		{"package flag", `addr := *listen`, `var listen = flag.String("listen", ":8080", "")`, "{-listen:-:8080}"},
		{"flag over environment", "f := flag.String(\"addr\", os.Getenv(\"ADDR\"), \"\")\n\taddr := *f", ``, "{-addr:-${ADDR:-}}"},
		{"package variable", `addr := ":" + port`, `var port = "8080"`, ":8080"},
		{"assigned package variable", "port = os.Args[1]\n\taddr := \":\" + port", `var port = "8080"`, ":?"},
		{"address of a package variable", "set(&port)\n\taddr := \":\" + port", "var port = \"8080\"\n\nfunc set(s *string) { *s = os.Args[1] }", ":?"},
		{"field", `addr := (&conf{addr: ":8080"}).addr`, `type conf struct{ addr string }`, ":8080"},
		{"field set later", "c := &conf{}\n\tc.addr = \":8080\"\n\taddr := c.addr", `type conf struct{ addr string }`, ":8080"},
		{"constructor", `addr := newConf("8080").addr()`,
			"type conf struct{ port string }\n\nfunc newConf(port string) *conf { return &conf{port} }\n\nfunc (c *conf) addr() string { return \":\" + c.port }", ":8080"},
		{"decoded field", "c := conf{Addr: \":8080\"}\n\tjson.Unmarshal([]byte(os.Args[1]), &c)\n\taddr := c.Addr", `type conf struct{ Addr string }`, "?"},
		{"printed field", "c := conf{Addr: \":8080\"}\n\tfmt.Println(&c)\n\taddr := c.Addr", `type conf struct{ Addr string }`, ":8080"},
		{"tagged field", "c := conf{Addr: \":8080\"}\n\taddr := c.Addr", "type conf struct {\n\tAddr string `env:\"ADDR\"`\n}", "?"},
		{"argument", "addr := \":8080\"\n\tif len(os.Args) > 1 {\n\t\taddr = os.Args[1]\n\t}", ``, "?"},
		{"one of two", "addr := \":8080\"\n\tif len(os.Args) > 1 {\n\t\taddr = \":9090\"\n\t}", ``, "?"},
	}
	sources := map[string]string{}
	for _, tt := range tests {
		text := "package main\n\nimport (\n\t\"net/http\"\n"
		for _, path := range []string{"cmp", "encoding/json", "flag", "fmt", "net", "os", "strconv"} {
			if regexp.MustCompile(`\b` + filepath.Base(path) + `\.`).MatchString(tt.body + tt.decls) {
				text += "\t\"" + path + "\"\n"
			}
		}
		sources[tt.name] = text + ")\n\nfunc main() {\n\t" + tt.body + "\n\thttp.ListenAndServe(addr, nil)\n}\n\n" + tt.decls + "\n"
	}
	got := mains(t, sources)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := got[tt.name].Listens.Members
			if len(l) != 1 || show(l[0].Addr) != tt.want {
				t.Errorf("listens %v, want %s\n%s", l, tt.want, sources[tt.name])
			}
		})
	}
}

func TestPrograms(t *testing.T) {
	const serve = "package main\n\nimport (\n\t\"net/http\"\n\t\"os\"\n)\n\nfunc serve() error { return http.ListenAndServe(os.Getenv(\"ADDR\"), nil) }\n\n"
	tests := map[string]struct {
		source  string
		class   workload.Class
		signals string // handled signals, "…" behind them if there may be more
	}{
		"plain server": {serve + `func main() { serve() }`, workload.Server, ""},
		"job":          {"package main\n\nfunc main() { println() }", workload.Job, ""},
		"server in a goroutine of a job": {serve + `func main() {
	go serve()
	println()
}`, workload.Uncertain, ""},
		"server deep in a goroutine of a job": {serve + `func main() {
	go start()
	println()
}

func start() { serve() }`, workload.Uncertain, ""},
		"goroutine and wait": {serve + `func main() {
	go func() { serve() }()
	select {}
}`, workload.Server, ""},
		"wait for a value": {serve + `func main() {
	code := make(chan string)
	http.HandleFunc("/callback", func(w http.ResponseWriter, r *http.Request) { code <- r.FormValue("code") })
	go serve()
	println(<-code)
}`, workload.Uncertain, ""},
		"values in a loop": {serve + `func main() {
	jobs := make(chan string)
	go serve()
	for {
		select {
		case j := <-jobs:
			println(j)
		}
	}
}`, workload.Server, ""},
		"mentioned function": {serve + `func main() {
	run(serve)
}

func run(f func() error) {
	errs := make(chan error)
	go func() { errs <- f() }()
	<-errs
}`, workload.Server, ""},
		"single implementer": {serve + `type app interface{ run() }

type web struct{}

func (web) run() { serve() }

func main() {
	var a app = web{}
	a.run()
}`, workload.Server, ""},
		"only implementer that is made": {serve + `type app interface{ run() }

type web struct{}

func (web) run() { serve() }

type other struct{}

func (other) run() {}

func main() {
	var a app = web{}
	a.run()
}`, workload.Server, ""},
		"several implementers": {serve + `type app interface{ run() }

type web struct{}

func (web) run() { serve() }

type other struct{}

func (other) run() {}

func main() {
	for _, a := range []app{web{}, other{}} {
		a.run()
	}
}`, workload.Uncertain, ""},
		"command that is executed": {`package main

import (
	"net/http"
	"os"

	"github.com/spf13/cobra"
)

var root = &cobra.Command{}

func init() {
	root.AddCommand(&cobra.Command{Run: func(cmd *cobra.Command, args []string) { http.ListenAndServe(os.Args[1], nil) }})
}

func main() { root.Execute() }`, workload.Server, ""},
		"command that is not": {`package main

import (
	"net/http"
	"os"

	"github.com/spf13/cobra"
)

func main() {
	c := &cobra.Command{Run: func(cmd *cobra.Command, args []string) { http.ListenAndServe(os.Args[1], nil) }}
	println(c.Use)
}`, workload.Job, ""},
		"signals": {signals(`signal.Notify(c, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)`, ``), workload.Server, "SIGHUP SIGINT SIGTERM"},
		"signals by number": {signals(`signal.Notify(c, syscall.Signal(0xf), unix.SIGTERM)
	println(syscall.SIGHUP)`, ``), workload.Server, "SIGTERM"},
		"every signal": {signals("signal.Notify(c)\n\tprintln(syscall.SIGHUP)", ``), workload.Server, "SIGINT SIGTERM"},
		"two calls":    {signals("signal.Notify(c, os.Interrupt)\n\tsignal.Notify(c, syscall.SIGTERM)", ``), workload.Server, "SIGINT SIGTERM"},
		"list in a variable": {signals("signal.Notify(c, stop...)", `var stop = []os.Signal{os.Interrupt, syscall.SIGTERM}`),
			workload.Server, "SIGINT SIGTERM"},
		"list from a function": {signals("signal.Notify(c, stop()...)", `func stop() []os.Signal { return []os.Signal{os.Interrupt, syscall.SIGTERM} }`),
			workload.Server, "SIGINT SIGTERM"},
		"list that grows": {signals("signal.Notify(c, append([]os.Signal{os.Interrupt}, syscall.SIGTERM)...)", ``), workload.Server, "SIGINT SIGTERM"},
		"list of a caller": {signals("on(os.Interrupt, syscall.SIGTERM)", "func on(s ...os.Signal) { signal.Notify(make(chan os.Signal, 1), s...) }"),
			workload.Server, "SIGINT SIGTERM"},
		"no signal of a caller": {signals("on()", "func on(s ...os.Signal) { signal.Notify(make(chan os.Signal, 1), s...) }"),
			workload.Server, "SIGINT SIGTERM"},
		"option functions": {signals("on(with(syscall.SIGTERM))",
			"func with(s os.Signal) func() os.Signal { return func() os.Signal { return s } }\n\nfunc on(opts ...func() os.Signal) {\n\tfor _, o := range opts {\n\t\tsignal.Notify(make(chan os.Signal, 1), o())\n\t}\n}"),
			workload.Server, "…"},
		"unknown signal": {signals("signal.Notify(c, os.Interrupt, syscall.Signal(len(os.Args)))", ``), workload.Server, "SIGINT…"},
		"after serving": {`package main

import (
	"net/http"
	"os"
	"os/signal"
)

func main() {
	http.ListenAndServe(os.Args[1], nil)
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	<-c
}`, workload.Server, ""},
		"not reached": {signals("", "func stop() { signal.Notify(make(chan os.Signal, 1), syscall.SIGTERM) }"), workload.Server, ""},
	}
	sources := map[string]string{}
	for name, tt := range tests {
		sources[name] = tt.source
	}
	got := mains(t, sources)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := got[name]
			if p.Class != tt.class {
				t.Errorf("class %s, want %s", p.Class, tt.class)
			}
			var names []string
			for _, s := range p.Signals.Members {
				if !slices.Contains(names, s.Name) {
					names = append(names, s.Name)
				}
			}
			slices.Sort(names)
			have := strings.Join(names, " ")
			if p.Signals.Open() {
				have += "…"
			}
			if have != tt.signals {
				t.Errorf("signals %q, want %q", have, tt.signals)
			}
		})
	}
}

// signals is a server that runs a body with a channel c of signals before it serves.
func signals(body, decls string) string {
	unix := ""
	if strings.Contains(body, "unix.") {
		unix = "\n\t\"golang.org/x/sys/unix\"\n"
	}
	return "package main\n\nimport (\n\t\"net/http\"\n\t\"os\"\n\t\"os/signal\"\n\t\"syscall\"\n" + unix + ")\n\nvar _ = []any{signal.Notify, syscall.SIGINT}\n\n" +
		"func main() {\n\tc := make(chan os.Signal, 1)\n\t_ = c\n\t" + body + "\n\thttp.ListenAndServe(os.Args[1], nil)\n}\n\n" + decls + "\n"
}

func TestDeadlines(t *testing.T) {
	tests := []struct{ name, body, decls, want string }{
		{"background", `srv.Shutdown(context.Background())`, ``, "none"},
		{"todo", `srv.Shutdown(context.TODO())`, ``, "none"},
		{"timeout", "ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)\n\tdefer cancel()\n\tsrv.Shutdown(ctx)", ``, "5s"},
		{"constant", "ctx, cancel := context.WithTimeout(context.Background(), grace)\n\tdefer cancel()\n\tsrv.Shutdown(ctx)", `const grace = time.Minute`, "1m0s"},
		{"cause", "ctx, cancel := context.WithTimeoutCause(context.Background(), time.Second, nil)\n\tdefer cancel()\n\tsrv.Shutdown(ctx)", ``, "1s"},
		{"computed", "ctx, cancel := context.WithTimeout(context.Background(), time.Duration(len(os.Args))*time.Second)\n\tdefer cancel()\n\tsrv.Shutdown(ctx)",
			``, "unknown"},
		{"parameter", "ctx, cancel := context.WithTimeout(context.Background(), time.Second)\n\tdefer cancel()\n\tstop(ctx, srv)",
			"func stop(ctx context.Context, srv *http.Server) { srv.Shutdown(ctx) }", "1s"},
		{"two callers", "stop(context.Background(), srv)\n\tctx, cancel := context.WithTimeout(context.Background(), time.Second)\n\tdefer cancel()\n\tstop(ctx, srv)",
			"func stop(ctx context.Context, srv *http.Server) { srv.Shutdown(ctx) }", "none, 1s"},
		{"duration parameter", "stop(srv, 7*time.Second)",
			"func stop(srv *http.Server, d time.Duration) {\n\tctx, cancel := context.WithTimeout(context.Background(), d)\n\tdefer cancel()\n\tsrv.Shutdown(ctx)\n}", "7s"},
		{"cancelled at return", "ctx, cancel := context.WithCancel(context.Background())\n\tdefer cancel()\n\tsrv.Shutdown(ctx)", ``, "none"},
		{"cancelled elsewhere", "ctx, cancel := context.WithCancel(context.Background())\n\ttime.AfterFunc(time.Second, cancel)\n\tsrv.Shutdown(ctx)", ``, "unknown"},
		{"without cancel", "ctx, cancel := context.WithTimeout(context.Background(), time.Second)\n\tdefer cancel()\n\tsrv.Shutdown(context.WithoutCancel(ctx))", ``, "none"},
		{"sleep before", "time.Sleep(2 * time.Second)\n\tctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)\n\tdefer cancel()\n\tsrv.Shutdown(ctx)",
			``, "3s after 2s"},
		{"sleep in the caller", "time.Sleep(2 * time.Second)\n\tstop(srv)",
			"func stop(srv *http.Server) {\n\tctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)\n\tdefer cancel()\n\tsrv.Shutdown(ctx)\n}", "3s after 2s"},
		{"sleep at the start", "time.Sleep(2 * time.Second)\n\t<-make(chan int)\n\tctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)\n\tdefer cancel()\n\tsrv.Shutdown(ctx)",
			``, "3s"},
		{"method value", "stop := srv.Shutdown\n\t_ = stop", ``, "unknown"},
		{"shorter parent", "ctx, cancel := context.WithTimeout(context.Background(), time.Second)\n\tdefer cancel()\n\tctx, cancel = context.WithTimeout(ctx, time.Minute)\n\tdefer cancel()\n\tsrv.Shutdown(ctx)",
			``, "1s"},
		{"deadline", "ctx, cancel := context.WithDeadline(context.Background(), time.Now().Add(4*time.Second))\n\tdefer cancel()\n\tsrv.Shutdown(ctx)", ``, "4s"},
		{"converted constant", limited("time.Duration(seconds) * time.Second"), "var seconds = 9", "9s"},
		{"product of a field", limited("c.seconds * time.Second"), "type config struct{ seconds time.Duration }\n\nvar c = config{seconds: 6}", "6s"},
		{"sum", limited("grace + 5*time.Second"), "var grace = 10 * time.Second", "15s"},
		{"parsed constant", limited(`must(time.ParseDuration("20s"))`), "func must(d time.Duration, _ error) time.Duration { return d }", "20s"},
		{"from the environment", limited(`seconds("GRACE", 12) * time.Second`),
			"func seconds(name string, def int) time.Duration {\n\tn, err := strconv.Atoi(os.Getenv(name))\n\tif err != nil {\n\t\treturn time.Duration(def)\n\t}\n\treturn time.Duration(n)\n}",
			"${GRACE:-12}s"},
		{"parsed from the environment", limited(`duration("GRACE", 12*time.Second)`),
			"func duration(name string, def time.Duration) time.Duration {\n\tif d, err := time.ParseDuration(os.Getenv(name)); err == nil {\n\t\treturn d\n\t}\n\treturn def\n}",
			"${GRACE:-12000000000}"},
		{"constant unless set", "wait := 8 * time.Second\n\tif n, err := strconv.Atoi(os.Getenv(\"GRACE\")); err == nil {\n\t\twait = time.Duration(n) * time.Second\n\t}\n\t" + limited("wait"), ``,
			"${GRACE:-8}s"},
		{"flag", limited("*grace"), `var grace = flag.Duration("grace", 7*time.Second, "")`, "{-grace:-7000000000}"},
	}
	sources := map[string]string{}
	for _, tt := range tests {
		sources[tt.name] = "package main\n\nimport (\n\t\"context\"\n\t\"flag\"\n\t\"net/http\"\n\t\"os\"\n\t\"strconv\"\n\t\"time\"\n)\n\nvar _ = []any{os.Args, time.Now, context.TODO, strconv.Atoi, flag.Parse}\n\n" +
			"func main() {\n\tsrv := &http.Server{Addr: os.Args[1]}\n\tgo srv.ListenAndServe()\n\t" + tt.body + "\n}\n\n" + tt.decls + "\n"
	}
	got := mains(t, sources)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var have []string
			for _, d := range got[tt.name].Drains.Members {
				s := "unknown"
				if v, ok := d.Deadline.Get(); ok {
					s = v.String()
				} else if d.Deadline.Absent() {
					s = "none"
				} else if d.Wait != nil {
					s = show(d.Wait)
				}
				if d.After > 0 {
					s += fmt.Sprintf(" after %v", d.After)
				}
				have = append(have, s)
			}
			if s := strings.Join(have, ", "); s != tt.want {
				t.Errorf("deadlines %q, want %q", s, tt.want)
			}
		})
	}
}

// limited is a shutdown that takes no longer than an expression says.
func limited(wait string) string {
	return "ctx, cancel := context.WithTimeout(context.Background(), " + wait + ")\n\tdefer cancel()\n\tsrv.Shutdown(ctx)"
}

// TestOtherPackages follows values and handlers through the packages of a module.
func TestOtherPackages(t *testing.T) {
	g := programs(t, map[string]map[string]string{"shop": {
		"main.go": `package main

import (
	"example.com/shop/config"
	"example.com/shop/web"
)

func main() { web.Run(config.Load()) }
`,
		"config/config.go": `package config

import "os"

const Port = "8080"

type Config struct{ Addr string }

func Load() *Config {
	c := &Config{Addr: os.Getenv("ADDR")}
	if c.Addr == "" {
		c.Addr = ":" + Port
	}
	return c
}
`,
		"web/web.go": `package web

import (
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"example.com/shop/config"
)

func Run(c *config.Config) error {
	go wait()
	return http.ListenAndServe(c.Addr, nil)
}

func wait() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGTERM)
	os.Exit(int((<-c).(syscall.Signal)))
}
`,
	}})["shop"]
	p := g.Program("example.com/shop")
	if p == nil || p.Class != workload.Server {
		t.Fatalf("program %+v", p)
	}
	if l, ok := p.MainListen(); !ok || show(l.Addr) != "${ADDR:-:8080}" {
		t.Errorf("listens on %s", show(l.Addr))
	}
	if !p.Handles("SIGTERM") || p.Signals.Open() {
		t.Errorf("signals %+v", p.Signals)
	}
	if !slices.ContainsFunc(p.Env.Members, func(e workload.EnvRead) bool { return e.Name == "ADDR" }) {
		t.Errorf("reads %+v", p.Env.Members)
	}
	if again := g.Program("example.com/shop"); !reflect.DeepEqual(p, again) {
		t.Errorf("a second look gives another program:\n%+v\n%+v", p, again)
	}
	if g.Program("example.com/shop/web") != nil {
		t.Error("a library is a program")
	}
}

// A program is built of the packages that its main reaches, not of all that it imports.
func TestPackages(t *testing.T) {
	g := programs(t, map[string]map[string]string{"shop": {
		"main.go":       "package main\n\nimport (\n\t\"example.com/shop/store\"\n\t\"example.com/shop/table\"\n)\n\nfunc main() { store.Open(table.Row{}) }",
		"store/open.go": "package store\n\nimport (\n\t\"os\"\n\n\t\"example.com/shop/table\"\n)\n\nfunc Open(table.Row) { os.Getenv(\"DIR\") }",
		"table/row.go":  "package table\n\nimport \"os\"\n\ntype Row struct{}\n\nfunc Print() { os.Getenv(\"ROW\") }",
	}})["shop"]
	var got []string
	for _, at := range g.Program("example.com/shop").Packages {
		got = append(got, path.Base(at.File))
	}
	slices.Sort(got)
	if want := []string{"main.go", "open.go"}; !slices.Equal(got, want) {
		t.Errorf("packages are %v, want %v", got, want)
	}
}
