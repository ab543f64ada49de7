// Package sarif writes a report as a SARIF 2.1.0 log (https://docs.oasis-open.org/sarif/sarif/v2.1.0/) of one run that
// GitHub's code scanning and other readers of SARIF accept.
package sarif

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	gosarif "github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/output/plain"
	"github.com/factorlint/factorlint/rules"
)

// MaxResults is how many results GitHub accepts in a run. Of more findings the worst are written.
const MaxResults = 25000

// maxRelated is how many related locations of a result GitHub shows.
const maxRelated = 100

const (
	schema  = "https://json.schemastore.org/sarif-2.1.0.json"
	srcRoot = "%SRCROOT%"
)

// Options says how to write.
type Options struct {
	Version    string // factorlint's version in the form of semver.org, without "v"
	ExitCode   int    // with which factorlint is about to end
	Category   string // under which code scanning replaces older results; "" for that of full or of partial runs
	Suppressed bool   // whether suppressed findings are written too, marked as such
}

// Results returns how many results a report makes: all findings, and with suppressed those that are left out.
func Results(r *check.Report, suppressed bool) int {
	if suppressed {
		return len(r.Findings) + len(r.Suppressed)
	}
	return len(r.Findings)
}

// Write writes a report. Equal reports and options give equal bytes. The error is that of w.
func Write(w io.Writer, r *check.Report, o Options) error {
	b := builder{
		report: r, options: o,
		sources: map[string]*source{}, artifacts: map[string]int{}, ruleIndex: map[string]int{},
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(document{Schema: schema, Version: "2.1.0", Runs: []*run{b.run()}}); err != nil {
		return err
	}
	_, err := w.Write(plain.JSON(out.Bytes()))
	return err
}

// A builder turns a report into a run.
type builder struct {
	report    *check.Report
	options   Options
	sources   map[string]*source // by name of file
	artifacts map[string]int     // index in run.artifacts by name of file
	ruleIndex map[string]int     // index in driver.rules by id
}

// An entry is a finding and, if it is suppressed, how.
type entry struct {
	check.Finding
	suppressed *check.Suppressed
}

func (b *builder) run() *run {
	entries, notifications := b.entries()
	base := gosarif.NewRun(gosarif.Tool{})
	base.WithColumnKind("utf16CodeUnits").WithDefaultEncoding("utf-8")
	base.OriginalUriBaseIDs = map[string]*gosarif.ArtifactLocation{
		srcRoot: gosarif.NewArtifactLocation().WithDescriptionText("The root of the repository."),
	}
	base.AutomationDetails = gosarif.NewRunAutomationDetails().WithID(b.category())
	base.Artifacts = b.listArtifacts(entries, notifications)

	out := &run{Run: base, Tool: tool{driver(b.options.Version)}, Results: []*result{}}
	listed := b.rules(entries)
	for _, t := range taxonomies {
		taxa := t.taxa(listed)
		if len(taxa) == 0 {
			continue // no rule refers to a weakness
		}
		out.Taxonomies = append(out.Taxonomies, t.component(taxa))
		out.Tool.Driver.SupportedTaxonomies = append(out.Tool.Driver.SupportedTaxonomies, t.reference())
	}
	for i, r := range listed {
		b.ruleIndex[r.ID] = i
		out.Tool.Driver.Rules = append(out.Tool.Driver.Rules, ruleDescriptor(r))
	}
	for _, e := range entries {
		out.Results = append(out.Results, b.result(e))
	}
	base.Invocations = []*gosarif.Invocation{b.invocation(out.Tool.Driver, notifications)}
	return out
}

// entries returns what becomes results, in order, and all notifications.
func (b *builder) entries() ([]entry, []check.Notification) {
	var out []entry
	for _, f := range b.report.Findings {
		out = append(out, entry{Finding: f})
	}
	if b.options.Suppressed {
		for i := range b.report.Suppressed {
			s := &b.report.Suppressed[i]
			out = append(out, entry{s.Finding, s})
		}
	}
	byPlace := func(x, y entry) int {
		return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Rule.ID, y.Rule.ID), cmp.Compare(x.Identity, y.Identity))
	}
	slices.SortStableFunc(out, byPlace)
	notifications := b.report.Notifications
	if n := len(out); n > MaxResults {
		slices.SortStableFunc(out, func(x, y entry) int { return cmp.Compare(y.Severity, x.Severity) })
		out = out[:MaxResults]
		slices.SortStableFunc(out, byPlace)
		notifications = append(slices.Clone(notifications), check.Notification{
			Code: "too-many-findings", Level: rules.Warning,
			Message: fmt.Sprintf("of %d findings only the %d worst are written", n, MaxResults),
		})
	}
	return out, notifications
}

// category returns automationDetails.id: a category and an empty run id. A partial run has a category of its own,
// because code scanning closes what the newest run of a category does not report.
func (b *builder) category() string {
	c := b.options.Category
	switch {
	case c != "":
	case b.report.Partial:
		c = "factorlint-partial"
	default:
		c = "factorlint"
	}
	return strings.TrimRight(c, "/") + "/"
}

// rules returns the rules that ran and those of findings, in order of id.
func (b *builder) rules(entries []entry) []*rules.Rule {
	byID := map[string]*rules.Rule{}
	for _, r := range b.report.Rules {
		byID[r.ID] = r
	}
	for _, e := range entries {
		byID[e.Rule.ID] = e.Rule
	}
	var out []*rules.Rule
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		out = append(out, byID[id])
	}
	return out
}

// listArtifacts describes the files that results and notifications lie in and whose content is known.
func (b *builder) listArtifacts(entries []entry, notifications []check.Notification) []*gosarif.Artifact {
	var files []string
	for _, e := range entries {
		files = append(files, e.At.File)
	}
	for _, n := range notifications {
		files = append(files, n.At.File)
	}
	slices.Sort(files)
	var out []*gosarif.Artifact
	for _, file := range slices.Compact(files) {
		data, ok := b.report.Sources[file]
		if !ok {
			continue
		}
		sum := sha256.Sum256(data)
		b.artifacts[file] = len(out)
		out = append(out, &gosarif.Artifact{
			Location: b.artifactLocation(file),
			Length:   len(data),
			Roles:    []string{"analysisTarget"},
			Hashes:   map[string]string{"sha-256": hex.EncodeToString(sum[:])},
		})
	}
	return out
}

func (b *builder) result(e entry) *result {
	level := e.Severity.String()
	r := &result{Result: gosarif.NewRuleResult(e.Rule.ID).WithRuleIndex(b.ruleIndex[e.Rule.ID]).WithLevel(level)}
	at := b.location(e.At)
	if e.Logical != "" {
		at.WithLogicalLocations([]*gosarif.LogicalLocation{gosarif.NewLogicalLocation().
			WithFullyQualifiedName(plain.Text(e.Logical)).WithKind(logicalKind(e.At.File))})
	}
	r.WithLocations([]*gosarif.Location{at})

	message := sentence(escape(e.Message))
	var links []string
	for _, rel := range e.Related[:min(len(e.Related), maxRelated)] {
		link := escape(rel.Message)
		if !rel.At.IsZero() {
			id := len(r.RelatedLocations) + 1
			link = fmt.Sprintf("[%s](%d)", link, id)
			r.RelatedLocations = append(r.RelatedLocations,
				b.location(rel.At).WithId(id).WithMessage(gosarif.NewTextMessage(plain.Text(rel.Message))))
		}
		links = append(links, link)
	}
	if len(links) > 0 {
		message += " See " + strings.Join(links, ", ") + "."
	}
	r.WithMessage(gosarif.NewTextMessage(message))
	r.PartialFingerprints = map[string]any{"factorlintIdentity/v1": e.Identity}
	if s := b.source(e.At.File); s != nil {
		r.PartialFingerprints["primaryLocationLineHash"] = s.lineHash(*at.PhysicalLocation.Region.StartLine)
	}
	r.CodeFlows = b.codeFlows(e.Finding)
	if fix := b.fix(e.Fix); fix != nil {
		r.Fixes = []*gosarif.Fix{fix}
	}
	if e.Workload != "" {
		r.Properties = gosarif.Properties{"workload": plain.Text(e.Workload)}
	}
	if b.options.Suppressed { // then every result says whether it is
		r.Suppressions = []suppression{}
		if s := e.suppressed; s != nil {
			r.Suppressions = append(r.Suppressions, b.suppression(s))
		}
	}
	return r
}

// suppression says by what a finding is suppressed: a comment, or what is known of old findings.
func (b *builder) suppression(s *check.Suppressed) suppression {
	out := suppression{Kind: "external", Status: "accepted", Justification: plain.Text(s.Reason)}
	if !s.Old() {
		out.Kind, out.Location = "inSource", b.location(s.At)
	}
	return out
}

// codeFlows returns the way of a cross-artifact finding from the code over the image to the manifest, or nil.
func (b *builder) codeFlows(f check.Finding) []*gosarif.CodeFlow {
	steps := slices.Clone(f.Related[:min(len(f.Related), maxRelated)])
	steps = slices.DeleteFunc(steps, func(r check.Related) bool { return r.At.IsZero() })
	if !slices.ContainsFunc(steps, func(r check.Related) bool { return r.At.File != f.At.File }) {
		return nil
	}
	steps = append(steps, check.Related{At: f.At, Message: f.Message})
	slices.SortStableFunc(steps, func(x, y check.Related) int { return cmp.Compare(stageOf(x.At.File), stageOf(y.At.File)) })
	thread := gosarif.NewThreadFlow()
	for _, s := range steps {
		thread.AddLocation(gosarif.NewThreadFlowLocation().
			WithLocation(b.location(s.At).WithMessage(gosarif.NewTextMessage(plain.Text(s.Message)))))
	}
	return []*gosarif.CodeFlow{gosarif.NewCodeFlow().
		WithTextMessage("From the code to the manifest.").WithThreadFlows([]*gosarif.ThreadFlow{thread})}
}

// A stage is what a file has to do with a deployed container.
type stage int

const (
	code stage = iota
	image
	manifest
)

func stageOf(file string) stage {
	base := strings.ToLower(path.Base(file))
	switch {
	case strings.HasSuffix(base, ".go"), base == "go.mod":
		return code
	case strings.Contains(base, "dockerfile"), strings.Contains(base, "containerfile"), strings.HasSuffix(base, ".sh"):
		return image
	}
	return manifest
}

// logicalKind returns the kind of the named things in a file; function and resource are words of SARIF 3.33.7.
func logicalKind(file string) string {
	return [...]string{code: "function", image: "stage", manifest: "resource"}[stageOf(file)]
}

// fix returns nil for a finding without fix, and if a file to edit is not known: its columns cannot be told.
func (b *builder) fix(f *check.Fix) *gosarif.Fix {
	if f == nil || len(f.Edits) == 0 {
		return nil
	}
	safety := rules.UnsafeFix
	if f.Safe {
		safety = rules.SafeFix
	}
	out := gosarif.NewFix().WithDescriptionText(sentence(plain.Text(f.Message)))
	out.Properties = gosarif.Properties{"safety": string(safety)}
	changes := map[string]*gosarif.ArtifactChange{}
	for _, e := range f.Edits {
		if b.source(e.At.File) == nil {
			return nil
		}
		change := changes[e.At.File]
		if change == nil {
			change = &gosarif.ArtifactChange{ArtifactLocation: *b.artifactLocation(e.At.File)}
			changes[e.At.File] = change
			out.AddArtifactChanges(change)
		}
		text := e.New
		change.Replacements = append(change.Replacements,
			gosarif.NewReplacement(b.region(e.At)).WithInsertedContent(&gosarif.ArtifactContent{Text: &text}))
	}
	return out
}

func (b *builder) location(at check.Span) *gosarif.Location {
	return gosarif.NewLocationWithPhysicalLocation(gosarif.NewPhysicalLocation().
		WithArtifactLocation(b.artifactLocation(at.File)).WithRegion(b.region(at)))
}

func (b *builder) artifactLocation(file string) *gosarif.ArtifactLocation {
	l := gosarif.NewSimpleArtifactLocation(uri(b.report.Prefix + file)).WithUriBaseId(srcRoot)
	if i, ok := b.artifacts[file]; ok {
		l.WithIndex(i)
	}
	return l
}

// region returns a span with all four numbers, which GitHub requires. A span that is only a file is its beginning.
func (b *builder) region(at check.Span) *gosarif.Region {
	position := func(p check.Pos) (int, int) { return max(p.Line, 1), max(p.Col, 1) }
	if s := b.source(at.File); s != nil {
		position = s.UTF16
	}
	line, column := position(at.Start)
	endLine, endColumn := position(at.End)
	if cmp.Or(cmp.Compare(endLine, line), cmp.Compare(endColumn, column)) < 0 {
		endLine, endColumn = line, column
	}
	return gosarif.NewRegion().WithStartLine(line).WithStartColumn(column).WithEndLine(endLine).WithEndColumn(endColumn)
}

// source returns nil for a file whose content is not known.
func (b *builder) source(file string) *source {
	s, ok := b.sources[file]
	if !ok {
		if data, known := b.report.Sources[file]; known {
			s = newSource(data)
		}
		b.sources[file] = s
	}
	return s
}

// uri returns a slash-separated path as a relative reference of RFC 3986 that stays below its base.
func uri(file string) string {
	file = strings.TrimPrefix(path.Clean("/"+file), "/")
	var b strings.Builder
	for i := range len(file) {
		c := file[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("/-._~!$&'()*+,;=@", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// escape returns a message without characters that a message of SARIF (3.11.6) reads as a link.
func escape(s string) string { return linkChars.Replace(plain.Text(s)) }

var linkChars = strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`)

// sentence ends a message with a full stop.
func sentence(s string) string {
	if strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}
