package observe

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestStates is about what a program keeps in itself other than what the rules' cases hold.
func TestStates(t *testing.T) {
	const serve = `
func main() {
	start()
	http.HandleFunc("/", handle)
	http.ListenAndServe(os.Getenv("ADDR"), nil)
}
`
	tests := map[string]struct{ imports, decls, want string }{
		"queue": {"", `
type job struct{ id string }

var jobs = make(chan job, 100)

func work() {
	for j := range jobs {
		println(j.id)
	}
}

func start() { go work() }

func handle(w http.ResponseWriter, r *http.Request) { jobs <- job{r.FormValue("id")} }
`, "queue jobs"},
		"queue in a field": {"", `
type app struct{ jobs chan string }

var a = &app{make(chan string, 10)}

func (a *app) work() {
	for {
		println(<-a.jobs)
	}
}

func start() { go a.work() }

func handle(w http.ResponseWriter, r *http.Request) {
	select {
	case a.jobs <- r.FormValue("id"):
	default:
		http.Error(w, "busy", 503)
	}
}
`, "queue jobs"},
		"channel of news": {"", `
var stop = make(chan struct{})

func start() { go func() { <-stop }() }

func handle(w http.ResponseWriter, r *http.Request) { stop <- struct{}{} }
`, ""},
		"channel of a request": {"", `
type request struct{ done chan string }

func start() {}

func handle(w http.ResponseWriter, r *http.Request) {
	q := request{make(chan string)}
	go func() { q.done <- "done" }()
	println(<-q.done)
}
`, ""},
		"database driver": {"database/sql", `
func start() {
	sql.Open("sqlite3", os.Getenv("FILE"))
	sql.Open("postgres", os.Getenv("DATABASE_URL"))
	sql.Open(os.Getenv("DRIVER"), os.Getenv("DATABASE_URL"))
}

func handle(w http.ResponseWriter, r *http.Request) {}
`, "embedded database database/sql.Open"},
		"ticker": {"time", `
func start() {
	go func() {
		for range time.NewTicker(time.Hour).C {
			println("job")
		}
	}()
}

func handle(w http.ResponseWriter, r *http.Request) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	<-t.C
}
`, "ticker time.NewTicker"},
		"container": {"", `
var seen = map[string]bool{}

func start() {}

func handle(w http.ResponseWriter, r *http.Request) {
	seen[r.FormValue("id")] = true
	println(len(seen))
}
`, "map seen"},
	}
	sources := map[string]string{}
	for name, tt := range tests {
		imports := "\t\"net/http\"\n\t\"os\"\n"
		if tt.imports != "" {
			imports += "\t\"" + tt.imports + "\"\n"
		}
		sources[name] = "package main\n\nimport (\n" + imports + ")\n" + tt.decls + serve
	}
	programs := mains(t, sources)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var have []string
			for _, s := range programs[name].States.Members {
				where := s.Name
				if s.Kind == "map" || s.Kind == "queue" {
					where = lastName(s.Name)
				}
				if s.At.IsZero() {
					t.Errorf("%s has no place", s.Name)
				}
				have = append(have, fmt.Sprintf("%s %s", s.Kind, where))
			}
			slices.Sort(have)
			if got := strings.Join(have, ", "); got != tt.want {
				t.Errorf("keeps %q, want %q", got, tt.want)
			}
			if !programs[name].States.Open() {
				t.Error("the set is closed")
			}
		})
	}
}
