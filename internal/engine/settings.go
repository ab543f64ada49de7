package engine

import (
	"path"
	"slices"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/config"
	"github.com/factorlint/factorlint/internal/manifest"
	"github.com/factorlint/factorlint/internal/repository"
)

// settingsOf returns what a configuration, as it concerns the analysed folder, tells checks.
func settingsOf(c *config.Config) check.Settings {
	s := check.Settings{Roles: rolesOf(c.Paths.Roles), Options: map[string]map[string]string{}}
	for name, r := range c.Rules {
		s.Options[name] = r.Options
	}
	return s
}

// rolesOf returns the roles that patterns give to files; the first pattern that matches counts.
func rolesOf(c config.Roles) check.Roles {
	type given struct {
		role    check.Role
		matches func(string) bool
	}
	var all []given
	for _, r := range []struct {
		role     check.Role
		patterns []string
	}{{check.Product, c.Product}, {check.Test, c.Test}, {check.Sample, c.Sample}, {check.Tooling, c.Tooling}} {
		if len(r.patterns) > 0 {
			all = append(all, given{r.role, repository.Matcher(r.patterns)})
		}
	}
	if len(all) == 0 {
		return nil
	}
	return func(file string) check.Role {
		i := slices.IndexFunc(all, func(g given) bool { return g.matches(file) })
		if i < 0 {
			return ""
		}
		return all[i].role
	}
}

// manifestOptions returns what the reader of manifests is to know besides the tree.
func (r *run) manifestOptions() manifest.Options {
	o := manifest.Options{Cache: r.cache, Roles: r.settings.Roles, Kustomizations: clean(r.config.Kustomize)}
	for _, h := range r.config.Helm {
		o.Renderings = append(o.Renderings, manifest.Rendering{Chart: path.Clean(h.Chart), Values: clean(h.Values)})
	}
	return o
}

func clean(paths []string) []string {
	var out []string
	for _, p := range paths {
		out = append(out, path.Clean(p))
	}
	return out
}

// isAskedFor reports whether a file that an analyzer took for no part of the product is one all the same: the user says so, or
// named the folder that it lies in.
func (r *run) isAskedFor(file string) bool {
	if said := r.settings.Roles.Said(file); said != "" {
		return said == check.Product
	}
	return check.RoleOf(file) == check.Product && !check.IsToolName(path.Base(path.Dir(file)))
}

// grade gives findings the severities that the configuration asks for.
func (r *run) grade(rep *check.Report) {
	set := func(f *check.Finding) {
		if s, ok := r.config.Severity(f.Rule); ok {
			f.Severity = s
		}
	}
	for i := range rep.Findings {
		set(&rep.Findings[i])
	}
	for i := range rep.Suppressed {
		set(&rep.Suppressed[i].Finding)
	}
}
