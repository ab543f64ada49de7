package sarif

import (
	"crypto/sha1"
	"fmt"
	"slices"
	"strings"
	"unicode"

	gosarif "github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/factorlint/factorlint/internal/output/plain"
	"github.com/factorlint/factorlint/rules"
)

const home = "https://github.com/factorlint/factorlint"

func driver(version string) *component {
	c := gosarif.NewDriver("factorlint").
		WithFullName("factorlint " + version).
		WithOrganization("factorlint").
		WithInformationURI(home).
		WithVersion(version).
		WithSemanticVersion(version).
		WithLanguage("en").
		WithGUID(guid("factorlint"))
	return &component{ToolComponent: c, Rules: []*descriptor{}}
}

// A taxonomy is one of the two sets of principles, or that of weaknesses.
type taxonomy struct{ name, organization, uri, summary string }

// taxonomies are in the order of run.taxonomies.
var taxonomies = [...]taxonomy{
	{"TwelveFactor", "12factor.net", "https://12factor.net/", "The Twelve-Factor App."},
	{"LIFESPAR", "Gartner", "", "LIFESPAR, Gartner's principles for cloud-native applications."},
	{cwe, "MITRE", "https://cwe.mitre.org/", "The Common Weakness Enumeration."},
}

func taxonomyIndex(name string) int {
	return slices.IndexFunc(taxonomies[:], func(t taxonomy) bool { return t.name == name })
}

// component describes the taxonomy with these taxa.
func (t taxonomy) component(taxa []*descriptor) *component {
	c := &component{ToolComponent: &gosarif.ToolComponent{Name: t.name}, Taxa: taxa}
	c.WithGUID(guid(t.name)).WithOrganization(t.organization).WithLanguage("en")
	c.WithShortDescription(text(t.summary)).WithFullDescription(text(t.summary))
	if t.uri != "" {
		c.WithInformationURI(t.uri)
	}
	return c
}

// taxa returns all principles of the taxonomy, or those weaknesses that rules refer to.
func (t taxonomy) taxa(listed []*rules.Rule) []*descriptor {
	var out []*descriptor
	for _, p := range rules.Principles() {
		if p.Taxonomy() == t.name {
			out = append(out, t.taxon(p.Key(), p.Title(), p.Summary(), p.URL()))
		}
	}
	if t.name == cwe {
		for _, w := range allWeaknesses(listed) {
			out = append(out, t.taxon(w.id(), w.title, w.title+".", w.url))
		}
	}
	return out
}

// taxon describes a principle or a weakness; the address of its page may be "".
func (t taxonomy) taxon(id, title, summary, url string) *descriptor {
	d := gosarif.NewRule(id).
		WithName(pascal(title)).
		WithShortDescription(text(summary)).
		WithFullDescription(text(summary)).
		WithTextHelp(summary)
	if url != "" {
		d.WithHelpURI(url)
	}
	return &descriptor{ReportingDescriptor: d, GUID: guid(t.name + "/" + id)}
}

func (t taxonomy) reference() *gosarif.ToolComponentReference {
	name, id := t.name, guid(t.name)
	return &gosarif.ToolComponentReference{Name: &name, Guid: &id, Index: index(taxonomyIndex(t.name))}
}

func ruleDescriptor(r *rules.Rule) *descriptor {
	d := &descriptor{
		ReportingDescriptor: gosarif.NewRule(r.ID).
			WithName(r.PascalName()).
			WithShortDescription(text(r.Summary)).
			WithFullDescription(text(introduction(r))).
			WithHelpURI(r.URL()).
			WithTextHelp(help(r, plain.Markdown(withoutHeading(r.Body)), "")).
			WithMarkdownHelp(help(r, withoutHeading(r.Online()), "**")).
			WithDefaultConfiguration(gosarif.NewReportingConfiguration().WithLevel(r.Severity.String())).
			WithProperties(properties(r)),
		GUID: guid(r.ID),
	}
	d.relate(r.Principle.Taxonomy(), r.Principle.Key(), "superset")
	for _, p := range r.Also {
		d.relate(p.Taxonomy(), p.Key(), "relevant")
	}
	for _, w := range weaknesses(r) {
		d.relate(cwe, w.id(), "relevant")
	}
	return d
}

// relate says that the rule is a part of what a taxonomy has under an id (kind superset) or touches it (relevant).
func (d *descriptor) relate(taxonomy, id, kind string) {
	i := taxonomyIndex(taxonomy)
	if i < 0 {
		return // a rule about factorlint's own comments
	}
	uuid := guid(taxonomy + "/" + id)
	d.Relationships = append(d.Relationships, relationship{
		Target: &gosarif.ReportingDescriptorReference{Id: &id, Guid: &uuid, ToolComponent: taxonomies[i].reference()},
		Kinds:  []string{kind},
	})
}

// maxTags is how many tags of a rule GitHub shows.
const maxTags = 10

// properties are what GitHub's code scanning filters and orders by.
func properties(r *rules.Rule) gosarif.Properties {
	var tags []string
	add := func(tag string) {
		if len(tags) < maxTags && !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	if r.SecurityAt != "" {
		add("security")
	}
	add(string(r.Kind))
	for _, p := range append([]rules.Principle{r.Principle}, r.Also...) {
		if p.IsFactor() {
			add("twelve-factor")
		} else if p.IsLIFESPAR() {
			add("lifespar")
		}
		add(p.Tag())
	}
	for _, w := range weaknesses(r) {
		add(w.tag())
	}
	out := gosarif.Properties{"tags": tags, "precision": r.Precision}
	if r.SecurityAt != "" {
		out["security-severity"] = r.SecurityAt
		return out
	}
	out["problem.severity"] = r.Severity.String()
	if r.Severity == rules.Note {
		out["problem.severity"] = "recommendation"
	}
	return out
}

// help returns a page with its principle, since GitHub shows no taxonomies.
func help(r *rules.Rule, page, strong string) string {
	also := ""
	for _, p := range r.Also {
		also += ", " + p.String()
	}
	return fmt.Sprintf("%s\n\n%[2]sPrinciple:%[2]s %[3]s%[4]s\n\n%[2]sRule:%[2]s %[5]s (%[6]s)\n",
		strings.TrimSpace(page), strong, r.Principle, also, r.Name, r.URL())
}

// introduction returns the first paragraph of a rule's page, or its summary if that is not a paragraph of whole
// sentences that fits GitHub's limit of 1024 characters.
func introduction(r *rules.Rule) string {
	var words []string
	for line := range strings.Lines(plain.Markdown(withoutHeading(r.Body))) {
		if strings.TrimSpace(line) == "" {
			break
		}
		words = append(words, strings.Fields(line)...)
	}
	if s := strings.Join(words, " "); strings.HasSuffix(s, ".") && len(s) <= 1024 {
		return s
	}
	return r.Summary
}

// withoutHeading drops the first line of a page: the rule's name.
func withoutHeading(body string) string {
	_, rest, _ := strings.Cut(body, "\n")
	return strings.TrimLeft(rest, "\n")
}

// pascal returns the words of a title as one: "Dev/prod parity" is DevProdParity.
func pascal(title string) string {
	var b strings.Builder
	for _, w := range strings.FieldsFunc(title, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		b.WriteString(strings.ToUpper(w[:1]) + strings.ToLower(w[1:]))
	}
	return b.String()
}

// guid returns the version 5 UUID (RFC 9562) of a name below factorlint's home page: for ever the same.
func guid(name string) string {
	urls := []byte("\x6b\xa7\xb8\x11\x9d\xad\x11\xd1\x80\xb4\x00\xc0\x4f\xd4\x30\xc8") // RFC 9562's namespace of URLs
	h := sha1.Sum(append(urls, home+"#"+name...))
	h[6] = h[6]&0x0f | 0x50
	h[8] = h[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[:4], h[4:6], h[6:8], h[8:10], h[10:16])
}
