package scorecard

import (
	"fmt"
	"unicode/utf8"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/output/plain"
	"github.com/factorlint/factorlint/internal/output/snippet"
	"github.com/factorlint/factorlint/internal/output/workloadmap"
)

// Measures of a picture, in units of the SVG. Text is monospaced, so its width is known without a font.
const (
	charWidth  = 7.3
	rowHeight  = 24
	headHeight = 46
	gutter     = 90 // between boxes, for the lines
	padding    = 10
	fewest     = 16 // characters of the narrowest box
	most       = 38 // and of the widest
)

// An svg is a picture laid out: every number is known.
type svg struct {
	ID            string
	Width, Height int
	Boxes         []svgBox
	Lines         []svgLine
}

type svgBox struct {
	X, Y, W, H  int
	Kind, Title string
	Full        string // the whole title with its place, where it was cut
	Rows        []svgRow
}

type svgRow struct {
	X, Y, W, H, TextX, TextY int
	Kind, Text, Full         string
}

type svgLine struct{ Path, Kind string }

// draw lays a picture out: boxes from left to right, rows in the slots that they are given, and lines between the rows' sides.
func draw(p workloadmap.Picture, n int) svg {
	out := svg{ID: fmt.Sprintf("map-%d", n)}
	type side struct{ left, right, y int }
	sides := map[string]side{}
	x, tallest := padding, 0
	slots := slotsOf(p)
	for _, b := range p.Boxes {
		chars := min(max(fewest, snippet.Columns(plain.Text(b.Title))), most)
		for _, r := range b.Rows {
			chars = max(chars, min(snippet.Columns(plain.Text(r.Text))+2, most))
		}
		box := svgBox{X: x, Y: padding, W: int(float64(chars)*charWidth) + 2*padding, H: headHeight + padding,
			Kind: b.Kind, Title: cut(b.Title, chars), Full: full(b.Title, b.Place)}
		for _, r := range b.Rows {
			y := box.Y + headHeight + slots[r.ID]*rowHeight
			box.H = max(box.H, headHeight+(slots[r.ID]+1)*rowHeight+padding)
			box.Rows = append(box.Rows, svgRow{X: x + 6, Y: y, W: box.W - 12, H: rowHeight - 4, TextX: x + 12, TextY: y + 14,
				Kind: r.Kind, Text: cut(r.Text, chars-1), Full: full(r.Text, r.Place)})
			sides[r.ID] = side{x + 6, x + box.W - 6, y + (rowHeight-4)/2}
		}
		out.Boxes = append(out.Boxes, box)
		tallest = max(tallest, box.H)
		x += box.W + gutter
	}
	for _, l := range p.Lines {
		from, to := sides[l.From], sides[l.To]
		mid := (from.right + to.left) / 2
		out.Lines = append(out.Lines, svgLine{fmt.Sprintf("M%d %dC%d %d %d %d %d %d", from.right, from.y, mid, from.y, mid, to.y, to.left, to.y), l.Kind})
	}
	out.Width, out.Height = x-gutter+padding, tallest+2*padding
	return out
}

// slotsOf gives each row of a picture a slot in its box, counted from the top. Rows that a line joins have the same slot where
// that can be, and no row stands where a line passes its box by: so most lines are straight, and none seems to end where it
// only passes.
func slotsOf(p workloadmap.Picture) map[string]int {
	slots, box := map[string]int{}, map[string]int{}
	for n, b := range p.Boxes {
		for _, r := range b.Rows {
			box[r.ID] = n
		}
	}
	for n, b := range p.Boxes {
		taken := map[int]bool{}
		for _, l := range p.Lines { // those that pass this box
			if box[l.From] < n && box[l.To] > n {
				taken[slots[l.From]] = true
			}
		}
		for _, l := range p.Lines {
			_, placed := slots[l.To]
			if s := slots[l.From]; box[l.To] == n && !placed && !taken[s] {
				slots[l.To], taken[s] = s, true
			}
		}
		next := 0
		for _, r := range b.Rows {
			if _, placed := slots[r.ID]; placed {
				continue
			}
			for taken[next] {
				next++
			}
			slots[r.ID], taken[next] = next, true
		}
	}
	return slots
}

// cut returns what of a text fits into some characters.
func cut(s string, chars int) string {
	s = plain.Text(check.Cut(s, 8*most)) // a character has four bytes at most, and may take no column
	if snippet.Columns(s) <= chars {
		return s
	}
	for snippet.Columns(s) >= chars && s != "" {
		_, n := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-n]
	}
	return s + "…"
}

func full(text string, at workloadmap.Place) string {
	if at.File == "" {
		return text
	}
	return text + " — " + at.String()
}
