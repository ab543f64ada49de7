package config

import (
	"errors"
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/factorlint/factorlint/internal/suggest"
	"github.com/factorlint/factorlint/rules"
)

// A form is what a text has to be like: for the reader a function that says what is wrong, for the schema the same in its words.
type form struct {
	check  func(string) error
	schema func() schema
}

// forms are the values of the tag "form".
var forms = map[string]form{
	"text":     {checkText, func() schema { return schema{{"minLength", 1}} }},
	"word":     {checkWord, wordSchema},
	"rule":     {checkRule, nil},                         // a key, which the schema spells out
	"option":   {func(string) error { return nil }, nil}, // likewise, once the rule is known
	"severity": {checkSeverity, func() schema { return schema{{"enum", severities}} }},
	"glob":     {checkGlob, func() schema { return schema{{"pattern", globPattern}} }},
	"path":     {checkPath, func() schema { return schema{{"minLength", 1}, {"not", schema{{"pattern", outsidePattern}}}} }},
	"deploy": {checkDeploy, func() schema {
		return schema{{"pattern", `^[^#]+#[\s\S]`}, {"not", schema{{"pattern", outsideDeploy}}}}
	}},
}

var severities = []string{"error", "warning", "note"}

const (
	// inClass matches what [] of a pattern may hold: x, \x, a-z. The first cannot be ^, which negates.
	inClass      = `(\\.|[^\\\]-])(-(\\.|[^\\\]-]))?`
	firstInClass = `(\\.|[^\\\]^-])(-(\\.|[^\\\]-]))?`
	// globPattern matches what path.Match takes: \x, [a-z], [^a-z], anything else but a lone [ or \.
	globPattern = `^([^\[\\]|\\.|\[(\^` + inClass + `|` + firstInClass + `)(` + inClass + `)*\])+$`
	// outsidePattern matches paths that are absolute, go up, or are URLs; outsideDeploy the same before a #.
	outsidePattern = `^/|(^|/)\.\.(/|$)|://`
	outsideDeploy  = `^/|^([^#]*/)?\.\.(/|#)|^[^#]*://`
)

func checkText(s string) error {
	if s == "" {
		return errors.New("want a text that is not empty")
	}
	return nil
}

// checkWord tells those who write several words as flags have them how lists are written.
func checkWord(s string) error {
	err := suggest.CheckWord(s)
	if err != nil && strings.Contains(s, ",") {
		return fmt.Errorf("%w; several are a list: [%s]", err, s)
	}
	return err
}

func checkRule(s string) error {
	if r := rules.Lookup(s); r != nil && (r.Name == s || r.ID == s) {
		return nil
	}
	return suggest.NoRule(s)
}

func checkSeverity(s string) error {
	_, err := suggest.Severity(s)
	return err
}

func checkGlob(s string) error {
	if s == "" {
		return checkText(s)
	}
	if _, err := path.Match(s, ""); err != nil {
		return fmt.Errorf("%q: %w", s, err)
	}
	return nil
}

// checkPath refuses paths that lead out of the repository.
func checkPath(s string) error {
	if s == "" {
		return checkText(s)
	}
	if path.IsAbs(s) || strings.Contains(s, "://") || slices.Contains(strings.Split(s, "/"), "..") {
		return fmt.Errorf("%q: want a path below this file's folder that does not lead up", s)
	}
	return nil
}

func checkDeploy(s string) error {
	file, container, ok := strings.Cut(s, "#")
	if !ok || file == "" || container == "" {
		return fmt.Errorf(`%q: want "file#container"`, s)
	}
	return checkPath(file)
}

// wordSchema lists the words as editors complete them; other cases of letters are as good.
func wordSchema() schema {
	words := suggest.Words()
	patterns := make([]string, len(words))
	for i, w := range words {
		patterns[i] = anyCase(w)
	}
	return schema{{"anyOf", []schema{{{"enum", words}}, {{"pattern", "^(" + strings.Join(patterns, "|") + ")$"}}}}}
}

// anyCase returns a pattern for a word in any case of letters: JSON Schema has no flag for that.
func anyCase(word string) string {
	var b strings.Builder
	for _, c := range word {
		if unicode.IsLetter(c) {
			b.WriteString("[" + string(unicode.ToLower(c)) + string(unicode.ToUpper(c)) + "]")
		} else {
			b.WriteRune(c)
		}
	}
	return b.String()
}

// A field is one that a key of a mapping fills.
type field struct {
	key, doc string
	form     string // a key of forms
	required bool
	index    int // in its struct
}

// fieldsOf returns the fields of a struct that have a key, in order.
func fieldsOf(t reflect.Type) []field {
	var out []field
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		if key := tag.Get("key"); key != "-" {
			out = append(out, field{key: key, doc: tag.Get("doc"), form: tag.Get("form"), required: tag.Get("required") == "true", index: i})
		}
	}
	return out
}
