package repository

import (
	"cmp"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/repository"
)

// maxRelated is how many further secrets of a file a finding lists.
const maxRelated = 5

// maxDotenv is the size in bytes above which a file is no file of variables.
const maxDotenv = 1 << 18

// dotenvCommitted reports a tracked .env file that holds credentials, once per file.
func dotenvCommitted() check.Check[*repository.Tree] {
	return check.Check[*repository.Tree]{Rule: "dotenv-committed", Run: func(p *check.Pass[*repository.Tree]) {
		for _, f := range p.Subject.Files {
			if !f.Tracked || f.Size > maxDotenv || !isDotenv(f.Path) {
				continue
			}
			src, err := p.Subject.ReadFile(f.Path)
			if err != nil {
				continue
			}
			secrets := secretsOf(readDotenv(f.Path, src))
			if len(secrets) == 0 {
				continue
			}
			first := secrets[0]
			what := first.name
			if n := len(secrets) - 1; n > 0 {
				what += fmt.Sprintf(" and %d more", n)
			}
			finding := check.Finding{
				At:     first.at,
				Matter: first.name,
				Message: fmt.Sprintf("%s is committed with a real value for %s: whoever reads the repository has the credential, and changing it takes a commit instead of a new environment",
					path.Base(f.Path), what),
			}
			for _, s := range secrets[1:min(len(secrets), 1+maxRelated)] {
				finding.Related = append(finding.Related, check.Related{At: s.at, Message: s.name + " has a real value too"})
			}
			p.Report(finding)
		}
	}}
}

// secretsOf returns the variables whose values are credentials that work somewhere.
func secretsOf(all []variable) []variable {
	vocabulary := vocabularyOf(all)
	return slices.DeleteFunc(slices.Clone(all), func(v variable) bool {
		if inBrowser.MatchString(v.name) || strings.HasPrefix(v.value, "encrypted:") { // dotenvx encrypts values
			return true
		}
		if check.IsSecretName(v.name) {
			return !isReal(v.value, vocabulary)
		}
		password, ok := passwordIn(v.value)
		return !ok || !isReal(password, vocabulary)
	})
}

// inBrowser matches variables that front-end tools put into what every browser downloads: their values are public.
var inBrowser = regexp.MustCompile(`^(REACT_APP|VITE|VUE_APP|GATSBY|(NEXT|NUXT|EXPO)_PUBLIC|PUBLIC)_`)

// minSecret is the length below which a value is taken for a password of somebody's own machine.
const minSecret = 8

// isReal reports whether a value is no placeholder, and is not made of words that the file uses anyway: a password "shop"
// beside a user "shop" is for development.
func isReal(value string, vocabulary []string) bool {
	if len(value) < minSecret || check.IsPlaceholder(value) {
		return false
	}
	rest := strings.ToLower(value)
	for _, w := range vocabulary {
		rest = strings.ReplaceAll(rest, w, "")
	}
	return rest != "" && (rest == strings.ToLower(value) || !check.IsPlaceholder(rest))
}

// vocabularyOf returns the words of the variables' names, and those values that are no secret but a word, the longest
// first.
func vocabularyOf(all []variable) []string {
	var words []string
	for _, v := range all {
		words = append(words, strings.FieldsFunc(strings.ToLower(v.name), func(r rune) bool { return strings.ContainsRune("_.-", r) })...)
		if plainWord.MatchString(v.value) && !check.IsSecretName(v.name) {
			words = append(words, strings.ToLower(v.value))
		}
	}
	slices.SortFunc(words, func(x, y string) int { return cmp.Or(len(y)-len(x), strings.Compare(x, y)) })
	words = slices.Compact(words)
	return slices.DeleteFunc(words, func(w string) bool { return len(w) < 3 })
}

var plainWord = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{2,19}$`)

// passwordIn returns the password of a connection URL to a host that is not on the developer's machine or in a
// Compose project, where everybody knows the passwords.
func passwordIn(value string) (password string, ok bool) {
	u, err := url.Parse(value)
	if err != nil || u.User == nil || !strings.Contains(u.Hostname(), ".") || strings.HasPrefix(u.Hostname(), "127.") ||
		strings.HasSuffix(u.Hostname(), ".internal") || strings.HasSuffix(u.Hostname(), ".local") {
		return "", false
	}
	return u.User.Password()
}
