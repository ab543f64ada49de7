package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/rules"
)

// A notebook collects notifications.
type notebook struct {
	notes []check.Notification
	roles check.Roles
}

// note files a notification, unless it is about a test's or a sample's file: those may be broken on purpose.
func (b *notebook) note(n check.Notification) {
	if b.roles.Of(n.At.File) == check.Product {
		b.notes = append(b.notes, n)
	}
}

func (b *notebook) warn(code string, at check.Span, format string, args ...any) {
	b.note(check.Notification{Code: code, Level: rules.Warning, At: at, Message: fmt.Sprintf(format, args...)})
}

// A manifest is what one file says, looked at alone.
type manifest struct {
	notebook
	file           string
	objects        []*object // those that the loader has a use for
	kustomizations []node
	compose        *composeFile
}

// readFile returns a file whole, or an error if it is larger than the file system reads.
func (l *loader) readFile(name string) ([]byte, error) { return fs.ReadFile(l.fsys, name) }

var (
	crd         = regexp.MustCompile(`(?m)^kind:[ \t]*["']?CustomResourceDefinition\b`)
	betaCRD     = regexp.MustCompile(`(?m)^apiVersion:[ \t]*["']?apiextensions\.k8s\.io/v1beta1\b`)
	servicesKey = regexp.MustCompile(`(?m)^["']?services["']?[ \t]*:`)
	imageKey    = regexp.MustCompile(`(?m)(?:^|[{,])[ \t]*["']?(?:image|build)["']?[ \t]*:`)
)

// looksKubernetes reports whether text is worth decoding as Kubernetes objects. Resource definitions are not, unless their
// API version is the removed one: they are big and deploy nothing.
func looksKubernetes(text []byte) bool {
	return hasKey(text, "apiVersion") && hasKey(text, "kind") &&
		(!bytes.Contains(text, []byte("CustomResourceDefinition")) || !crd.Match(text) || betaCRD.Match(text))
}

func looksCompose(text []byte) bool {
	return bytes.Contains(text, []byte("services")) && servicesKey.Match(text) && imageKey.Match(text)
}

// hasKey reports whether something in text may be a key of a mapping: it stands at the start of a line, of an item or in
// braces, quotes around it, and a colon follows. Every file of a tree is asked, and a regular expression would take longer
// than decoding those that are manifests.
func hasKey(text []byte, key string) bool {
	for end := 0; ; {
		i := bytes.Index(text[end:], []byte(key))
		if i < 0 {
			return false
		}
		before := text[:end+i]
		end += i + len(key)
		after := text[end:]
		if n := len(before); n > 0 && isQuote(before[n-1]) {
			before = before[:n-1]
		}
		if len(after) > 0 && isQuote(after[0]) {
			after = after[1:]
		}
		before = bytes.TrimRight(bytes.TrimSuffix(before, []byte("- ")), " \t")
		opens := len(before) == 0 || bytes.IndexByte([]byte("\n{,"), before[len(before)-1]) >= 0
		if opens && bytes.HasPrefix(bytes.TrimLeft(after, " \t"), []byte(":")) {
			return true
		}
	}
}

func isQuote(c byte) bool { return c == '"' || c == '\'' }

// hasMarkup reports whether text has the marks of a template engine.
func hasMarkup(text []byte) bool {
	return bytes.Contains(text, []byte("{{")) || bytes.Contains(text, []byte("{%")) || bytes.Contains(text, []byte("<%"))
}

// read reads one file. Several may be read at a time.
func (l *loader) read(name string) *manifest {
	m := &manifest{notebook: notebook{roles: l.roles}, file: name}
	data, err := l.readFile(name)
	whole := check.Span{File: name}
	body := bytes.TrimPrefix(data, bom)
	named := isCompose(name) || isKustomization(name)
	switch {
	case err != nil:
		if named {
			m.warn("manifest-read", whole, "the manifest cannot be read: %v", reason(err))
		} else if big := oversized(nil); path.Ext(name) != ".json" && errors.As(err, &big) {
			m.note(check.Notification{Code: "yaml-limit", Level: rules.Note, At: whole, Message: "if this is a manifest, it was not judged: " + reason(err).Error()})
		}
		return m
	case len(data) > maxFile:
		if named || looksKubernetes(body) || looksCompose(body) {
			m.warn("yaml-limit", whole, "the manifest is bigger than %d MiB and was not judged", maxFile>>20)
		}
		return m
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		if text := bytes.ReplaceAll(data[2:], []byte{0}, nil); named || looksKubernetes(text) || looksCompose(text) {
			m.warn("yaml-encoding", whole, "the manifest is encoded as UTF-16 and was not judged; only UTF-8 is read")
		}
		return m
	case !named && !looksKubernetes(body) && !looksCompose(body):
		return m
	}
	docs, ok := split(newSource(name, data))
	if !ok {
		m.warn("yaml-limit", whole, "the manifest has more than %d documents; the rest was not judged", maxDocuments)
	}
	for _, d := range docs {
		if len(d.text) == len(body) || named || looksKubernetes(d.text) || looksCompose(d.text) {
			m.document(d)
		}
		if m.compose != nil {
			break // Compose reads one document
		}
	}
	return m
}

// An oversized is the error of a file that is larger than the file system reads.
type oversized interface {
	error
	Oversized() int64 // its size in bytes
}

// reason returns an error of the file system without the path that it repeats.
func reason(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}

// document adds what one document says.
func (m *manifest) document(d *document) {
	root, fault := d.decode()
	if fault != nil {
		if !hasMarkup(d.text) {
			m.note(*fault)
		}
		return
	}
	if root.isTemplate() {
		return
	}
	switch {
	case isKustomization(m.file):
		m.kustomizations = append(m.kustomizations, root)
	case isCompose(m.file), hasComposeShape(root):
		m.repeatedKeys(root, "Docker Compose refuses the file")
		m.compose = m.composeFile(root)
	default:
		m.repeatedKeys(root, "only the last was judged")
		for _, o := range objects(root) {
			if o.isRelevant() {
				m.objects = append(m.objects, o)
			}
		}
	}
}

// repeatedKeys says which keys stand twice in one mapping: decoders accept that in silence. Variables with two values
// are left to a rule.
func (b *notebook) repeatedKeys(root node, consequence string) {
	const most = 20 // notifications about one document
	found := 0
	var walk func(n node, variables bool)
	walk = func(n node, variables bool) {
		seen := map[string]node{}
		for _, p := range n.own() {
			if found == most {
				return
			}
			key := p.key.str()
			if first, ok := seen[key]; ok && p.key.isText() && (!variables || first.str() == p.value.str()) {
				found++
				b.warn("yaml-duplicate-key", p.key.span(), "the key %.80q is given twice in one mapping: %s", key, consequence)
			}
			seen[key] = p.value
			if p.value.use == nil { // an anchor is looked at where it stands
				walk(p.value, key == "environment")
			}
		}
		for _, item := range n.items() {
			if item.use == nil {
				walk(item, false)
			}
		}
	}
	walk(root, false)
}
