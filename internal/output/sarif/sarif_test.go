package sarif_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/output/sarif"
	"github.com/factorlint/factorlint/rules"
)

func rule(id, name string, kind rules.Kind, p rules.Principle, s rules.Severity, also ...rules.Principle) *rules.Rule {
	summary := "What " + name + " says is wrong."
	return &rules.Rule{
		ID: id, Name: name, Kind: kind, Principle: p, Also: also, Severity: s, Precision: "high", Default: true, Fix: rules.NoFix,
		Summary: summary, Since: "0.1.0",
		Body: "# " + name + "\n\nThe first paragraph of " + name + ",\nwith a [link](https://example.com/).\n\n## Bad\n\n```txtar bad\n-- x --\n```\n",
	}
}

var (
	mismatch   = rule("FL0702", "port-mismatch", rules.Workload, rules.PortBinding, rules.Error, rules.Automated)
	sigint     = rule("FL0902", "sigint-only", rules.Go, rules.Disposability, rules.Error)
	unused     = rule("FL0001", "unused-suppression", rules.Comment, rules.Linter, rules.Warning, rules.Codebase)
	drift      = rule("FL0321", "env-unread", rules.Workload, rules.Config, rules.Note)
	secretRule = func() *rules.Rule {
		r := rule("FL1701", "secret-in-image", rules.Dockerfile, rules.Secure, rules.Error)
		r.SecurityAt = "7.5"
		return r
	}()
)

// files are the sources of sample: with a byte order mark, CR LF, characters outside the BMP, bytes that are no UTF-8
// and names that a URI cannot hold.
var files = map[string]string{
	"cmd/api/main.go":     "package main\n\nfunc main() {\n\t/* é😀 */ listen(\":9090\")\n\tnotify(os.Interrupt)\n}\n",
	"Dockerfile":          "\ufeffFROM scratch\r\nENV TOKEN=😀x\r\nEXPOSE 8080\r\n",
	"deploy/a b [x]%.yml": "kind: Deployment\nports:\n  - containerPort: 8080\n    x: \xff\xe2\x82 Z\n",
	"deploy/broken.yaml":  "a: [\n",
}

// span returns the span of the nth (from 0) occurrence of text in a file.
func span(file, text string) check.Span {
	data := files[file]
	at := strings.Index(data, text)
	if at < 0 {
		panic(text + " is not in " + file)
	}
	pos := func(offset int) check.Pos {
		line := strings.LastIndexByte(data[:offset], '\n') + 1
		return check.Pos{Offset: offset, Line: strings.Count(data[:offset], "\n") + 1, Col: offset - line + 1}
	}
	return check.Span{File: file, Start: pos(at), End: pos(at + len(text))}
}

func sample() *check.Report {
	sources := map[string][]byte{}
	for name, data := range files {
		sources[name] = []byte(data)
	}
	yml := "deploy/a b [x]%.yml"
	return &check.Report{
		Findings: []check.Finding{
			{Rule: secretRule, Severity: rules.Error, At: span("Dockerfile", "x\r"[:1]), Message: "ENV sets a credential", Logical: "0", Matter: "TOKEN", Identity: "i1"},
			{Rule: unused, Severity: rules.Warning, At: check.Span{File: "Dockerfile"}, Message: "nothing here", Identity: "i2"},
			{Rule: sigint, Severity: rules.Error, At: span("cmd/api/main.go", "os.Interrupt"), Message: `only [SIGINT] is \ handled`, Identity: "i3",
				Fix: &check.Fix{Message: "Handle SIGTERM as well", Safe: true, Edits: []check.Edit{
					{At: span("cmd/api/main.go", "os.Interrupt"), New: "os.Interrupt, syscall.SIGTERM"},
					{At: check.Span{File: "cmd/api/main.go", Start: check.Pos{Line: 3, Col: 1}, End: check.Pos{Line: 3, Col: 1}}, New: ""},
				}}},
			{Rule: mismatch, Severity: rules.Error, At: span(yml, "8080"), Message: "port 8080\x1b[31m is not\u202e 9090", Identity: "i4",
				Logical: "apps/v1/Deployment//api", Workload: "api", Related: []check.Related{
					{At: span("cmd/api/main.go", `":9090"`), Message: "listens on [9090] here"},
					{At: span("Dockerfile", "8080"), Message: "exposes 8080 here"},
					{Message: "a side without place"},
				}},
			{Rule: drift, Severity: rules.Note, At: span(yml, "Z"), Message: "after bytes that are no UTF-8", Identity: "i5"},
		},
		Suppressed: []check.Suppressed{{
			Finding: check.Finding{Rule: sigint, Severity: rules.Error, At: span("cmd/api/main.go", "notify"), Message: "suppressed", Identity: "i6"},
			At:      span("cmd/api/main.go", "/* é😀 */"), Reason: "because",
		}},
		Notifications: []check.Notification{
			{Code: "yaml-syntax", Level: rules.Warning, At: span("deploy/broken.yaml", "["), Message: "the list is not closed"},
			{Code: "go-load", Level: rules.Error, Message: "no package could be loaded"},
			{Code: "file-too-large", Level: rules.Note, At: check.Span{File: "big.yaml"}, Message: "more than 10 MiB."},
		},
		Rules:   []*rules.Rule{unused, drift, mismatch, sigint, secretRule},
		Sources: sources,
		Files:   4,
	}
}

// write returns the only run of the log of a report.
func write(t *testing.T, r *check.Report, o sarif.Options) (run map[string]any, raw string) {
	t.Helper()
	var b bytes.Buffer
	if err := sarif.Write(&b, r, o); err != nil {
		t.Fatal(err)
	}
	var log map[string]any
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatalf("no JSON: %v", err)
	}
	if log["version"] != "2.1.0" || !strings.HasSuffix(log["$schema"].(string), "sarif-2.1.0.json") {
		t.Errorf("version %v, schema %v", log["version"], log["$schema"])
	}
	runs := log["runs"].([]any)
	if len(runs) != 1 {
		t.Fatalf("%d runs, want 1", len(runs))
	}
	return runs[0].(map[string]any), b.String()
}

// at follows a path of keys and indexes ("results.3.message.text") and returns nil where it ends.
func at(v any, path string) any {
	for key := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[key]
		case []any:
			var i int
			if _, err := fmt.Sscan(key, &i); err != nil || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

// expect compares the JSON of what stands at each path.
func expect(t *testing.T, run any, want map[string]string) {
	t.Helper()
	for _, path := range slices.Sorted(maps.Keys(want)) {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(at(run, path)); err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimSpace(b.String()); got != want[path] {
			t.Errorf("%s = %s\n\twant %s", path, got, want[path])
		}
	}
}

func TestEmptyReport(t *testing.T) {
	run, _ := write(t, &check.Report{}, sarif.Options{Version: "1.2.3"})
	expect(t, run, map[string]string{
		"results":                           `[]`,
		"tool.driver.name":                  `"factorlint"`,
		"tool.driver.semanticVersion":       `"1.2.3"`,
		"tool.driver.rules":                 `[]`,
		"automationDetails.id":              `"factorlint/"`,
		"columnKind":                        `"utf16CodeUnits"`,
		"invocations.0.executionSuccessful": `true`,
		"invocations.0.exitCode":            `0`,
		"originalUriBaseIds":                `{"%SRCROOT%":{"description":{"text":"The root of the repository."}}}`,
	})
}

func TestCategoryAndTrust(t *testing.T) {
	for _, c := range []struct {
		report  check.Report
		options sarif.Options
		id      string
	}{
		{check.Report{Partial: true}, sarif.Options{}, `"factorlint-partial/"`},
		{check.Report{Partial: true}, sarif.Options{Category: "factorlint/api"}, `"factorlint/api/"`},
		{check.Report{}, sarif.Options{Category: "mine/"}, `"mine/"`},
	} {
		run, _ := write(t, &c.report, c.options)
		expect(t, run, map[string]string{"automationDetails.id": c.id})
	}
	run, _ := write(t, &check.Report{Untrusted: true}, sarif.Options{ExitCode: 2})
	expect(t, run, map[string]string{
		"invocations.0.executionSuccessful": `false`,
		"invocations.0.exitCode":            `2`,
		"invocations.0.exitCodeDescription": `"The run cannot be trusted."`,
	})
}

func TestResults(t *testing.T) {
	run, raw := write(t, sample(), sarif.Options{Version: "0.1.0", ExitCode: 1})
	const mainURI = `{"index":1,"uri":"cmd/api/main.go","uriBaseId":"%SRCROOT%"}`
	expect(t, run, map[string]string{
		// without a place in the file: its beginning
		"results.0.ruleId": `"FL0001"`,
		"results.0.locations.0.physicalLocation.region":       `{"endColumn":1,"endLine":1,"startColumn":1,"startLine":1}`,
		"results.0.relatedLocations":                          `null`,
		"results.0.codeFlows":                                 `null`,
		"results.0.suppressions":                              `null`,
		"results.0.partialFingerprints.factorlintIdentity/v1": `"i2"`,
		// an astral character before it, and after a line that ends in CR LF
		"results.1.ruleIndex":                           `4`,
		"results.1.locations.0.physicalLocation.region": `{"endColumn":14,"endLine":2,"startColumn":13,"startLine":2}`,
		"results.1.locations.0.logicalLocations":        `[{"fullyQualifiedName":"0","kind":"stage"}]`,
		// links are escaped, a fix has its text even when it inserts nothing
		"results.2.message.text":                               `"only \\[SIGINT\\] is \\\\ handled."`,
		"results.2.fixes.0.description.text":                   `"Handle SIGTERM as well."`,
		"results.2.fixes.0.properties":                         `{"safety":"safe"}`,
		"results.2.fixes.0.artifactChanges.0.artifactLocation": mainURI,
		"results.2.fixes.0.artifactChanges.0.replacements.0": `{"deletedRegion":{"endColumn":21,"endLine":5,"startColumn":9,"startLine":5},` +
			`"insertedContent":{"text":"os.Interrupt, syscall.SIGTERM"}}`,
		"results.2.fixes.0.artifactChanges.0.replacements.1.insertedContent.text": `""`,
		// other sides are linked and the way leads from the code to the manifest
		"results.3.level":        `"error"`,
		"results.3.message.text": `"port 8080\\\\x1b\\[31m is not\\\\u202e 9090. See [listens on \\[9090\\] here](1), [exposes 8080 here](2), a side without place."`,
		"results.3.locations.0.physicalLocation.artifactLocation":                                        `{"index":2,"uri":"deploy/a%20b%20%5Bx%5D%25.yml","uriBaseId":"%SRCROOT%"}`,
		"results.3.relatedLocations.0.id":                                                                `1`,
		"results.3.relatedLocations.0.message.text":                                                      `"listens on [9090] here"`,
		"results.3.relatedLocations.0.physicalLocation.region":                                           `{"endColumn":26,"endLine":4,"startColumn":19,"startLine":4}`,
		"results.3.relatedLocations.1.physicalLocation.region":                                           `{"endColumn":12,"endLine":3,"startColumn":8,"startLine":3}`,
		"results.3.relatedLocations.2":                                                                   `null`,
		"results.3.properties":                                                                           `{"workload":"api"}`,
		"results.3.codeFlows.0.threadFlows.0.locations.0.location.physicalLocation.artifactLocation":     mainURI,
		"results.3.codeFlows.0.threadFlows.0.locations.1.location.physicalLocation.artifactLocation.uri": `"Dockerfile"`,
		"results.3.codeFlows.0.threadFlows.0.locations.2.location.physicalLocation.artifactLocation.uri": `"deploy/a%20b%20%5Bx%5D%25.yml"`,
		// 0xff is one U+FFFD and the beginning of a longer sequence another
		"results.4.locations.0.physicalLocation.region": `{"endColumn":12,"endLine":4,"startColumn":11,"startLine":4}`,
		"results.5": `null`,

		"artifacts.0.location.uri":                                `"Dockerfile"`,
		"artifacts.0.length":                                      `47`,
		"artifacts.3.location.uri":                                `"deploy/broken.yaml"`,
		"artifacts.4":                                             `null`,
		"tool.driver.notifications.0.id":                          `"file-too-large"`,
		"tool.driver.notifications.2.name":                        `"YamlSyntax"`,
		"invocations.0.executionSuccessful":                       `true`,
		"invocations.0.toolExecutionNotifications.0.descriptor":   `{"id":"yaml-syntax","index":2}`,
		"invocations.0.toolExecutionNotifications.0.level":        `"warning"`,
		"invocations.0.toolExecutionNotifications.0.message.text": `"the list is not closed."`,
		"invocations.0.toolExecutionNotifications.1.locations":    `null`,
		"invocations.0.toolExecutionNotifications.2.locations.0.physicalLocation.artifactLocation": `{"uri":"big.yaml","uriBaseId":"%SRCROOT%"}`,
	})
	if m := regexp.MustCompile(`[\x00-\x09\x0b-\x1f\x7f-\x9f\x{202a}-\x{202e}]`).FindString(raw); m != "" {
		t.Errorf("the log holds %q", m)
	}
	if again := func() string { _, s := write(t, sample(), sarif.Options{Version: "0.1.0", ExitCode: 1}); return s }(); again != raw {
		t.Error("a second log of the same report differs")
	}
}

func TestRules(t *testing.T) {
	run, _ := write(t, sample(), sarif.Options{Version: "0.1.0"})
	expect(t, run, map[string]string{
		"tool.driver.rules.2.id":                         `"FL0702"`,
		"tool.driver.rules.2.name":                       `"PortMismatch"`,
		"tool.driver.rules.2.shortDescription.text":      `"What port-mismatch says is wrong."`,
		"tool.driver.rules.2.fullDescription.text":       `"The first paragraph of port-mismatch, with a link (https://example.com/)."`,
		"tool.driver.rules.2.helpUri":                    `"https://github.com/factorlint/factorlint/blob/main/rules/port-mismatch.md"`,
		"tool.driver.rules.2.defaultConfiguration.level": `"error"`,
		"tool.driver.rules.2.properties": `{"precision":"high","problem.severity":"error",` +
			`"tags":["workload","twelve-factor","factor-vii","lifespar","lifespar-automated"]}`,
		"tool.driver.rules.2.relationships.0.kinds":                     `["superset"]`,
		"tool.driver.rules.2.relationships.0.target.id":                 `"VII"`,
		"tool.driver.rules.2.relationships.0.target.toolComponent.name": `"TwelveFactor"`,
		"tool.driver.rules.2.relationships.1.kinds":                     `["relevant"]`,
		"tool.driver.rules.2.relationships.1.target.id":                 `"A"`,
		// a rule about suppression comments belongs to what it touches
		"tool.driver.rules.0.relationships.0.target.id": `"I"`,
		"tool.driver.rules.0.relationships.0.kinds":     `["relevant"]`,
		"tool.driver.rules.1.properties":                `{"precision":"high","problem.severity":"recommendation","tags":["workload","twelve-factor","factor-iii"]}`,
		"tool.driver.rules.4.properties":                `{"precision":"high","security-severity":"7.5","tags":["security","dockerfile","lifespar","lifespar-secure"]}`,
		"taxonomies.0.rules":                            `null`,
		"taxonomies.0.taxa.9.name":                      `"DevProdParity"`,
		"taxonomies.0.taxa.12":                          `null`,
		"taxonomies.1.name":                             `"LIFESPAR"`,
		"taxonomies.1.taxa.7.id":                        `"R"`,
		"taxonomies.1.taxa.8":                           `null`,
	})
	for i, r := range at(run, "tool.driver.rules").([]any) {
		for _, path := range []string{"help.text", "help.markdown"} {
			if s, _ := at(r, path).(string); !strings.Contains(s, "Principle:") || !strings.Contains(s, "The first paragraph") {
				t.Errorf("rule %d: %s = %q", i, path, s)
			}
		}
		for j := range at(r, "relationships").([]any) {
			component := fmt.Sprintf("relationships.%d.target.toolComponent.", j)
			taxonomy := at(run, fmt.Sprintf("taxonomies.%v", at(r, component+"index")))
			if at(taxonomy, "guid") != at(r, component+"guid") {
				t.Errorf("rule %d: guid of taxonomy %v", i, at(r, component+"guid"))
			}
			target := at(r, fmt.Sprintf("relationships.%d.target", j))
			if !slices.ContainsFunc(at(taxonomy, "taxa").([]any), func(x any) bool {
				return at(x, "id") == at(target, "id") && at(x, "guid") == at(target, "guid")
			}) {
				t.Errorf("rule %d: no taxon %v", i, target)
			}
		}
	}
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	if g := at(run, "tool.driver.guid").(string); !uuid.MatchString(g) {
		t.Errorf("guid %s is no UUID of version 5", g)
	}
}

func TestSuppressed(t *testing.T) {
	r := sample()
	r.Suppressed = append(r.Suppressed, check.Suppressed{Finding: r.Findings[0], Reason: "found at main as well"})
	r.Findings = r.Findings[1:]
	run, _ := write(t, r, sarif.Options{Suppressed: true})
	if n := len(at(run, "results").([]any)); n != 6 {
		t.Fatalf("%d results, want 6", n)
	}
	expect(t, run, map[string]string{
		"results.0.suppressions":                 `[]`,
		"results.1.suppressions":                 `[{"justification":"found at main as well","kind":"external","status":"accepted"}]`,
		"results.2.message.text":                 `"suppressed."`,
		"results.2.suppressions.0.kind":          `"inSource"`,
		"results.2.suppressions.0.justification": `"because"`,
		"results.2.suppressions.0.location.physicalLocation.region.startColumn": `2`,
	})
}

func TestPrefixAndPathsStayInside(t *testing.T) {
	r := sample()
	r.Prefix = "services/api/"
	r.Findings = append(r.Findings[:1], check.Finding{Rule: sigint, At: check.Span{File: "../../../etc/c:\\x"}, Message: "x", Identity: "z"})
	run, _ := write(t, r, sarif.Options{})
	expect(t, run, map[string]string{
		"results.0.locations.0.physicalLocation.artifactLocation.uri": `"etc/c%3A%5Cx"`,
		"results.0.partialFingerprints":                               `{"factorlintIdentity/v1":"z"}`,
		"results.1.locations.0.physicalLocation.artifactLocation.uri": `"services/api/Dockerfile"`,
		"artifacts.0.location.uri":                                    `"services/api/Dockerfile"`,
	})
}

func TestFixOfUnknownFileIsLeftOut(t *testing.T) {
	r := sample()
	delete(r.Sources, "cmd/api/main.go")
	run, _ := write(t, r, sarif.Options{})
	expect(t, run, map[string]string{"results.2.ruleId": `"FL0902"`, "results.2.fixes": `null`})
}

func TestTooManyFindings(t *testing.T) {
	r := sample()
	r.Findings = nil
	for i := range sarif.MaxResults + 10 {
		f := check.Finding{Rule: drift, Severity: rules.Note, At: check.Span{File: "a.yaml", Start: check.Pos{Line: i + 1, Col: 1}}, Identity: fmt.Sprint(i)}
		if i >= sarif.MaxResults {
			f.Severity = rules.Error
		}
		r.Findings = append(r.Findings, f)
	}
	run, _ := write(t, r, sarif.Options{})
	results := at(run, "results").([]any)
	if len(results) != sarif.MaxResults {
		t.Fatalf("%d results", len(results))
	}
	last := results[len(results)-1]
	expect(t, last, map[string]string{"level": `"error"`, "partialFingerprints.factorlintIdentity/v1": `"25009"`})
	notes := at(run, "invocations.0.toolExecutionNotifications").([]any)
	expect(t, notes[len(notes)-1], map[string]string{
		"descriptor.id": `"too-many-findings"`, "message.text": `"of 25010 findings only the 25000 worst are written."`,
	})
}
