package observe

import (
	"strings"
	"testing"
)

// TestCommands looks at what a program is when it is started by each of its commands.
func TestCommands(t *testing.T) {
	w := newWorld(t)
	for i, stub := range [][2]string{
		{"github.com/spf13/cobra", `type Command struct {
	Use string
	Run func(cmd *Command, args []string)
	RunE func(cmd *Command, args []string) error
	PersistentPreRun func(cmd *Command, args []string)
}
func (c *Command) AddCommand(cmds ...*Command)
func (c *Command) Execute() error
func (c *Command) Context() context.Context`},
		{"k8s.io/component-base/cli", "import \"github.com/spf13/cobra\"\nfunc Run(cmd *cobra.Command) int"},
		{"github.com/urfave/cli", `type Context struct{}
type Command struct { Name string; Action interface{}; Subcommands []Command }
type App struct { Name string; Action interface{}; Commands []Command }
func NewApp() *App
func (a *App) Run(arguments []string) (err error)`},
		{"github.com/urfave/cli/v2 cli2", `type Context struct{}
type Command struct { Name string; Action func(*Context) error; Subcommands []*Command }
type App struct { Name string; Action func(*Context) error; Commands []*Command }
func (a *App) Run(arguments []string) (err error)`},
		{"github.com/urfave/cli/v3 cli3", `type Command struct { Name string; Action func(context.Context, *Command) error; Commands []*Command }
func (cmd *Command) Run(ctx context.Context, osArgs []string) (deferErr error)`},
		{"github.com/alecthomas/kong", `type Context struct{}
func Parse(cli any, options ...any) *Context
func (c *Context) Run(binds ...any) (err error)
func (c *Context) FatalIfErrorf(err error, args ...any)`},
		{"github.com/alecthomas/kingpin/v2 kingpin", `type CmdClause struct{}
type Application struct{}
func New(name, help string) *Application
func (a *Application) Command(name, help string) *CmdClause
func (a *Application) Parse(args []string) (command string, err error)
func (c *CmdClause) FullCommand() string`},
		{"github.com/segmentio/kafka-go kafka", "type Reader struct{}\nfunc (r *Reader) ReadMessage(ctx context.Context) (any, error)"},
		{"github.com/pkg/browser", "func OpenURL(url string) error"},
	} {
		w.declare(t, stub[0], strings.Split(stub[1], "\n"), i)
	}
	const serves = "func serve() error { return http.ListenAndServe(os.Getenv(\"ADDR\"), nil) }\n"
	tests := map[string]struct{ source, class, commands string }{
		"no tree": {`func main() { serve() }`, "server", ""},
		"cobra": {`var root = &cobra.Command{Use: "shop"}
var serveCmd = &cobra.Command{Use: "serve [flags]", RunE: func(cmd *cobra.Command, args []string) error { return serve() }}
var migrateCmd = &cobra.Command{Use: "migrate", Run: migrate}
func migrate(cmd *cobra.Command, args []string) {}
func init() { root.AddCommand(serveCmd, migrateCmd) }
func main() { root.Execute() }`, "server", ` is cli, migrate is job, serve is server`},
		"cobra by constructors": {`func newRoot() *cobra.Command {
	cmd := &cobra.Command{Use: "shop", PersistentPreRun: func(cmd *cobra.Command, args []string) {}}
	cmd.AddCommand(newDB(), newWork())
	return cmd
}
func newDB() *cobra.Command {
	cmd := &cobra.Command{Use: "db"}
	cmd.AddCommand(&cobra.Command{Use: "seed", RunE: seed})
	return cmd
}
func seed(cmd *cobra.Command, args []string) error { return nil }
func newWork() *cobra.Command { return &cobra.Command{Use: "work", RunE: work} }
func work(cmd *cobra.Command, args []string) error {
	r := &kafka.Reader{}
	for {
		if _, err := r.ReadMessage(cmd.Context()); err != nil { return err }
	}
}
func main() { os.Exit(cli.Run(newRoot())) }`, "worker", ` is job, db is cli, db seed is job, work is worker`},
		"cobra not executed": {`var root = &cobra.Command{Use: "shop", Run: func(cmd *cobra.Command, args []string) { serve() }}
func main() { println(root.Use) }`, "job", ""},
		"cobra in a loop": {`var root = &cobra.Command{Use: "shop"}
func all() []*cobra.Command { return nil }
func main() {
	for _, c := range all() { root.AddCommand(c) }
	root.Execute()
}`, "job", ` is cli …`},
		"a page for the person who asks, beside a job that waits": {`var root = &cobra.Command{Use: "shop"}
func init() {
	root.AddCommand(&cobra.Command{Use: "login", Run: func(cmd *cobra.Command, args []string) { browser.OpenURL(""); serve() }},
		&cobra.Command{Use: "wait", Run: func(cmd *cobra.Command, args []string) { <-cmd.Context().Done() }})
}
func main() { root.Execute() }`, "cli", ` is cli, login is cli, wait is job`},
		"a page in one command, a server in another": {`var root = &cobra.Command{Use: "shop"}
func init() {
	root.AddCommand(&cobra.Command{Use: "login", Run: func(cmd *cobra.Command, args []string) { browser.OpenURL("") }},
		&cobra.Command{Use: "serve", Run: func(cmd *cobra.Command, args []string) { serve() }})
}
func main() { root.Execute() }`, "server", ` is cli, login is cli, serve is server`},
		"debug port of one command, waiting in another": {`var root = &cobra.Command{Use: "shop"}
func init() {
	root.AddCommand(&cobra.Command{Use: "import", Run: func(cmd *cobra.Command, args []string) { go serve() }},
		&cobra.Command{Use: "wait", Run: func(cmd *cobra.Command, args []string) { <-cmd.Context().Done() }})
}
func main() { root.Execute() }`, "unknown", ` is cli, import is unknown, wait is job`},
		"urfave v1": {`func main() {
	app := cli.NewApp()
	app.Run(os.Args)
}`, "job", ""},
		"urfave v1 literal": {`func main() {
	app := &cli.App{Name: "shop", Commands: []cli.Command{{Name: "serve", Action: func(c *cli.Context) error { return serve() }}, {Name: "seed", Action: seed}}}
	app.Run(os.Args)
}
func seed(c *cli.Context) error { return nil }`, "server", ` is cli, seed is job, serve is server`},
		"urfave v2": {`func main() {
	app := &cli2.App{Name: "shop", Action: func(c *cli2.Context) error { return serve() }, Commands: []*cli2.Command{
		{Name: "db", Subcommands: []*cli2.Command{{Name: "seed", Action: func(c *cli2.Context) error { return nil }}}}}}
	app.Run(os.Args)
}`, "server", ` is server, db is cli, db seed is job`},
		"urfave v3": {`func main() {
	cmd := &cli3.Command{Name: "shop", Commands: []*cli3.Command{serveCommand(), {Name: "seed", Action: seed}}}
	cmd.Run(context.Background(), os.Args)
}
func serveCommand() *cli3.Command { return &cli3.Command{Name: "serve", Action: func(context.Context, *cli3.Command) error { return serve() }} }
func seed(context.Context, *cli3.Command) error { return nil }`, "server", ` is cli, seed is job, serve is server`},
		"kong": {"type Server struct{}\nfunc (s *Server) Run() error { return serve() }\ntype Seed struct{}\nfunc (s *Seed) Run() error { return nil }\n" +
			"type DB struct {\n\tSeed Seed `cmd:\"\" help:\"Fill it.\"`\n}\n" +
			"var args struct {\n\tServeHTTP Server `cmd:\"\"`\n\tDB DB `cmd:\"\" name:\"data\"`\n}\n" +
			"func main() { ctx := kong.Parse(&args); ctx.FatalIfErrorf(ctx.Run()) }", "server", `data is cli, data seed is job, serve-http is server`},
		"kingpin": {`func main() {
	app := kingpin.New("shop", "")
	run := app.Command("serve", "")
	app.Command("seed", "")
	if c, _ := app.Parse(os.Args[1:]); c == run.FullCommand() { serve() }
}`, "server", `seed is unknown, serve is unknown`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			source := tt.source + "\n" + serves
			head := "package main\n" + w.imports(source, "")
			for path, name := range w.names {
				if strings.Contains(source, name+".") && w.stubs[path] != nil && (name != "cli" || strings.Contains(source, "cli.Run(") == strings.HasPrefix(path, "k8s.io")) {
					head += "import " + name + " \"" + path + "\"\n"
				}
			}
			p := w.run(t, head+source).Program("example.com/p")
			var have []string
			for _, c := range p.Commands.Members {
				have = append(have, c.Path+" is "+string(c.Class))
			}
			got := strings.Join(have, ", ")
			if p.Commands.Open() {
				got += " …"
			}
			if string(p.Class) != tt.class || got != tt.commands {
				t.Errorf("%s with commands %q, want %s with %q", p.Class, got, tt.class, tt.commands)
			}
		})
	}
}
