// Package thumb makes small pictures of large ones.
package thumb

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Make writes the small picture of a picture into a folder.
func Make(dir, name string, picture []byte) error {
	cmd := exec.Command("convert", "-", "-thumbnail", "128x128", "jpeg:-")
	cmd.Stdin = bytes.NewReader(picture)
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("shrink %s: %w", name, err)
	}
	return os.WriteFile(filepath.Join(dir, filepath.Base(name)+".jpg"), out, 0o644)
}
