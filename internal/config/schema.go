package config

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"

	"github.com/factorlint/factorlint/rules"
)

// SchemaURL names the schema: where it is to be found on the web.
const SchemaURL = "https://raw.githubusercontent.com/factorlint/factorlint/main/docs/factorlint.schema.json"

// A schema is an object of JSON Schema draft-07, its keywords in order.
type schema []keyword

type keyword struct {
	name  string
	value any
}

// MarshalJSON writes the keywords in order.
func (s schema) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, k := range s {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(k.name)
		if err != nil {
			return nil, err
		}
		value, err := marshal(k.value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// marshal is json.Marshal that leaves <, > and & as they are.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

// Schema returns the JSON schema (draft-07) of .factorlint.yaml, made of the types of this package and the catalogue. It refuses
// what Load refuses, but for what no schema can tell: a key or a service that is given twice, settings that contradict each other, and
// what is no JSON, as aliases.
func Schema() ([]byte, error) {
	catalogue, err := rules.All()
	if err != nil {
		return nil, err
	}
	s := append(schema{
		{"$schema", "http://json-schema.org/draft-07/schema#"},
		{"$id", SchemaURL},
		{"title", ".factorlint.yaml"},
		{"description", "Configuration of factorlint."},
	}, mappingSchema(reflect.TypeFor[Config](), catalogue)...)
	text, err := marshal(append(s, keyword{"definitions", definitions()}))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = json.Indent(&out, text, "", "  ")
	out.WriteByte('\n')
	return out.Bytes(), err
}

// definitions describes texts, by the names of their forms, and the settings of a rule without options.
func definitions() schema {
	var out schema
	for _, name := range slices.Sorted(maps.Keys(forms)) {
		if f := forms[name]; f.schema != nil {
			out = append(out, keyword{name, append(schema{{"type", "string"}}, f.schema()...)})
		}
	}
	return append(out, keyword{"rule", settingsSchema(reflect.TypeFor[Rule](), nil)})
}

// mappingSchema describes a struct: the mapping that the reader makes it of.
func mappingSchema(t reflect.Type, catalogue []*rules.Rule) schema {
	var properties schema
	required := []string{}
	for _, f := range fieldsOf(t) {
		value := valueSchema(t.Field(f.index).Type, f.form, catalogue)
		properties = append(properties, keyword{f.key, append(schema{{"description", f.doc}}, value...)})
		if f.required {
			required = append(required, f.key)
		}
	}
	if len(required) > 0 { // a mapping that has to be there cannot be null
		return append(object("object", properties), keyword{"required", required})
	}
	return object([]string{"object", "null"}, properties)
}

// object describes a mapping that has no other keys.
func object(kind any, properties schema) schema {
	return schema{{"type", kind}, {"additionalProperties", false}, {"properties", properties}}
}

func valueSchema(t reflect.Type, form string, catalogue []*rules.Rule) schema {
	switch t.Kind() {
	case reflect.Pointer:
		return schema{{"type", "boolean"}}
	case reflect.String:
		return reference(form)
	case reflect.Map:
		return rulesSchema(t.Elem(), catalogue)
	case reflect.Struct:
		return mappingSchema(t, catalogue)
	}
	if t.Elem().Kind() == reflect.Struct {
		return schema{{"type", []string{"array", "null"}}, {"items", mappingSchema(t.Elem(), catalogue)}}
	}
	return schema{{"anyOf", []schema{{{"type", "array"}, {"items", reference(form)}}, reference(form), {{"type", "null"}}}}}
}

func reference(form string) schema { return schema{{"$ref", "#/definitions/" + form}} }

// rulesSchema describes the settings of each rule, by its name and its id.
func rulesSchema(settings reflect.Type, catalogue []*rules.Rule) schema {
	var properties schema
	for _, r := range catalogue {
		value := reference("rule")
		if len(r.Options) > 0 {
			value = settingsSchema(settings, r.Options)
		}
		value = append(schema{{"description", r.Summary}}, value...)
		properties = append(properties, keyword{r.Name, value}, keyword{r.ID, value})
	}
	return object([]string{"object", "null"}, properties)
}

// settingsSchema describes the settings of a rule that has these options.
func settingsSchema(settings reflect.Type, options []rules.Option) schema {
	var properties schema
	for _, f := range fieldsOf(settings) {
		t, value := settings.Field(f.index).Type, optionsSchema(options)
		if t.Kind() != reflect.Map {
			value = valueSchema(t, f.form, nil)
		}
		properties = append(properties, keyword{f.key, append(schema{{"description", f.doc}}, value...)})
	}
	return object([]string{"object", "null"}, properties)
}

func optionsSchema(options []rules.Option) schema {
	properties := schema{}
	for _, o := range options {
		properties = append(properties, keyword{o.Name, schema{{"description", o.Doc}, {"type", "string"}, {"pattern", o.Pattern}}})
	}
	return object([]string{"object", "null"}, properties)
}
