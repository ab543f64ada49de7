package dockerfile

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/dockerfile"
	"github.com/factorlint/factorlint/internal/workload"
)

func sshdInImage() check.Check[*dockerfile.File] {
	return each("sshd-in-image", func(p *check.Pass[*dockerfile.File], r release) {
		img, list := starts(r)
		if servesSSH(list) || usesMPI.Match(r.file.Source) {
			return
		}
		for _, s := range list {
			if startsSSHD(s.Args()) && !builds(img, s.Args()[0]) {
				reportAt(p, s, s.At, img, check.Finding{
					Message: fmt.Sprintf("%s starts sshd: whoever logs in works inside one container that nobody else sees, with keys and users that the image carries", s.by()),
					Matter:  "start",
				})
				return
			}
		}
		if r.development() {
			return
		}
		for _, s := range r.chain() {
			for _, in := range s.Instructions {
				calls, _ := p.Subject.Commands(in)
				for _, c := range calls {
					if at, ok := installs(c, "openssh-server", "openssh-server-pam", "dropbear"); ok {
						p.Report(check.Finding{
							At:      at.At,
							Message: fmt.Sprintf("%s puts an SSH server into the image: whoever logs in works inside one container that nobody else sees, with keys and users that the image carries", at.Text),
							Logical: img.Stage, Matter: at.Text,
						})
						return
					}
				}
			}
		}
	})
}

// servesSSH reports whether an SSH server is what the image is for: the program that it ends in.
func servesSSH(list []started) bool {
	for _, s := range slices.Backward(list) {
		if dockerfile.MayServe(s.Call) {
			return startsSSHD(s.Args()) && !s.Background && !slices.Contains(s.Args(), "start")
		}
	}
	return false
}

// usesMPI matches what a Dockerfile says that makes an image for MPI, which starts its processes on other hosts by SSH.
var usesMPI = regexp.MustCompile(`(?i)\b(?:open)?mpi(?:ch|run|exec)?\b`)

func startsSSHD(args []string) bool {
	switch name := args[0][strings.LastIndexByte(args[0], '/')+1:]; name {
	case "sshd", "dropbear":
		return true
	case "service", "rc-service":
		return len(args) > 2 && (args[1] == "ssh" || args[1] == "sshd") && (args[2] == "start" || args[2] == "restart")
	case "ssh":
		return strings.HasPrefix(args[0], "/etc/init.d/") && len(args) > 1 && args[1] == "start"
	}
	return false
}

// installs returns the word of a package manager's command that names one of the packages.
func installs(c *dockerfile.Call, packages ...string) (workload.Word, bool) {
	args := c.Args()
	switch c.Name() {
	case "apt-get", "apt", "apk", "yum", "dnf", "microdnf", "zypper", "aptitude", "tdnf":
	default:
		return workload.Word{}, false
	}
	if !slices.ContainsFunc(args, func(a string) bool { return a == "install" || a == "add" || a == "in" }) {
		return workload.Word{}, false
	}
	for _, w := range lastWords(c.Words, len(args)) {
		name, _, _ := strings.Cut(w.Text, "=")
		if slices.Contains(packages, name) {
			return w, true
		}
	}
	return workload.Word{}, false
}
