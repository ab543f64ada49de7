package kustomize

import (
	"errors"
	"path"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// scan goes through everything in a kustomization that may name a file or a program. It leaves k.spec with what may be
// built: what Kustomize is given later is written from it, and not the text that was read.
func (t *Tree) scan(k *Kustomization) error {
	s := k.spec
	if len(s.HelmCharts) > 0 {
		return k.leftOut("kustomize-helm", s.HelmCharts[0].Name, "the kustomization takes the chart %q in, which is not rendered here", s.HelmCharts[0].Name)
	}
	s.HelmGlobals, s.Validators, s.BuildMetadata, s.SortOptions = nil, nil, nil, nil // none changes an object
	for _, v := range s.Vars {
		k.Vars = append(k.Vars, v.Name)
	}
	s.Vars = nil // Kustomize warns about them on standard error
	for _, list := range [][]string{s.Generators, s.Transformers} {
		for _, entry := range list {
			if err := t.plugin(k, entry); err != nil {
				return err
			}
		}
	}
	for _, ref := range s.Resources {
		name, err := t.local(k, ref)
		switch {
		case err != nil:
			return err
		case t.files[name]:
			k.Files = append(k.Files, name)
		default:
			k.Bases = append(k.Bases, name)
		}
	}
	for _, ref := range s.Components {
		name, err := t.local(k, ref)
		if err != nil {
			return err
		}
		k.Components = append(k.Components, name)
	}
	for _, ref := range references(s) {
		name, err := t.local(k, ref)
		if err != nil {
			return err
		}
		if !t.files[name] {
			return k.fault("kustomize-missing", ref, "the kustomization cannot be built: %q is no file", ref)
		}
		k.needed = append(k.needed, name)
	}
	whole, lines := sources(s)
	for i, ref := range slices.Concat(whole, lines) {
		name, err := t.local(k, ref)
		var e *Error
		switch {
		case errors.As(err, &e) && e.Code != "kustomize-missing":
			return e
		case t.files[name]:
			k.needed = append(k.needed, name)
		case i < len(whole):
			k.stands[path.Join(k.Dir, ref)] = Unknown
		default:
			k.stands[path.Join(k.Dir, ref)] = ""
		}
	}
	// The old forms of patches and labels say the same as the new ones; Kustomize warns about them on standard error.
	for _, p := range s.PatchesStrategicMerge {
		text := string(p)
		if strings.Contains(text, "\n") || strings.Contains(text, ": ") {
			s.Patches = append(s.Patches, types.Patch{Patch: text})
		} else {
			s.Patches = append(s.Patches, types.Patch{Path: text})
		}
	}
	s.Patches = append(s.Patches, s.PatchesJson6902...)
	s.PatchesStrategicMerge, s.PatchesJson6902 = nil, nil
	if len(s.CommonLabels) > 0 {
		s.Labels = append(s.Labels, types.Label{Pairs: s.CommonLabels, IncludeSelectors: true})
		s.CommonLabels = nil
	}
	return nil
}

// references returns every file that a kustomization names besides its resources, its components and what its
// generators read.
func references(s *types.Kustomization) []string {
	out := slices.Concat(s.Crds, s.Configurations)
	add := func(ref string) {
		if ref != "" {
			out = append(out, ref)
		}
	}
	add(s.OpenAPI["path"])
	for _, p := range s.PatchesStrategicMerge {
		if text := string(p); !strings.Contains(text, "\n") && !strings.Contains(text, ": ") {
			add(text)
		}
	}
	for _, p := range slices.Concat(s.Patches, s.PatchesJson6902) {
		add(p.Path)
	}
	for _, r := range s.Replacements {
		add(r.Path)
	}
	return out
}

// sources returns every file that a kustomization's generators read: those whose content is one value, and those that
// hold a variable on each line.
func sources(s *types.Kustomization) (whole, lines []string) {
	add := func(g types.KvPairSources) {
		for _, f := range g.FileSources {
			if _, file, ok := strings.Cut(f, "="); ok {
				f = file
			}
			whole = append(whole, f)
		}
		lines = append(lines, g.EnvSources...)
	}
	for _, g := range s.ConfigMapGenerator {
		add(g.KvPairSources)
	}
	for _, g := range s.SecretGenerator {
		add(g.KvPairSources)
	}
	return whole, lines
}

// remote matches all that Kustomize may take for the address of a file or of a git repository.
var remote = regexp.MustCompile(`(?i)[:?@\\\n]|^github\.com\b|//|_git/|\.git(/|$)`)

// local returns the file or the directory with a kustomization that a reference means.
func (t *Tree) local(k *Kustomization, ref string) (string, error) {
	if remote.MatchString(ref) {
		return "", k.leftOut("kustomize-remote", ref, "the kustomization takes in what is not in the tree and was not fetched: %.200q", ref)
	}
	name := path.Join(k.Dir, ref)
	switch {
	case ref == "", path.IsAbs(ref), name == "..", strings.HasPrefix(name, "../"):
		return "", k.fault("kustomize-outside", ref, "the kustomization refers to what is outside the repository: %.200q", ref)
	case !t.files[name] && len(t.dirs[name]) == 0:
		return "", k.fault("kustomize-missing", ref, "the kustomization cannot be built: %.200q is not in the tree", ref)
	}
	return name, nil
}

// simple are the built-in plugins that read no files and repeat nothing.
var simple = []string{"AnnotationsTransformer", "ImageTagTransformer", "LabelTransformer", "NamespaceTransformer", "PrefixSuffixTransformer",
	"PrefixTransformer", "ReplicaCountTransformer", "SuffixTransformer"}

// plugin returns an error unless an entry of generators or transformers, a file or YAML text, configures simple
// plugins alone: all others may run a program or a container.
func (t *Tree) plugin(k *Kustomization, entry string) error {
	text := []byte(entry)
	if !strings.Contains(entry, "\n") {
		name, err := t.local(k, entry)
		if err != nil {
			return err
		}
		if text, err = t.content(name); err != nil {
			return k.leftOut("kustomize-plugin", entry, "the kustomization takes plugins from %.200q, which were not run", entry)
		}
		k.needed = append(k.needed, name)
	}
	if _, err := t.weigh(text); err != nil {
		return k.unreadable(entry, err)
	}
	for _, doc := range regexp.MustCompile(`(?m)^---`).Split(string(text), -1) {
		n, err := yaml.Parse(doc)
		if err != nil {
			continue // nothing in it, or nothing that Kustomize could read
		}
		kind := n.GetKind()
		function := strings.Contains(doc, "config.kubernetes.io/function") || strings.Contains(doc, "config.k8s.io/function")
		if n.GetApiVersion() != "builtin" || function || !slices.Contains(simple, kind) {
			return k.leftOut("kustomize-plugin", entry, "the kustomization uses the plugin %.80q, which was not run", kind)
		}
	}
	return nil
}
