package helm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/Masterminds/sprig/v3"
	"sigs.k8s.io/yaml"
	goyaml "sigs.k8s.io/yaml/goyaml.v3"
)

// functions returns what templates may call: sprig's functions without those that look at the machine, Helm's own, and
// those that instrumented templates call. All but the latter are counted.
func (r *renderer) functions(t *template.Template) template.FuncMap {
	f := sprig.TxtFuncMap()
	delete(f, "env")
	delete(f, "expandenv")
	maps.Copy(f, template.FuncMap{
		"print": fmt.Sprint, "printf": fmt.Sprintf, "println": fmt.Sprintln,
		"html": template.HTMLEscaper, "js": template.JSEscaper, "urlquery": template.URLQueryEscaper,

		"toYaml": toYAML, "mustToYaml": mustToYAML, "toYamlPretty": toYAMLPretty,
		"fromYaml": fromYAML, "fromYamlArray": fromYAMLArray,
		"toJson": toJSON, "mustToJson": mustToJSON, "fromJson": fromJSON, "fromJsonArray": fromJSONArray,
		"toToml": toTOML, "mustToToml": mustToTOML, "fromToml": fromTOML,

		"required": required,
		"fail":     func(message string) (string, error) { return "", &wantingError{message} },
		"lookup":   func(string, string, string, string) (map[string]any, error) { return map[string]any{}, nil },
	})
	maps.Copy(f, durations())
	maps.Copy(f, steady(f))
	for name, fn := range f {
		f[name] = r.counted(name, fn)
	}
	r.known = map[string]any{"include": 0, "tpl": 0}
	maps.Copy(r.known, f)
	f["include"], f["tpl"] = r.include(t), r.tpl(t)
	f[atFunc] = r.at
	f[inFunc] = func() (string, error) { return "", r.enter() }
	f[outFunc] = func() string { r.depth--; return "" }
	f[printFunc] = func(v reflect.Value) (reflect.Value, error) {
		_, err := r.budget.look(v)
		return v, err
	}
	return f
}

// at notes that a node begins, and counts it with the files that it reads.
func (r *renderer) at(id int) (string, error) {
	n := r.chart.nodes[id]
	if id != 0 {
		r.current().at(id)
	}
	return "", r.budget.spend(nodeWork + n.gets*2*r.biggest + n.all*25*r.all + n.globs*callWork*(r.count+1))
}

// A wantingError is what a chart gives as the reason why it cannot be rendered.
type wantingError struct{ message string }

func (e *wantingError) Error() string { return e.message }

func required(message string, v any) (any, error) {
	if v == nil || v == "" {
		return v, &wantingError{message}
	}
	return v, nil
}

// random stands for what is different each time. It reads like a variable that nobody has set, so no rule takes it for
// a value.
const random = "${random}"

// steady replaces the functions whose results depend on chance, time, machine or network.
func steady(f template.FuncMap) template.FuncMap {
	then := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	secret := func(...any) string { return random }
	cert := func(...any) map[string]any { return map[string]any{"Cert": random, "Key": random} }
	out := template.FuncMap{
		"now":           func() time.Time { return then },
		"ago":           func(any) string { return "0s" },
		"getHostByName": func(string) string { return "" },
		"randInt":       func(from, _ int) int { return from },
		"shuffle":       func(s string) string { return s },
		"keys":          sortedKeys,
		"values":        sortedValues,
	}
	if in, ok := f["dateInZone"].(func(string, any, string) string); ok {
		out["date"] = func(layout string, date any) string { return in(layout, date, "UTC") }
		out["htmlDate"] = func(date any) string { return in("2006-01-02", date, "UTC") }
	}
	for _, name := range []string{"randAlphaNum", "randAlpha", "randAscii", "randNumeric", "randBytes", "uuidv4", "bcrypt", "htpasswd",
		"genPrivateKey", "derivePassword", "encryptAES", "decryptAES"} {
		out[name] = secret
	}
	for _, name := range []string{"buildCustomCert", "genCA", "genCAWithKey", "genSelfSignedCert", "genSelfSignedCertWithKey", "genSignedCert",
		"genSignedCertWithKey"} {
		out[name] = cert
	}
	return out
}

func sortedKeys(dicts ...map[string]any) []string {
	out := []string{}
	for _, d := range dicts {
		out = append(out, slices.Sorted(maps.Keys(d))...)
	}
	return out
}

func sortedValues(dict map[string]any) []any {
	out := []any{}
	for _, key := range slices.Sorted(maps.Keys(dict)) {
		out = append(out, dict[key])
	}
	return out
}

// shallow are functions that do not look into the values that they are given.
var shallow = []string{"all", "any", "append", "chunk", "coalesce", "compact", "concat", "default", "dict", "dig", "empty", "fail", "first",
	"get", "hasKey", "initial", "keys", "kindIs", "kindOf", "last", "list", "lookup", "mustAppend", "mustChunk", "mustCompact", "mustFirst",
	"mustInitial", "mustLast", "mustPrepend", "mustPush", "mustRest", "mustReverse", "mustSlice", "omit", "pick", "pluck", "prepend", "push",
	"required", "rest", "reverse", "set", "slice", "ternary", "tuple", "typeIs", "typeIsLike", "typeOf", "unset", "values"}

// counted returns a function that does the same within the budget. It has the same type, because text/template converts
// arguments by it.
func (r *renderer) counted(name string, fn any) any {
	f := reflect.ValueOf(fn)
	return reflect.MakeFunc(f.Type(), func(args []reflect.Value) []reflect.Value {
		if err := r.allow(name, args); err != nil {
			panic(err) // text/template returns it as the call's error
		}
		var out []reflect.Value
		if f.Type().IsVariadic() {
			out = f.CallSlice(args)
		} else {
			out = f.Call(args)
		}
		if err := r.budget.make(made(out[0])); err != nil {
			panic(err)
		}
		return out
	}).Interface()
}

// allow takes the work of a call before it is made: of looking through its arguments, and of what the function does
// besides.
func (r *renderer) allow(name string, args []reflect.Value) error {
	if err := r.budget.spend(callWork); err != nil {
		return err
	}
	size := 0
	switch {
	case name == "dict": // only its keys are looked at
		for i := 0; i < args[0].Len(); i += 2 {
			n, err := r.budget.look(args[0].Index(i))
			if err != nil {
				return err
			}
			size += n
		}
	case !slices.Contains(shallow, name):
		for _, a := range args {
			n, err := r.budget.look(a)
			if err != nil {
				return err
			}
			size += n
		}
	}
	n := growth(name, args, size)
	if max(n, size) > maxValue {
		return limit("%s would make a value of more than %d MiB", name, maxValue>>20)
	}
	return r.budget.spend(n + effort(name, args, size))
}

// made returns the bytes that a result takes, without what it refers to.
func made(v reflect.Value) int {
	switch v = bare(v); v.Kind() {
	case reflect.String:
		return v.Len()
	case reflect.Slice, reflect.Map:
		return 16 * v.Len()
	}
	return 0
}

var wideVerb = regexp.MustCompile(`%[-+# 0]*(?:\d{3,}|\*|[^a-zA-Z%]*\.(?:\d{3,}|\*))`)

// growth returns the bytes that a function makes out of arguments of a size, if it may be far more than that.
func growth(name string, args []reflect.Value, size int) int {
	switch name {
	case "until":
		return times(8, num(args, 0))
	case "untilStep":
		return times(8, (num(args, 1)-num(args, 0))/max(num(args, 2), -num(args, 2), 1))
	case "seq":
		n := 0
		for i := range args[0].Len() {
			n += max(int(args[0].Index(i).Int()), -int(args[0].Index(i).Int()))
		}
		return times(20, n)
	case "repeat":
		return times(num(args, 0), len(str(args, 1)))
	case "indent", "nindent":
		return times(num(args, 0), strings.Count(str(args, 1), "\n")+1)
	case "replace":
		return times(strings.Count(str(args, 2), str(args, 0)), len(str(args, 1)))
	case "wrapWith":
		return times(len(str(args, 1)), len(str(args, 2)))
	case "regexReplaceAll", "mustRegexReplaceAll", "regexReplaceAllLiteral", "mustRegexReplaceAllLiteral":
		return times(len(str(args, 1))+1, len(str(args, 2)))
	case "printf":
		return times(1_000_000, len(wideVerb.FindAllString(str(args, 0), -1))) + times(strings.Count(str(args, 0), "["), size)
	case "join":
		if list := bare(args[1]); list.Kind() == reflect.Slice || list.Kind() == reflect.Array {
			return times(len(str(args, 0)), list.Len())
		}
	case "splitList", "split":
		return times(16, strings.Count(str(args, 1), str(args, 0))+1)
	case "splitn":
		return times(16, strings.Count(str(args, 2), str(args, 0))+1)
	case "regexSplit", "mustRegexSplit", "regexFindAll", "mustRegexFindAll":
		return times(16, len(str(args, 1)))
	case "concat":
		n := 0
		for i := range args[0].Len() {
			n += made(args[0].Index(i))
		}
		return n
	}
	return 0
}

// effort returns the work of functions that do more with arguments of a size than look at them once.
func effort(name string, args []reflect.Value, size int) int {
	switch name {
	case "fromYaml", "fromYamlArray", "fromToml":
		return times(60, len(str(args, 0)))
	case "fromJson", "fromJsonArray", "mustFromJson":
		return times(60, len(str(args, 0)))
	case "toYaml", "mustToYaml", "toYamlPretty", "toToml", "mustToToml":
		return times(100, size)
	case "deepCopy", "mustDeepCopy", "merge", "mergeOverwrite", "mustMerge", "mustMergeOverwrite", "toJson", "mustToJson", "toPrettyJson",
		"mustToPrettyJson", "toRawJson", "mustToRawJson":
		return times(30, size)
	case "semver", "semverCompare":
		return 30_000 + times(1_000, size)
	case "sha1sum", "sha256sum", "sha512sum":
		return times(5, size)
	}
	if strings.Contains(name, "egex") {
		pattern := len(str(args, 0)) + 1
		if strings.Contains(str(args, 0), "{") {
			pattern *= 100
		}
		return times(100+len(str(args, 1)), pattern)
	}
	return 0
}

func str(args []reflect.Value, i int) string {
	if i < len(args) && args[i].Kind() == reflect.String {
		return args[i].String()
	}
	return ""
}

func num(args []reflect.Value, i int) int {
	if i < len(args) && args[i].CanInt() {
		return int(args[i].Int())
	}
	return 0
}

// times multiplies without overflow; signs do not matter.
func times(a, b int) int {
	a, b = max(a, -a), max(b, -b)
	if a > 0 && b > maxWork/a {
		return maxWork + 1
	}
	return a * b
}

// bare returns the value in an interface.
func bare(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Interface && !v.IsNil() {
		v = v.Elem()
	}
	return v
}

func toYAML(v any) string {
	data, err := yaml.Marshal(v)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(data), "\n")
}

func mustToYAML(v any) (string, error) {
	data, err := yaml.Marshal(v)
	return strings.TrimSuffix(string(data), "\n"), err
}

func toYAMLPretty(v any) string {
	var out bytes.Buffer
	enc := goyaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(v); err != nil {
		return ""
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// fromYAML and its like return the error as a value, as Helm's do.
func fromYAML(text string) map[string]any {
	m := map[string]any{}
	if err := unmarshalYAML(text, &m); err != nil {
		m["Error"] = err.Error()
	}
	return m
}

func fromYAMLArray(text string) []any {
	a := []any{}
	if err := unmarshalYAML(text, &a); err != nil {
		a = []any{err.Error()}
	}
	return a
}

func unmarshalYAML(text string, into any) error {
	if err := checkYAML([]byte(text)); err != nil {
		return err
	}
	return yaml.Unmarshal([]byte(text), into)
}

func toJSON(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(data)
}

func mustToJSON(v any) (string, error) {
	data, err := json.Marshal(v)
	return string(data), err
}

func fromJSON(text string) map[string]any {
	m := map[string]any{}
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		m["Error"] = err.Error()
	}
	return m
}

func fromJSONArray(text string) []any {
	a := []any{}
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		a = []any{err.Error()}
	}
	return a
}

func toTOML(v any) string {
	text, err := mustToTOML(v)
	if err != nil {
		return err.Error()
	}
	return text
}

func mustToTOML(v any) (string, error) {
	var out bytes.Buffer
	err := toml.NewEncoder(&out).Encode(v)
	return out.String(), err
}

func fromTOML(text string) map[string]any {
	m := map[string]any{}
	if err := toml.Unmarshal([]byte(text), &m); err != nil {
		m["Error"] = err.Error()
	}
	return m
}
