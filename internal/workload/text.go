package workload

import "github.com/factorlint/factorlint/internal/check"

// A Text is a string that a program computes from constants and from its inputs: parts written one after another.
// ":" + os.Getenv("PORT") has two parts. The nil Text is unknown; the empty string is one empty literal.
type Text []Part

// A Part is a piece of a Text.
type Part struct {
	Source  Source
	Lit     string     // the text of a Literal
	Name    string     // the variable, flag or configuration key read
	Default Text       // the value when the source does not give one; nil if that is unknown
	At      check.Span // where the source is read, or the literal stands
}

// A Source says where a part of a Text comes from.
type Source uint8

// Sources.
const (
	Opaque      Source = iota // cannot be told
	Literal                   // a constant
	FromEnv                   // an environment variable
	FromFlag                  // a command-line flag
	FromSetting               // a key of a configuration file
)

// Lit returns the Text of a constant.
func Lit(s string, at check.Span) Text { return Text{{Source: Literal, Lit: s, At: at}} }

// Constant returns the string if t is made of literals alone.
func (t Text) Constant() (s string, ok bool) {
	if len(t) == 0 {
		return "", false
	}
	for _, p := range t {
		if p.Source != Literal {
			return "", false
		}
		s += p.Lit
	}
	return s, true
}

// Inputs is what a deploy hands to a program. Absent means that the deploy provably does not set it.
type Inputs interface {
	Env(name string) Value[string]
	Flag(name string) Value[string]
	Setting(key string) Value[string]
}

// Eval returns the string that the program computes when it is given in. The result is unknown where a part cannot
// be told, and stands at the place of the input that decided it, if any.
func (t Text) Eval(in Inputs) Value[string] {
	if len(t) == 0 {
		return Unknown[string](check.Span{})
	}
	var (
		out string
		at  check.Span
	)
	for _, p := range t {
		v := p.eval(in)
		s, ok := v.Get()
		if !ok {
			return Unknown[string](v.At())
		}
		out += s
		if at.IsZero() || p.Source != Literal {
			at = v.At()
		}
	}
	return Known(out, at)
}

// Beginning returns what is known of the beginning of the string that the program computes when it is given in; whole says that
// this is all of it.
func (t Text) Beginning(in Inputs) (s string, whole bool) {
	for _, p := range t {
		v, ok := p.eval(in).Get()
		if !ok {
			return s, false
		}
		s += v
	}
	return s, len(t) > 0
}

func (p Part) eval(in Inputs) Value[string] {
	var v Value[string]
	switch p.Source {
	case Literal:
		return Known(p.Lit, p.At)
	case FromEnv:
		v = in.Env(p.Name)
	case FromFlag:
		v = in.Flag(p.Name)
	case FromSetting:
		v = in.Setting(p.Name)
	default:
		return Unknown[string](p.At)
	}
	if s, ok := v.Get(); ok && s != "" || !v.Absent() && !ok {
		return v
	}
	// unset, or set to nothing: the programs read so far treat both as "use the default"
	return p.Default.Eval(in)
}
