package observe

import (
	"path"
	"strings"

	"github.com/factorlint/factorlint/internal/workload"
)

// Short returns a symbol as code writes it: "migrate.New" of "github.com/golang-migrate/migrate/v4.New".
func Short(symbol string) string {
	base := path.Base(symbol)
	version, name, ok := strings.Cut(base, ".")
	if ok && workload.IsMajorVersion(version) && strings.Contains(symbol, "/") {
		return path.Base(path.Dir(symbol)) + "." + name
	}
	return base
}
