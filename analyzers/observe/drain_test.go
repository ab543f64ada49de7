package observe

import "testing"

// TestTuning looks at what a program does between the signal and its drain.
func TestTuning(t *testing.T) {
	tests := []struct{ name, body, decls, unready, sleep string }{
		{"nothing", ``, ``, "none", "none"},
		{"atomic flag", `ready.Store(false)`, `var ready atomic.Bool`, "true", "none"},
		{"atomic number", `atomic.StoreInt32(&healthy, 0)`, `var healthy int32`, "true", "none"},
		{"set at the start", "ready.Store(true)\n\tlive = true", "var ready atomic.Bool\n\nvar live bool", "none", "none"},
		{"another flag", `verbose.Store(false)`, `var verbose atomic.Bool`, "none", "none"},
		{"variable and pause", "shuttingDown = true\n\ttime.Sleep(4 * time.Second)", `var shuttingDown bool`, "true", "4s"},
		{"by a method", `new(probe).setReady(false)`, "type probe struct{}\n\nfunc (*probe) setReady(bool) {}", "unknown", "none"},
		{"behind the drain", ``, "var ready atomic.Bool\n\nfunc after() { ready.Store(false) }", "none", "none"},
	}
	sources := map[string]string{}
	for _, tt := range tests {
		sources[tt.name] = "package main\n\nimport (\n\t\"context\"\n\t\"net/http\"\n\t\"os\"\n\t\"sync/atomic\"\n\t\"time\"\n)\n\nvar _ = []any{os.Args, time.Now, atomic.AddInt32}\n\n" +
			"func main() {\n\tsrv := &http.Server{Addr: os.Args[1]}\n\tgo srv.ListenAndServe()\n\t<-make(chan int)\n\t" + tt.body +
			"\n\tctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)\n\tdefer cancel()\n\tsrv.Shutdown(ctx)\n}\n\n" + tt.decls + "\n"
	}
	got := mains(t, sources)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tuning := got[tt.name].Tuning
			unready, sleep := "unknown", "unknown"
			if v, ok := tuning.Unready.Get(); ok && v {
				unready = "true"
			} else if tuning.Unready.Absent() {
				unready = "none"
			}
			if d, ok := tuning.Sleep.Get(); ok {
				sleep = d.String()
			} else if tuning.Sleep.Absent() {
				sleep = "none"
			}
			if unready != tt.unready || sleep != tt.sleep {
				t.Errorf("unready %s, sleep %s, want %s, %s", unready, sleep, tt.unready, tt.sleep)
			}
		})
	}
}
