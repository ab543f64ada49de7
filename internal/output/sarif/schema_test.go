package sarif_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/output/sarif"
	"github.com/factorlint/factorlint/rules"
)

// uploadSchema is the JSON schema by which github/codeql-action refuses uploads: a copy of its src/sarif-schema-2.1.0.json (MIT
// License, GitHub; the schema is that of OASIS).
const uploadSchema = "testdata/codeql-action-sarif-schema.json"

// S3: what is written is what the upload action accepts.
func TestSchema(t *testing.T) {
	file, err := os.Open(uploadSchema)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	document, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	// among the properties of regions stands a list of alternatives, which is none
	delete(at(document, "definitions.region.properties").(map[string]any), "anyOf")
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(uploadSchema, document); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile(uploadSchema)
	if err != nil {
		t.Fatal(err)
	}
	all, err := rules.All()
	if err != nil {
		t.Fatal(err)
	}
	prefixed := sample()
	prefixed.Prefix, prefixed.Partial, prefixed.Untrusted = "services/a b/", true, true
	for name, c := range map[string]struct {
		report  *check.Report
		options sarif.Options
	}{
		"nothing":             {&check.Report{}, sarif.Options{Version: "0.1.0"}},
		"the whole catalogue": {&check.Report{Rules: all}, sarif.Options{Version: "0.1.0"}},
		"findings":            {sample(), sarif.Options{Version: "0.1.0", ExitCode: 1}},
		"suppressed":          {sample(), sarif.Options{Version: "0.0.0-devel", Suppressed: true}},
		"a part, untrusted":   {prefixed, sarif.Options{Version: "0.1.0", ExitCode: 2, Category: "a/b"}},
	} {
		var b bytes.Buffer
		if err := sarif.Write(&b, c.report, c.options); err != nil {
			t.Fatal(err)
		}
		log, err := jsonschema.UnmarshalJSON(&b)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(log); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
