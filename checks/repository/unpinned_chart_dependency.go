package repository

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/manifest"
	"github.com/factorlint/factorlint/internal/repository"
)

// unpinnedChartDependency reports the dependencies of a Helm chart that nothing in the tree pins. Its subject is the
// tree, since a chart is rendered into several variants, or into none.
func unpinnedChartDependency() check.Check[*repository.Tree] {
	return check.Check[*repository.Tree]{Rule: "unpinned-chart-dependency", Run: func(p *check.Pass[*repository.Tree]) {
		files := map[string]bool{}
		for _, f := range p.Subject.Files {
			files[f.Path] = true
		}
		locks := map[string]string{"Chart.yaml": "Chart.lock", "requirements.yaml": "requirements.lock"}
		for _, f := range p.Subject.Files {
			dir, base := path.Split(f.Path)
			lock, ok := locks[base]
			if !ok || !files[dir+"Chart.yaml"] || files[dir+lock] {
				continue
			}
			src, err := p.Subject.ReadFile(f.Path)
			if err != nil {
				continue
			}
			for _, d := range manifest.ReadDependencies(f.Path, src) {
				version, ok := d.Version.Or("")
				if !ok || version != "" && !versionRange.MatchString(version) || exactVersion.MatchString(version) || strings.HasPrefix(d.Repository, "file:") || inCharts(p.Subject, dir, d) {
					continue
				}
				finding := check.Finding{At: d.Version.At(), Logical: path.Base(path.Clean(dir)), Matter: d.Name}
				if version == "" {
					finding.Message = fmt.Sprintf("chart dependency %q has no version, and there is no %s: the same commit is deployed with whatever release is the newest on that day", d.Name, lock)
				} else {
					finding.Message = fmt.Sprintf("chart dependency %q may have any version in the range %q, and there is no %s: the same commit is deployed with whatever release is the newest on that day",
						d.Name, version, lock)
				}
				p.Report(finding)
			}
		}
	}}
}

// versionRange matches what Helm takes for a constraint on versions (Masterminds/semver).
var versionRange = regexp.MustCompile(`^[\s<>=!~^|,v*xX]*(\d+|[*xX])([\s<>=!~^|,v.*xX\d+-]|[A-Za-z0-9])*$`)

// exactVersion matches a full version: fewer numbers, or operators and wildcards, make it a range.
var exactVersion = regexp.MustCompile(`^=?\s*v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`)

// inCharts reports whether the dependency itself is in the tree, packed or unpacked. A dependency without a repository
// can only come from there.
func inCharts(t *repository.Tree, dir string, d manifest.Dependency) bool {
	if d.Repository == "" {
		return true
	}
	return slices.ContainsFunc(t.Files, func(f repository.File) bool {
		rest, ok := strings.CutPrefix(f.Path, dir+"charts/")
		return ok && (strings.HasPrefix(rest, d.Name+"/") || strings.HasPrefix(rest, d.Name+"-") && strings.HasSuffix(rest, ".tgz"))
	})
}
