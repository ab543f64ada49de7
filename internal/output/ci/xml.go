package ci

import (
	"encoding/xml"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/output/plain"
	"github.com/factorlint/factorlint/rules"
)

// A fileOf is the findings of one file.
type fileOf struct {
	name     string
	findings []check.Finding
}

func byFile(r *check.Report) []fileOf {
	var out []fileOf
	for _, f := range r.Findings {
		if n := len(out); n == 0 || out[n-1].name != file(r, f.At) {
			out = append(out, fileOf{name: file(r, f.At)})
		}
		out[len(out)-1].findings = append(out[len(out)-1].findings, f)
	}
	return out
}

// checkstyle writes the XML of Checkstyle 5, which Jenkins and others read.
func checkstyle(r *check.Report) ([]byte, error) {
	type problem struct {
		Line     int    `xml:"line,attr"`
		Column   int    `xml:"column,attr,omitempty"`
		Severity string `xml:"severity,attr"`
		Message  string `xml:"message,attr"`
		Source   string `xml:"source,attr"`
	}
	type inFile struct {
		Name     string    `xml:"name,attr"`
		Problems []problem `xml:"error"`
	}
	type document struct {
		XMLName xml.Name `xml:"checkstyle"`
		Version string   `xml:"version,attr"`
		Files   []inFile `xml:"file"`
	}
	severities := map[rules.Severity]string{rules.Error: "error", rules.Warning: "warning", rules.Note: "info"}
	doc := document{Version: "5.0"}
	for _, group := range byFile(r) {
		in := inFile{Name: group.name}
		for _, f := range group.findings {
			in.Problems = append(in.Problems, problem{max(f.At.Start.Line, 1), f.At.Start.Col, severities[f.Severity], full(r, f), "factorlint." + f.Rule.ID})
		}
		doc.Files = append(doc.Files, in)
	}
	return asXML(doc)
}

// junit writes test suites: one for each file with findings and in it one failed test for each finding, and one with a broken test
// for each notification that makes the run untrustworthy. Without any there is one test, and it passes: some readers refuse a
// report without tests.
func junit(r *check.Report) ([]byte, error) {
	type problem struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
	type test struct {
		Name    string   `xml:"name,attr"`
		Class   string   `xml:"classname,attr"`
		Failure *problem `xml:"failure"`
		Error   *problem `xml:"error"`
	}
	type suite struct {
		Name     string `xml:"name,attr"`
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Errors   int    `xml:"errors,attr"`
		Cases    []test `xml:"testcase"`
	}
	type document struct {
		XMLName xml.Name `xml:"testsuites"`
		Suites  []suite  `xml:"testsuite"`
	}
	var doc document
	for _, group := range byFile(r) {
		s := suite{Name: group.name, Tests: len(group.findings), Failures: len(group.findings)}
		for _, f := range group.findings {
			s.Cases = append(s.Cases, test{
				Name: f.Rule.ID + " " + f.Rule.Name + " at " + place(r, f.At), Class: group.name,
				Failure: &problem{plain.Text(f.Message), f.Severity.String(), full(r, f)},
			})
		}
		doc.Suites = append(doc.Suites, s)
	}
	run := suite{Name: "factorlint"}
	for _, n := range r.Notifications {
		if n.Level == rules.Error {
			text := plain.Text(n.Message)
			run.Cases = append(run.Cases, test{Name: plain.Text(n.Code) + " at " + place(r, n.At), Class: run.Name, Error: &problem{text, "error", text}})
		}
	}
	run.Tests, run.Errors = len(run.Cases), len(run.Cases)
	if len(doc.Suites) == 0 && run.Tests == 0 {
		run.Tests, run.Cases = 1, []test{{Name: "no findings", Class: run.Name}}
	}
	if run.Tests > 0 {
		doc.Suites = append(doc.Suites, run)
	}
	return asXML(doc)
}

func asXML(doc any) ([]byte, error) {
	out, err := xml.MarshalIndent(doc, "", "  ")
	return append(append([]byte(xml.Header), plain.XML(out)...), '\n'), err
}
