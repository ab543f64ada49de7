package repository

// Head returns the first bytes of a regular file, n at most, however large it is.
func (t *Tree) Head(name string, n int64) ([]byte, error) {
	f, err := t.open(name)
	if err != nil {
		t.record.add(t.see(name, n))
		return nil, err
	}
	defer f.Close()
	text, err := f.first(n)
	if err == nil {
		t.record.add(t.seen(name, n, f.look, text))
	}
	return text, err
}
