package engine_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/engine"
	"github.com/factorlint/factorlint/internal/output"
	"github.com/factorlint/factorlint/rules"
)

// The types below are what these tests read of a SARIF log.
type (
	sarifRegion struct{ StartLine, StartColumn, EndLine, EndColumn int }

	sarifLocation struct {
		PhysicalLocation struct {
			ArtifactLocation struct{ URI string }
			Region           sarifRegion
		}
	}

	sarifReplacement struct {
		DeletedRegion   sarifRegion
		InsertedContent struct{ Text *string }
	}

	sarifFix struct {
		ArtifactChanges []struct {
			ArtifactLocation struct{ URI string }
			Replacements     []sarifReplacement
		}
	}

	sarifResult struct {
		RuleID              string
		Locations           []sarifLocation
		PartialFingerprints map[string]string
		Fixes               []sarifFix
	}
)

func asFormat(t *testing.T, format string, r *check.Report) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := output.Write(format, &b, r, nil, output.Options{Version: "0.1.0", ExitCode: 1}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func sarifResults(t *testing.T, r *check.Report) []sarifResult {
	t.Helper()
	var log struct {
		Runs []struct{ Results []sarifResult }
	}
	if err := json.Unmarshal(asFormat(t, "sarif", r), &log); err != nil {
		t.Fatal(err)
	}
	return log.Runs[0].Results
}

// lineEnds are what ends a line for the readers of SARIF.
var lineEnds = regexp.MustCompile(`\r\n|\n|\r`)

// offsets returns where a region begins and ends in a text, in bytes: lines and UTF-16 code units counted out.
func offsets(text string, r sarifRegion) (from, to int) {
	begins := []int{0}
	for _, end := range lineEnds.FindAllStringIndex(text, -1) {
		begins = append(begins, end[1])
	}
	at := func(line, column int) int {
		offset := begins[line-1]
		for units := 1; units < column; {
			r := []rune(text[offset:])[0]
			units += utf16.RuneLen(r)
			offset += len(string(r))
		}
		return offset
	}
	return at(r.StartLine, r.StartColumn), at(r.EndLine, r.EndColumn)
}

// applySARIF returns a text with the replacements of a fix made.
func applySARIF(t *testing.T, text string, replacements []sarifReplacement) string {
	t.Helper()
	type edit struct {
		from, to int
		text     string
	}
	var edits []edit
	for _, r := range replacements {
		from, to := offsets(text, r.DeletedRegion)
		if r.InsertedContent.Text == nil {
			t.Fatal("a replacement has no insertedContent.text")
		}
		edits = append(edits, edit{from, to, *r.InsertedContent.Text})
	}
	slices.SortStableFunc(edits, func(x, y edit) int { return x.from - y.from })
	for i, e := range edits {
		if i > 0 && e.from < edits[i-1].to {
			t.Fatalf("replacements overlap: %v", edits)
		}
	}
	for _, e := range slices.Backward(edits) {
		text = text[:e.from] + e.text + text[e.to:]
	}
	return text
}

// applyEdits returns a text with the edits of a finding made, whose columns are bytes and whose lines end in LF.
func applyEdits(text string, edits []check.Edit) string {
	begins := []int{0}
	for i := range len(text) {
		if text[i] == '\n' {
			begins = append(begins, i+1)
		}
	}
	at := func(p check.Pos) int { return begins[p.Line-1] + p.Col - 1 }
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(x, y check.Edit) int { return at(x.At.Start) - at(y.At.Start) })
	for _, e := range slices.Backward(edits) {
		text = text[:at(e.At.Start)] + e.New + text[at(e.At.End):]
	}
	return text
}

// compareFixes compares what the fixes of a report make of each file with what SARIF's make of it, and returns how many there are.
func compareFixes(t *testing.T, r *check.Report) (fixes int) {
	t.Helper()
	byIdentity := map[string]check.Finding{}
	for _, f := range r.Findings {
		byIdentity[f.Identity] = f
	}
	for _, res := range sarifResults(t, r) {
		f := byIdentity[res.PartialFingerprints["factorlintIdentity/v1"]]
		if f.Fix == nil {
			continue
		}
		fixes++
		if len(res.Fixes) != 1 {
			t.Fatalf("%s: %d fixes, want 1", res.RuleID, len(res.Fixes))
		}
		edits := map[string][]check.Edit{}
		for _, e := range f.Fix.Edits {
			edits[e.At.File] = append(edits[e.At.File], e)
		}
		for _, change := range res.Fixes[0].ArtifactChanges {
			file, err := url.PathUnescape(change.ArtifactLocation.URI)
			if err != nil {
				t.Fatal(err)
			}
			file = strings.TrimPrefix(file, r.Prefix)
			source := string(r.Sources[file])
			want := applyEdits(source, edits[file])
			if diff := cmp.Diff(want, applySARIF(t, source, change.Replacements)); diff != "" {
				t.Errorf("%s in %s (-edits +SARIF):\n%s", res.RuleID, file, diff)
			}
			delete(edits, file)
		}
		if len(edits) > 0 {
			t.Errorf("%s: SARIF does not change %v", res.RuleID, edits)
		}
	}
	return fixes
}

// S12: a fix in SARIF is the fix of the finding, in the samples and in whatever text.
func TestSARIFFixes(t *testing.T) {
	for _, dir := range []string{"shop", "thumbs/broken"} {
		r := runShop(t, filepath.Join("../../testdata/repos", dir)).Report
		if n := compareFixes(t, r); n == 0 {
			t.Errorf("%s: no finding has a fix", dir)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		compareFixes(t, randomFix(random))
	}
}

// randomFix returns a report with a fix of disjoint edits in a text with characters of every width and ends of lines of every sort.
func randomFix(random *rand.Rand) *check.Report {
	letters := []string{"a", " ", "\t", "é", "😀", "\n", "\r\n", "\r", "世"}
	text, places := "", []check.Pos{}
	if random.IntN(2) == 0 {
		text = "\ufeff"
	}
	for range random.IntN(40) {
		begin := strings.LastIndexByte(text, '\n') + 1
		places = append(places, check.Pos{Offset: len(text), Line: strings.Count(text, "\n") + 1, Col: len(text) - begin + 1})
		if text += letters[random.IntN(len(letters))]; strings.HasSuffix(text, "\r\n") && places[len(places)-1].Offset == len(text)-1 {
			places = places[:len(places)-1] // between a CR and its LF is no place
		}
	}
	fix := &check.Fix{Message: "Mend"}
	for len(places) > 1 {
		n := 1 + random.IntN(len(places)-1)
		fix.Edits = append(fix.Edits, check.Edit{At: check.Span{File: "a b", Start: places[0], End: places[random.IntN(n)]}, New: []string{"", "x", "é😀\n"}[random.IntN(3)]})
		places = places[n:]
	}
	if len(fix.Edits) == 0 {
		return &check.Report{}
	}
	f := check.Finding{Rule: rules.Lookup("sigint-only"), At: fix.Edits[0].At, Message: "m", Identity: "i", Fix: fix}
	return &check.Report{Findings: []check.Finding{f}, Sources: map[string][]byte{"a b": []byte(text)}}
}

// awkward is a repository whose files have byte order marks, CR LF and characters of every width before what is found.
var awkward = map[string]string{
	"go.mod": "module example.com/api\n\ngo 1.26\n",
	"main.go": "\ufeffpackage main\n\nimport (\n\t\"context\"\n\t\"net/http\"\n\t\"os\"\n\t\"os/signal\"\n\t\"time\"\n)\n\nfunc main() {\n" +
		"\tctx, stop := /* é😀 */ signal.NotifyContext(context.Background(), os.Interrupt)\n\tdefer stop()\n" +
		"\tsrv := &http.Server{Addr: \":8080\", ReadHeaderTimeout: time.Second}\n\tgo srv.ListenAndServe()\n\t<-ctx.Done()\n" +
		"\tlast, cancel := context.WithTimeout(context.Background(), time.Second)\n\tdefer cancel()\n\tsrv.Shutdown(last)\n}\n",
	"Dockerfile": "\ufeffFROM alpine:3.22\nUSER 65532\nENV A=\"é😀\" DB_PASSWORD=kR7vQ2nW9xTz\nENTRYPOINT [\"/api\"]\n",
	"deploy/é 😀/db.yaml": "\ufeffapiVersion: apps/v1\nkind: Deployment\nmetadata: {name: db}\nspec:\n  selector: {matchLabels: {app: db}}\n  template:\n" +
		"    metadata: {labels: {app: db}}\n    spec:\n      containers: [{name: db, env: [{name: A, value: \"é😀\"}], image: \"acme/db:latest\"}]\n",
}

// S15, C12 and the hash of S2: in whatever file, columns are bytes for people and reviewdog and UTF-16 code units in SARIF.
func TestColumns(t *testing.T) {
	for _, newline := range []string{"\n", "\r\n"} {
		dir := t.TempDir()
		sources := map[string]string{}
		for name, text := range awkward {
			sources[name] = strings.ReplaceAll(text, "\n", newline)
			file := filepath.Join(dir, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(sources[name]), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		res, err := engine.Run(t.Context(), engine.Options{Paths: []string{dir}, Cache: store, Only: []string{"sigint-only", "secret-in-image", "floating-image-tag"}})
		if err != nil {
			t.Fatal(err)
		}
		want := map[string][2]string{ // rule: file, begin of what is found
			"FL0902": {"main.go", "signal.NotifyContext("},
			"FL1701": {"Dockerfile", "kR7vQ2nW9xTz"},
			"FL0202": {"deploy/é 😀/db.yaml", `"acme/db:latest"`},
		}
		results := sarifResults(t, res.Report)
		if len(results) != len(want) {
			t.Fatalf("%d results, want %d:\n%s", len(results), len(want), asFormat(t, "concise", res.Report))
		}
		concise, rdjson := string(asFormat(t, "concise", res.Report)), rdjsonStarts(t, res.Report)
		for _, r := range results {
			file, found := want[r.RuleID][0], want[r.RuleID][1]
			at := r.Locations[0].PhysicalLocation
			if name, err := url.PathUnescape(at.ArtifactLocation.URI); err != nil || name != file {
				t.Errorf("%s: URI %s, %v", r.RuleID, at.ArtifactLocation.URI, err)
			}
			text := sources[file]
			from, _ := offsets(text, at.Region)
			if !strings.HasPrefix(text[from:], found) {
				t.Errorf("%s: %+v is %.30q, want %q", r.RuleID, at.Region, text[from:], found)
			}
			line := text[:strings.Index(text, found)]
			number := strings.Count(line, "\n") + 1
			line = line[strings.LastIndexByte(line, '\n')+1:]
			place := fmt.Sprintf("%d:%d", number, len(line)+1)
			if units := len(utf16.Encode([]rune(line))) + 1; units != at.Region.StartColumn || units == len(line)+1 {
				t.Errorf("%s: column %d, want %d", r.RuleID, at.Region.StartColumn, units)
			}
			if !strings.Contains(concise, file+":"+place+": ") || rdjson[r.RuleID] != place {
				t.Errorf("%s: %s is not at %s, or at %s for reviewdog:\n%s", r.RuleID, file, place, rdjson[r.RuleID], concise)
			}
			if got, want := r.PartialFingerprints["primaryLocationLineHash"], codeQLHashes(text)[number]; got != want {
				t.Errorf("%s: hash %s, want %s", r.RuleID, got, want)
			}
		}
	}
}

// rdjsonStarts returns where the findings of each rule begin for reviewdog, as "line:column".
func rdjsonStarts(t *testing.T, r *check.Report) map[string]string {
	t.Helper()
	var log struct {
		Diagnostics []struct {
			Code     struct{ Value string }
			Location struct {
				Range struct{ Start struct{ Line, Column int } }
			}
		}
	}
	if err := json.Unmarshal(asFormat(t, "rdjson", r), &log); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, d := range log.Diagnostics {
		out[d.Code.Value] = fmt.Sprintf("%d:%d", d.Location.Range.Start.Line, d.Location.Range.Start.Column)
	}
	return out
}

// codeQLHashes returns the hash of each line of a text without lone CR by its definition: that of the next 100 UTF-16 code units
// which are no blanks, a CR LF being one LF and the text ending in U+FFFF and zeros.
func codeQLHashes(text string) map[int]string {
	text = strings.NewReplacer("\r\n", "\n", " ", "", "\t", "").Replace(text)
	out, count := map[int]string{}, map[uint64]int{}
	for i, line := 0, 1; line <= strings.Count(text, "\n")+1; line++ {
		units := append(utf16.Encode([]rune(text[i:])), 0xffff)
		var hash uint64
		for n := range 100 {
			hash *= 37
			if n < len(units) {
				hash += uint64(units[n])
			}
		}
		count[hash]++
		out[line] = fmt.Sprintf("%x:%d", hash, count[hash])
		i += strings.IndexByte(text[i:], '\n') + 1
	}
	return out
}

// S11: what a finding is known by stays when lines, files and names change around it.
func TestIdentityIsStable(t *testing.T) {
	dir := copyShop(t)
	identities := func() map[string]string {
		out := map[string]string{}
		for _, r := range sarifResults(t, runShop(t, dir).Report) {
			out[r.PartialFingerprints["factorlintIdentity/v1"]] = r.RuleID + " " + r.Locations[0].PhysicalLocation.ArtifactLocation.URI
		}
		return out
	}
	before := identities()
	comments := map[string]string{".go": strings.Repeat("// a comment\n", 25) + strings.Repeat("\n", 25)}
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, ".md") || strings.HasSuffix(name, ".mod") {
			return err
		}
		above, ok := comments[filepath.Ext(name)]
		if !ok {
			above = strings.Repeat("# a comment\n\n", 25)
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(name, append([]byte(above), text...), 0o666)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, rename := range [][2]string{{"README.md", "ABOUT.md"}, {"cmd/orders/main.go", "cmd/orders/run.go"}} {
		if err := os.Rename(filepath.Join(dir, rename[0]), filepath.Join(dir, rename[1])); err != nil {
			t.Fatal(err)
		}
	}
	// files that come before all others
	for name, text := range map[string]string{"aaa.yaml": "a: b\n", "cmd/catalog/aaa.go": "package main\n", "Dockerfile.aaa": "FROM scratch\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(before, identities()); diff != "" {
		t.Errorf("identities (-before +after):\n%s", diff)
	}
}

// S14: a finding between artifacts, as it is written in whole.
func TestCrossArtifactResult(t *testing.T) {
	var log struct {
		Runs []struct{ Results []map[string]any }
	}
	if err := json.Unmarshal(asFormat(t, "sarif", runShop(t, copyShop(t)).Report), &log); err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(log.Runs[0].Results, func(r map[string]any) bool { return r["ruleId"] == "FL0702" })
	if i < 0 {
		t.Fatal("no port-mismatch")
	}
	delete(log.Runs[0].Results[i], "ruleIndex") // it depends on what other rules there are
	got, err := json.MarshalIndent(log.Runs[0].Results[i], "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/port-mismatch.json")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)+"\n"); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
