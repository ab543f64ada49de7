package observe

import (
	"strconv"
	"strings"
	"testing"

	"github.com/factorlint/factorlint/internal/workload"
)

// TestFiles holds the description of a program's files, logs, other programs and tuning against what it should be, each the
// body of its main function.
func TestFiles(t *testing.T) {
	tests := []struct{ name, body, decls, want string }{
		{"write", `os.WriteFile("/data/x", nil, 0o600)`, ``, "write /data/x"},
		{"joined path", `os.WriteFile(filepath.Join(os.Getenv("DIR"), "/a", "../b.txt"), nil, 0o600)`, ``, "write ${DIR:-}/a/../b.txt"},
		{"joined constants", `os.Create(filepath.Join("data", "", "/a/", "../b.txt"))`, ``, "write data/b.txt"},
		{"open to read", `os.Open("x"); os.OpenFile("x", os.O_RDONLY, 0)`, ``, ""},
		{"open to write", `os.OpenFile("x", os.O_RDWR|os.O_CREATE, 0o600)`, ``, "write x"},
		{"rename and remove", `os.Rename("x", "y"); os.Remove("z")`, ``, "write y, write z"},
		{"temporary", `os.CreateTemp("", "x"); os.WriteFile("/tmp/x", nil, 0o600)`, ``, "temporary ${TMPDIR:-/tmp}/?, temporary /tmp/x"},
		{"folder for temporary files", `os.WriteFile(filepath.Join(os.TempDir(), "x"), nil, 0o600)`, ``, "temporary ${TMPDIR:-/tmp}/x"},
		{"removed", `f, _ := os.CreateTemp("/data", "x"); defer os.Remove(f.Name())`, ``, "temporary /data/?, write ?"},
		{"kept", `os.MkdirTemp("/data", "x")`, ``, "write /data/?"},
		{"parameter", `save("x")`, `func save(name string) { os.WriteFile("/data/"+name, nil, 0o600) }`, "write /data/x"},
		{"on a request", `http.HandleFunc("/", save)`,
			`func save(w http.ResponseWriter, r *http.Request) { os.WriteFile("/data/x", nil, 0o600) }`, "request /data/x"},
		{"log", `f, _ := os.Create("x.log"); log.SetOutput(f)`, ``, "write x.log, always x.log"},
		{"log that is asked for", `if os.Getenv("LOG") != "" { f, _ := os.Create("x.log"); log.SetOutput(f) }`, ``, "write x.log, maybe x.log"},
		{"log where it can be opened", `if f, err := os.Create("x.log"); err == nil { log.SetOutput(f) }`, ``, "write x.log, always x.log"},
		{"log beside a stream", `f, _ := os.Create("x.log"); log.New(io.MultiWriter(f, os.Stdout), "", 0)`, ``, "write x.log, maybe x.log"},
		{"log in a path from outside", `f, _ := os.Create(os.Getenv("LOG")); log.New(f, "", 0)`, ``, "write ${LOG:-}, maybe ${LOG:-}"},
		{"other programs", `exec.Command("git", "pull"); exec.CommandContext(nil, os.Getenv("SHELL"))`, ``, "exec git, exec ${SHELL:-}"},
		{"threads", `runtime.GOMAXPROCS(runtime.NumCPU())`, ``, "threads runtime.NumCPU()"},
		{"one thread", `runtime.GOMAXPROCS(1)`, ``, "threads 1"},
		{"threads that are asked for", `println(runtime.GOMAXPROCS(0))`, ``, ""},
		{"threads from outside", `n, _ := strconv.Atoi(os.Getenv("N")); runtime.GOMAXPROCS(n)`, ``, "threads ?"},
		{"memory limit", `debug.SetMemoryLimit(512 << 20)`, ``, "memory 536870912"},
		{"memory limit from outside", `n, _ := strconv.Atoi(os.Getenv("N")); debug.SetMemoryLimit(int64(n))`, ``, "memory ?"},
		{"memory limit that is asked for", `println(debug.SetMemoryLimit(-1))`, ``, ""},
	}
	sources := map[string]string{}
	for _, tt := range tests {
		text := "package main\n\nimport (\n"
		for _, path := range []string{"io", "log", "net/http", "os", "os/exec", "path/filepath", "runtime", "runtime/debug", "strconv"} {
			if strings.Contains(tt.body+tt.decls, path[strings.LastIndexByte(path, '/')+1:]+".") {
				text += "\t\"" + path + "\"\n"
			}
		}
		sources[tt.name] = text + ")\n\nfunc main() {\n\t" + tt.body + "\n}\n\n" + tt.decls + "\n"
	}
	got := mains(t, sources)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if have := files(got[tt.name]); have != tt.want {
				t.Errorf("have %q, want %q", have, tt.want)
			}
		})
	}
}

// files writes down what a program does with files and the runtime.
func files(p *workload.Program) string {
	var out []string
	for _, w := range p.Writes.Members {
		word := "write "
		switch {
		case w.Temporary:
			word = "temporary "
		case w.OnRequest:
			word = "request "
		}
		out = append(out, word+show(w.Path))
	}
	for _, l := range p.Logs.Members {
		word := "maybe "
		if l.Always {
			word = "always "
		}
		out = append(out, word+show(l.Path))
	}
	for _, e := range p.Execs.Members {
		out = append(out, "exec "+show(e.Command))
	}
	if n, ok := p.Tuning.MaxProcs.Get(); ok {
		out = append(out, "threads "+n)
	} else if !p.Tuning.MaxProcs.Absent() {
		out = append(out, "threads ?")
	}
	if n, ok := p.Tuning.MemoryLimit.Get(); ok {
		out = append(out, "memory "+strconv.FormatInt(n, 10))
	} else if !p.Tuning.MemoryLimit.Absent() {
		out = append(out, "memory ?")
	}
	return strings.Join(out, ", ")
}
