package golang

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// shardOf returns the facts of a shard.
func shardOf(t *testing.T, in Input, shard Shard) *Facts {
	t.Helper()
	f, err := Observe(t.Context(), GoList{}, in, shard, "test")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// What is read is what was written, to the last place, however many shards wrote it.
func TestFacts(t *testing.T) {
	in := tree(t, "../../testdata/repos/shop")
	want := shardOf(t, in, Shard{})
	if len(want.Modules) != 1 || len(want.Modules[0].Packages) < 5 {
		t.Fatalf("modules %+v, want one with several packages", want.Modules)
	}
	for _, of := range []int{1, 2, 5} {
		dir := t.TempDir()
		for i := 1; i <= of; i++ {
			if err := shardOf(t, in, Shard{i, of}).Write(dir); err != nil {
				t.Fatal(err)
			}
		}
		got, err := ReadFacts(dir, "test")
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%d shards: what was read is not what was written", of)
		}
		if direct, joined := Analyze(t.Context(), GoList{}, in), got.Result(in); !reflect.DeepEqual(joined, direct) {
			t.Errorf("%d shards: the result is not that of an analysis", of)
		}
	}
}

// A folder that is written to again, for another number of shards, holds what was written last.
func TestFactsDividedAnew(t *testing.T) {
	in := tree(t, "../../testdata/repos/shop")
	dir := t.TempDir()
	want := shardOf(t, in, Shard{1, 1})
	old := *want
	old.Sources = map[string]string{"main.go": "0"}
	for i := 1; i <= 2; i++ {
		old.Shard = Shard{i, 2}
		if err := old.Write(dir); err != nil {
			t.Fatal(err)
		}
	}
	if err := want.Write(dir); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadFacts(dir, "test"); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("what was read is not what was written last: %v", err)
	}
}

// Facts that cannot be those of the tree are refused, and the message says why.
func TestFactsRefused(t *testing.T) {
	in := tree(t, "../../testdata/repos/shop")
	dir := t.TempDir()
	if err := shardOf(t, in, Shard{1, 2}).Write(dir); err != nil {
		t.Fatal(err)
	}
	refused := func(dir, tool, want string) {
		t.Helper()
		if _, err := ReadFacts(dir, tool); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one that says %q", err, want)
		}
	}
	refused(t.TempDir(), "test", "holds no facts")
	refused(dir, "test", "no facts of shard 2/2")
	refused(dir, "another", "written by test")

	other := shardOf(t, in, Shard{2, 2})
	other.Sources = map[string]string{"main.go": "0"}
	if err := other.Write(dir); err != nil {
		t.Fatal(err)
	}
	refused(dir, "test", "different states")

	index := filepath.Join(dir, "index-2-of-2.json")
	if err := os.WriteFile(index, []byte(`{"Tool": "test", "Shard": {"Index": 2, "Of": 2}, "Modules": [{"Packages": ["../x.json"]}]}`), 0o644); err != nil {
		t.Fatal(err)
	}
	refused(dir, "test", "want a file beside it")
	if err := os.WriteFile(index, []byte(`{`), 0o644); err != nil {
		t.Fatal(err)
	}
	refused(dir, "test", "index-2-of-2.json: unexpected end")
}

// Facts of another state of the code are no facts of this one.
func TestStaleFacts(t *testing.T) {
	in := tree(t, "../../testdata/repos/shop")
	f := shardOf(t, in, Shard{})
	for _, c := range []struct {
		name, want string
		change     func(*Facts, *Input)
	}{
		{"edited", "cmd/orders/main.go", func(f *Facts, _ *Input) { f.Sources["cmd/orders/main.go"] = "0" }},
		{"deleted", "gone.go", func(f *Facts, _ *Input) { f.Sources["gone.go"] = "0" }},
		{"tags", "other images", func(_ *Facts, in *Input) { in.Builds = []Build{{Dir: "cmd/orders", Tags: []string{"x"}}} }},
	} {
		changed, now := *f, in
		changed.Sources = map[string]string{}
		for k, v := range f.Sources {
			changed.Sources[k] = v
		}
		c.change(&changed, &now)
		r := changed.Result(now)
		if !r.Failed || len(r.Findings) > 0 || len(r.Notes) != 1 || !strings.Contains(r.Notes[0].Message, c.want) {
			t.Errorf("%s: %+v, want one notification that says %q", c.name, r, c.want)
		}
	}
}

func TestParseShard(t *testing.T) {
	if s, err := ParseShard("2/4"); err != nil || s != (Shard{2, 4}) {
		t.Errorf("2/4: %v, %v", s, err)
	}
	for _, bad := range []string{"", "2", "0/2", "3/2", "1/0", "a/b", "1/2/3"} {
		if s, err := ParseShard(bad); err == nil {
			t.Errorf("%q: %v, want an error", bad, s)
		}
	}
	for _, path := range []string{"a", "example.com/b", "example.com/c/d"} {
		n := 0
		for i := 1; i <= 3; i++ {
			if (Shard{i, 3}).Has(path) {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%s is in %d of 3 shards", path, n)
		}
	}
}
