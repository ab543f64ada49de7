package sarif

import gosarif "github.com/owenrumney/go-sarif/v2/sarif"

// The types below add to those of go-sarif v2.3.3 what it cannot write: rules' guid and relationships, taxonomies
// without rules, and suppressions without null members.

type document struct {
	Schema  string `json:"$schema"`
	Version string `json:"version"`
	Runs    []*run `json:"runs"`
}

type run struct {
	*gosarif.Run
	Tool       tool         `json:"tool"`
	Taxonomies []*component `json:"taxonomies"`
	Results    []*result    `json:"results"`
}

type tool struct {
	Driver *component `json:"driver"`
}

type component struct {
	*gosarif.ToolComponent
	Rules []*descriptor `json:"rules,omitzero"`
	Taxa  []*descriptor `json:"taxa,omitzero"`
}

type descriptor struct {
	*gosarif.ReportingDescriptor
	GUID          string         `json:"guid,omitempty"`
	Relationships []relationship `json:"relationships,omitempty"`
}

type relationship struct {
	Target *gosarif.ReportingDescriptorReference `json:"target"`
	Kinds  []string                              `json:"kinds"`
}

type result struct {
	*gosarif.Result
	Suppressions []suppression `json:"suppressions,omitzero"`
}

type suppression struct {
	Kind          string            `json:"kind"`
	Status        string            `json:"status"`
	Justification string            `json:"justification,omitempty"`
	Location      *gosarif.Location `json:"location,omitempty"`
}

func text(s string) *gosarif.MultiformatMessageString {
	return gosarif.NewMultiformatMessageString(s)
}

func index(i int) *uint {
	u := uint(i)
	return &u
}
