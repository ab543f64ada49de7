package ruletest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"go/format"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/engine"
	"github.com/factorlint/factorlint/internal/fix"
	"github.com/factorlint/factorlint/internal/output/sarif"
	"github.com/factorlint/factorlint/rules"
)

// checkFixes applies the fixes of a report, unsafe ones too, to the repository in a folder, and demands that they do what a fix
// owes: the findings are gone, nothing is found or cannot be read that could before, no byte outside the edits changes, Go code
// stays formatted, there is nothing left to fix but what stood in each other's way, and a consumer of SARIF gets the same files.
func checkFixes(t *testing.T, dir string, o engine.Options, before *check.Report) {
	t.Helper()
	first := fix.Apply(before.Findings, before.Sources, fix.Options{Unsafe: true})
	for _, s := range first.Skipped {
		if s.Reason != fix.Conflict {
			t.Errorf("the fix is %s (%v): %s", s.Reason, s.Detail, show(s.Finding))
		}
	}
	if len(first.Fixed) == 0 {
		return
	}
	edits := map[string][]check.Edit{}
	for _, f := range first.Fixed {
		for _, e := range f.Fix.Edits {
			edits[e.At.File] = append(edits[e.At.File], e)
		}
	}
	consumed := fromSARIF(t, before, first.Fixed)
	for file, text := range first.Files {
		src := before.Sources[file]
		if diff := gocmp.Diff(spliced(src, edits[file]), text); diff != "" {
			t.Errorf("%s differs outside of the edits (-edits +fixed):\n%s", file, diff)
		}
		if diff := gocmp.Diff(text, spliced(src, consumed[file])); diff != "" {
			t.Errorf("%s differs from what SARIF says (-fixed +SARIF):\n%s", file, diff)
		}
		if path.Ext(file) == ".go" && formatted(src) && !formatted(text) {
			t.Errorf("fixes leave %s unformatted:\n%s", file, text)
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(file)), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	res, err := engine.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	after := res.Report
	if was, is, fixed := len(before.Findings), len(after.Findings), len(first.Fixed); is > was-fixed {
		t.Errorf("after %d fixes there are %d findings, there were %d", fixed, is, was)
		for _, f := range after.Findings {
			t.Log(show(f))
		}
	}
	if was, is := len(before.Notifications), len(after.Notifications); is > was {
		t.Errorf("after the fixes something cannot be read: %v", after.Notifications)
	}
	if again := fix.Apply(after.Findings, after.Sources, fix.Options{Unsafe: true}); len(again.Fixed) > len(first.Skipped) {
		t.Errorf("a second round fixes %d findings, the first left %d", len(again.Fixed), len(first.Skipped))
	}
}

func formatted(src []byte) bool {
	out, err := format.Source(src)
	return err == nil && bytes.Equal(out, src)
}

// spliced returns a text with edits made, those that are given twice once.
func spliced(src []byte, edits []check.Edit) []byte {
	slices.SortFunc(edits, func(a, b check.Edit) int {
		return cmp.Or(b.At.Start.Offset-a.At.Start.Offset, strings.Compare(b.New, a.New))
	})
	out := slices.Clone(src)
	for _, e := range slices.Compact(edits) {
		out = slices.Replace(out, e.At.Start.Offset, e.At.End.Offset, []byte(e.New)...)
	}
	return out
}

// fromSARIF returns the edits that a SARIF log of findings tells, with nothing of their places but file and offsets.
func fromSARIF(t *testing.T, r *check.Report, findings []check.Finding) map[string][]check.Edit {
	t.Helper()
	some := *r
	some.Findings = findings
	var text bytes.Buffer
	if err := sarif.Write(&text, &some, sarif.Options{}); err != nil {
		t.Fatal(err)
	}
	var log struct {
		Runs []struct {
			Results []struct {
				Fixes []struct {
					ArtifactChanges []struct {
						ArtifactLocation struct{ URI string }
						Replacements     []struct {
							DeletedRegion   struct{ StartLine, StartColumn, EndLine, EndColumn int }
							InsertedContent struct{ Text string }
						}
					}
				}
			}
		}
	}
	if err := json.Unmarshal(text.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	out := map[string][]check.Edit{}
	for _, result := range log.Runs[0].Results {
		for _, change := range result.Fixes[0].ArtifactChanges {
			file, err := url.PathUnescape(change.ArtifactLocation.URI)
			if err != nil {
				t.Fatal(err)
			}
			file = strings.TrimPrefix(file, r.Prefix)
			for _, rep := range change.Replacements {
				e := check.Edit{At: check.Span{File: file}, New: rep.InsertedContent.Text}
				e.At.Start.Offset = offset(r.Sources[file], rep.DeletedRegion.StartLine, rep.DeletedRegion.StartColumn)
				e.At.End.Offset = offset(r.Sources[file], rep.DeletedRegion.EndLine, rep.DeletedRegion.EndColumn)
				out[file] = append(out[file], e)
			}
		}
	}
	return out
}

// offset returns the byte of a text at a line and a column in UTF-16 code units, both from 1.
func offset(text []byte, line, column int) int {
	at := 0
	for ; line > 1; line-- {
		at += bytes.IndexByte(text[at:], '\n') + 1
	}
	for column > 1 {
		r, n := utf8.DecodeRune(text[at:])
		column -= utf16.RuneLen(r)
		at += n
	}
	return at
}

// The samples, whose findings are of many rules at once.
func TestSamplesAreFixed(t *testing.T) {
	for _, sample := range []string{"shop", "notes/broken", "stock/broken", "thumbs/broken"} {
		t.Run(sample, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(filepath.Join(root, "testdata", "repos", filepath.FromSlash(sample)))); err != nil {
				t.Fatal(err)
			}
			o := engine.Options{Paths: []string{dir}}
			res, err := engine.Run(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			checkFixes(t, dir, o, res.Report)
		})
	}
}

// The page about fixes lists the rules that have some, each with its safety.
func TestFixesPage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "fixes.md"))
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, r := range catalogue(t) {
		if r.Fix != rules.NoFix {
			want = append(want, fmt.Sprintf("| [%s](../rules/%s.md) | %s |", r.Name, r.Name, r.Fix))
		}
	}
	for line := range strings.Lines(string(page)) {
		if cells := strings.Split(line, "|"); strings.Contains(line, "](../rules/") && len(cells) == 5 {
			got = append(got, strings.Join(cells[:3], "|")+"|")
		}
	}
	slices.Sort(want)
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("docs/fixes.md (-rules +page):\n%s", diff)
	}
}
