package build

import (
	"path"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// bakeFile is what is read of a file of docker buildx bake.
var bakeFile = &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "variable", LabelNames: []string{"name"}}, {Type: "target", LabelNames: []string{"name"}}}}

// A bakery is the targets of one file.
type bakery struct {
	targets map[string]hcl.Attributes
	vars    map[string]cty.Value
}

// bake reads the targets of a file of docker buildx bake.
func (r *reader) bake(name string) {
	text := r.around.Read(name)
	if !shallow(text) {
		return
	}
	parse := hclsyntax.ParseConfig
	if path.Ext(name) == ".json" {
		parse = func(src []byte, file string, _ hcl.Pos) (*hcl.File, hcl.Diagnostics) { return json.Parse(src, file) }
	}
	file, diags := parse(text, name, hcl.InitialPos)
	if diags.HasErrors() || file == nil {
		return
	}
	content, _, _ := file.Body.PartialContent(bakeFile)
	b := bakery{targets: map[string]hcl.Attributes{}, vars: map[string]cty.Value{}}
	var order []string
	for _, block := range content.Blocks {
		attributes, _ := block.Body.JustAttributes()
		switch label := block.Labels[0]; block.Type {
		case "variable":
			b.vars[label] = cty.StringVal("${" + label + "}")
			if d, ok := attributes["default"]; ok {
				b.vars[label] = b.value(d, nil)
			}
		case "target":
			if b.targets[label] == nil {
				order = append(order, label)
			}
			b.targets[label] = attributes
		}
	}
	for _, target := range order {
		for _, matrix := range b.matrix(target) {
			r.bakeTarget(name, target, b, matrix)
		}
	}
}

// shallow reports whether a text is not nested absurdly deep: parsers call themselves.
func shallow(text []byte) bool {
	const deepest = 200
	n := 0
	for _, c := range text {
		switch c {
		case '(', '[', '{':
			if n++; n > deepest {
				return false
			}
		case ')', ']', '}':
			n--
		}
	}
	return true
}

func (r *reader) bakeTarget(name, target string, b bakery, matrix map[string]cty.Value) {
	get := func(key string) cty.Value { return b.attribute(target, key, matrix, 0) }
	dir := path.Dir(name)
	context, ok := inTree(dir, orDot(bakeText(get("context"))))
	if !ok || b.has(target, "dockerfile-inline", 0) {
		return
	}
	at := check.Span{File: name}
	if tags, ok := b.find(target, "tags", 0); ok {
		at.Start = check.Pos{Line: tags.Range.Start.Line, Col: tags.Range.Start.Column}
		at.End = at.Start
	}
	build := workload.Build{Context: context, Target: bakeText(get("target")), Args: bakeArgs(get("args")), At: at}
	if b.has(target, "dockerfile", 0) {
		if build.Dockerfile, ok = inTree(context, bakeText(get("dockerfile"))); !ok {
			return
		}
	}
	for _, tag := range b.tags(target, matrix) {
		r.docker(tag, build, "the target "+target)
	}
}

// tags returns the tags of a target; one that cannot be told does not hide the others.
func (b bakery) tags(target string, matrix map[string]cty.Value) []string {
	a, ok := b.find(target, "tags", 0)
	if !ok {
		return nil
	}
	var out []string
	list, diags := hcl.ExprList(a.Expr)
	if diags.HasErrors() {
		for _, v := range elements(b.value(a, matrix)) {
			out = append(out, bakeText(v))
		}
	}
	for _, expr := range list {
		out = append(out, bakeText(b.value(&hcl.Attribute{Expr: expr}, matrix)))
	}
	return out
}

// find returns a target's attribute, or that of a target which it inherits from: the last one wins.
func (b bakery) find(target, key string, depth int) (*hcl.Attribute, bool) {
	const deepest = 8
	if a, ok := b.targets[target][key]; ok {
		return a, true
	}
	inherits, ok := b.targets[target]["inherits"]
	if !ok || depth > deepest {
		return nil, false
	}
	var found *hcl.Attribute
	for _, parent := range elements(b.value(inherits, nil)) {
		if a, ok := b.find(bakeText(parent), key, depth+1); ok {
			found = a
		}
	}
	return found, found != nil
}

func (b bakery) has(target, key string, depth int) bool {
	_, ok := b.find(target, key, depth)
	return ok
}

func (b bakery) attribute(target, key string, matrix map[string]cty.Value, depth int) cty.Value {
	a, ok := b.find(target, key, depth)
	if !ok {
		return cty.NullVal(cty.DynamicPseudoType)
	}
	return b.value(a, matrix)
}

// value evaluates an attribute; what cannot be told is unknown.
func (b bakery) value(a *hcl.Attribute, matrix map[string]cty.Value) cty.Value {
	ctx := &hcl.EvalContext{Variables: map[string]cty.Value{}}
	for k, v := range b.vars {
		ctx.Variables[k] = v
	}
	for k, v := range matrix {
		ctx.Variables[k] = v
	}
	v, diags := a.Expr.Value(ctx)
	if diags.HasErrors() {
		return cty.DynamicVal
	}
	return v
}

// matrix returns the values that a target is built with: one empty set without a matrix.
func (b bakery) matrix(target string) []map[string]cty.Value {
	const most = 64
	out := []map[string]cty.Value{{}}
	a, ok := b.targets[target]["matrix"]
	if !ok {
		return out
	}
	v := b.value(a, nil)
	if !v.IsKnown() || v.IsNull() || !v.CanIterateElements() {
		return out
	}
	for it := v.ElementIterator(); it.Next(); {
		key, list := it.Element()
		var next []map[string]cty.Value
		for _, base := range out {
			for _, item := range elements(list) {
				one := map[string]cty.Value{bakeText(key): item}
				for k, v := range base {
					one[k] = v
				}
				next = append(next, one)
			}
		}
		if len(next) > most {
			return out
		}
		out = next
	}
	return out
}

// elements returns the members of a list.
func elements(v cty.Value) []cty.Value {
	if !v.IsKnown() || v.IsNull() || !v.CanIterateElements() || v.Type().IsObjectType() || v.Type().IsMapType() {
		return nil
	}
	return v.AsValueSlice()
}

// bakeText returns a value's text, "${}" if it cannot be told and "" if there is none.
func bakeText(v cty.Value) string {
	if v.IsNull() {
		return ""
	}
	s, err := convert.Convert(v, cty.String)
	if err != nil || !s.IsKnown() {
		return "${}"
	}
	return s.AsString()
}

func bakeArgs(v cty.Value) map[string]workload.Value[string] {
	var list []string
	if v.IsKnown() && !v.IsNull() && v.CanIterateElements() {
		for it := v.ElementIterator(); it.Next(); {
			key, value := it.Element()
			list = append(list, bakeText(key)+"="+bakeText(value))
		}
	}
	return args(list)
}
