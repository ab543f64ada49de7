package lsp

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/factorlint/factorlint/internal/config"
	"github.com/factorlint/factorlint/internal/suggest"
)

// settings are the initializationOptions of a client: flags of check.
type settings struct {
	Config  string   `json:"config"` // a file, relative to the workspace folder; "" for the nearest .factorlint.yaml
	Enable  []string `json:"enable"`
	Disable []string `json:"disable"`
	Only    []string `json:"only"`
}

// kinds are what JSON calls the types of settings.
var kinds = map[reflect.Kind]string{reflect.Struct: "object", reflect.Slice: "list of texts", reflect.String: "text"}

// parseSettings reads initializationOptions. The error names each word that is no rule, kind or principle.
func parseSettings(data []byte) (settings, error) {
	var s settings
	if len(data) == 0 {
		return s, nil
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var wrong *json.UnmarshalTypeError
	switch err := d.Decode(&s); {
	case errors.As(err, &wrong):
		return s, fmt.Errorf("%s is no %s", cmp.Or(wrong.Field, "the value"), kinds[wrong.Type.Kind()])
	case err != nil:
		return s, fmt.Errorf("%s; want config, enable, disable and only", strings.TrimPrefix(err.Error(), "json: "))
	}
	return s, errors.Join(suggest.CheckWords("enable", s.Enable), suggest.CheckWords("disable", s.Disable), suggest.CheckWords("only", s.Only))
}

// configuration reads the configuration for a folder as check does. It is nil if there is none.
func (s settings) configuration(dir string) (*config.Config, error) {
	file := s.Config
	if file == "" {
		var err error
		if file, err = config.Find(dir); err != nil {
			return nil, err
		}
	}
	if file == "" {
		return nil, nil
	}
	if !filepath.IsAbs(file) {
		file = filepath.Join(dir, file)
	}
	return config.Load(file)
}
