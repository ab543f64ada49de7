// Package workload is the model: what a program does, what an image carries, what a deploy asks for, and the
// workload that joins the three. It knows no parser.
package workload

import (
	"encoding/json"

	"github.com/factorlint/factorlint/internal/check"
)

// A Value is a scalar read from an artifact: known, absent, or present but not statically known. The zero Value is
// unknown, so a rule can never take a value that nobody read for one that is missing.
type Value[T any] struct {
	x     T
	state state
	at    place
}

type state uint8

const (
	unknown state = iota
	known
	absent
)

// Known returns a value read at a place.
func Known[T any](x T, at check.Span) Value[T] { return Value[T]{x, known, placeOf(at)} }

// Absent returns a value that was looked for and is not there; at is where it would be written.
func Absent[T any](at check.Span) Value[T] { return Value[T]{state: absent, at: placeOf(at)} }

// Unknown returns a value that is there and cannot be told.
func Unknown[T any](at check.Span) Value[T] { return Value[T]{at: placeOf(at)} }

// Get returns the value, and whether it is known.
func (v Value[T]) Get() (x T, known bool) { return v.x, v.known() }

// Or returns the value if it is known, def if it is absent. ok is false if it cannot be told.
func (v Value[T]) Or(def T) (x T, ok bool) {
	if v.state == absent {
		return def, true
	}
	return v.x, v.known()
}

// Absent reports whether the value is proven missing: the only way to claim that something is not there.
func (v Value[T]) Absent() bool { return v.state == absent }

// At returns where the value stands, or where it would be written.
func (v Value[T]) At() check.Span { return v.at.span() }

// Moved returns the value with its place in the file that rel names.
func (v Value[T]) Moved(rel func(string) string) Value[T] {
	if v.at.file != "" {
		v.at.file = rel(v.at.file)
	}
	return v
}

func (v Value[T]) known() bool { return v.state == known }

// A written is a value as JSON has it.
type written[T any] struct {
	Known, Absent bool
	Value         T
	At            check.Span
}

// MarshalJSON writes the value, what is known of it, and its place.
func (v Value[T]) MarshalJSON() ([]byte, error) {
	return json.Marshal(written[T]{v.known(), v.Absent(), v.x, v.At()})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (v *Value[T]) UnmarshalJSON(text []byte) error {
	var w written[T]
	if err := json.Unmarshal(text, &w); err != nil {
		return err
	}
	switch {
	case w.Known:
		*v = Known(w.Value, w.At)
	case w.Absent:
		*v = Absent[T](w.At)
	default:
		*v = Unknown[T](w.At)
	}
	return nil
}

// A place is a span in less memory: values are most of what is known of a big repository, and files are small.
type place struct {
	file       string
	start, end point
}

type point struct{ offset, line, col int32 }

func placeOf(s check.Span) place { return place{s.File, pointOf(s.Start), pointOf(s.End)} }

func pointOf(p check.Pos) point { return point{int32(p.Offset), int32(p.Line), int32(p.Col)} }

func (p place) span() check.Span {
	return check.Span{File: p.file, Start: p.start.pos(), End: p.end.pos()}
}

func (p point) pos() check.Pos {
	return check.Pos{Offset: int(p.offset), Line: int(p.line), Col: int(p.col)}
}

// A Set is a collection read from artifacts. Unless it is Complete there may be more members than were seen; the
// zero Set is open, so that nobody can conclude from it that something is missing.
type Set[T any] struct {
	Members  []T
	Complete bool
}

// Open reports whether there may be more members than were seen.
func (s Set[T]) Open() bool { return !s.Complete }
