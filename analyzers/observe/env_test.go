package observe

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/factorlint/factorlint/internal/workload"
)

// environment writes what a program reads: NAME, NAME! if it is required, NAME* if it is a beginning, =default, and "…" if
// there may be more.
func environment(p *workload.Program) string {
	var out []string
	for _, e := range p.Env.Members {
		s := e.Name
		if e.Prefix {
			s += "*"
		}
		if required, _ := e.Required.Get(); required {
			s += "!"
		}
		if def, ok := e.Default.Get(); ok {
			s += "=" + def
		}
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	if !p.Env.Complete {
		out = append(out, "…")
	}
	return strings.Join(out, " ")
}

// flags writes the flags of a program: -name=default[ENV,…].
func flags(p *workload.Program) string {
	var out []string
	for _, f := range p.Flags.Members {
		s := "-" + f.Name
		if def, ok := f.Default.Get(); ok {
			s += "=" + def
		}
		if len(f.Env) > 0 {
			s += "[" + strings.Join(f.Env, ",") + "]"
		}
		out = append(out, s)
	}
	slices.Sort(out)
	if !p.Flags.Complete {
		out = append(out, "…")
	}
	return strings.Join(out, " ")
}

// code makes a program of the body of main and declarations. Packages are imported as they are used.
func code(body, decls string, libs ...string) string {
	text := "package main\n\nimport (\n"
	for _, path := range []string{"context", "encoding/json", "errors", "flag", "fmt", "log", "net/http", "os", "strings", "time"} {
		if regexp.MustCompile(`\b`+filepath.Base(path)+`\.`).MatchString(body+decls) &&
			!slices.ContainsFunc(libs, func(l string) bool { return filepath.Base(l) == filepath.Base(path) }) {
			text += "\t\"" + path + "\"\n"
		}
	}
	for _, l := range libs {
		text += "\t\"" + l + "\"\n"
	}
	return text + ")\n\nfunc main() {\n\t" + body + "\n}\n\n" + decls + "\n"
}

func TestEnv(t *testing.T) {
	const (
		kelsey  = "github.com/kelseyhightower/envconfig"
		caarlos = "github.com/caarlos0/env/v11"
		seth    = "github.com/sethvargo/go-envconfig"
		clean   = "github.com/ilyakaznacheev/cleanenv"
		vri     = "github.com/vrischmann/envconfig"
		viper   = "github.com/spf13/viper"
		fatal   = "; err != nil {\n\t\tlog.Fatal(err)\n\t}"
	)
	tests := []struct {
		name, body, decls string
		libs              []string
		want              string
	}{
		{"plain", "a := os.Getenv(\"A\")\n\tif a == \"\" {\n\t\ta = \"x\"\n\t}\n\tb, ok := os.LookupEnv(\"B\")\n\tif !ok || b == \"\" {\n\t\tlog.Fatal(\"no B\")\n\t}\n\tlog.Print(a)", ``, nil, "A=x B!"},
		{"expanded", `log.Print(os.ExpandEnv("$A/${B}"))`, ``, nil, "A B"},
		{"expanded file", `log.Print(os.ExpandEnv(os.Args[1]))`, ``, nil, "…"},
		{"both needed at once", "if os.Getenv(\"A\") == \"\" && len(os.Args) > 1 {\n\t\tlog.Fatal()\n\t}", ``, nil, "A"},
		{"checked on one way only", "a := os.Getenv(\"A\")\n\tif len(os.Args) > 1 {\n\t\tif a == \"\" {\n\t\t\tlog.Fatal()\n\t\t}\n\t}", ``, nil, "A"},
		{"wrapper with default", `log.Print(env("A", "x"), env("B", ""))`,
			"func env(name, def string) string {\n\tif v := os.Getenv(name); v != \"\" {\n\t\treturn v\n\t}\n\treturn def\n}", nil, "A=x B"},
		{"wrapper called often", `log.Print(env("A"), env("B"), env("C"), env("D"), env("E"), env("F"), env("G"), env("H"), env("I"), env("J"), env("K"), env("L"), env("M"), env("N"), env("O"), env("P"), env("Q"), env("R"))`,
			"func env(name string) string { return os.Getenv(name) }", nil, "A B C D E F G H I J K L M N O P Q R"},
		{"wrapper that fails", "if _, err := load()" + fatal,
			"func load() (string, error) {\n\ta, err := need(\"A\")\n\tif err != nil {\n\t\treturn \"\", err\n\t}\n\treturn a, nil\n}\n\n" +
				"func need(name string) (string, error) {\n\tv := os.Getenv(name)\n\tif v == \"\" {\n\t\treturn \"\", fmt.Errorf(\"no %s\", name)\n\t}\n\treturn v, nil\n}", nil, "A!"},
		{"wrapper whose failure is logged", "if _, err := need(\"A\"); err != nil {\n\t\tlog.Print(err)\n\t}",
			"func need(name string) (string, error) {\n\tv := os.Getenv(name)\n\tif v == \"\" {\n\t\treturn \"\", fmt.Errorf(\"no %s\", name)\n\t}\n\treturn v, nil\n}", nil, "A"},

		{"kelsey", "var c conf\n\tif err := envconfig.Process(\"shop\", &c)" + fatal, "type conf struct {\n\tPort string `default:\"8080\"`\n\tDSN string `envconfig:\"DATABASE\" required:\"true\"`\n\tMaxConns int `split_words:\"true\" required:\"true\"`\n\tHTTPServerURL string `split_words:\"true\"`\n\tMail struct{ From string }\n\tbase\n\tBase\n\tSkip string `ignored:\"true\"`\n\tAt time.Time\n\thidden string\n}\n\ntype base struct{ Lost string }\n\ntype Base struct{ Log string }", []string{kelsey},
			"DATABASE SHOP_AT SHOP_DATABASE SHOP_HTTP_SERVER_URL SHOP_LOG SHOP_MAIL_FROM SHOP_MAX_CONNS! SHOP_PORT=8080"},
		{"kelsey without prefix", `envconfig.MustProcess("", &c)`, "var c struct {\n\tA string `envconfig:\"db_url\" required:\"true\"`\n\tB string `required:\"true\" default:\"x\"`\n}", []string{kelsey}, "B=x DB_URL!"},
		{"kelsey not fatal", "var c conf\n\tif err := envconfig.Process(\"\", &c); err != nil {\n\t\tlog.Print(err)\n\t}", "type conf struct {\n\tA string `required:\"true\"`\n}", []string{kelsey}, "A"},
		{"kelsey in a wrapper", "var c conf\n\tif err := load(\"x\", &c)" + fatal,
			"type conf struct {\n\tA string `required:\"true\"`\n}\n\nfunc load(prefix string, to any) error { return envconfig.Process(prefix, to) }", []string{kelsey}, "X_A!"},
		{"kelsey of a computed prefix", "var c struct{ A string }\n\tenvconfig.Process(os.Args[1], &c)", ``, []string{kelsey}, "…"},
		{"kelsey in a constructor", "c, err := load()\n\tif err != nil {\n\t\tpanic(err)\n\t}\n\tlog.Print(c.A)",
			"type conf struct {\n\tA string `required:\"true\"`\n}\n\nfunc load() (*conf, error) {\n\tc := &conf{}\n\tif err := envconfig.Process(\"\", c); err != nil {\n\t\treturn nil, fmt.Errorf(\"%w\", err)\n\t}\n\treturn c, nil\n}", []string{kelsey}, "A!"},

		{"caarlos", "var c conf\n\tif err := env.Parse(&c)" + fatal,
			"type conf struct {\n\tA string `env:\"A,required\"`\n\tB string `env:\"B,notEmpty\"`\n\tC string `env:\"C\" envDefault:\"x\"`\n\tD db `envPrefix:\"DB_\"`\n\tE *db `envPrefix:\"RO_\"`\n\tF *db `env:\",init\" envPrefix:\"INIT_\"`\n\tG string\n\tH string `env:\"-\"`\n\tIn\n}\n\ntype db struct {\n\tHost string `env:\"HOST,required\"`\n}\n\ntype In struct {\n\tX string `env:\"X\"`\n}", []string{caarlos},
			"A! B! C=x DB_HOST! INIT_HOST! RO_HOST X"},
		{"caarlos with options", `env.Must(env.ParseAsWithOptions[conf](env.Options{Prefix: "SHOP_", UseFieldNameByDefault: true, RequiredIfNoDef: true}))`,
			"type conf struct {\n\tMaxConns int\n\tB string `env:\"B\" envDefault:\"x\"`\n}", []string{caarlos}, "SHOP_B=x SHOP_MAX_CONNS!"},
		{"caarlos of type", "c, err := env.ParseAs[conf]()\n\tif err != nil {\n\t\tlog.Fatal(err)\n\t}\n\tlog.Print(c)", "type conf struct {\n\tA string `env:\"A,required\"`\n}", []string{caarlos}, "A!"},
		{"caarlos of a type parameter", "c, err := load[conf]()\n\tif err != nil {\n\t\tlog.Fatal(err)\n\t}\n\tlog.Print(c)",
			"type conf struct {\n\tA string `env:\"A,required\"`\n}\n\nfunc load[T any]() (T, error) {\n\tvar c T\n\terr := env.Parse(&c)\n\tif err != nil {\n\t\treturn c, err\n\t}\n\treturn c, nil\n}", []string{caarlos}, "A!"},
		{"caarlos of a map", `env.ParseWithOptions(&c, env.Options{Environment: map[string]string{"A": "x"}})`, "var c struct {\n\tA string `env:\"A\"`\n}", []string{caarlos}, "…"},
		{"caarlos v6", "var c conf\n\tif err := env.Parse(&c, env.Options{Prefix: \"P_\"})" + fatal, "type conf struct {\n\tA string `env:\"A,required\"`\n}", []string{"github.com/caarlos0/env/v6"}, "P_A!"},
		{"caarlos of a list", "var c conf\n\tenv.Parse(&c)", "type conf struct {\n\tA []in `envPrefix:\"A\"`\n}\n\ntype in struct {\n\tX string `env:\"X\"`\n}", []string{caarlos}, "…"},

		{"sethvargo", "var c conf\n\tif err := envconfig.Process(context.Background(), &c)" + fatal,
			"type conf struct {\n\tA string `env:\"A, required\"`\n\tB string `env:\"B, default=x,y\"`\n\tC *db `env:\", prefix=DB_\"`\n\tD *db `env:\", noinit, prefix=RO_\"`\n\tE string\n\tDb db\n}\n\ntype db struct {\n\tHost string `env:\"HOST,required\"`\n}", []string{seth},
			"A! B=x,y DB_HOST! HOST! RO_HOST"},
		{"sethvargo with lookuper", "var c conf\n\tif err := envconfig.ProcessWith(context.Background(), &envconfig.Config{Target: &c, Lookuper: envconfig.PrefixLookuper(\"P_\", envconfig.OsLookuper())})" + fatal,
			"type conf struct {\n\tA string `env:\"A, required\"`\n}", []string{seth}, "P_A!"},
		{"sethvargo from a map", "var c conf\n\tenvconfig.ProcessWith(context.Background(), &envconfig.Config{Target: &c, Lookuper: envconfig.MapLookuper(nil)})", "type conf struct {\n\tA string `env:\"A\"`\n}", []string{seth}, "…"},
		{"sethvargo must", `c := envconfig.MustProcess(context.Background(), &conf{})` + "\n\tlog.Print(c)", "type conf struct {\n\tA string `env:\"A, required\"`\n}", []string{seth}, "A!"},

		{"cleanenv", "var c conf\n\tif err := cleanenv.ReadEnv(&c)" + fatal,
			"type conf struct {\n\tA string `env:\"A\" env-required:\"true\"`\n\tB string `env:\"B,C\" env-default:\"x\" env-required:\"true\"`\n\tDB struct {\n\t\tHost string `env:\"HOST\" env-required:\"\"`\n\t} `env-prefix:\"DB_\"`\n\tD string `yaml:\"d\"`\n}", []string{clean}, "A! B=x C=x DB_HOST!"},
		{"cleanenv with a file", "var c conf\n\tif err := cleanenv.ReadConfig(\"config.yml\", &c); err != nil {\n\t\tlog.Fatal(err)\n\t}\n\tif err := cleanenv.ReadEnv(&c)" + fatal,
			"type conf struct {\n\tA string `env:\"A\" env-required:\"true\"`\n}", []string{clean}, "A"},

		{"vrischmann", "var c conf\n\tif err := envconfig.Init(&c)" + fatal, "type conf struct {\n\tA string `envconfig:\"A_KEY\"`\n\tB string `envconfig:\"B_KEY,optional\"`\n\tC string `envconfig:\"C_KEY,default=x\"`\n\tDb struct{ SslCert string }\n}", []string{vri},
			"A_KEY! B_KEY C_KEY=x DB_SSLCERT DB_SSL_CERT db_ssl_cert db_sslcert"},
		{"vrischmann optional", "var c conf\n\tif err := envconfig.InitWithOptions(&c, envconfig.Options{AllOptional: true})" + fatal, "type conf struct {\n\tA string `envconfig:\"A\"`\n}", []string{vri}, "A"},

		{"netflix", "var c conf\n\tif _, err := env.UnmarshalFromEnviron(&c)" + fatal,
			"type conf struct {\n\tA string `env:\"A,required=true\"`\n\tB string `env:\"B,C,default=x\"`\n\tIn struct {\n\t\tD string `env:\"D\"`\n\t}\n\tE string\n}", []string{"github.com/Netflix/go-env"}, "A! B=x C=x D"},
		{"envdecode", "var c conf\n\tif err := envdecode.Decode(&c)" + fatal,
			"type conf struct {\n\tA string `env:\"A,required\"`\n\tB string `env:\"B,default=x,strict\"`\n\tIn struct {\n\t\tC string `env:\"C\"`\n\t}\n\tD string\n}", []string{"github.com/joeshaw/envdecode"}, "A! B=x C"},
		{"codingconcepts", "var c conf\n\tif err := env.Set(&c)" + fatal,
			"type conf struct {\n\tA string `env:\"A\" required:\"true\"`\n\tB string `env:\"B\" default:\"x\"`\n\tC string\n}", []string{"github.com/codingconcepts/env"}, "A! B=x"},
		{"go-zero", "var c conf2\n\tconf.MustLoad(\"etc/a.yaml\", &c)",
			"type conf2 struct {\n\tA string `json:\",env=A,default=x\"`\n\tB string `json:\"b,optional\"`\n\tIn struct {\n\t\tC string `json:\"c,env=C\"`\n\t}\n}", []string{"github.com/zeromicro/go-zero/core/conf"}, "A=x C"},

		{"envy", "a, err := envy.MustGet(\"A\")\n\tif err != nil {\n\t\tlog.Fatal(err)\n\t}\n\tlog.Print(a, envy.Get(\"B\", \"x\"))", ``, []string{"github.com/gobuffalo/envy"}, "A! B=x"},
		{"nicholasjackson", "if err := env.Parse()" + fatal, "var a, b = env.String(\"A\", true, \"\", \"\"), env.Int(\"B\", false, 5, \"\")\n\nfunc use() { _, _ = a, b }", []string{"github.com/nicholasjackson/env"}, "A B=5"},
		{"go-env-default", `log.Print(env.GetDefault("A", "x"), env.GetIntDefault("B", 5))`, ``, []string{"github.com/caitlinelfring/go-env-default"}, "A=x B=5"},
		{"koanf", `koanf.New(".").Load(env.Provider("SHOP_", ".", nil), nil)`, ``, []string{"github.com/knadh/koanf/v2", "github.com/knadh/koanf/providers/env"}, "SHOP_*"},
		{"koanf v2", `koanf.New(".").Load(env.Provider(".", env.Opt{Prefix: "SHOP_"}), nil)`, ``, []string{"github.com/knadh/koanf/v2", "github.com/knadh/koanf/providers/env/v2"}, "SHOP_*"},
		{"koanf without prefix", `koanf.New(".").Load(env.Provider("", ".", nil), nil)`, ``, []string{"github.com/knadh/koanf/v2", "github.com/knadh/koanf/providers/env"}, "…"},
		{"kratos", `env.NewSource("SHOP_")`, ``, []string{"github.com/go-kratos/kratos/v2/config/env"}, "SHOP_*"},
		{"godotenv", "godotenv.Load()\n\tlog.Print(os.Getenv(\"A\"))", ``, []string{"github.com/joho/godotenv"}, "A"},

		{"viper", "viper.SetEnvPrefix(\"shop\")\n\tviper.SetEnvKeyReplacer(strings.NewReplacer(\".\", \"_\", \"-\", \"_\"))\n\tviper.AutomaticEnv()\n\tviper.SetDefault(\"web.port\", 8080)\n\tlog.Print(viper.GetInt(\"web.port\"), viper.GetString(\"db-url\"))", ``, []string{viper},
			"SHOP_DB_URL SHOP_WEB_PORT=8080"},
		{"viper without the environment", `log.Print(viper.GetString("a"))`, ``, []string{viper}, ""},
		{"viper bound", "viper.BindEnv(\"a\")\n\tviper.BindEnv(\"b\", \"DATABASE_URL\", \"DSN\")\n\tlog.Print(viper.GetString(\"a\"), viper.GetString(\"b\"), viper.GetString(\"c\"))", ``, []string{viper}, "A DATABASE_URL DSN"},
		{"viper of a computed key", "viper.AutomaticEnv()\n\tlog.Print(viper.GetString(os.Args[1]))", ``, []string{viper}, "…"},
		{"viper of an instance", "v := viper.New()\n\tv.SetEnvPrefix(\"P\")\n\tv.AutomaticEnv()\n\tlog.Print(v.GetString(\"a\"), viper.GetString(\"b\"))", ``, []string{viper}, "P_A"},
		{"viper unmarshalled", "viper.AutomaticEnv()\n\tviper.SetDefault(\"port\", \"8080\")\n\tvar c conf\n\tviper.Unmarshal(&c)", "type conf struct {\n\tPort string `mapstructure:\"port\"`\n\tHost string `mapstructure:\"host\"`\n}", []string{viper}, "PORT=8080"},
		{"viper unmarshalled with a file", "viper.SetEnvKeyReplacer(strings.NewReplacer(\".\", \"_\"))\n\tviper.AutomaticEnv()\n\tviper.ReadInConfig()\n\tvar c conf\n\tviper.Unmarshal(&c)",
			"type conf struct {\n\tPort string\n\tDB struct {\n\t\tHost string `mapstructure:\"host_name\"`\n\t} `mapstructure:\"db\"`\n\tIn `mapstructure:\",squash\"`\n}\n\ntype In struct{ Log string }", []string{viper}, "DB_HOST_NAME LOG PORT"},
		{"viper part", "viper.AutomaticEnv()\n\tv := viper.New()\n\tv.AutomaticEnv()\n\tlog.Print(v.Sub(\"a\").GetString(\"b\"))", ``, []string{viper}, "…"},
		{"viper with a computed prefix", "viper.SetEnvPrefix(os.Args[0])\n\tviper.AutomaticEnv()\n\tlog.Print(viper.GetString(\"b\"))", ``, []string{viper}, "…"},
	}
	sources := map[string]string{}
	for _, tt := range tests {
		sources[tt.name] = code(tt.body, tt.decls, tt.libs...)
	}
	got := mains(t, sources, libraries(t))
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if env := environment(got[tt.name]); env != tt.want {
				t.Errorf("reads %s, want %s\n%s", env, tt.want, sources[tt.name])
			}
		})
	}
}

func TestFlags(t *testing.T) {
	const (
		cli2    = "github.com/urfave/cli/v2"
		cli3    = "github.com/urfave/cli/v3"
		kingpin = "github.com/alecthomas/kingpin/v2"
		cobra   = "github.com/spf13/cobra"
	)
	tests := []struct {
		name, body, decls string
		libs              []string
		flags, env        string
	}{
		{"flag", "var u uint64\n\tflag.Uint64Var(&u, \"u\", 3, \"\")\n\tflag.Bool(\"b\", false, \"\")\n\tflag.Func(\"f\", \"\", nil)\n\tflag.Parse()", ``, nil, "-b=false -f -u=3", ""},
		{"flag of a computed name", `flag.Bool(os.Args[0], false, "")`, ``, nil, "…", ""},
		{"pflag", "c := &cobra.Command{Use: \"a\", Run: run}\n\tc.Flags().StringP(\"port\", \"p\", \"8080\", \"\")\n\tc.PersistentFlags().DurationVar(&wait, \"wait\", time.Second, \"\")\n\tc.Execute()", "var wait time.Duration\n\nfunc run(cmd *cobra.Command, args []string) {}", []string{cobra}, "-port=8080 -wait=1000000000", ""},
		{"urfave", "app := cli.NewApp()\n\tapp.Flags = []cli.Flag{cli.StringFlag{Name: \"port, p\", EnvVar: \"PORT,HTTP_PORT\", Value: \"80\"}}\n\tapp.Run(os.Args)", ``, []string{"github.com/urfave/cli"}, "-port=80[PORT,HTTP_PORT]", "HTTP_PORT=80 PORT=80"},
		{"urfave v2", "app := &cli.App{Flags: []cli.Flag{&cli.IntFlag{Name: \"port\", EnvVars: []string{\"PORT\"}, Value: 80}, &cli.StringFlag{Name: \"dsn\", EnvVars: names}}}\n\tapp.Run(os.Args)", "var names = []string{\"DSN\", \"DATABASE\"}", []string{cli2}, "-dsn[DSN,DATABASE] -port=80[PORT]", "DATABASE DSN PORT=80"},
		{"urfave v2 computed", "app := &cli.App{Flags: []cli.Flag{&cli.StringFlag{Name: \"dsn\", EnvVars: os.Args}}}\n\tapp.Run(os.Args)", ``, []string{cli2}, "-dsn", "…"},
		{"urfave v3", "app := &cli.Command{Flags: []cli.Flag{&cli.StringFlag{Name: \"a\", Sources: cli.EnvVars(\"A\", \"B\")}, &cli.StringFlag{Name: \"c\", Sources: cli.NewValueSourceChain(cli.EnvVar(\"C\"), cli.File(\"c\"))}}}\n\tapp.Run(context.Background(), os.Args)", ``, []string{cli3}, "-a[A,B] -c[C]", "A B C"},
		{"kingpin", "app := kingpin.New(\"shop\", \"\")\n\ta := app.Flag(\"addr\", \"\").Short('a').Envar(\"ADDR\").Default(\":80\").String()\n\tn := app.Flag(\"n\", \"\").Required().Int()\n\tapp.Parse(os.Args)\n\tlog.Print(a, n)", ``, []string{kingpin}, "-addr=:80[ADDR] -n", "ADDR"},
		{"kingpin default envars", "app := kingpin.New(\"my-shop\", \"\").DefaultEnvars()\n\ta := app.Flag(\"web.addr\", \"\").Default(\":80\").String()\n\tapp.Parse(os.Args)\n\tlog.Print(a)", ``, []string{kingpin}, "-web.addr=:80[MY_SHOP_WEB_ADDR]", "MY_SHOP_WEB_ADDR=:80"},
		{"ff", "fs := flag.NewFlagSet(\"a\", 0)\n\tfs.String(\"listen-addr\", \":80\", \"\")\n\tff.Parse(fs, os.Args, ff.WithEnvVarPrefix(\"SHOP\"))", ``, []string{"github.com/peterbourgon/ff/v3"}, "-listen-addr=:80[SHOP_LISTEN_ADDR]", "SHOP_LISTEN_ADDR=:80"},
		{"ff v4", "fs := ff.NewFlagSet(\"a\")\n\tfs.String('l', \"listen.addr\", \":80\", \"\")\n\tff.Parse(fs, os.Args, ff.WithEnvVars())", ``, []string{"github.com/peterbourgon/ff/v4"}, "-listen.addr=:80[LISTEN_ADDR]", "LISTEN_ADDR=:80"},
		{"namsral", "flag.IntVar(&n, \"max-conns\", 5, \"\")\n\tflag.Parse()", "var n int", []string{"github.com/namsral/flag"}, "-max-conns=5[MAX_CONNS]", "MAX_CONNS=5"},
		{"kong", "kong.Parse(&cli, kong.Name(\"a\"))", "var cli struct {\n\tPort int `env:\"PORT,HTTP_PORT\" default:\"80\"`\n\tMaxConns int\n\tDB struct {\n\t\tURL string `env:\"URL\" required:\"\"`\n\t} `embed:\"\" prefix:\"db-\" envprefix:\"DB_\"`\n\tRun struct {\n\t\tFast bool\n\t} `cmd:\"\"`\n}", []string{"github.com/alecthomas/kong"}, "-db-url[DB_URL] -fast -max-conns -port=80[PORT,HTTP_PORT]", "DB_URL HTTP_PORT=80 PORT=80"},
		{"kong default envars", "kong.Parse(&cli, kong.DefaultEnvars(\"shop\"))", "var cli struct {\n\tMaxConns int\n}", []string{"github.com/alecthomas/kong"}, "-max-conns[SHOP_MAX_CONNS]", "SHOP_MAX_CONNS"},
		{"go-flags", "p := flags.NewParser(&opts, flags.Default)\n\tp.AddGroup(\"db\", \"\", &db)\n\tp.Parse()", "var opts struct {\n\tPort string `long:\"port\" short:\"p\" env:\"PORT\" default:\"80\"`\n\tMail struct {\n\t\tFrom string `long:\"from\" env:\"FROM\" required:\"true\"`\n\t} `group:\"mail\" namespace:\"mail\" env-namespace:\"MAIL\"`\n\tPlain string\n}\n\nvar db struct {\n\tDSN string `long:\"dsn\" env:\"DSN\"`\n}", []string{"github.com/jessevdk/go-flags"}, "-dsn[DSN] -mail.from[MAIL_FROM] -port=80[PORT]", "DSN MAIL_FROM PORT=80"},
		{"go-arg", "arg.MustParse(&args)", "var args struct {\n\tPort string `arg:\"--port,-p,env:PORT\" default:\"80\"`\n\tWorkers int `arg:\"env\"`\n\tSecret string `arg:\"--,required,env:SECRET\"`\n\tFile string `arg:\"positional\"`\n}", []string{"github.com/alexflint/go-arg"}, "-port=80[PORT] -workers[WORKERS]", "PORT=80 SECRET! WORKERS"},
		{"conf", "if _, err := conf.Parse(\"shop\", &cfg); err != nil {\n\t\tlog.Fatal(err)\n\t}", "var cfg struct {\n\tconf.Version\n\tWeb struct {\n\t\tAPIHost string `conf:\"default:0.0.0.0:80\"`\n\t}\n\tDSN string `conf:\"required,env:DATABASE_URL,flag:dsn\"`\n\tOff string `conf:\"-\"`\n}", []string{"github.com/ardanlabs/conf/v3"}, "-build[SHOP_BUILD] -desc[SHOP_DESC] -dsn[SHOP_DATABASE_URL] -web-api-host=0.0.0.0:80[SHOP_WEB_API_HOST]", "SHOP_BUILD SHOP_DATABASE_URL SHOP_DESC SHOP_WEB_API_HOST=0.0.0.0:80"},
	}
	sources := map[string]string{}
	for _, tt := range tests {
		sources[tt.name] = code(tt.body, tt.decls, tt.libs...)
	}
	got := mains(t, sources, libraries(t))
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if f, env := flags(got[tt.name]), environment(got[tt.name]); f != tt.flags || env != tt.env {
				t.Errorf("flags %s, want %s\nreads %s, want %s\n%s", f, tt.flags, env, tt.env, sources[tt.name])
			}
		})
	}
}

func TestConfiguresOthers(t *testing.T) {
	for path, want := range map[string]bool{
		"github.com/cristalhq/aconfig": true, "github.com/jinzhu/configor": true, "go.uber.org/config": true, "github.com/num30/config": true,
		"github.com/ory/x/configx": true, "github.com/a8m/envsubst": true, "github.com/x/go-env": true, "github.com/x/env/v3": true,
		"github.com/uber/jaeger-client-go/config": false, "sigs.k8s.io/controller-runtime/pkg/client/config": false,
		"github.com/envoyproxy/go-control-plane/envoy": false, "github.com/config-inc/pay": false, "github.com/x/inventory": false,
	} {
		if got := configuresOthers(path); got != want {
			t.Errorf("%s: got %t", path, got)
		}
	}
}
