package helm

import (
	"strconv"
	"strings"
	"text/template/parse"
)

// A node is a piece of a template: text, or an action between "{{" and "}}".
type node struct {
	file       string   // of the tree; "" for templates that are made while rendering
	start, end int      // offsets in the file
	text       bool     // it is written as it stands
	values     []string // the paths below .Values that an action names: "image.tag"

	gets, all, globs int // how often it reads a file of the chart, and all of them, and their names
}

// A parsed template file has a tree for itself and for each template that it defines.
type parsed struct {
	text  []byte
	trees map[string]*parse.Tree
}

// Names of the functions that instrumented templates call. Templates are parsed without them, so that no chart can.
const (
	atFunc    = "factorlint_at"    // a node begins: takes its id
	inFunc    = "factorlint_in"    // a template calls another
	outFunc   = "factorlint_out"   // the other has ended
	printFunc = "factorlint_print" // returns the value that an action prints
)

// parseTemplate parses a template and instruments it: before each node it calls atFunc, which writes nothing, so the
// output stays what it was. file is where the text stands in the tree, or "".
func (c *Chart) parseTemplate(name, text, file string, funcs map[string]any) (map[string]*parse.Tree, error) {
	trees, err := parse.Parse(name, text, "", "", funcs, builtins)
	if err != nil {
		return nil, err
	}
	for _, t := range trees {
		if t.Root == nil || parse.IsEmptyTree(t.Root) {
			continue // an empty template never replaces another of its name, so it has to stay empty
		}
		in := instrumenter{chart: c, file: file, text: text, vars: map[string]string{}}
		in.list(t.Root, "")
	}
	return trees, nil
}

// builtins are the functions of text/template.
var builtins = map[string]any{"and": 0, "or": 0, "not": 0, "call": 0, "html": 0, "index": 0, "slice": 0, "js": 0, "len": 0,
	"print": 0, "printf": 0, "println": 0, "urlquery": 0, "eq": 0, "ge": 0, "gt": 0, "le": 0, "lt": 0, "ne": 0}

type instrumenter struct {
	chart *Chart
	file  string
	text  string
	vars  map[string]string // the paths below .Values that variables stand for, or were last set to
}

// list instruments a list of nodes. dot is the path below .Values that "." stands for in it, if it is one.
func (in *instrumenter) list(l *parse.ListNode, dot string) {
	if l == nil {
		return
	}
	var out []parse.Node
	at := func(n node, pos parse.Pos) {
		in.chart.nodes = append(in.chart.nodes, n)
		out = append(out, call(atFunc, pos, len(in.chart.nodes)-1))
	}
	for _, n := range l.Nodes {
		pos := n.Position()
		switch n := n.(type) {
		case *parse.TextNode:
			at(node{file: in.file, start: int(pos), end: int(pos) + len(n.Text), text: true}, pos)
		case *parse.ActionNode:
			at(in.action(pos, n.Pipe, dot), pos)
			if len(n.Pipe.Decl) == 0 {
				n.Pipe.Cmds = append(n.Pipe.Cmds, command(printFunc, pos))
			}
		case *parse.IfNode:
			at(in.action(pos, n.Pipe, dot), pos)
			in.list(n.List, dot)
			in.list(n.ElseList, dot)
		case *parse.WithNode:
			a := in.action(pos, n.Pipe, dot)
			at(a, pos)
			in.list(n.List, only(a.values))
			in.list(n.ElseList, dot)
		case *parse.RangeNode:
			a := in.action(pos, n.Pipe, dot)
			at(a, pos)
			in.list(n.List, only(a.values))
			in.list(n.ElseList, dot)
			if len(n.List.Nodes) == 0 {
				n.List.Nodes = append(n.List.Nodes, call(atFunc, pos, 0))
			}
		case *parse.TemplateNode:
			at(in.action(pos, n.Pipe, dot), pos)
			out = append(out, call(inFunc, pos, -1), n, call(outFunc, pos, -1))
			continue
		}
		out = append(out, n)
	}
	l.Nodes = out
}

func only(paths []string) string {
	if len(paths) == 1 {
		return paths[0]
	}
	return ""
}

// call returns the action {{name id}}.
func call(name string, pos parse.Pos, id int) parse.Node {
	c := command(name, pos)
	if id >= 0 {
		c.Args = append(c.Args, &parse.NumberNode{NodeType: parse.NodeNumber, Pos: pos, IsInt: true, Int64: int64(id), Text: strconv.Itoa(id)})
	}
	return &parse.ActionNode{NodeType: parse.NodeAction, Pos: pos,
		Pipe: &parse.PipeNode{NodeType: parse.NodePipe, Pos: pos, Cmds: []*parse.CommandNode{c}}}
}

func command(name string, pos parse.Pos) *parse.CommandNode {
	return &parse.CommandNode{NodeType: parse.NodeCommand, Pos: pos, Args: []parse.Node{parse.NewIdentifier(name).SetPos(pos)}}
}

// action describes the action in which a node stands.
func (in *instrumenter) action(pos parse.Pos, p *parse.PipeNode, dot string) node {
	n := node{file: in.file}
	at := min(int(pos), len(in.text))
	n.start = max(strings.LastIndex(in.text[:at], "{{"), 0)
	n.end = closing(in.text, at)
	if p == nil {
		return n
	}
	in.pipe(&n, p, dot)
	if len(p.Decl) > 0 {
		in.vars[p.Decl[len(p.Decl)-1].Ident[0]] = only(n.values) // of a key and a value, the latter
	}
	return n
}

// closing returns the offset behind the "}}" that ends the action around an offset.
func closing(text string, at int) int {
	for i := at; i < len(text); i++ {
		switch c := text[i]; c {
		case '"', '\'', '`':
			for i++; i < len(text) && text[i] != c; i++ {
				if text[i] == '\\' && c != '`' {
					i++
				}
			}
		case '}':
			if strings.HasPrefix(text[i:], "}}") {
				return i + 2
			}
		}
	}
	return len(text)
}

// pipe notes what a pipeline reads.
func (in *instrumenter) pipe(n *node, p *parse.PipeNode, dot string) {
	for _, c := range p.Cmds {
		for _, a := range c.Args {
			in.arg(n, a, dot)
		}
	}
}

func (in *instrumenter) arg(n *node, a parse.Node, dot string) {
	var fields []string
	switch a := a.(type) {
	case *parse.PipeNode:
		in.pipe(n, a, dot)
	case *parse.ChainNode:
		in.arg(n, a.Node, dot)
		fields = a.Field
	case *parse.DotNode:
		if dot != "" {
			n.values = append(n.values, dot)
		}
	case *parse.FieldNode:
		fields = a.Ident
		if path, ok := below(a.Ident); ok {
			n.values = append(n.values, path)
		} else if dot != "" {
			n.values = append(n.values, dot+"."+strings.Join(a.Ident, "."))
		}
	case *parse.VariableNode:
		fields = a.Ident
		if path, ok := below(a.Ident[1:]); ok {
			n.values = append(n.values, path)
		} else if path := in.vars[a.Ident[0]]; path != "" {
			n.values = append(n.values, strings.Join(append([]string{path}, a.Ident[1:]...), "."))
		}
	}
	for _, f := range fields {
		switch f {
		case "Get", "GetBytes", "Lines":
			n.gets++
		case "AsConfig", "AsSecrets":
			n.all++
		case "Glob":
			n.globs++
		}
	}
}

// below returns the path below .Values that fields lead to.
func below(fields []string) (string, bool) {
	if len(fields) < 2 || fields[0] != "Values" {
		return "", false
	}
	return strings.Join(fields[1:], "."), true
}
