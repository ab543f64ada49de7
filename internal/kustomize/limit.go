package kustomize

import (
	"strings"

	"sigs.k8s.io/kustomize/api/types"
)

// Limits on building. Kustomize compares objects with each other wherever it puts them together, and looks for the
// target of each name among all of them.
const (
	maxKustomization = 1 << 20   // bytes of a kustomization as JSON
	maxBytes         = 8 << 20   // bytes of a file, and of all that one build reads or repeats
	maxNodes         = 300_000   // values of one build, those that patches repeat included
	maxSteps         = 1_500_000 // comparisons of all builds of a tree; each takes about a microsecond
	maxLevels        = 50        // of kustomizations that take each other in
	maxGrowth        = 8         // patches and replacements that may each double an object
	enough           = 1 << 40   // where sums stop growing
)

// A cost is what building a kustomization takes.
type cost struct {
	objects, nodes, names, bytes, steps, growth int

	patched, patchedBytes int // what is repeated for each object
}

func (c *cost) add(o cost) {
	for _, p := range [][2]*int{{&c.objects, &o.objects}, {&c.nodes, &o.nodes}, {&c.names, &o.names}, {&c.bytes, &o.bytes},
		{&c.steps, &o.steps}, {&c.growth, &o.growth}} {
		*p[0] = min(*p[0]+*p[1], enough)
	}
}

// afford returns an error if a build would take too long.
func (t *Tree) afford(b *Build, top *Kustomization) error {
	costs := map[string]cost{}
	for _, k := range b.Taken {
		c, err := t.cost(k, costs)
		if err != nil {
			return err
		}
		costs[k.Dir] = c
	}
	c := costs[top.Dir]
	c.steps = min(c.steps+times(3*c.objects, c.names), enough)
	why := ""
	switch {
	case c.bytes > maxBytes, c.nodes > maxNodes:
		why = "it is too big"
	case c.growth > maxGrowth:
		why = "its patches and replacements may make it too big"
	case c.steps > maxSteps:
		why = "it has too many objects"
	case t.spent+c.steps > maxSteps:
		why = "building the others took long enough"
	default:
		t.spent += c.steps
		return nil
	}
	return top.fault("kustomize-limit", "", "the kustomization was not built, because %s", why)
}

// times multiplies without overflow.
func times(a, b int) int {
	if a > 0 && b > enough/a {
		return enough
	}
	return a * b
}

// cost adds up what a kustomization takes. Those that it refers to have been added up before.
func (t *Tree) cost(k *Kustomization, costs map[string]cost) (cost, error) {
	var c cost
	weigh := func(w Weight, err error, text string) error {
		if err != nil {
			return k.unreadable(text, err)
		}
		c.nodes, c.names, c.growth = c.nodes+w.Nodes, c.names+w.Names, c.growth+w.Copies
		return nil
	}
	for _, name := range k.Files {
		w, err := t.weightOf(name)
		if err := weigh(w, err, name); err != nil {
			return c, err
		}
		c.objects += w.Objects
	}
	for _, name := range append(k.needed, k.Files...) {
		data, err := t.content(name)
		if err != nil {
			return c, k.fault("kustomize-missing", name, "the kustomization cannot be built: %v", err)
		}
		c.bytes += len(data)
	}
	c.objects += len(k.spec.ConfigMapGenerator) + len(k.spec.SecretGenerator)
	for _, p := range k.spec.Patches {
		var (
			w   Weight
			err error
		)
		if p.Path != "" {
			name, localErr := t.local(k, p.Path)
			if localErr != nil {
				return c, localErr
			}
			w, err = t.weightOf(name)
		} else {
			w, err = t.weigh([]byte(p.Patch))
		}
		if err := weigh(w, err, p.Path); err != nil {
			return c, err
		}
		if p.Target != nil {
			c.patched += w.Nodes
		}
	}
	for _, r := range k.spec.Replacements {
		c.growth += growth(r)
	}
	c.patchedBytes = len(k.spec.NamePrefix) + len(k.spec.NameSuffix) + len(k.spec.Namespace)
	for _, l := range k.spec.Labels {
		for key, value := range l.Pairs {
			c.patchedBytes += len(key) + len(value)
		}
	}
	for key, value := range k.spec.CommonAnnotations {
		c.patchedBytes += len(key) + len(value)
	}
	for _, dir := range k.Bases {
		c.add(costs[dir])
	}
	for _, dir := range k.Components {
		below := costs[dir]
		c.add(below)
		c.patched, c.patchedBytes = min(c.patched+below.patched, enough), min(c.patchedBytes+below.patchedBytes, enough)
		c.steps = min(c.steps+times(c.objects, c.objects), enough)
	}
	c.nodes = min(c.nodes+times(c.objects, c.patched), enough)
	c.bytes = min(c.bytes+times(c.objects, c.patchedBytes), enough)
	c.steps = min(c.steps+times(c.objects, c.objects)+times(c.objects, len(k.spec.Patches)+len(k.spec.Images)+len(k.spec.Replicas)), enough)
	return c, nil
}

// growth returns how often a replacement may double an object: where it copies more than a name, or writes between
// delimiters what it read from the same place.
func growth(r types.ReplacementField) int {
	if r.Path != "" {
		return 1
	}
	source := "metadata.name"
	if r.Source != nil && r.Source.FieldPath != "" {
		source = strings.TrimPrefix(r.Source.FieldPath, ".")
	}
	fixed := source == "metadata.name" || source == "metadata.namespace"
	n := 0
	for _, target := range r.Targets {
		for _, p := range target.FieldPaths {
			between := target.Options != nil && target.Options.Delimiter != ""
			switch {
			case between && strings.HasPrefix(strings.TrimPrefix(p, "."), "metadata.name"), !fixed && between,
				!fixed && !strings.HasPrefix(source, "data.") && !strings.HasPrefix(source, "metadata.annotations.") && !strings.HasPrefix(source, "metadata.labels."):
				n++
			}
		}
	}
	return n
}
