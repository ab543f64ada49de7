package config

import (
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
	out := *c
	out.Exclude, out.Services = nil, nil
	for _, pattern := range c.Exclude {
		not, p := "", pattern
		if strings.HasPrefix(p, "!") {
			not, p = "!", p[1:]
		}
		if !strings.Contains(strings.TrimSuffix(p, "/"), "/") || strings.HasPrefix(p, "**/") {
			out.Exclude = append(out.Exclude, pattern) // matches at any depth
			continue
		}
		if m, ok := move(strings.TrimPrefix(p, "/")); ok {
			out.Exclude = append(out.Exclude, not+"/"+strings.TrimSuffix(m, "/"))
		}
	}
	for _, s := range c.Services {
		shift := func(p string) string {
			if p == "" {
				return ""
			}
			m, ok := move(p)
			if !ok {
				return ""
			}
			if m = strings.TrimSuffix(m, "/"); m == "" {
				return "."
			}
			return m
		}
		s.Program, s.Dockerfile = shift(s.Program), shift(s.Dockerfile)
		var deploys []string
		for _, d := range s.Deploys {
			file, name, _ := strings.Cut(d, "#")
			if file = shift(file); file != "" {
				deploys = append(deploys, file+"#"+name)
			}
		}
		if s.Deploys = deploys; s.Program != "" || s.Dockerfile != "" || len(deploys) > 0 {
			out.Services = append(out.Services, s)
		}
	}
	return &out
}
