package observe

import (
	"strings"
	"testing"

	"github.com/factorlint/factorlint/internal/workload"
)

// settingsOf writes the keys of a program: key=VARIABLE,…; nothing after the sign if the environment is not asked.
func settingsOf(p *workload.Program) string {
	var out []string
	for _, s := range p.Settings {
		out = append(out, s.Key+"="+strings.Join(s.Env, ","))
	}
	return strings.Join(out, " ")
}

func TestSettings(t *testing.T) {
	const (
		viper = "github.com/spf13/viper"
		conf  = "type conf struct {\n\tPort string\n\tDB struct {\n\t\tHost string\n\t}\n}"
		fill  = "viper.AutomaticEnv()\n\tvar c conf\n\tviper.Unmarshal(&c)"
	)
	tests := []struct{ name, body, decls, want string }{
		{"asked", "viper.SetEnvPrefix(\"shop\")\n\tviper.AutomaticEnv()\n\tlog.Print(viper.GetString(\"db.host\"))", "", "db.host=SHOP_DB.HOST"},
		{"bound", "viper.BindEnv(\"a\", \"X\", \"Y\")\n\tlog.Print(viper.GetString(\"a\"), viper.GetString(\"b\"))", "", "a=X,Y"},
		{"never asked", `log.Print(viper.GetString("a"))`, "", ""},
		{"filled not told", fill, conf, "port= db.host="},
		{"filled told by a default", "viper.SetDefault(\"port\", 80)\n\t" + fill, conf, "port=PORT db.host="},
		{"filled told of the part around", "viper.SetDefault(\"db\", map[string]any{})\n\t" + fill, conf, "db=DB port="},
		{"filled with a file", "viper.ReadInConfig()\n\t" + fill, conf, "port=PORT db.host=DB.HOST"},
	}
	sources := map[string]string{}
	for _, tt := range tests {
		sources[tt.name] = code(tt.body, tt.decls, viper)
	}
	got := mains(t, sources, libraries(t))
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if s := settingsOf(got[tt.name]); s != tt.want {
				t.Errorf("got %q, want %q\n%s", s, tt.want, sources[tt.name])
			}
		})
	}
}
