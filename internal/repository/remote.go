package repository

import (
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// Name returns the name of the root folder. That of a whole repository is called as its remote "origin" calls it, so that the name
// is the same in every clone. Only a remote on a host counts; a path tells of this machine alone.
func (t *Tree) Name() string {
	if t.Prefix == "" && t.remote != "" {
		return t.remote
	}
	return filepath.Base(t.Root)
}

var (
	originSection = regexp.MustCompile(`(?i)^\[remote\s+"origin"\]`)
	urlOption     = regexp.MustCompile(`(?i)^url\s*=\s*"?([^"\s]+)`)
	// hostAddress matches https://host/path, ssh://host/path and host:path.
	hostAddress = regexp.MustCompile(`^(?:(?:https?|ssh|git)://[^/]+/+|[^/:]{2,}:/?)([^/].*?)/*$`)
)

// remoteName returns the name of the remote "origin" on its host without ".git", or "".
func (g gitDir) remoteName() string {
	text, err := readSmall(filepath.Join(g.common, "config"))
	if err != nil {
		return ""
	}
	origin := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			origin = originSection.MatchString(line)
		}
		if url := urlOption.FindStringSubmatch(line); origin && url != nil {
			if m := hostAddress.FindStringSubmatch(url[1]); m != nil {
				return strings.TrimSuffix(path.Base(m[1]), ".git")
			}
		}
	}
	return ""
}

// Remote returns the name of the remote "origin" of the work tree that begins at top, "" if there is none on a host.
func Remote(top string) string {
	g, ok := gitAt(top)
	if !ok {
		return ""
	}
	return g.remoteName()
}
