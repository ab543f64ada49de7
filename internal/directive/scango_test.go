package directive_test

import (
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/factorlint/factorlint/internal/directive"
)

// TestScanGo has directives that are each to silence the lines that end in a comment with their name, and no other.
func TestScanGo(t *testing.T) {
	const src = `// Package p is a package.
package p

//factorlint:ignore one -- the statement
var one = f( // #one
	1, // #one
	2) // #one

func two() { //factorlint:ignore two -- beside #two
	//factorlint:ignore three -- a comment and a blank line are between

	// more
	three := &T{ // #three
		A: 1, // #three
	} // #three

	//factorlint:ignore four -- a header of two lines
	if three != nil && // #four
		four() { // #four
		return
	}
	//factorlint:ignore five -- not the body
	five.Go(func() { // #five
		six() //factorlint:ignore six -- beside #six
	})
	_ = T{
		//factorlint:ignore seven -- an element
		seven: f( // #seven
			2), // #seven
		B: 3,
		//factorlint:ignore eight -- above a brace
	} // #eight
	f(` + "`" + `
	` + "`" + `) /* a */ //factorlint:ignore nine -- nine #nine
	//factorlint:ignore ten -- nothing below but the end of the function
} // #ten

//factorlint:ignore eleven -- no more than the header
func eleven( // #eleven
	a int, // #eleven
) { // #eleven
	switch a {
	//factorlint:ignore case -- not its statements
	case 1, // #case
		2: // #case
		b()
	}
}

//factorlint:ignore twelve -- a type has no body
type twelve struct { // #twelve
	A int // #twelve
	B int // #twelve
} // #twelve

//factorlint:ignore thirteen -- a group
var ( // #thirteen
	a = 1
	//factorlint:ignore fourteen -- one of a group
	fourteen = 2 // #fourteen
)

//factorlint:ignore last -- nothing below #last
`
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", src, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	got, want := map[string][]int{}, map[string][]int{}
	for _, d := range directive.ScanGo(fset, f) {
		for line := d.First; line <= d.Last; line++ {
			got[d.Rules[0]] = append(got[d.Rules[0]], line)
		}
	}
	for i, line := range strings.Split(src, "\n") {
		if _, name, ok := strings.Cut(line, "#"); ok {
			want[name] = append(want[name], i+1)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}
