package helm

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"encoding/json"
	"fmt"

	"github.com/factorlint/factorlint/internal/cache"
)

// maxKept is how large a rendering may be that is kept, in bytes.
const maxKept = 8 << 20

// A kept is a rendering as the cache has it.
type kept struct {
	Files []keptFile
	Nodes []keptNode
}

type keptFile struct {
	Name, Path string
	Output     keptOutput
}

type keptOutput struct {
	Text     []byte
	Segments []int // start and node of each
	Inner    []keptFragment
}

type keptFragment struct {
	Segment int
	Output  keptOutput
}

type keptNode struct {
	File       string
	Start, End int
	Text       bool
	Values     []string
}

// key names what is kept of a rendering: by all that it is made of, and the program that renders. ok is false if nothing is to be
// kept.
func (c *Chart) key(values map[string]any) (key cache.Key, ok bool) {
	if c.Cache == nil {
		return key, false
	}
	given, err := json.Marshal(values)
	if err != nil {
		return key, false
	}
	h := sha256.New()
	h.Write(fmt.Appendf(nil, "chart 1 %s %x %s", cache.Build(), c.sum(), given))
	return cache.Key(h.Sum(nil)), true
}

// hash returns a hash of the chart's files.
func (c *Chart) hash() [sha256.Size]byte {
	h := sha256.New()
	h.Write(fmt.Appendf(nil, "%q\n", c.Dir))
	for _, f := range c.files {
		origin := ""
		if len(f.Data) > 0 {
			origin = c.origins[&f.Data[0]]
		}
		h.Write(fmt.Appendf(nil, "%q %q %d\n%s\n", f.Name, origin, len(f.Data), f.Data))
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// fromCache returns what is kept of a rendering.
func (c *Chart) fromCache(key cache.Key) (files []*File, ok bool) {
	text, ok := c.Cache.Get(key)
	if !ok {
		return nil, false
	}
	var k kept
	if gob.NewDecoder(bytes.NewReader(text)).Decode(&k) != nil {
		return nil, false
	}
	from := &Chart{Dir: c.Dir}
	for _, n := range k.Nodes {
		from.nodes = append(from.nodes, node{file: n.File, start: n.Start, end: n.End, text: n.Text, values: n.Values})
	}
	left := newBudget()
	for _, f := range k.Files {
		files = append(files, &File{f.Name, f.Path, f.Output.output(from, left)})
	}
	return files, true
}

func (k keptOutput) output(from *Chart, left *budget) *output {
	o := &output{chart: from, budget: left, text: k.Text}
	for i := 0; i+1 < len(k.Segments); i += 2 {
		o.segments = append(o.segments, segment{k.Segments[i], k.Segments[i+1]})
	}
	for _, f := range k.Inner {
		o.inner = append(o.inner, fragment{f.Segment, f.Output.output(from, left)})
	}
	return o
}

// keep puts a rendering into the cache.
func (c *Chart) keep(key cache.Key, files []*File) {
	var k kept
	for _, n := range c.nodes {
		k.Nodes = append(k.Nodes, keptNode{n.file, n.start, n.end, n.text, n.values})
	}
	for _, f := range files {
		k.Files = append(k.Files, keptFile{f.Name, f.Path, f.out.kept()})
	}
	var b bytes.Buffer
	if gob.NewEncoder(&b).Encode(k) == nil && b.Len() <= maxKept {
		c.Cache.Put(key, b.Bytes())
	}
}

func (o *output) kept() keptOutput {
	k := keptOutput{Text: o.text}
	for _, s := range o.segments {
		k.Segments = append(k.Segments, s.start, s.node)
	}
	for _, f := range o.inner {
		k.Inner = append(k.Inner, keptFragment{f.segment, f.output.kept()})
	}
	return k
}
