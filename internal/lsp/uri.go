package lsp

import (
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
)

// drive matches the path of a URI that begins with the letter of a Windows drive: "/c:/src".
var drive = regexp.MustCompile(`^/[A-Za-z]:(/|$)`)

// fileOf returns the path of a file that a URI names; ok is false if it names none on this machine.
func fileOf(uri string) (file string, ok bool) {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" || u.Host != "" && u.Host != "localhost" || !strings.HasPrefix(u.Path, "/") {
		return "", false
	}
	name := u.Path
	if drive.MatchString(name) {
		name = name[1:]
	}
	return filepath.Clean(filepath.FromSlash(name)), true
}

// uriOf returns the URI of an absolute path.
func uriOf(file string) string {
	name := filepath.ToSlash(file)
	if !strings.HasPrefix(name, "/") {
		name = "/" + name // a drive
	}
	u := url.URL{Scheme: "file", Path: name}
	return u.String()
}
