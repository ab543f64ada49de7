package golang

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// A Shard is one of several equal parts of a repository's packages. The zero Shard has them all.
type Shard struct {
	Index int // from 1
	Of    int // how many there are; 0 or 1 for no division
}

// ParseShard reads "INDEX/OF", such as "2/4".
func ParseShard(s string) (Shard, error) {
	index, of, ok := strings.Cut(s, "/")
	i, err1 := strconv.Atoi(index)
	n, err2 := strconv.Atoi(of)
	if !ok || err1 != nil || err2 != nil || i < 1 || i > n {
		return Shard{}, fmt.Errorf("shard %q: want INDEX/OF, such as 2/4", s)
	}
	return Shard{i, n}, nil
}

// Has reports whether a package belongs to the shard. Its import path alone decides, so that machines need not agree on a list.
func (s Shard) Has(importPath string) bool {
	if s.Of <= 1 {
		return true
	}
	sum := sha256.Sum256([]byte(importPath))
	return int(binary.BigEndian.Uint32(sum[:])%uint32(s.Of)) == s.Index-1
}
