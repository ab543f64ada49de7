package build

import (
	"path"
	"regexp"

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

// Limits of one file. HCL can be stopped by nothing, so what an expression may cost is told before.
const (
	maxValue = 1 << 12 // bytes of a variable, with one for each element
	maxCost  = 1 << 20 // of an expression: bytes, where each loop may go through all of them
	maxBaked = 1 << 24 // likewise, of all together
)

// A bakery is the targets of one file.
type bakery struct {
	text    []byte
	targets map[string]hcl.Attributes
	vars    *hcl.EvalContext
	sizes   map[string]int // of variables
	room    int            // left of maxBaked
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
	b := &bakery{text: text, targets: map[string]hcl.Attributes{}, vars: &hcl.EvalContext{Variables: map[string]cty.Value{}}, sizes: map[string]int{}, room: maxBaked}
	var order []string
	for _, block := range content.Blocks {
		attributes, _ := block.Body.JustAttributes()
		switch label := block.Labels[0]; block.Type {
		case "variable":
			v := cty.StringVal("${" + label + "}")
			if d, ok := attributes["default"]; ok {
				v = b.value(d, nil)
			}
			b.set(label, v)
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

func (r *reader) bakeTarget(name, target string, b *bakery, matrix map[string]cty.Value) {
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
func (b *bakery) tags(target string, matrix map[string]cty.Value) []string {
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
func (b *bakery) find(target, key string, depth int) (*hcl.Attribute, bool) {
	const deepest = 8
	if a, ok := b.targets[target][key]; ok {
		return a, true
	}
	inherits, ok := b.targets[target]["inherits"]
	if b.room--; !ok || depth > deepest || b.room < 0 {
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

func (b *bakery) has(target, key string, depth int) bool {
	_, ok := b.find(target, key, depth)
	return ok
}

func (b *bakery) attribute(target, key string, matrix map[string]cty.Value, depth int) cty.Value {
	a, ok := b.find(target, key, depth)
	if !ok {
		return cty.NullVal(cty.DynamicPseudoType)
	}
	return b.value(a, matrix)
}

// value evaluates an attribute; what cannot be told is unknown.
func (b *bakery) value(a *hcl.Attribute, matrix map[string]cty.Value) cty.Value {
	cost := b.cost(a.Expr)
	if cost > min(maxCost, b.room) {
		return cty.DynamicVal
	}
	b.room -= cost
	ctx := b.vars.NewChild()
	ctx.Variables = matrix
	v, diags := a.Expr.Value(ctx)
	if diags.HasErrors() {
		return cty.DynamicVal
	}
	return v
}

// set gives a variable its value, unless that is too large.
func (b *bakery) set(name string, v cty.Value) {
	size := 0
	cty.Walk(v, func(_ cty.Path, part cty.Value) (bool, error) { //nolint:errcheck // the function returns none
		size++
		if part.Type() == cty.String && part.IsKnown() && !part.IsNull() {
			size += len(part.AsString())
		}
		return size <= maxValue, nil
	})
	if size > maxValue {
		v, size = cty.DynamicVal, 1
	}
	b.vars.Variables[name], b.sizes[name] = v, size
}

var loop = regexp.MustCompile(`\bfor\b`)

// cost returns what it may cost to evaluate an expression: its bytes and those of the variables in it, to the power of its loops.
func (b *bakery) cost(e hcl.Expression) int {
	text := e.Range().SliceBytes(b.text)
	n := len(text)
	for _, name := range e.Variables() {
		n += max(b.sizes[name.RootName()], 64) // those of a matrix are short
	}
	out := n
	for range loop.FindAllIndex(text, -1) {
		if out *= n; out > maxCost {
			break
		}
	}
	return out
}

// matrix returns the values that a target is built with: one empty set without a matrix.
func (b *bakery) matrix(target string) []map[string]cty.Value {
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
		items := elements(list)
		if len(items)*len(out) > most {
			return out
		}
		var next []map[string]cty.Value
		for _, base := range out {
			for _, item := range items {
				one := map[string]cty.Value{bakeText(key): item}
				for k, v := range base {
					one[k] = v
				}
				next = append(next, one)
			}
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
