//go:build unix

package helm

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"
)

func loadMap(files map[string]string) (*Chart, error) {
	fsys := fstest.MapFS{}
	names := []string{}
	for name, data := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(data)}
		names = append(names, name)
	}
	slices.Sort(names)
	return Load(fsys, names, "c")
}

const meta = "apiVersion: v2\nname: c\nversion: 1.0.0\n"

// peak returns how long f takes, not counting what other processes take, and how much memory is in use at most meanwhile.
func peak(f func()) (took time.Duration, memory uint64) {
	runtime.GC()
	done, seen := make(chan bool), make(chan uint64)
	go func() {
		var most uint64
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse+m.StackInuse)
			select {
			case <-done:
				seen <- most
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	}()
	begin := cpu()
	f()
	took = cpu() - begin
	close(done)
	return took, <-seen
}

// patience is how long a hostile chart may take. The race detector makes everything many times slower.
func patience() time.Duration {
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		return 40 * time.Second
	}
	return 2 * time.Second
}

func cpu() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// Templates that would take for ever, or more memory than there is, are given up.
func TestLimits(t *testing.T) {
	double := "{{ $x := `0123456789` }}{{ range until 60 }}{{ $x = %s }}{{ end }}{{ %s }}"
	dag := "{{ $d := dict `k` `v` }}{{ range until 60 }}{{ $d = dict `a` $d `b` $d }}{{ end }}"
	cycle := "{{ $d := dict `k` `v` }}{{ $_ := set $d `d` $d }}"
	aliases := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c < 'k'; c++ {
		aliases += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.Repeat(fmt.Sprintf("*%c, ", c-1), 10))
	}
	for name, template := range map[string]string{
		"integers":               "{{ range 999999999999 }}{{ end }}",
		"until":                  "{{ range until 999999999 }}{{ end }}",
		"until in a row":         "{{ range until 900000 }}{{ range until 900000 }}{{ end }}{{ end }}",
		"untilStep":              "{{ untilStep 0 999999999 1 | len }}",
		"seq":                    "{{ seq 1 99999999 }}",
		"text":                   "{{ range 99999999 }}" + strings.Repeat("0123456789", 1000) + "{{ end }}",
		"include":                "{{ define `a` }}{{ include `a` . }}{{ end }}{{ include `a` . }}",
		"include to and fro":     "{{ define `a` }}{{ include `b` . }}{{ end }}{{ define `b` }}{{ include `a` . }}{{ end }}{{ include `a` . }}",
		"include twice":          "{{ define `a` }}{{ if lt . 100 }}{{ include `a` (add1 .) }}{{ include `a` (add1 .) }}{{ end }}{{ end }}{{ include `a` 0 }}",
		"template":               "{{ define `a` }}{{ template `a` . }}{{ end }}{{ template `a` . }}",
		"template twice":         "{{ define `a` }}{{ if lt . 100 }}{{ template `a` (add1 .) }}{{ template `a` (add1 .) }}{{ end }}{{ end }}{{ template `a` 0 }}",
		"tpl":                    "{{ $t := `{{ tpl . . }}` }}{{ tpl $t $t }}",
		"tpl with a loop":        "{{ tpl `{{ range 99999999999 }}{{ end }}` . }}",
		"tpl in a loop":          "{{ range 99999999 }}{{ tpl `{{ define \"x\" }}x{{ end }}{{ include \"x\" . }}` . }}{{ end }}",
		"print doubles":          fmt.Sprintf(double, "print $x $x", "$x"),
		"printf doubles":         fmt.Sprintf(double, "printf `%s%s` $x $x", "$x"),
		"cat doubles":            fmt.Sprintf(double, "cat $x $x", "$x"),
		"join doubles":           fmt.Sprintf(double, "list $x $x | join $x", "$x"),
		"replace grows":          fmt.Sprintf(double, "replace `0` $x $x", "$x"),
		"regexReplaceAll":        fmt.Sprintf(double, "regexReplaceAll `.` $x `$0$0$0$0`", "$x"),
		"concat doubles":         "{{ $x := list 1 2 }}{{ range until 60 }}{{ $x = concat $x $x }}{{ end }}{{ $x }}",
		"values are kept":        "{{ $d := dict }}{{ range until 100000 }}{{ $_ := set $d (print .) (repeat 100000 `x`) }}{{ end }}",
		"lists are kept":         "{{ $d := dict }}{{ range until 100000 }}{{ $_ := set $d (print .) (until 100000) }}{{ end }}",
		"copies are kept":        "{{ $v := dict `a` (until 10000) }}{{ $d := dict }}{{ range until 100000 }}{{ $_ := set $d (print .) (deepCopy $v) }}{{ end }}",
		"parsed values are kept": "{{ $v := until 10000 | toJson }}{{ $d := dict }}{{ range until 100000 }}{{ $_ := set $d (print .) (fromJsonArray $v) }}{{ end }}",
		"repeat":                 "{{ repeat 999999999 `0123456789` }}",
		"indent":                 "{{ indent 999999999 `x` }}",
		"wide verb":              "{{ printf `%0999999d%0999999d%0999999d%0999999d%0999999d%0999999d%0999999d%0999999d%0999999d%0999999d%0999999d%0999999d%0999999d%0999999d%0999999d%0999999d%0999999d%0999999d` 1 }}",
		"indexed verb":           "{{ $x := repeat 1000000 `x` }}{{ $f := repeat 1000 `%[1]s` }}{{ printf $f $x }}",
		"many arguments":         "{{ $x := repeat 9000000 `x` }}{{ print " + strings.Repeat("$x ", 100) + "}}",
		"split":                  "{{ splitList `` (repeat 9000000 `x`) | len }}",
		"wrap":                   "{{ wrapWith 1 (repeat 1000000 `x`) (repeat 1000000 `x `) }}",
		"regex":                  "{{ $x := repeat 1000000 `a` }}{{ range until 100 }}{{ regexMatch `(a|aa)*(a{900}){90}b` $x }}{{ end }}",
		"printed dag":            dag + "{{ $d }}",
		"toYaml of a dag":        dag + "{{ toYaml $d }}",
		"toJson of a dag":        dag + "{{ toJson $d }}",
		"toString of a dag":      dag + "{{ toString $d }}",
		"key from a dag":         dag + "{{ dict $d 1 | len }}",
		"int of a dag":           dag + "{{ int $d }}",
		"deepCopy of a dag":      dag + "{{ deepCopy $d | len }}",
		"merge of dags":          dag + "{{ merge (dict) $d | len }}",
		"printed cycle":          cycle + "{{ $d }}",
		"toYaml of a cycle":      cycle + "{{ toYaml $d }}",
		"toJson of a cycle":      cycle + "{{ toJson $d }}",
		"deepCopy of a cycle":    cycle + "{{ deepCopy $d | len }}",
		"a cycle of values":      "{{ $_ := set .Values `v` . }}{{ toYaml . }}",
		"hashes":                 "{{ $x := repeat 9000000 `x` }}{{ range 9999999 }}{{ sha256sum $x }}{{ end }}",
		"files":                  "{{ range 9999999 }}{{ $_ := $.Files.Get `big.txt` }}{{ end }}",
		"files by variable":      "{{ $f := .Files }}{{ range 9999999 }}{{ $_ := $f.Lines `big.txt` }}{{ end }}",
		"files by glob":          "{{ range 9999999 }}{{ $_ := ($.Files.Glob `*`).AsSecrets }}{{ end }}",
		"deep parentheses":       "{{ " + strings.Repeat("(", 500_000) + "1" + strings.Repeat(")", 500_000) + " }}",
		"many templates":         strings.Repeat("{{ define `a` }}x{{ end }}", 10_000),
		"long comparison":        "{{ range until 900000 }}{{ if semverCompare `>=1.0.0 <2.0.0 || ~3.1 || ^4.2.1` `1.2.3-rc.1+build` }}{{ end }}{{ end }}",
		"aliases":                "{{ fromYaml (.Files.Get `bomb.txt`) | toYaml }}",
		"toYaml in a loop":       "{{ $v := until 1000 }}{{ range 999999 }}{{ $_ := toYaml $v }}{{ end }}",
		"pretty and deep":        "{{ $d := dict `k` (until 100000) }}{{ range until 900 }}{{ $d = dict `a` $d }}{{ end }}{{ toPrettyJson $d }}",
	} {
		t.Run(name, func(t *testing.T) {
			var err error
			took, memory := peak(func() {
				var c *Chart
				c, err = loadMap(map[string]string{"c/Chart.yaml": meta, "c/templates/a.yaml": template,
					"c/big.txt": strings.Repeat("0123456789\n", 300_000), "c/bomb.txt": aliases})
				if err == nil {
					_, err = c.Render(nil)
				}
			})
			e, ok := errors.AsType[*Error](err)
			switch {
			case name == "aliases": // functions give the error as a value
				if err != nil {
					t.Error(err)
				}
			case !ok || !e.Limit && name != "deep parentheses" && name != "many templates":
				t.Errorf("got %v, want that it is given up", err)
			}
			if took > patience() || memory > 512<<20 {
				t.Errorf("took %v and %d MiB", took, memory>>20)
			}
			t.Logf("%v, %d MiB: %.200v", took, memory>>20, err)
		})
	}
}

// Files that are bombs are refused before anything is made of them.
func TestHostileFiles(t *testing.T) {
	aliases := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c < 'k'; c++ {
		aliases += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.Repeat(fmt.Sprintf("*%c, ", c-1), 10))
	}
	big := "a: &a " + strings.Repeat("x", 1_000_000) + "\nb: [" + strings.Repeat("*a, ", 10_000) + "]\n"
	var zip bytes.Buffer
	w := gzip.NewWriter(&zip)
	if _, err := w.Write(make([]byte, 200<<20)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for name, files := range map[string]map[string]string{
		"aliases":             {"c/values.yaml": aliases},
		"big aliases":         {"c/values.yaml": big},
		"aliases in metadata": {"c/Chart.yaml": meta + aliases},
		"in a dependency":     {"c/charts/d/Chart.yaml": meta, "c/charts/d/values.yaml": big},
		"archive":             {"c/charts/d.tgz": zip.String()},
		"no archive":          {"c/charts/d.tgz": "nothing"},
		"circle": {"c/Chart.yaml": meta + "dependencies: [{name: d, version: 1.0.0, repository: 'file://../d'}]\n",
			"d/Chart.yaml": "apiVersion: v2\nname: d\nversion: 1.0.0\ndependencies: [{name: c, version: 1.0.0, repository: 'file://../c'}]\n"},
		"big file":       {"c/templates/x.yaml": strings.Repeat("x", 5<<20)},
		"big template":   {"c/templates/a": strings.Repeat("x", 4<<20), "c/templates/b": strings.Repeat("x", 4<<20), "c/templates/c": "x"},
		"deep":           {"c/values.yaml": strings.Repeat("[", 20_000)},
		"broken":         {"c/values.yaml": "a: b: c"},
		"no chart":       {"c/Chart.yaml": ""},
		"values are one": {"c/values.yaml": "- a"},
	} {
		t.Run(name, func(t *testing.T) {
			if files["c/Chart.yaml"] == "" && name != "no chart" {
				files["c/Chart.yaml"] = meta
			}
			var err error
			took, memory := peak(func() { _, err = loadMap(files) })
			if err == nil {
				t.Error("got no error")
			}
			if took > patience() || memory > 512<<20 {
				t.Errorf("took %v and %d MiB", took, memory>>20)
			}
			t.Logf("%v, %d MiB: %.200v", took, memory>>20, err)
		})
	}
}
