package observe

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// IsForeign reports whether a package belongs to the standard library or to a module that somebody else wrote. What such code does
// is known from apis.txt alone, whether or not a driver analyses it: so every driver finds the same.
func IsForeign(pass *analysis.Pass) bool {
	if m := pass.Module; m != nil && m.Path != "" && m.Version == "" { // the main module, or one of the workspace
		return false
	}
	return isStandard(pass.Pkg.Path()) || slices.ContainsFunc(pass.Files, func(f *ast.File) bool {
		return fetched.MatchString(strings.ReplaceAll(pass.Fset.File(f.FileStart).Name(), `\`, "/"))
	})
}

// fetched matches the files of modules that were downloaded: in the module cache, in a vendor folder, or where Bazel puts external
// repositories. A module that another folder replaces has a version too, and its files lie elsewhere.
var fetched = regexp.MustCompile(`@v\d+\.[^/]*/|/vendor/|^external/`)

// isStandard reports whether an import path is one of the standard library's: no dot in its first element. The
// paths of a module under development without a domain ("shop/internal/x") look the same, and so only the
// packages that the standard library really has at its top count.
func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	switch first {
	case "archive", "bufio", "bytes", "cmp", "compress", "container", "context", "crypto", "database", "debug", "embed",
		"encoding", "errors", "expvar", "flag", "fmt", "go", "hash", "html", "image", "index", "internal", "io", "iter", "log", "maps", "math",
		"mime", "net", "os", "path", "plugin", "reflect", "regexp", "runtime", "slices", "sort", "strconv", "strings", "structs",
		"sync", "syscall", "testing", "text", "time", "unicode", "unique", "unsafe", "weak", "vendor":
		return true
	}
	return false
}
