package config

import (
	"cmp"
	"path"
	"path/filepath"
	"strings"
)

// For returns the configuration as it concerns a folder: its paths, which are relative to the folder of the file it
// was read from, made relative to root, and what lies outside root left out.
func (c *Config) For(root string) *Config {
	if c.Path == "" {
		return c
	}
	dir, err := filepath.Abs(filepath.Dir(c.Path))
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err != nil {
		return c
	}
	rel, err := filepath.Rel(dir, root)
	if err != nil || rel == "." {
		return c
	}
	if !filepath.IsLocal(rel) { // the file lies below root
		up, err := filepath.Rel(root, dir)
		if err != nil || !filepath.IsLocal(up) {
			return c
		}
		return c.moved(func(p string) (string, bool) { return path.Join(filepath.ToSlash(up), p), true })
	}
	prefix := filepath.ToSlash(rel) + "/"
	return c.moved(func(p string) (string, bool) { return strings.CutPrefix(path.Clean(p)+"/", prefix) })
}

// moved returns a copy with each path as move gives it; what it refuses is left out.
func (c *Config) moved(move func(string) (string, bool)) *Config {
	shift := func(p string) string {
		if p == "" {
			return ""
		}
		m, ok := move(p)
		if !ok {
			return ""
		}
		return cmp.Or(strings.TrimSuffix(m, "/"), ".")
	}
	out := *c
	out.Paths = Paths{Exclude: movedPatterns(c.Paths.Exclude, move)}
	roles, to := c.Paths.Roles, &out.Paths.Roles
	to.Product, to.Test = movedPatterns(roles.Product, move), movedPatterns(roles.Test, move)
	to.Sample, to.Tooling = movedPatterns(roles.Sample, move), movedPatterns(roles.Tooling, move)
	out.Services, out.Helm, out.Kustomize = nil, nil, nil
	for _, s := range c.Services {
		s.Program, s.Dockerfile, s.Deploys = shift(s.Program), shift(s.Dockerfile), movedDeploys(s.Deploys, shift)
		if s.Program != "" || s.Dockerfile != "" || len(s.Deploys) > 0 {
			out.Services = append(out.Services, s)
		}
	}
	for _, h := range c.Helm {
		if h.Chart = shift(h.Chart); h.Chart != "" {
			values := movedPaths(h.Values, shift)
			if len(values) == len(h.Values) { // what is laid over the chart is known as a whole or not at all
				h.Values = values
				out.Helm = append(out.Helm, h)
			}
		}
	}
	out.Kustomize = movedPaths(c.Kustomize, shift)
	return &out
}

// movedPatterns leaves patterns alone that match at any depth.
func movedPatterns(patterns []string, move func(string) (string, bool)) (out []string) {
	for _, pattern := range patterns {
		not, p := "", pattern
		if strings.HasPrefix(p, "!") {
			not, p = "!", p[1:]
		}
		if !strings.Contains(strings.TrimSuffix(p, "/"), "/") || strings.HasPrefix(p, "**/") {
			out = append(out, pattern)
			continue
		}
		if m, ok := move(strings.TrimPrefix(p, "/")); ok {
			out = append(out, not+"/"+strings.TrimSuffix(m, "/"))
		}
	}
	return out
}

func movedDeploys(deploys []string, shift func(string) string) (out []string) {
	for _, d := range deploys {
		file, name, _ := strings.Cut(d, "#")
		if file = shift(file); file != "" {
			out = append(out, file+"#"+name)
		}
	}
	return out
}

func movedPaths(paths []string, shift func(string) string) (out []string) {
	for _, p := range paths {
		if p = shift(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}
