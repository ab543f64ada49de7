package check

import (
	"encoding/json"
	"fmt"

	"github.com/factorlint/factorlint/rules"
)

// A bare is a Finding without methods.
type bare Finding

// A written is a finding as JSON has it: its rule by id.
type written struct {
	Rule string
	*bare
}

// MarshalJSON writes a finding for [Finding.UnmarshalJSON] of the same build.
func (f Finding) MarshalJSON() ([]byte, error) {
	return json.Marshal(written{f.Rule.ID, (*bare)(&f)})
}

// UnmarshalJSON reads what MarshalJSON wrote. A rule that is not in the catalogue is an error.
func (f *Finding) UnmarshalJSON(text []byte) error {
	w := written{bare: (*bare)(f)}
	if err := json.Unmarshal(text, &w); err != nil {
		return err
	}
	if f.Rule = rules.Lookup(w.Rule); f.Rule == nil {
		return fmt.Errorf("no such rule: %q", w.Rule)
	}
	return nil
}
