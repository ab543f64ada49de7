package dockerfile

import (
	"regexp"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/workload"
)

// useAll notes that a RUN runs something which may read every variable that is set where it stands: a script, make, a tool
// that is not known. known is false for shell text that could not be read.
func (st *state) useAll(script string, known bool) {
	list, ok := CallsOf(workload.Word{Text: script})
	ok = ok && known && !slices.ContainsFunc(list, func(c *Call) bool { return !readsNothing(c.Args()) })
	for i := range st.img.Env {
		st.img.Env[i].Used = st.img.Env[i].Used || !ok
	}
}

// readsNothing reports whether a command reads no variables but its own.
func readsNothing(args []string) bool {
	if len(args) == 0 {
		return true // assignments
	}
	switch name := args[0]; name {
	case "go":
		return len(args) > 1 && slices.Contains([]string{"build", "install", "get", "mod", "env", "version", "clean", "list", "fmt", "vet"}, args[1])
	case "cp", "mv", "mkdir", "rm", "rmdir", "ln", "install":
		return true
	default:
		return buildsNothing[name] || isBuiltin(name) && name != "." && name != "source" && name != "eval"
	}
}

// useNamed notes which variables of an image instructions of the file name.
func (f *File) useNamed(img *workload.Image) {
	if f.words == nil {
		f.words = map[string]bool{}
		for _, w := range word.FindAllString(f.instructionText(), -1) {
			f.words[w] = true
		}
	}
	for i, v := range img.Env {
		img.Env[i].Used = v.Used || f.words[v.Name] || word.FindString(v.Name) != v.Name
	}
}

var word = regexp.MustCompile(`[0-9A-Za-z_]+`)

// instructionText returns all that the file says but for comments and the names that ENV and ARG set.
func (f *File) instructionText() string {
	var b strings.Builder
	next := len(f.Source)
	for s := len(f.Stages) - 1; s >= 0; s-- {
		list := f.Stages[s].Instructions
		for i := len(list) - 1; i >= 0; i-- {
			in := list[i]
			from := in.At.Start.Offset
			if in.Name != "env" && in.Name != "arg" { // with its heredocs
				b.Write(f.Source[from:max(from, next)])
				b.WriteByte('\n')
			}
			for _, p := range in.Pairs {
				b.WriteString(p.Value.Text + "\n")
			}
			next = from
		}
		next = f.Stages[s].At.Start.Offset
	}
	return comment.ReplaceAllString(b.String(), "")
}

var comment = regexp.MustCompile(`(?m)^\s*#.*$`)
