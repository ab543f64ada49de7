package observe

import (
	"path"
	"strings"
)

// Short returns a symbol as code writes it: "migrate.New" of "github.com/golang-migrate/migrate/v4.New".
func Short(symbol string) string {
	base := path.Base(symbol)
	version, name, ok := strings.Cut(base, ".")
	if ok && isMajor(version) && strings.Contains(symbol, "/") {
		return path.Base(path.Dir(symbol)) + "." + name
	}
	return base
}

// isMajor reports whether the last element of an import path is the major version of its module: "v4".
func isMajor(elem string) bool {
	return len(elem) > 1 && elem[0] == 'v' && strings.Trim(elem[1:], "0123456789") == ""
}
