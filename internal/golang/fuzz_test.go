package golang

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// What stands in a folder of facts is read as facts or refused, and what was read can be written and is read as the same.
func FuzzReadFacts(f *testing.F) {
	index := `{"Tool":"test","Shard":{"Index":1,"Of":1},"Sources":{"main.go":"0"},"Builds":[{"Dir":"cmd/a","Tags":["x"]}],` +
		`"Modules":[{"Dir":".","Loaded":true,"Notes":[{"Code":"go-load","Level":2,"At":"1:2:3-4:5:6 a.go"}],"Packages":["p.json"]}]}`
	f.Add(index, `{"Path":"m/p","Findings":[{"Rule":"FL0901","At":"1:1:0-1:2:1 main.go","Message":"x"}],"Withheld":[{"Finding":{"Rule":"FL0901"},"Role":1}]}`)
	f.Add(index, `{"Path":"m/p","Program":{"Name":"p","Env":[],"Class":1}}`)
	f.Add(`{"Shard":{"Index":2,"Of":1}}`, `null`)
	f.Add(`{"Tool":"test","Shard":{"Index":1,"Of":1},"Modules":[{"Packages":["../p.json"]}]}`, ``)
	f.Fuzz(func(t *testing.T, index, pkg string) {
		dir := t.TempDir()
		for name, text := range map[string]string{"index-1-of-1.json": index, "p.json": pkg} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		read, err := ReadFacts(dir, "test")
		if err != nil {
			return
		}
		first := t.TempDir()
		if err := read.Write(first); err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		want, err := ReadFacts(first, "test")
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		second := t.TempDir()
		if err := want.Write(second); err != nil {
			t.Fatal(err)
		}
		got, err := ReadFacts(second, "test")
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("read again: %v\n%+v\nwant\n%+v", err, got, want)
		}
	})
}

// What the cache has as the facts of a package is read as facts or refused, and what was read is the same when it was kept again.
func FuzzDecodeFacts(f *testing.F) {
	f.Add([]byte{})
	in := tree(f, "../../testdata/repos/shop")
	for _, facts := range factsOf(f, in) {
		f.Add(facts)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		facts, err := decodeFacts(text)
		if err != nil {
			return
		}
		again, err := encodeFacts(facts)
		if err != nil {
			t.Fatal(err)
		}
		if facts, err = decodeFacts(again); err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if got, err := encodeFacts(facts); err != nil || !bytes.Equal(got, again) {
			t.Errorf("written again: %v\n%x\nwant\n%x", err, got, again)
		}
	})
}

// factsOf returns the facts of the packages of a tree, as the cache has them.
func factsOf(f *testing.F, in Input) [][]byte {
	f.Helper()
	var out [][]byte
	for _, m := range modules(in) {
		loaded, err := Source{}.Load(f.Context(), Request{Dir: filepath.Join(in.Root, m.dir), Module: m.path})
		if err != nil {
			f.Fatal(err)
		}
		a := newAnalysis(in, m, Shard{})
		a.run(loaded)
		for _, t := range a.tasks {
			facts, err := t.facts()
			if err != nil {
				f.Fatal(err)
			}
			text, err := encodeFacts(facts)
			if err != nil {
				f.Fatal(err)
			}
			out = append(out, text)
		}
	}
	return out
}
