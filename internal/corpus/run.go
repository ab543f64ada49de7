package corpus

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/factorlint/factorlint/internal/cache"
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/engine"
	"github.com/factorlint/factorlint/rules"
)

// A Checkout is a repository on the disk.
type Checkout struct {
	Name string // "owner/name" if the labels know it, else the folder's
	Dir  string
}

// Checkouts lists the folders in dir, and the labelled repositories that are none of them. The folder of owner/name is
// called owner_name, owner+name or name.
func Checkouts(dir string, labels Labels) (found []Checkout, absent []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, err
	}
	taken := map[string]string{} // names by folder
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		owner, base, _ := strings.Cut(name, "/")
		i := slices.IndexFunc([]string{owner + "_" + base, owner + "+" + base, base}, func(folder string) bool {
			ok := taken[folder] == "" && slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() == folder })
			if ok {
				taken[folder] = name
			}
			return ok
		})
		if i < 0 {
			absent = append(absent, name)
		}
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if info, err := os.Stat(path); err != nil || !info.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		c := Checkout{Name: taken[e.Name()], Dir: path}
		if c.Name == "" {
			c.Name = e.Name()
		}
		found = append(found, c)
	}
	return found, absent, nil
}

// A Run is what was found in one repository.
type Run struct {
	Checkout
	Score
	Labelled bool // there are labels for it
	Rules    []*rules.Rule
	Notes    []check.Notification
	Took     time.Duration
}

// Measure runs the engine on a checkout, without its configuration. enable names rules to look for besides the default ones, and store is
// a cache, or nil; analyze looks at Go code, nil for the usual way.
func Measure(ctx context.Context, c Checkout, labels Labels, enable []string, store *cache.Cache, analyze engine.Analyze) (*Run, error) {
	start := time.Now()
	res, err := engine.Run(ctx, engine.Options{Paths: []string{c.Dir}, Enable: enable, Cache: store, Tool: cache.Build(), Analyze: analyze})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Name, err)
	}
	took := time.Since(start)
	of := labels[c.Name]
	score := Compare(of, res.Report.Rules, res.Report.Findings, res.Workloads)
	for i, j := range score.Findings {
		score.Findings[i].Place = Misplaced(j.Finding, res.Report.Sources)
		score.Findings[i].Unnamed = j.Finding.Rule.Kind != rules.Go && !Names(j.Finding, res.Report.Sources)
	}
	return &Run{
		Checkout: c,
		Score:    score,
		Labelled: of != nil,
		Rules:    res.Report.Rules,
		Notes:    res.Report.Notifications,
		Took:     took,
	}, nil
}
