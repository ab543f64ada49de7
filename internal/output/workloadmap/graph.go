package workloadmap

import (
	"fmt"
	"io"
)

// WriteGraph stub
func WriteGraph(format string, w io.Writer, groups []*Group) error {
	return fmt.Errorf("no such format: %s", format)
}
