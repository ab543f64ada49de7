package scorecard_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/output/scorecard"
	"github.com/factorlint/factorlint/internal/workload"
	"github.com/factorlint/factorlint/rules"
)

// evil is what a repository may have in its names to run code in the page or to break its picture.
const evil = `</title></text></svg></script></style>--><script>window.pwned=1</script><img src=x onerror="window.pwned=1">"'{{.}}` + "`${alert(1)}\x1b\u202e\n]]>"

// report is what a run found in two workloads, one with hostile names, and in the tree.
func report() (*check.Report, []*workload.Workload) {
	hostile := api("deploy/evil.yaml")
	hostile.Name, hostile.Deploy.Name, hostile.Deploy.Object, hostile.Image.Stage, hostile.Program.Name, hostile.Program.ImportPath = evil, evil, evil, evil, evil, evil
	hostile.Deploy.Variant.Name = evil
	hostile.Missing = []string{evil}
	hostile.Links = []workload.Link{{From: evil, To: evil, Reason: evil}}
	hostile.Program.Dir, hostile.Program.Packages = "evil", nil
	hostile.Program.Env.Members = []workload.EnvRead{{Name: evil, Default: workload.Known(evil, at("evil/main.go", 1)), At: at(evil, 1)}}
	hostile.Program.Signals.Members = []workload.Signal{{Name: "SIGTERM", Via: evil, At: at(evil, 1)}}
	hostile.Program.Routes.Members = []workload.Route{{Pattern: evil, Handler: evil, At: at(evil, 1)}}
	hostile.Program.Unbounded = []string{evil}
	plain := api("deploy/api.yaml")
	plain.Program.Signals.Members = []workload.Signal{{Name: "SIGTERM", Via: "os/signal.Notify", At: at("cmd/api/main.go", 9)}}
	warning := *limitRule
	warning.Severity = rules.Warning
	return &check.Report{
		Rules: all, Files: 7,
		Findings: []check.Finding{
			{Rule: signalRule, Severity: rules.Error, At: at("cmd/api/main.go", 2), Message: "nothing handles SIGTERM", Identity: "a"},
			{Rule: portRule, Severity: rules.Error, At: at("deploy/api.yaml", 11), Message: "the ports differ", Workload: "api",
				Related: []check.Related{{At: at("cmd/api/main.go", 1), Message: "listens on 8080 here"}}, Fix: &check.Fix{Message: "Declare 8080"}},
			{Rule: &warning, Severity: rules.Warning, At: at("deploy/evil.yaml", 10), Message: evil, Logical: evil},
			{Rule: treeRule, Severity: rules.Note, At: at("bin/"+evil, 1), Message: "a binary is committed"},
		},
		Notifications: []check.Notification{{Code: evil, Level: rules.Warning, At: at(evil, 1), Message: evil}},
		Sources:       map[string][]byte{"cmd/api/main.go": []byte("package main // </code><script>window.pwned=1</script>\nfunc main() {}\n")},
	}, []*workload.Workload{plain, hostile}
}

func page(t *testing.T) (string, *html.Node) {
	t.Helper()
	var b bytes.Buffer
	r, ws := report()
	if err := scorecard.WriteHTML(&b, scorecard.Of(r, ws), "1.2.3"); err != nil {
		t.Fatal(err)
	}
	doc, err := html.Parse(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), doc
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// find returns the elements of a document that match.
func find(doc *html.Node, match func(*html.Node) bool) (out []*html.Node) {
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && match(n) {
			out = append(out, n)
		}
	}
	return out
}

func tag(name string) func(*html.Node) bool {
	return func(n *html.Node) bool { return n.Data == name }
}

func class(name string) func(*html.Node) bool {
	return func(n *html.Node) bool { return slices.Contains(strings.Fields(attr(n, "class")), name) }
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func TestPageHasEveryCellAndFinding(t *testing.T) {
	_, doc := page(t)
	r, ws := report()
	card := scorecard.Of(r, ws)
	cells := find(doc, class("cell"))
	var want []scorecard.Cell
	for _, row := range card.Rows {
		want = append(want, row.Cells...)
	}
	want = append(want, card.Tree...)
	if len(cells) != len(want) || len(want) != 20*(len(card.Rows)+1) {
		t.Fatalf("%d cells, want %d", len(cells), len(want))
	}
	ids := map[string]*html.Node{}
	for _, n := range find(doc, func(n *html.Node) bool { return attr(n, "id") != "" }) {
		if id := attr(n, "id"); ids[id] != nil {
			t.Errorf("the id %s is there twice", id)
		}
		ids[attr(n, "id")] = n
	}
	for i, a := range cells {
		cell := want[i]
		if got := textOf(a); !strings.Contains(got, string(cell.State)) {
			t.Errorf("cell %d is %q, want %s", i, got, cell.State)
		}
		detail := ids[strings.TrimPrefix(attr(a, "href"), "#")]
		if detail == nil {
			t.Fatalf("cell %d leads nowhere", i)
		}
		for _, f := range cell.Findings {
			if !strings.Contains(textOf(detail), r.Findings[f].Rule.ID) {
				t.Errorf("the findings behind cell %d lack %s: %s", i, r.Findings[f].Rule.ID, textOf(detail))
			}
		}
	}
	articles := find(doc, class("finding"))
	if len(articles) != len(r.Findings) {
		t.Fatalf("%d findings, want %d", len(articles), len(r.Findings))
	}
	for i, want := range [][]string{
		{"error nothing handles SIGTERM", "FL0901", "IX Disposability", "cmd/api/main.go:2:1", "func main() {}", "^^^^"},
		{"the ports differ", "VII Port binding, LIFESPAR Automated", "listens on 8080 here", "cmd/api/main.go:1:1", "Fix: Declare 8080"},
		{"warning </title>", "deploy/evil.yaml:10:1"},
		{"note a binary is committed"},
	} {
		for _, w := range want {
			if got := textOf(articles[i]); !strings.Contains(got, w) {
				t.Errorf("finding %d lacks %q: %s", i, w, got)
			}
		}
	}
	for i, want := range []string{" 0 ", " 0 ", " 1 ", " - "} {
		if got := attr(articles[i], "data-workloads"); got != want {
			t.Errorf("finding %d is of the workloads %q, want %q", i, got, want)
		}
	}
	for _, a := range find(doc, tag("a")) {
		href := attr(a, "href")
		if to, inside := strings.CutPrefix(href, "#"); inside && ids[to] == nil {
			t.Errorf("the link %s leads nowhere", href)
		} else if !inside && !strings.HasPrefix(href, rules.DocsURL) {
			t.Errorf("a link leads to %s", href)
		}
	}
}

func TestPageIsHarmless(t *testing.T) {
	text, doc := page(t)
	for _, c := range text {
		if c < ' ' && c != '\n' || c >= 0x202a && c <= 0x202e || c == 0x7f {
			t.Fatalf("the page holds %q", c)
		}
	}
	allowed := strings.Fields(`html head meta title style body a header h1 p main section h2 h3 h4 ul li span div table caption thead tbody tr th td
		article pre code details summary figure svg g rect text path form label select option input button output footer script br del ins`)
	for _, n := range find(doc, func(*html.Node) bool { return true }) {
		if !slices.Contains(allowed, n.Data) {
			t.Errorf("there is an element %s", n.Data)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src" || a.Key == "srcdoc" || a.Key == "action" {
				t.Errorf("%s has the attribute %s=%q", n.Data, a.Key, a.Val)
			}
		}
	}
	var policy string
	for _, m := range find(doc, tag("meta")) {
		if attr(m, "http-equiv") == "Content-Security-Policy" {
			policy = attr(m, "content")
		}
	}
	if !strings.HasPrefix(policy, "default-src 'none';") || strings.Contains(policy, "unsafe") {
		t.Errorf("the policy is %q", policy)
	}
	for _, name := range []string{"script", "style"} {
		all := find(doc, tag(name))
		if len(all) != 1 {
			t.Fatalf("%d elements %s", len(all), name)
		}
		sum := sha256.Sum256([]byte(all[0].FirstChild.Data))
		if want := fmt.Sprintf("%s-src 'sha256-%s'", name, base64.StdEncoding.EncodeToString(sum[:])); !strings.Contains(policy, want) {
			t.Errorf("the policy %q lacks %s", policy, want)
		}
	}
	if !strings.Contains(textOf(find(doc, class("workload"))[1]), `<script>window.pwned=1</script>`) {
		t.Error("a hostile name is lost")
	}
}

func TestPageIsAccessible(t *testing.T) {
	text, doc := page(t)
	if attr(find(doc, tag("html"))[0], "lang") != "en" {
		t.Error("the page has no language")
	}
	if n := len(find(doc, tag("h1"))); n != 1 {
		t.Errorf("%d headings of the first level", n)
	}
	level := 0
	for _, h := range find(doc, func(n *html.Node) bool {
		return len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6'
	}) {
		if l := int(h.Data[1] - '0'); l > level+1 {
			t.Errorf("heading %q skips a level", textOf(h))
		} else {
			level = l
		}
	}
	for _, th := range find(doc, tag("th")) {
		if attr(th, "scope") == "" {
			t.Errorf("the header %q has no scope", textOf(th))
		}
	}
	for _, s := range find(doc, tag("svg")) {
		if attr(s, "role") != "img" || attr(s, "aria-labelledby") == "" {
			t.Error("a picture has no name")
		}
	}
	for _, n := range find(doc, func(n *html.Node) bool { return n.Data == "select" || n.Data == "input" }) {
		if n.Parent.Data != "label" {
			t.Errorf("the field %s has no label", attr(n, "name"))
		}
	}
	if !strings.Contains(text, "prefers-color-scheme: dark") {
		t.Error("there is no dark mode")
	}
	if form := find(doc, tag("form"))[0]; !slices.ContainsFunc(form.Attr, func(a html.Attribute) bool { return a.Key == "hidden" }) {
		t.Error("without scripts the filter does nothing, and is shown all the same")
	}
}

// The picture shows each row of the map and joins what agrees; nothing lies outside of it.
func TestPagePicture(t *testing.T) {
	_, doc := page(t)
	svg := find(doc, tag("svg"))
	if len(svg) != 2 {
		t.Fatalf("%d pictures", len(svg))
	}
	for _, want := range []string{"listens :8080", "handles SIGTERM", "SIGTERM, SIGKILL after 30s"} {
		if !strings.Contains(textOf(svg[0]), want) {
			t.Errorf("the picture lacks %q: %s", want, textOf(svg[0]))
		}
	}
	if len(find(svg[0], tag("path"))) == 0 {
		t.Error("nothing is joined")
	}
	number := func(n *html.Node, name string) (x int) {
		if _, err := fmt.Sscan(attr(n, name), &x); err != nil {
			t.Errorf("%s=%q", name, attr(n, name))
		}
		return x
	}
	for _, r := range find(svg[0], tag("rect")) {
		if number(r, "x")+number(r, "width") > number(svg[0], "width") || number(r, "y")+number(r, "height") > number(svg[0], "height") {
			t.Errorf("a box lies outside: %v", r.Attr)
		}
	}
}

func TestPageOfNothing(t *testing.T) {
	var b bytes.Buffer
	if err := scorecard.WriteHTML(&b, scorecard.Of(&check.Report{}, nil), ""); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"No workload was found", "There are none"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func markdown(t *testing.T, r *check.Report, ws []*workload.Workload) string {
	t.Helper()
	var b strings.Builder
	if err := scorecard.WriteMarkdown(&b, scorecard.Of(r, ws)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestMarkdown(t *testing.T) {
	text := markdown(t, &check.Report{Rules: all, Files: 1, Findings: []check.Finding{
		{Rule: signalRule, Severity: rules.Error, At: at("cmd/api/main.go", 2), Message: "nothing handles SIGTERM"},
		{Rule: treeRule, Severity: rules.Note, At: at("bin/x", 1), Message: "a binary"},
	}}, []*workload.Workload{api("deploy/api.yaml")})
	for _, want := range []string{
		"- 1 workload, 2 findings, 0 suppressed findings in 1 file\n",
		"| workload | I | II | III |",
		"| api (Deployment in deploy/api.yaml) | – | ✅ | ✅ | – | – | – | ✅ | – | ❌1 |",
		"\n- **error** [FL0901 fl0901](" + rules.DocsURL + "fl0901.md) (api): nothing handles SIGTERM `cmd/api/main.go:2:1`\n",
		"(repository): a binary `bin/x:1:1`\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

func TestMarkdownIsHarmless(t *testing.T) {
	r, ws := report()
	const more = "@octocat #123 GH-7 https://evil.example www.evil.example ![x](y) [a](b) `code` | cell **bold** <!-- x --> &lt; ~~s~~ $x$ :smile:"
	r.Findings = append(r.Findings, check.Finding{Rule: treeRule, At: at("a`b``c|d\n.txt", 1), Message: more})
	r.Findings[3].At.File = "bin/x" // a place is in a code span, where markup is text
	ws[0].Name = more
	text := markdown(t, r, ws)
	for _, bad := range []string{"<script", "<img", "<!--", "@octocat", "#123", "GH-7", "https://evil", "www.evil", "![x]", "[a](b)", " | cell", "**bold**", "~~s~~", "\x1b", "\u202e"} {
		if strings.Contains(text, bad) {
			t.Errorf("Markdown holds %q", bad)
		}
	}
	if !strings.Contains(text, "``` a`b``c|d\\n.txt:1:1 ```") {
		t.Errorf("a place is not in a code span of its own:\n%s", text)
	}
	columns := -1
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "|") {
			n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
			if columns >= 0 && n != columns {
				t.Errorf("a row has %d columns, others %d: %s", n, columns, line)
			}
			columns = n
		}
	}
}

func TestMarkdownIsCut(t *testing.T) {
	r := &check.Report{Rules: all}
	for i := range 5000 {
		r.Findings = append(r.Findings, check.Finding{Rule: treeRule, At: at(fmt.Sprintf("bin/%d", i), 1), Message: strings.Repeat("x", 100)})
	}
	var ws []*workload.Workload
	for i := range 300 {
		w := api(fmt.Sprintf("deploy/%d.yaml", i))
		w.Name = fmt.Sprint("api", i)
		ws = append(ws, w)
	}
	text := markdown(t, r, ws)
	if len(text) > 65_536 {
		t.Errorf("%d bytes", len(text))
	}
	shown := strings.Count(text, "- **error**") + strings.Count(text, "- **note**")
	for _, want := range []string{fmt.Sprintf("%d more findings left out", 5000-shown), "200 more workloads left out"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the text: …%s", want, text[len(text)-300:])
		}
	}
}
