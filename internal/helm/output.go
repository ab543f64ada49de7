package helm

import (
	"bytes"
	"sort"
	"strings"
)

// An output is what one execution of a template writes, and which node wrote what.
type output struct {
	chart    *Chart
	budget   *budget
	text     []byte
	segments []segment
	inner    []fragment // results of include and tpl that were made meanwhile
	aligned  map[int][]alignment
}

// A segment is a stretch of output, up to the next one's start, that a node wrote.
type segment struct{ start, node int }

// A fragment is a piece of text that a function made while a segment was written.
type fragment struct {
	segment int
	*output
}

// An alignment is a line of a segment that stands in a fragment: output[from:to] is fragment.text[at:].
type alignment struct {
	from, to int
	fragment *output
	at       int
}

// at notes that a node begins.
func (o *output) at(id int) { o.segments = append(o.segments, segment{len(o.text), id}) }

// Write takes the output of a template.
func (o *output) Write(p []byte) (int, error) {
	if err := o.budget.write(len(p)); err != nil {
		return 0, err
	}
	o.text = append(o.text, p...)
	return len(p), nil
}

// keep notes the result of a function, if lines of it may be found again in the output.
func (o *output) keep(f *output) {
	if bytes.IndexByte(f.text, ':') >= 0 || bytes.IndexByte(f.text, '\n') >= 0 {
		o.inner = append(o.inner, fragment{len(o.segments) - 1, f})
	}
}

const noValue = "<no value>"

// dropNoValue removes what text/template writes for a value that is not there, as Helm does.
func (o *output) dropNoValue() {
	var (
		text    []byte
		removed []int
	)
	for rest := o.text; ; {
		i := bytes.Index(rest, []byte(noValue))
		if i < 0 {
			text = append(text, rest...)
			break
		}
		removed = append(removed, len(o.text)-len(rest)+i)
		text = append(text, rest[:i]...)
		rest = rest[i+len(noValue):]
	}
	for i, s := range o.segments {
		before := sort.SearchInts(removed, s.start) // removals that begin before the segment
		moved := s.start - before*len(noValue)
		if before > 0 && s.start < removed[before-1]+len(noValue) {
			moved = removed[before-1] - (before-1)*len(noValue) // it began within one
		}
		o.segments[i].start = moved
	}
	o.text = text
}

// A Place is a stretch of a file of the tree.
type Place struct {
	File       string
	Start, End int
	Node       int  // the action that made the text, or 0 for text that stands there
	Line       bool // only the line is known
}

// place returns where the character at an offset comes from. ok is false if that is not known.
func (o *output) place(at int) (p Place, ok bool) {
	i := sort.Search(len(o.segments), func(i int) bool { return o.segments[i].start > at }) - 1
	if i < 0 {
		return Place{}, false
	}
	s := o.segments[i]
	n := o.chart.nodes[s.node]
	if n.file == "" {
		return Place{}, false
	}
	if n.text {
		from := n.start + at - s.start
		return Place{File: n.file, Start: from, End: min(from+1, n.end)}, from < n.end
	}
	for _, a := range o.align(i) {
		if a.from <= at && at < a.to {
			if p, ok := a.fragment.place(a.at + at - a.from); ok {
				return p, true
			}
		}
	}
	return Place{File: n.file, Start: n.start, End: n.end, Node: s.node}, true
}

// align finds the lines of a segment in the fragments that were made for it, or earlier and kept in a variable: a
// fragment may have been indented and trimmed since.
func (o *output) align(i int) []alignment {
	if found, ok := o.aligned[i]; ok {
		return found
	}
	if o.aligned == nil {
		o.aligned = map[int][]alignment{}
	}
	end := len(o.text)
	if i+1 < len(o.segments) {
		end = o.segments[i+1].start
	}
	start := o.segments[i].start
	var found []alignment
	if bytes.IndexByte(o.text[start:end], '\n') >= 0 {
		fragments := o.candidates(i)
		size := end - start
		for _, f := range fragments {
			size += len(f.text)
		}
		if o.budget.align -= size; o.budget.align > 0 {
			found = match(lines(o.text, start, end), fragments)
		}
	}
	o.aligned[i] = found
	return found
}

// candidates returns the fragments that may be in a segment, the likeliest first.
func (o *output) candidates(i int) []*output {
	const most = 50
	var own, earlier []*output
	for k := len(o.inner) - 1; k >= 0 && len(own)+len(earlier) < most; k-- {
		switch f := o.inner[k]; {
		case f.segment == i:
			own = append(own, f.output)
		case f.segment < i:
			earlier = append(earlier, f.output)
		}
	}
	return append(own, earlier...)
}

// A line is a line of output without the white space around it.
type line struct {
	at   int
	text string
}

func lines(text []byte, start, end int) []line {
	var out []line
	for at := start; at < end; {
		next := bytes.IndexByte(text[at:end], '\n')
		if next < 0 {
			next = end
		} else {
			next += at
		}
		raw := string(text[at:next])
		if trimmed := strings.TrimLeft(raw, " \t"); strings.TrimSpace(trimmed) != "" {
			out = append(out, line{at + len(raw) - len(trimmed), strings.TrimSpace(strings.ReplaceAll(trimmed, noValue, ""))})
		}
		at = next + 1
	}
	return out
}

// match finds fragments whole, as lines that follow each other, and then single lines that only one place can have
// given.
func match(out []line, fragments []*output) []alignment {
	var found []alignment
	taken := make([]bool, len(out))
	take := func(i int, f *output, l line) {
		taken[i] = true
		found = append(found, alignment{out[i].at, out[i].at + len(out[i].text), f, l.at})
	}
	for _, f := range fragments {
		ls := lines(f.text, 0, len(f.text))
	search:
		for i := 0; i+len(ls) <= len(out) && len(ls) > 0; i++ {
			for k := range ls {
				if taken[i+k] || out[i+k].text != ls[k].text {
					continue search
				}
			}
			for k := range ls {
				take(i+k, f, ls[k])
			}
			break
		}
	}
	type source struct {
		f     *output
		l     line
		count int
	}
	single := map[string]*source{}
	for _, f := range fragments {
		for _, l := range lines(f.text, 0, len(f.text)) {
			if s := single[l.text]; s != nil {
				s.count++
			} else {
				single[l.text] = &source{f, l, 1}
			}
		}
	}
	for i, l := range out {
		if s := single[l.text]; !taken[i] && s != nil && s.count == 1 {
			take(i, s.f, s.l)
		}
	}
	return found
}
