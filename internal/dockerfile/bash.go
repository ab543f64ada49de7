package dockerfile

import (
	"cmp"
	"strconv"
	"strings"
)

// bashSince is the first release of a distribution with bash 5.1 or later, by the repository of its image: their package indexes.
var bashSince = map[string]release{"alpine": {3, 14}, "debian": {11, 0}, "ubuntu": {21, 10}, "fedora": {34, 0}}

// bashNamed are the names of such releases of Debian and Ubuntu.
var bashNamed = set(`bullseye bookworm trixie forky sid impish jammy kinetic lunar mantic noble oracular plucky questing`)

// A release is the version of a distribution.
type release struct{ major, minor int }

// BashReplacesItself reports whether the bash of a base image, as far as its reference tells, replaces itself by the last command
// of a list too: bash does so since 5.1.
func BashReplacesItself(ref string) bool {
	repo := repoOf(ref)
	_, tag := splitRef(strings.ToLower(ref))
	since, known := bashSince[repo]
	if known && (tag == "" || tag == "latest") {
		return true
	}
	for i, part := range strings.Split(tag, "-") {
		if version, ok := strings.CutPrefix(part, "alpine"); ok && !releaseOf(version).before(bashSince["alpine"]) ||
			known && i == 0 && !releaseOf(part).before(since) || bashNamed[part] {
			return true
		}
	}
	return false
}

// releaseOf reads "3", "3.16" and "3.16.2"; what is no number counts as 0.
func releaseOf(version string) release {
	major, rest, _ := strings.Cut(version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	var r release
	r.major, _ = strconv.Atoi(major)
	r.minor, _ = strconv.Atoi(minor)
	return r
}

func (r release) before(o release) bool {
	return cmp.Or(cmp.Compare(r.major, o.major), cmp.Compare(r.minor, o.minor)) < 0
}
