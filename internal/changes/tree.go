package changes

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/index"

	"github.com/factorlint/factorlint/internal/repository"
)

// Modes of entries of a tree, as git ls-tree writes them.
const (
	modeExecutable = "100755"
	modeSymlink    = "120000"
)

// maxExtracted is how many bytes the files of a commit may have together. One content may stand in thousands of places.
const maxExtracted = 4 << 30

// An object is a file of a commit.
type object struct {
	mode, hash, path string
	size             int64
}

// Extract writes the files of a commit to a new folder below dir, and returns it. It is called as the work tree, and has a .git with
// an index and the name of its remote, so that it is taken for what it was. Contents are as they were committed: no filter is run.
// Files that are too large to be looked at are left out, and so are symbolic links that lead out of the tree, and what a sparse checkout
// does not put into the work tree now.
func (g *Git) Extract(ctx context.Context, commit, dir string) (string, error) {
	objects, err := g.objects(ctx, commit)
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, filepath.Base(g.top))
	if err := os.Mkdir(name, 0o700); err != nil {
		return "", err
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		return "", err
	}
	defer root.Close()
	hashes := make([]string, len(objects))
	for i, o := range objects {
		hashes[i] = o.hash
	}
	made := map[string]bool{}
	write := func(i int, content io.Reader) error {
		if dir := path.Dir(objects[i].path); !made[dir] {
			if err := root.MkdirAll(filepath.FromSlash(dir), 0o700); err != nil {
				return err
			}
			made[dir] = true
		}
		return objects[i].write(root, content)
	}
	if len(objects) > 0 {
		if err := g.blobs(ctx, hashes, write); err != nil {
			return "", err
		}
	}
	return name, g.describe(root, objects)
}

// objects lists the files of a commit that are to be written.
func (g *Git) objects(ctx context.Context, commit string) ([]object, error) {
	text, err := g.run(ctx, "ls-tree", "-r", "-l", "-z", "--full-tree", commit)
	if err != nil {
		return nil, err
	}
	leftOut := repository.LeftOut(g.top)
	var (
		out   []object
		total int64
	)
	for entry := range strings.SplitSeq(strings.TrimSuffix(string(text), "\x00"), "\x00") {
		// <mode> <type> <hash> <size, padded>\t<path>
		about, name, _ := strings.Cut(entry, "\t")
		words := strings.Fields(about)
		if len(words) != 4 || words[1] != "blob" || !writable(name) || leftOut[name] {
			continue
		}
		size, err := strconv.ParseInt(words[3], 10, 64)
		switch {
		case err != nil:
			return nil, lacks(words[2])
		case size > repository.MaxFileSize:
			continue
		}
		if len(out) == repository.MaxFiles {
			return nil, fmt.Errorf("it has more than %d files", repository.MaxFiles)
		}
		if total += size; total > maxExtracted {
			return nil, fmt.Errorf("its files have more than %d bytes", int64(maxExtracted))
		}
		out = append(out, object{mode: words[0], hash: words[2], path: name, size: size})
	}
	return out, nil
}

// writable reports whether a path of a tree is one that git would check out: git refuses what is or looks like its own folder.
func writable(name string) bool {
	if !fs.ValidPath(name) || !filepath.IsLocal(filepath.FromSlash(name)) {
		return false
	}
	for elem := range strings.SplitSeq(name, "/") {
		if strings.EqualFold(elem, ".git") {
			return false
		}
	}
	return true
}

// write writes a file or a symbolic link.
func (o object) write(root *os.Root, content io.Reader) error {
	name := filepath.FromSlash(o.path)
	if o.mode == modeSymlink {
		target, err := io.ReadAll(content)
		if err != nil || !filepath.IsLocal(filepath.Join(filepath.Dir(name), filepath.FromSlash(string(target)))) || path.IsAbs(string(target)) {
			return err
		}
		if err := root.Symlink(filepath.FromSlash(string(target)), name); !errors.Is(err, fs.ErrExist) {
			return err
		}
		return nil // where names that differ in case are one
	}
	mode := fs.FileMode(0o600)
	if o.mode == modeExecutable {
		mode = 0o700
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, content)
	return errors.Join(err, f.Close())
}

// describe writes what internal/repository reads of git.
func (g *Git) describe(root *os.Root, objects []object) error {
	if err := root.Mkdir(".git", 0o700); err != nil {
		return err
	}
	idx := &index.Index{Version: 2}
	for _, o := range objects {
		mode, err := filemode.New(o.mode)
		if err != nil {
			return err
		}
		e := &index.Entry{Name: o.path, Mode: mode, Size: uint32(o.size)}
		sum, err := hex.DecodeString(o.hash)
		if err != nil {
			return err
		}
		copy(e.Hash[:], sum[:min(len(sum), len(plumbing.ZeroHash))])
		idx.Entries = append(idx.Entries, e)
	}
	f, err := root.Create(filepath.Join(".git", "index"))
	if err != nil {
		return err
	}
	b := bufio.NewWriter(f)
	if err := errors.Join(index.NewEncoder(b).Encode(idx), b.Flush(), f.Close()); err != nil {
		return err
	}
	config := ""
	if remote := repository.Remote(g.top); remote != "" {
		config = fmt.Sprintf("[remote \"origin\"]\n\turl = https://localhost/%s\n", remote)
	}
	return errors.Join(root.WriteFile(filepath.Join(".git", "config"), []byte(config), 0o600),
		root.WriteFile(filepath.Join(".git", "HEAD"), []byte("ref: refs/heads/main\n"), 0o600))
}

// lacks is the error of a content that is not in git's store.
func lacks(hash string) error {
	return fmt.Errorf("git: the content %s is not here; a partial clone may lack it", hash)
}

// readBlobs reads what git cat-file --batch writes: "<hash> <type> <size>", the content and an end of line, or "<hash> missing".
func readBlobs(r io.Reader, hashes []string, do func(i int, content io.Reader) error) error {
	b := bufio.NewReaderSize(r, 1<<16)
	for i, h := range hashes {
		line, err := b.ReadString('\n')
		if err != nil {
			return fmt.Errorf("git: %w", err)
		}
		words := strings.Fields(line)
		if len(words) != 3 || words[1] != "blob" {
			return lacks(h)
		}
		size, err := strconv.ParseInt(words[2], 10, 64)
		if err != nil {
			return fmt.Errorf("git: %w", err)
		}
		content := io.LimitReader(b, size)
		if err := do(i, content); err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, content); err != nil {
			return err
		}
		if _, err := b.Discard(1); err != nil {
			return fmt.Errorf("git: %w", err)
		}
	}
	return nil
}
