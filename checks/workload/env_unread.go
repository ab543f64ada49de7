package workload

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/suggest"
	"github.com/factorlint/factorlint/internal/workload"
)

func envUnread() check.Check[*workload.Workload] {
	return check.Check[*workload.Workload]{Rule: "env-unread", Run: func(p *check.Pass[*workload.Workload]) {
		w, d, img := p.Subject, p.Subject.Deploy, p.Subject.Image
		if w.Program == nil || w.Program.Env.Open() || len(w.Program.Execs.Members) > 0 {
			return // another program that it starts inherits the environment
		}
		if d != nil {
			for _, v := range d.Env.Members {
				if isUnread(w, v.Name) && !d.SharesEnv(v) && path.Base(v.At.File) != ".env" {
					reportUnread(p, v, cmp.Or(v.From, describe(d)), logical(d))
				}
			}
		}
		if img == nil || len(img.Binaries.Members) > 1 {
			return // a program beside it may read them
		}
		for _, v := range img.Env {
			if isUnread(w, v.Name) && !tellsOfBuild(v.Name) {
				reportUnread(p, v, "the image", img.File+"/"+img.Stage)
			}
		}
	}}
}

func reportUnread(p *check.Pass[*workload.Workload], v workload.EnvVar, by, logical string) {
	w := p.Subject
	message := fmt.Sprintf("%s sets %s, which no code of %s reads: the value has no effect", by, v.Name, w.Program.Name)
	var rel []check.Related
	if read, ok := meant(w, v.Name); ok {
		message += "; what it reads, and nothing sets, is " + read.Name
		rel = related(rel, read.At, read.Name+" is read here")
	}
	p.Report(check.Finding{At: v.At, Message: message, Related: rel, Logical: logical, Matter: v.Name})
}

// isUnread reports whether nothing in the container reads a variable.
func isUnread(w *workload.Workload, name string) bool {
	return !isImplicit(name) && !w.UsedBeside(name) && !slices.ContainsFunc(w.Program.Env.Members, func(r workload.EnvRead) bool {
		return r.Name == name || r.Prefix && strings.HasPrefix(name, r.Name)
	})
}

// meant returns the variable that somebody who set another one probably meant: the program reads it and nothing sets it.
// It is spelt alike, has the same words in another order, or has some more of them, or less, at one end.
func meant(w *workload.Workload, name string) (read workload.EnvRead, ok bool) {
	in := w.Inputs()
	var unset []workload.EnvRead
	for _, r := range w.Program.Env.Members {
		if _, known := in.Env(r.Name).Get(); !known && !r.Prefix && !isSet(w, r.Name) {
			unset = append(unset, r)
		}
	}
	alike := func(r workload.EnvRead) bool {
		a, b := strings.ToUpper(name), strings.ToUpper(r.Name)
		if len(a) > len(b) {
			a, b = b, a
		}
		return sameWords(a, b) || strings.HasPrefix(b, a+"_") || strings.HasSuffix(b, "_"+a) && strings.Contains(a, "_") ||
			suggest.Distance(a, b) <= min(2, len(a)/4)
	}
	if i := slices.IndexFunc(unset, alike); i >= 0 {
		return unset[i], true
	}
	return read, false
}

// isSet reports whether the deploy or the image names a variable, whatever its value.
func isSet(w *workload.Workload, name string) bool {
	named := func(v workload.EnvVar) bool { return v.Name == name }
	return w.Deploy != nil && slices.ContainsFunc(w.Deploy.Env.Members, named) || w.Image != nil && slices.ContainsFunc(w.Image.Env, named)
}

func sameWords(a, b string) bool {
	x, y := strings.Split(a, "_"), strings.Split(b, "_")
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

// tellsOfBuild reports whether a variable of an image says, for people and scanners, what the image was built from.
func tellsOfBuild(name string) bool {
	words := strings.Split(strings.ToUpper(name), "_")
	return slices.ContainsFunc(words, func(w string) bool {
		return slices.Contains([]string{"VERSION", "COMMIT", "SHA", "REVISION", "BUILD", "BUILT", "GIT", "TAG", "RELEASE"}, w)
	})
}

// isImplicit reports whether the Go runtime and toolchain, the C library, the platform or a library that programs link
// reads a variable, or tools that look at containers from outside do.
func isImplicit(name string) bool {
	upper := strings.ToUpper(name)
	if strings.HasPrefix(upper, "GO") && len(upper) > 2 && upper[2] != '_' {
		return true // GOMEMLIMIT, GOPROXY, GOLANG_VERSION, GOOGLE_APPLICATION_CREDENTIALS
	}
	first, _, _ := strings.Cut(upper, "_")
	return slices.Contains(implicitNames, upper) || slices.Contains(implicitFamilies, first) || strings.HasPrefix(upper, "PG") || strings.HasPrefix(upper, "KUBE") ||
		strings.HasSuffix(upper, "_EMULATOR_HOST") || strings.HasSuffix(upper, "_PROXY") || strings.HasPrefix(upper, "SSL_CERT_")
}

var implicitNames = strings.Fields(`
	ALL_PROXY DEBIAN_FRONTEND ENV HOME HOSTNAME LANG LANGUAGE LOCALDOMAIN LOGNAME NODE_NAME PATH PORT PS1 PWD RES_OPTIONS SHELL SHLVL
	TEMP TERM TMP TMPDIR TZ UID USER USERNAME ZONEINFO container`)

// implicitFamilies are the first words of such names.
var implicitFamilies = strings.Fields(`
	AIR AWS AZURE BUGSNAG CGO CLOUDSDK COMPOSE CONSUL CW DAPR DATADOG DD DOCKER DT ECS ELASTIC ENVOY GCE GCLOUD GCP GIN GRPC HONEYCOMB
	INSTANA ISTIO JAEGER K KO LC LD LETSENCRYPT LIGHTSTEP LINKERD MALLOC MINIO NEW NOMAD OTEL POD PYROSCOPE ROLLBAR S3 SENTRY
	SERVICE SIGNOZ SPLUNK SWARM TRAEFIK VAULT VIRTUAL XDG ZIPKIN`)
