package workload_test

import (
	"path"
	"testing"
	"time"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// given is a deploy that sets one environment variable.
type given struct{ name, value string }

func (g given) Env(name string) workload.Value[string] {
	if name == g.name {
		return workload.Known(g.value, place(99))
	}
	return workload.Absent[string](place(98))
}
func (given) Flag(string) workload.Value[string]    { return workload.Absent[string](place(97)) }
func (given) Setting(string) workload.Value[string] { return workload.Unknown[string](place(96)) }

func place(line int) check.Span {
	return check.Span{File: "f", Start: check.Pos{Line: line, Offset: line}}
}

func TestDrainTime(t *testing.T) {
	drain := func(fn string, line, seconds int) workload.Drain {
		return workload.Drain{Func: fn, At: place(line + 1), Budget: place(line), Deadline: workload.Known(time.Duration(seconds)*time.Second, place(line))}
	}
	with := func(d workload.Drain, change func(*workload.Drain)) workload.Drain {
		change(&d)
		return d
	}
	parallel := func(d *workload.Drain) { d.Parallel = true }
	cond := func(d *workload.Drain) { d.Cond = true }
	waits := func(t workload.Text) func(*workload.Drain) {
		return func(d *workload.Drain) { d.Deadline, d.Wait = workload.Unknown[time.Duration](d.Budget), t }
	}
	env := workload.Text{{Source: workload.FromEnv, Name: "GRACE", Default: workload.Lit("20", place(50)), At: place(51)}, {Source: workload.Literal, Lit: "s"}}
	tests := []struct {
		name   string
		drains []workload.Drain
		in     given
		want   string
		line   int
	}{
		{"none", nil, given{}, "", 0},
		{"one", []workload.Drain{drain("main", 1, 5)}, given{}, "5s", 1},
		{"one after the other", []workload.Drain{drain("main", 1, 5), drain("main", 3, 7)}, given{}, "12s", 3},
		{"one budget", []workload.Drain{drain("main", 1, 5), with(drain("main", 3, 5), func(d *workload.Drain) { d.Budget = place(1) })}, given{}, "5s", 1},
		{"beside each other", []workload.Drain{with(drain("main", 1, 5), parallel), with(drain("main", 3, 7), parallel)}, given{}, "7s", 3},
		{"one beside two", []workload.Drain{with(drain("main", 1, 5), parallel), drain("main", 3, 2), drain("main", 5, 2)}, given{}, "5s", 1},
		{"on some ways", []workload.Drain{with(drain("main", 1, 5), cond), with(drain("main", 3, 7), cond)}, given{}, "7s", 3},
		{"in two functions", []workload.Drain{drain("a", 1, 5), drain("b", 3, 7)}, given{}, "7s", 3},
		{"a pause counts once", []workload.Drain{
			with(drain("main", 1, 5), func(d *workload.Drain) { d.After = time.Second }), with(drain("main", 3, 7), func(d *workload.Drain) { d.After = time.Second }),
		}, given{}, "13s", 3},
		{"nothing is set", []workload.Drain{with(drain("main", 1, 0), waits(env))}, given{}, "20s", 50},
		{"the deploy sets it", []workload.Drain{with(drain("main", 1, 0), waits(env))}, given{"GRACE", "45"}, "45s", 99},
		{"what is set is no number", []workload.Drain{with(drain("main", 1, 0), waits(env))}, given{"GRACE", "soon"}, "", 0},
		{"as Go writes it", []workload.Drain{with(drain("main", 1, 0), waits(env[:1]))}, given{"GRACE", "1m"}, "1m0s", 99},
		{"a setting", []workload.Drain{with(drain("main", 1, 0), waits(workload.Text{{Source: workload.FromSetting, Name: "grace"}}))}, given{}, "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := workload.Program{Drains: workload.Set[workload.Drain]{Members: tt.drains}}
			v := p.DrainTime(tt.in)
			have, line := "", 0
			if d, ok := v.Get(); ok {
				have, line = d.String(), v.At().Start.Line
			}
			if have != tt.want || line != tt.line {
				t.Errorf("%q set in line %d, want %q in line %d", have, line, tt.want, tt.line)
			}
		})
	}
}

func TestTitle(t *testing.T) {
	for main, want := range map[string]string{
		"example.com/shop/orders/cmd":       "orders",
		"example.com/shop/cmd/main":         "shop",
		"example.com/shop/cmd/server":       "shop",
		"example.com/shop/v2/cmd":           "shop",
		"example.com/shop/cmd/orders":       "orders",
		"example.com/shop/orders/cmd/serve": "serve",
		"orders/src":                        "orders",
		"cmd":                               "cmd",
	} {
		p := &workload.Program{Name: path.Base(main), ImportPath: main}
		if have := p.Title(); have != want {
			t.Errorf("%s: have %s, want %s", main, have, want)
		}
	}
	if have := (&workload.Program{Name: "shop", ImportPath: "example.com/shop/v2"}).Title(); have != "shop" {
		t.Errorf("have %s, want the name that the module has", have)
	}
}
