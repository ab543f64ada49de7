package helm

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"

	"go.yaml.in/yaml/v3"
)

// text/template cannot be stopped from outside, so everything that a template can do is counted, and what is over the
// limit ends with errLimit. Work is counted in units of about a nanosecond, without a clock: whether a chart is
// judged does not depend on the machine.
const (
	maxWork   = 500_000_000 // units of a rendering
	maxOutput = 64 << 20    // bytes written by all templates of a rendering
	maxMade   = 192 << 20   // bytes of all results of functions
	maxValue  = 16 << 20    // bytes of a single value, as it would be printed
	maxAlign  = 64 << 20    // bytes that are compared to find lines again
	maxDepth  = 200         // templates within templates

	nodeWork  = 1_000 // a step of a template
	callWork  = 1_000 // a call of a function
	valueWork = 250   // a value that a function looks at
)

// errLimit is wrapped by the errors of renderings that were given up.
var errLimit = errors.New("rendering takes too long or needs too much memory")

func limit(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errLimit, fmt.Sprintf(format, args...))
}

// A budget is what is left to a rendering.
type budget struct{ work, output, made, align int }

func newBudget() *budget { return &budget{maxWork, maxOutput, maxMade, maxAlign} }

func (b *budget) spend(units int) error {
	if b.work -= max(units, 0); b.work < 0 {
		return limit("too many steps")
	}
	return nil
}

// write takes the bytes of an output.
func (b *budget) write(n int) error {
	if b.output -= n; b.output < 0 {
		return limit("more than %d MiB of output", maxOutput>>20)
	}
	return b.spend(n)
}

// make takes the bytes of a function's result.
func (b *budget) make(n int) error {
	if n > maxValue {
		return limit("a value of more than %d MiB", maxValue>>20)
	}
	if b.made -= n; b.made < 0 {
		return limit("more than %d MiB of values", maxMade>>20)
	}
	return nil
}

// look takes the work of walking through a value with all that is in it, and returns its size. A value that holds
// another twice counts it twice, and one that holds itself is never walked through.
func (b *budget) look(v reflect.Value) (size int, err error) {
	left := maxValue
	if err := b.measure(v, &left, 0); err != nil {
		return 0, err
	}
	if left < 0 {
		return 0, limit("a value of more than %d MiB", maxValue>>20)
	}
	return maxValue - left, nil
}

func (b *budget) measure(v reflect.Value, left *int, depth int) error {
	if *left -= 16 + 2*depth; *left < 0 {
		return nil
	}
	if depth > 1000 {
		return limit("a value within a thousand others")
	}
	if err := b.spend(valueWork); err != nil {
		return err
	}
	switch v.Kind() {
	case reflect.String:
		*left -= v.Len()
		return b.spend(v.Len())
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return b.measure(v.Elem(), left, depth+1)
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			if err := errors.Join(b.measure(it.Key(), left, depth+1), b.measure(it.Value(), left, depth+1)); err != nil || *left < 0 {
				return err
			}
		}
	case reflect.Slice, reflect.Array:
		if k := v.Type().Elem().Kind(); k == reflect.Uint8 {
			*left -= v.Len()
			return b.spend(v.Len())
		}
		for i := range v.Len() {
			if err := b.measure(v.Index(i), left, depth+1); err != nil || *left < 0 {
				return err
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if err := b.measure(v.Field(i), left, depth+1); err != nil || *left < 0 {
				return err
			}
		}
	}
	return nil
}

// checkYAML refuses documents that are much bigger when their aliases are followed.
func checkYAML(data []byte) error {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var doc yaml.Node
		if dec.Decode(&doc) != nil {
			return nil //nolint:nilerr // whoever reads it says what is wrong, or it has ended
		}
		if n := expanded(&doc, 0); n > maxValue {
			return limit("a document of more than %d MiB when its aliases are followed", maxValue>>20)
		}
	}
}

// expanded returns the bytes of a tree with its aliases followed, or a number above maxValue.
func expanded(n *yaml.Node, depth int) int {
	if depth > 200 {
		return maxValue + 1
	}
	size := 16 + len(n.Value)
	if n.Kind == yaml.AliasNode {
		return expanded(n.Alias, depth+1)
	}
	for _, c := range n.Content {
		if size += expanded(c, depth+1); size > maxValue {
			break
		}
	}
	return size
}
