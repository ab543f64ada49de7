package repository

// Head returns the first bytes of a regular file, n at most, however large it is.
func (t *Tree) Head(name string, n int64) ([]byte, error) {
	f, err := t.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.first(n)
}
