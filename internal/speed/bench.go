package speed

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// A Bench measures subjects.
type Bench struct {
	Tools
	Runs, ColdRuns int       // of each tool in each scenario; ColdRuns where the build cache is empty
	Temp           string    // folder for copies and caches
	Progress       io.Writer // a line for each scenario
}

// A Subject is a tree that was measured.
type Subject struct {
	Name      string
	Packages  int
	Rows      []Row
	generated bool
}

// A Row is what a scenario cost each tool, in the order of Tools.
type Row struct {
	*scenario
	costs [3][]Cost
}

// A scenario is what is there, or has changed, when a tool runs.
type scenario struct {
	name  string
	runs  int
	fresh bool   // nothing is kept by the tool
	cold  bool   // nor by the compiler
	edit  *place // changes before each run of all tools
	goals []goal
}

// settle is how long after the last change of a file its time of modification tells whether it is changed again.
const settle = 3 * time.Second

// Checkout measures a copy of the tree in dir.
func (b *Bench) Checkout(ctx context.Context, dir string) (*Subject, error) {
	name := filepath.Base(dir)
	return b.measure(ctx, name, func(to string) error { return os.CopyFS(to, os.DirFS(dir)) })
}

// Generated measures a generated module of n packages.
func (b *Bench) Generated(ctx context.Context, n int) (*Subject, error) {
	s, err := b.measure(ctx, fmt.Sprintf("%d packages", n), func(to string) error { return Generate(to, n) })
	if err == nil {
		s.generated = true
	}
	return s, err
}

func (b *Bench) measure(ctx context.Context, name string, write func(to string) error) (*Subject, error) {
	temp, err := os.MkdirTemp(b.Temp, "speed-")
	if err != nil {
		return nil, err
	}
	defer remove(temp)
	dir := filepath.Join(temp, "tree")
	if err := write(dir); err != nil {
		return nil, err
	}
	t, err := open(ctx, dir)
	if err != nil {
		return nil, err
	}
	r := &run{Bench: b, tree: t, temp: temp, tools: b.list()}
	if err := r.prepare(ctx); err != nil {
		return nil, err
	}
	s := &Subject{Name: name, Packages: t.packages}
	for _, sc := range b.scenarios(t) {
		fmt.Fprintf(b.Progress, "%s: %s\n", name, sc.name) //nolint:errcheck // there is nowhere left to complain
		row, err := r.scenario(ctx, sc)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", name, sc.name, err)
		}
		s.Rows = append(s.Rows, row)
	}
	return s, nil
}

// scenarios returns those that a tree allows. From the third on the tools keep what the one before left.
func (b *Bench) scenarios(t *tree) []*scenario {
	var out []*scenario
	add := func(s scenario) {
		if s.runs > 0 {
			out = append(out, &s)
		}
	}
	add(scenario{name: coldName, runs: b.ColdRuns, fresh: true, cold: true, goals: coldGoals})
	add(scenario{name: freshName, runs: b.Runs, fresh: true, goals: freshGoals})
	add(scenario{name: sameName, runs: b.Runs, goals: sameGoals})
	for _, e := range []struct {
		name  string
		at    *place
		goals []goal
	}{
		{"a leaf package edited", t.leaf, editGoals},
		{"the core package edited", t.core, editGoals},
		{"a Dockerfile changed", t.image, otherGoals},
		{"a manifest changed", t.manifest, otherGoals},
	} {
		if e.at != nil {
			add(scenario{name: e.name, runs: b.Runs, edit: e.at, goals: e.goals})
		}
	}
	return out
}

// A run is about one tree.
type run struct {
	*Bench
	tree  *tree
	temp  string
	tools []tool
	kept  [3]string
	edits int
}

// prepare has everything compiled, and runs each tool once with what it keeps.
func (r *run) prepare(ctx context.Context) error {
	time.Sleep(settle)
	if err := compile(ctx, r.tree.dir); err != nil {
		return err
	}
	for i, t := range r.tools {
		var err error
		if r.kept[i], err = r.fresh(r.temp); err != nil {
			return err
		}
		env, command := t.command(r.kept[i])
		if _, err := Measure(ctx, r.tree.dir, env, command...); err != nil {
			return err
		}
	}
	return nil
}

// compile fills the build cache. A module that cannot be compiled is refused: the go command would vet none of its packages.
func compile(ctx context.Context, dir string) error {
	var stderr strings.Builder
	cmd := exec.CommandContext(ctx, "go", "list", "-export", "-deps", "-test", "./...")
	cmd.Dir, cmd.Stderr = dir, &stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("go list: %w\n%.2000s", err, stderr.String())
	}
	return nil
}

func (r *run) scenario(ctx context.Context, s *scenario) (Row, error) {
	row := Row{scenario: s}
	var want []byte
	for round := range s.runs {
		if s.edit != nil {
			r.edits++
			if err := s.edit.edit(r.edits); err != nil {
				return row, err
			}
		}
		if s.edit != nil || round == 0 {
			var err error
			if want, err = r.reference(ctx, r.tree.dir, r.temp); err != nil {
				return row, err
			}
		}
		for i := range r.tools {
			c, err := r.once(ctx, i, s, want)
			if err != nil {
				return row, err
			}
			row.costs[i] = append(row.costs[i], c)
		}
	}
	return row, nil
}

// once runs the i-th tool, and looks whether factorlint found what is wanted.
func (r *run) once(ctx context.Context, i int, s *scenario, want []byte) (Cost, error) {
	kept, extra := r.kept[i], []string(nil)
	if s.fresh {
		var err error
		if kept, err = r.fresh(r.temp); err != nil {
			return Cost{}, err
		}
		defer remove(kept)
	}
	if s.cold {
		compiled, err := os.MkdirTemp(r.temp, "compiled-")
		if err != nil {
			return Cost{}, err
		}
		defer remove(compiled)
		extra = []string{"GOCACHE=" + compiled}
	}
	env, command := r.tools[i].command(kept)
	c, err := Measure(ctx, r.tree.dir, append(env, extra...), command...)
	if err == nil && i == self {
		err = compare(kept, want)
	}
	return c, err
}

func remove(dir string) { os.RemoveAll(dir) } //nolint:errcheck // the system clears its folder of temporary files
