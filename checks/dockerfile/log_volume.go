package dockerfile

import (
	"fmt"
	"path"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/dockerfile"
)

func logVolume() check.Check[*dockerfile.File] {
	return each("log-volume", func(p *check.Pass[*dockerfile.File], r release) {
		img := r.image()
		if r.development() {
			return
		}
		for _, v := range img.Volumes {
			if !isLogDir(v.Text) {
				continue
			}
			p.Report(check.Finding{
				At: v.At,
				Message: fmt.Sprintf("VOLUME %s keeps logs in files of the container's host: docker logs and the platform's collector see only what goes to stdout, and each container leaves a volume behind",
					v.Text),
				Logical: img.Stage, Matter: v.Text,
			})
		}
	})
}

// isLogDir reports whether a path is that of a directory for logs. Logs of a broker or database are its data.
func isLogDir(dir string) bool {
	dir = strings.ToLower(path.Clean(dir))
	if strings.Contains(dir, "kafka") {
		return false
	}
	base := path.Base(dir)
	return base == "log" || base == "logs" || strings.HasPrefix(dir, "/var/log/")
}
