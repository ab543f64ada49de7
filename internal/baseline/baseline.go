// Package baseline reads and writes the file of accepted findings, and tells them from new ones.
package baseline

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
)

// version is that of the form of the file and of what an identity is made of.
const version = 1

// Limits of a file that is read.
const (
	maxSize    = 32 << 20 // bytes
	maxEntries = 200_000
)

// An Entry is one accepted finding. Two that are alike are two entries, whose identities differ by the ordinal in them.
type Entry struct {
	Rule     string `json:"rule"`     // its id
	Name     string `json:"name"`     // of the rule, for people
	File     string `json:"file"`     // from the top of the repository
	In       string `json:"in"`       // check.Finding.Logical, for people
	Identity string `json:"identity"` // check.Finding.Identity
	Line     int    `json:"-"`        // of the file that it was read from, counted from 1
}

// A Baseline is what a file of accepted findings says.
type Baseline struct {
	Path     string // the file
	Entries  []Entry
	Problems []Problem // entries that do not count
}

// A Problem is an entry that does not count, and why.
type Problem struct {
	Line    int
	Message string
}

// Of returns the baseline that accepts findings, and keeps entries. prefix is that of their report.
func Of(findings []check.Finding, prefix string, keep []Entry) *Baseline {
	out := &Baseline{Entries: slices.Clone(keep)}
	for _, f := range findings {
		out.Entries = append(out.Entries, Entry{Rule: f.Rule.ID, Name: f.Rule.Name, File: prefix + f.At.File, In: f.Logical, Identity: f.Identity})
	}
	slices.SortFunc(out.Entries, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.In, b.In), cmp.Compare(a.Identity, b.Identity))
	})
	out.Entries = slices.CompactFunc(out.Entries, func(a, b Entry) bool { return a.Identity == b.Identity })
	return out
}

// Bytes returns the text of the file: an entry a line, in order of file and rule, so that a review shows what is accepted.
func (b *Baseline) Bytes() ([]byte, error) {
	var out strings.Builder
	fmt.Fprintf(&out, "{\n  \"version\": %d,\n  \"findings\": [", version)
	for i, e := range b.Entries {
		line := &strings.Builder{}
		enc := json.NewEncoder(line)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(e); err != nil {
			return nil, err
		}
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString("\n    " + strings.TrimSuffix(line.String(), "\n"))
	}
	out.WriteString("\n  ]\n}\n")
	return []byte(out.String()), nil
}

// check says what is wrong with an entry, "" if nothing.
func (e Entry) check() string {
	switch {
	case !fs.ValidPath(e.File):
		return fmt.Sprintf("%q is no file of the repository: the entry does not count", e.File)
	case e.Rule == "" || e.Identity == "":
		return "the entry has no rule or no identity: it does not count"
	}
	return ""
}

// errTooMany is the error of a file with more entries than are read.
var errTooMany = errors.New("it accepts too many findings")
