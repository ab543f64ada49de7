package sarif_test

import (
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/output/sarif"
	"github.com/factorlint/factorlint/rules"
)

// S10: every rule has what code scanning shows, filters and orders by, is related to its principles and has a page.
func TestCatalogueFitsSARIF(t *testing.T) {
	all, err := rules.All()
	if err != nil {
		t.Fatal(err)
	}
	run, _ := write(t, &check.Report{Rules: all}, sarif.Options{Version: "0.1.0"})
	described := at(run, "tool.driver.rules").([]any)
	if len(described) != len(all) {
		t.Fatalf("%d rules, want %d", len(described), len(all))
	}
	for i, r := range described {
		rule := all[slices.IndexFunc(all, func(r *rules.Rule) bool { return r.ID == at(described[i], "id") })]
		if name := at(r, "name").(string); !regexp.MustCompile(`^([A-Z][a-z0-9]+)+$`).MatchString(name) || len(name) > 255 {
			t.Errorf("%s: name %q is not PascalCase", rule.ID, name)
		}
		for _, path := range []string{"shortDescription.text", "fullDescription.text"} {
			if s := at(r, path).(string); s == "" || len(utf16.Encode([]rune(s))) > 1024 || !strings.HasSuffix(s, ".") {
				t.Errorf("%s: %s %q: want 1 to 1024 characters and a full stop", rule.ID, path, s)
			}
		}
		for path, want := range map[string]string{
			"help.text": rule.Principle.String(), "help.markdown": "**Principle:** " + rule.Principle.String(),
			"defaultConfiguration.level": rule.Severity.String(), "properties.precision": rule.Precision,
		} {
			if s, _ := at(r, path).(string); want == "" || !strings.Contains(s, want) {
				t.Errorf("%s: %s = %q, want %q in it", rule.ID, path, s, want)
			}
		}
		page, ok := strings.CutPrefix(at(r, "helpUri").(string), "https://github.com/factorlint/factorlint/blob/main/rules/")
		if _, err := os.Stat("../../../rules/" + page); !ok || err != nil {
			t.Errorf("%s: helpUri %v: %v", rule.ID, at(r, "helpUri"), err)
		}
		checkLinks(t, rule, at(r, "help.markdown").(string), at(r, "help.text").(string))
		checkRanking(t, rule, at(r, "properties").(map[string]any))
		checkPrinciples(t, rule, r)
	}
}

// checkLinks looks at links between pages of this repository: on the web they lead to it, and as text they are words.
func checkLinks(t *testing.T, rule *rules.Rule, markdown, text string) {
	t.Helper()
	for _, m := range regexp.MustCompile(`\]\(([^)]*\.md)\)`).FindAllStringSubmatch(markdown, -1) {
		path, ok := strings.CutPrefix(m[1], "https://github.com/factorlint/factorlint/blob/main/")
		if _, err := os.Stat("../../../" + path); !ok || err != nil {
			t.Errorf("%s: the help links to %s: %v", rule.ID, m[1], err)
		}
	}
	if m := regexp.MustCompile(`\([a-z0-9./-]+\.md\)`).FindString(text); m != "" {
		t.Errorf("%s: the help as text says %s", rule.ID, m)
	}
}

// checkRanking looks at what GitHub orders alerts by: a security rule has a score in decimal, any other a problem's severity.
func checkRanking(t *testing.T, rule *rules.Rule, properties map[string]any) {
	t.Helper()
	if !slices.Contains([]any{"very-high", "high", "medium", "low"}, properties["precision"]) {
		t.Errorf("%s: precision %v", rule.ID, properties["precision"])
	}
	tags := properties["tags"].([]any)
	if len(tags) > 10 || slices.Contains(tags, any("security")) != (rule.SecurityAt != "") {
		t.Errorf("%s: tags %v", rule.ID, tags)
	}
	problem, security := properties["problem.severity"], properties["security-severity"]
	if rule.SecurityAt == "" {
		if security != nil || !slices.Contains([]any{"error", "warning", "recommendation"}, problem) {
			t.Errorf("%s: problem.severity %v, security-severity %v", rule.ID, problem, security)
		}
		return
	}
	if !slices.ContainsFunc(tags, func(tag any) bool { return strings.HasPrefix(tag.(string), "external/cwe/cwe-") }) {
		t.Errorf("%s: no weakness among the tags %v of a security rule", rule.ID, tags)
	}
	score, _ := security.(string)
	if n, err := strconv.ParseFloat(score, 64); err != nil || n <= 0 || n > 10 || problem != nil {
		t.Errorf("%s: security-severity %v, problem.severity %v", rule.ID, security, problem)
	}
}

// A rule whose page refers to a weakness is related to it, and the log describes no other weakness.
func TestWeaknesses(t *testing.T) {
	run, _ := write(t, &check.Report{Rules: []*rules.Rule{rules.Lookup("secret-in-image")}}, sarif.Options{Version: "0.1.0"})
	expect(t, run, map[string]string{
		"taxonomies.2.name":                                             `"CWE"`,
		"taxonomies.2.taxa.0.id":                                        `"CWE-798"`,
		"taxonomies.2.taxa.0.name":                                      `"UseOfHardCodedCredentials"`,
		"taxonomies.2.taxa.1":                                           `null`,
		"tool.driver.rules.0.properties.tags.6":                         `"external/cwe/cwe-798"`,
		"tool.driver.rules.0.relationships.2.target.id":                 `"CWE-798"`,
		"tool.driver.rules.0.relationships.2.target.toolComponent.name": `"CWE"`,
	})
	run, _ = write(t, &check.Report{Rules: []*rules.Rule{rules.Lookup("port-mismatch")}}, sarif.Options{Version: "0.1.0"})
	expect(t, run, map[string]string{"taxonomies.2": `null`, "tool.driver.supportedTaxonomies.2": `null`})
}

// checkPrinciples looks for each principle of a rule among its tags and among its relationships.
func checkPrinciples(t *testing.T, rule *rules.Rule, r any) {
	t.Helper()
	tags := at(r, "properties.tags").([]any)
	relationships, _ := at(r, "relationships").([]any)
	if len(relationships) == 0 {
		t.Errorf("%s: no relationships", rule.ID)
	}
	for _, p := range append([]rules.Principle{rule.Principle}, rule.Also...) {
		if !p.IsFactor() && !p.IsLIFESPAR() { // a rule about suppression comments
			continue
		}
		family := map[bool]any{true: "twelve-factor", false: "lifespar"}[p.IsFactor()]
		if !slices.Contains(tags, family) || !slices.Contains(tags, any(p.Tag())) {
			t.Errorf("%s: tags %v, want %v and %s", rule.ID, tags, family, p.Tag())
		}
		if !slices.ContainsFunc(relationships, func(x any) bool {
			return at(x, "target.id") == p.Key() && at(x, "target.toolComponent.name") == p.Taxonomy()
		}) {
			t.Errorf("%s: no relationship with %s", rule.ID, p)
		}
	}
}
