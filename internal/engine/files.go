package engine

// Files returns the files that Run looks at, sorted, slash-separated and relative to the folder that it analyses.
func Files(o Options) ([]string, error) {
	r, err := open(o)
	if err != nil {
		return nil, err
	}
	defer r.tree.Close()
	names := make([]string, len(r.tree.Files))
	for i, f := range r.tree.Files {
		names[i] = f.Path
	}
	return names, nil
}
