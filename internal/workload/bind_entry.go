package workload

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// An entry is what one of the services section of .factorlint.yaml says.
type entry struct{ dockerfile, target, program string }

// entry returns what a user can write to bind a workload, ready to be pasted; "" if there is nothing to choose from. The first
// choice stands there, the others behind it in a comment.
func (b *binder) entry(w *Workload, choices []entry) string {
	if len(choices) == 0 {
		return ""
	}
	const most = 5 // others that are named
	first, others := choices[0], ""
	for i, c := range choices[1:] {
		if i == most {
			others += ", …"
			break
		}
		others = cmp.Or(others, " #") + " or " + strings.TrimSpace(cmp.Or(c.program, c.dockerfile)+" "+c.target)
	}
	lines := []string{"services:", "  - name: " + Scalar(b.entryName(w))}
	add := func(key, value string) {
		if value != "" {
			lines = append(lines, "    "+key+": "+value)
		}
	}
	add("dockerfile", Scalar(first.dockerfile))
	add("target", Scalar(first.target))
	if first.program != "" {
		add("program", Scalar("./"+strings.TrimPrefix(first.program, "./")))
	}
	lines[len(lines)-1] += others
	switch d := w.Deploy; {
	case d != nil:
		add("deploys", "["+strconv.Quote(d.File+"#"+d.Name)+"]")
	case w.Image != nil && first.dockerfile == "":
		add("dockerfile", Scalar(w.Image.File))
	}
	return "\n" + strings.Join(lines, "\n")
}

// entryName returns the name of an entry: the container's, with its object's in front where others are called like it.
func (b *binder) entryName(w *Workload) string {
	d := w.Deploy
	if d == nil {
		return cmp.Or(w.Name, path.Base(w.Image.File))
	}
	for _, v := range b.Variants {
		for _, o := range v.Deploys {
			if object := path.Base(d.Object); o.Name == d.Name && o.Object != d.Object && object != d.Name {
				return object + "-" + d.Name
			}
		}
	}
	return d.Name
}

// plainScalar matches texts that YAML takes for nothing else, but for the words of otherScalars.
var (
	plainScalar  = regexp.MustCompile(`^(\./|/)?[A-Za-z_][\w./+-]*$`)
	otherScalars = []string{"null", "true", "false", "yes", "no", "on", "off", "y", "n"}
)

// Scalar writes a text as YAML, in quotes if it needs them.
func Scalar(s string) string {
	if s == "" || plainScalar.MatchString(s) && !slices.Contains(otherScalars, strings.ToLower(s)) {
		return s
	}
	return strconv.Quote(s)
}

// ofFiles makes choices of Dockerfiles; of all that somebody may deploy if there are none.
func (b *binder) ofFiles(files []*file) []entry {
	if len(files) == 0 {
		files = b.deployable()
	}
	var out []entry
	for _, f := range files {
		out = append(out, entry{dockerfile: f.Path()})
	}
	return out
}

// ofOrigins makes choices of what builds an image.
func ofOrigins(origins []origin) []entry {
	var out []entry
	for _, o := range origins {
		out = append(out, entry{dockerfile: o.dockerfile(), target: o.recipe.target, program: o.pkg})
	}
	return out
}

// ofPrograms makes choices of main packages.
func ofPrograms(programs []*Program) []entry {
	var out []entry
	for _, p := range programs {
		out = append(out, entry{program: p.Dir})
	}
	return out
}

// reachable returns the products that a workload's image can be built from.
func (b *binder) reachable(w *Workload) []*Program {
	return slices.DeleteFunc(b.products(), func(p *Program) bool { return w.Image != nil && !b.inReach(w, p) })
}

// missProgram says why a workload's program is not bound, and what to write; without programs to choose from, those that the
// image can be built from are, unless it is seen to carry no Go program.
func (b *binder) missProgram(w *Workload, programs []*Program, format string, args ...any) {
	if img := w.Image; len(programs) == 0 && (img == nil || img.Binaries.Open() || len(img.Binaries.Members) > 0) {
		programs = b.reachable(w)
	}
	w.miss("program: "+format+"%s", append(args, b.entry(w, ofPrograms(programs)))...)
}

// missImage says why a workload's image is not bound, and what to write.
func (b *binder) missImage(w *Workload, choices []entry, format string, args ...any) {
	w.miss("image: "+format+"%s", append(args, b.entry(w, choices))...)
}

func (w *Workload) miss(format string, args ...any) {
	w.Missing = append(w.Missing, fmt.Sprintf(format, args...))
}
