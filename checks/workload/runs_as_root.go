package workload

import (
	"fmt"
	"path"
	"slices"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
	"github.com/factorlint/factorlint/rules"
)

func runsAsRoot() check.Check[*workload.Workload] {
	return check.Check[*workload.Workload]{Rule: "runs-as-root", Run: func(p *check.Pass[*workload.Workload]) {
		w, d := p.Subject, p.Subject.Deploy
		if w.Image == nil || w.Image.Developers || w.Image.DropsRoot || !startsService(w) {
			return
		}
		if d != nil && (needsRoot(d) || mayBeOtherUser(d)) {
			return
		}
		if d == nil || d.RunAsUser.Absent() {
			imageRunsAsRoot(p)
			return
		}
		if user, _ := d.RunAsUser.Get(); isRoot(user) {
			p.Report(check.Finding{
				At:      d.RunAsUser.At(),
				Message: describe(d) + " asks to run as root: whoever takes its program over is root in the container",
				Logical: logical(d), Matter: "user",
			})
		}
	}}
}

// imageRunsAsRoot reports an image whose user is root where the deploy, if there is one, chooses none.
func imageRunsAsRoot(p *check.Pass[*workload.Workload]) {
	img, d := p.Subject.Image, p.Subject.Deploy
	if user, ok := img.RunsAs(); !ok || !isRoot(user) {
		return
	}
	f := check.Finding{At: img.At, Logical: img.File + "/" + img.Stage, Matter: "user"}
	said := "sets no USER"
	if !img.User.Absent() {
		f.At, said = img.User.At(), "sets USER root"
	}
	if d == nil || p.Roles.Of(d.File) != check.Product {
		f.Message = fmt.Sprintf("the image %s: unless whoever deploys it chooses another user, its program runs as root, and whoever takes it over is root in the container",
			said)
		p.ReportAs(rules.Note, f)
		return
	}
	f.Message = fmt.Sprintf("the image %s, and %s chooses no other user: its program runs as root, and whoever takes it over is root in the container",
		said, describe(d))
	f.Related = related(nil, d.At, "chooses no user")
	p.Report(f)
}

func isRoot(user string) bool { return user == "root" || user == "0" }

// startsService reports whether a workload may be a service: it has a command, and its program is none that people run by
// hand.
func startsService(w *workload.Workload) bool {
	if w.Program != nil && (w.Program.Class == workload.CLI || w.Program.Class == workload.Job) && w.Deploy == nil {
		return false
	}
	if w.Deploy != nil {
		return !ends(w.Deploy) && !w.Deploy.Development
	}
	return !w.Image.Entrypoint.Absent() || !w.Image.Cmd.Absent()
}

// needsRoot reports whether a container works with files of its node or of its container engine, which mostly root alone may touch.
func needsRoot(d *workload.Deploy) bool {
	return d.Kind == "DaemonSet" || slices.ContainsFunc(d.Mounts, func(m workload.Mount) bool {
		return m.Source == "hostPath" || m.Source == "bind" && path.IsAbs(m.Name)
	})
}

// mayBeOtherUser reports whether a deploy forbids root, or may choose a user that cannot be told.
func mayBeOtherUser(d *workload.Deploy) bool {
	_, known := d.RunAsUser.Get()
	switch nonRoot, ok := d.NonRoot.Or(false); {
	case nonRoot || !ok, !known && !d.RunAsUser.Absent():
		return true
	case d.RunAsUser.Absent() && d.Variant != nil && d.Variant.Incomplete:
		return true // an overlay may choose one
	}
	for _, v := range []workload.Value[workload.Command]{d.Entrypoint, d.Args} {
		if c, ok := v.Or(workload.Command{}); !ok || workload.MayDropRoot(c) {
			return true
		}
	}
	return false
}
