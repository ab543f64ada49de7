package check

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/factorlint/factorlint/rules"
)

// IdentityIn returns the identity that a finding has in a file, which is named from the top of the repository: a hash of rule, file,
// logical place, matter and ordinal. That of another file tells what it would be if the file had another name: so where Logical and
// Matter tell the file's name, or the path of its package, these do not count.
func (f Finding) IdentityIn(file string) string {
	matter := strings.ToLower(strings.Join(strings.Fields(f.nameless(f.Matter)), " "))
	key := []string{f.Rule.ID, file, f.nameless(f.local()), matter, strconv.Itoa(f.Ordinal)}
	sum := sha256.Sum256([]byte(strings.Join(key, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// local returns Logical without the path of a Go package and without the number of a stage that has no name: both may change although
// nothing there did.
func (f Finding) local() string {
	slash := strings.LastIndexByte(f.Logical, '/') + 1
	if f.Rule.Kind == rules.Go {
		_, name, _ := strings.Cut(f.Logical[slash:], ".")
		return name
	}
	if _, err := strconv.Atoi(f.Logical[slash:]); err == nil {
		return f.Logical[:slash]
	}
	return f.Logical
}

// nameless returns a text without the name of the finding's file.
func (f Finding) nameless(text string) string {
	if f.At.File == "" {
		return text
	}
	return strings.ReplaceAll(text, f.At.File, "")
}
