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
		w := p.Subject
		missing := notProvided(w) // env-not-provided names what was set in its place
		for _, u := range unreadOf(w) {
			if slices.ContainsFunc(missing, func(r workload.EnvRead) bool { return alike(u.name, r.Name) }) {
				continue
			}
			f := u.finding(fmt.Sprintf("%s sets %s, which %s never reads: the value has no effect", u.by, u.name, w.Program.Title()))
			if read, ok := meant(w, u.name); ok {
				f.Message += "; it reads " + read.Name + " instead, which nothing sets"
				f.Related = related(nil, read.At, read.Name+" is read here")
			}
			p.Report(f)
		}
	}}
}

// An unread is a variable that a container has and nothing in it reads.
type unread struct {
	name    string
	at      check.Span
	by      string // what sets it, for people
	logical string
}

func (u unread) finding(message string) check.Finding {
	return check.Finding{At: u.at, Message: message, Logical: u.logical, Matter: u.name}
}

// unreadOf returns the variables of the deploy and of the image that nothing reads.
func unreadOf(w *workload.Workload) []unread {
	if w.Program == nil || w.Program.Env.Open() || len(w.Program.Execs.Members) > 0 {
		return nil // another program that it starts inherits the environment
	}
	if slices.ContainsFunc(w.Program.Configs.Members, func(c workload.ConfigFile) bool { return c.Expands }) {
		return nil
	}
	var out []unread
	used := w.UsedBeside()
	if d := w.Deploy; d != nil {
		for _, v := range d.Env.Members {
			if !v.Shared && isUnread(w.Program, v.Name) && !used(v.Name) && path.Base(v.At.File) != ".env" {
				out = append(out, unread{v.Name, v.At, cmp.Or(v.From, describe(d)), logical(d)})
			}
		}
	}
	if img := w.Image; img != nil && len(img.Binaries.Members) < 2 { // a second program may read them
		for _, v := range img.Env {
			if isUnread(w.Program, v.Name) && !used(v.Name) && !tellsOfBuild(v.Name) {
				out = append(out, unread{v.Name, v.At, "the image", img.File + "/" + img.Stage})
			}
		}
	}
	return out
}

// isUnread reports whether neither the program nor anything that it links reads a variable.
func isUnread(p *workload.Program, name string) bool {
	return !isImplicit(name) && !isOfLibrary(p, name) && !slices.ContainsFunc(p.Env.Members, func(r workload.EnvRead) bool {
		return r.Name == name || r.Prefix && strings.HasPrefix(name, r.Name)
	})
}

// isOfLibrary reports whether a variable is named after a library of which nobody here knows what it reads: FLAGD_HOST after
// github.com/open-feature/go-sdk-contrib/providers/flagd. Words that name no product tell nothing.
func isOfLibrary(p *workload.Program, name string) bool {
	word, _, _ := strings.Cut(strings.ToLower(name), "_")
	if slices.Contains(everydayWords, word) {
		return false
	}
	return slices.ContainsFunc(p.Libraries, func(path string) bool {
		return slices.Contains(strings.FieldsFunc(strings.ToLower(path), func(c rune) bool { return strings.ContainsRune("/.-_", c) }), word)
	})
}

var everydayWords = strings.Fields(`api app auth base cache client conf config core data database db env go grpc host http io key log logger main
	net port server service sql test token tools url user web`)

// meant returns the variable that somebody who set another one probably meant: the program reads it, and nothing sets it.
func meant(w *workload.Workload, name string) (read workload.EnvRead, ok bool) {
	for _, r := range w.Program.Env.Members {
		if !r.Prefix && !isSet(w, r.Name) && alike(name, r.Name) {
			return r, true
		}
	}
	return read, false
}

// alike reports whether two names are spelt alike, have the same words, or one has some more of them at one end.
func alike(a, b string) bool {
	a, b = strings.ToUpper(a), strings.ToUpper(b)
	if len(a) > len(b) {
		a, b = b, a
	}
	x, y := strings.Split(a, "_"), strings.Split(b, "_")
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y) || strings.HasPrefix(b, a+"_") || strings.HasSuffix(b, "_"+a) && len(a) > 3 ||
		strings.HasSuffix(b, a) && strings.Contains(a, "_") || suggest.Distance(a, b) <= min(2, len(a)/4)
}

// isSet reports whether the deploy or the image names a variable, whatever its value.
func isSet(w *workload.Workload, name string) bool {
	named := func(v workload.EnvVar) bool { return v.Name == name }
	return w.Deploy != nil && slices.ContainsFunc(w.Deploy.Env.Members, named) || w.Image != nil && slices.ContainsFunc(w.Image.Env, named)
}

// tellsOfBuild reports whether a variable of an image says, for people and scanners, what the image was built from.
func tellsOfBuild(name string) bool {
	return slices.ContainsFunc(strings.Split(strings.ToUpper(name), "_"), func(word string) bool {
		return slices.Contains([]string{"VERSION", "COMMIT", "SHA", "REVISION", "BUILD", "BUILT", "GIT", "TAG", "RELEASE"}, word)
	})
}

// isImplicit reports whether the Go runtime and toolchain, the C library, the platform or a library that programs link
// reads a variable, or tools that look at containers from outside do.
func isImplicit(name string) bool {
	upper := strings.ToUpper(name)
	if strings.HasPrefix(upper, "GO") && len(upper) > 2 && upper[2] != '_' {
		return true // GOMEMLIMIT, GOPROXY, GOLANG_VERSION, GOOGLE_APPLICATION_CREDENTIALS
	}
	family, _, _ := strings.Cut(upper, "_")
	return slices.Contains(implicitNames, upper) || slices.Contains(implicitFamilies, family) ||
		strings.HasPrefix(upper, "PG") || strings.HasPrefix(upper, "KUBE") || strings.HasPrefix(upper, "SSL_CERT_") ||
		strings.HasSuffix(upper, "_EMULATOR_HOST") || strings.HasSuffix(upper, "_PROXY")
}

var implicitNames = strings.Fields(`
	ALL_PROXY DEBIAN_FRONTEND ENV HOME HOSTNAME LANG LANGUAGE LOCALDOMAIN LOGNAME NODE_NAME PATH PORT PS1 PWD RES_OPTIONS SHELL SHLVL
	TEMP TERM TMP TMPDIR TZ UID USER USERNAME ZONEINFO CONTAINER`)

// implicitFamilies are the first words of such names.
var implicitFamilies = strings.Fields(`
	AIR AWS AZURE BUGSNAG CGO CLOUDSDK COMPOSE CONSUL DAPR DATADOG DD DOCKER DT ECS ELASTIC ENVOY GCE GCLOUD GCP GIN GRPC HONEYCOMB
	INSTANA ISTIO JAEGER K KO LC LD LETSENCRYPT LIGHTSTEP LINKERD MALLOC MINIO NEW NOMAD OTEL POD PYROSCOPE ROLLBAR S3 SENTRY
	SERVICE SIGNOZ SPLUNK SWARM TRAEFIK VAULT VIRTUAL XDG ZIPKIN`)
