package manifest

import (
	"encoding/base64"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
	"github.com/factorlint/factorlint/rules"
)

// secretInManifest is FL1702. No message holds a value.
func secretInManifest() check.Check[*workload.Variant] {
	return check.Check[*workload.Variant]{Rule: "secret-in-manifest", Run: func(p *check.Pass[*workload.Variant]) {
		for _, d := range p.Subject.Deploys {
			for _, v := range literals(d) {
				value, ok := v.Value.Get()
				if !ok || strings.Contains(value, "$(") {
					continue // ConfigMaps are looked at themselves, a .env file by another rule
				}
				if d.Platform == workload.Compose {
					composeSecret(p, d, v)
				} else if isCredential(v.Name, value) {
					report(p, v.Value.At(), value, check.Finding{At: v.Value.At(), Matter: v.Name, Logical: logical(d),
						Message: fmt.Sprintf("%s is given %s as a literal: whoever reads the manifest or the pod has the credential, and changing it takes a commit", container(d), v.Name)})
				}
			}
		}
		for _, c := range p.Subject.ConfigMaps {
			for _, key := range slices.Sorted(maps.Keys(c.Keys)) {
				text, _ := c.Data[key].Get()
				kind, effect := "ConfigMap", "whoever reads the manifest or the ConfigMap has the credential"
				if c.Secret {
					text = c.Hidden[key].Reveal()
					kind, effect = "Secret", "base64 hides nothing, and whoever reads the repository has the credential"
				}
				if isCredential(key, text) {
					report(p, c.Data[key].At(), text, check.Finding{At: c.Keys[key], Matter: key, Logical: fmt.Sprintf("v1/%s/%s/%s", kind, c.Namespace, c.Name),
						Message: fmt.Sprintf("%s %q is committed with the value of %s: %s", kind, c.Name, key, effect)})
				}
			}
		}
	}}
}

// report files a finding about a text at a place. What the values of a chart give is a note, unless they are those of production,
// since each deploy is to give its own; so is what only runs on a developer's machine. Values for a chart's tests are no finding.
func report(p *check.Pass[*workload.Variant], at check.Span, text string, f check.Finding) {
	severity := rules.Warning
	if p.Subject.Chart != "" && !stands(at, text) {
		origin, known := p.Subject.Origins[at]
		if !known {
			origin = check.Span{File: p.Subject.Name}
		} else if at != f.At {
			f.Related = append(f.Related, check.Related{At: origin, Message: "the chart takes it from here"})
		}
		if p.Roles.Of(path.Join(origin.File, "-")) != check.Product {
			return
		}
		if !check.SaysProduction(origin.File) {
			severity = rules.Note
		}
	}
	if check.SaysDevelopment(f.At.File) {
		severity = rules.Note
	}
	p.ReportAs(severity, f)
}

// stands reports whether a text stands at its place, perhaps in base64, and no template wrote it. The place of a text of several
// lines is that of the indicator before them.
func stands(at check.Span, text string) bool {
	const indicator = 3 // bytes: "|2-"
	return at.Spells(text) || at.Spells(base64.StdEncoding.EncodeToString([]byte(text))) ||
		strings.Contains(text, "\n") && at.End.Offset-at.Start.Offset <= indicator
}

// composeSecret judges a variable of a Compose service. Most Compose files run on a developer's machine, where everybody
// knows the passwords.
func composeSecret(p *check.Pass[*workload.Variant], d *workload.Deploy, v workload.EnvVar) {
	value, _ := v.Value.Get()
	if strings.Contains(d.Name, "test") { // a database for tests beside the one that is developed with
		return
	}
	if check.IsPlaceholder(value) && !isURL(value) || !verbatim(v.Value) || !isCredential(v.Name, value) {
		return
	}
	if password, _, ok := check.URLPassword(value); ok && check.IsPlaceholder(password) {
		return
	}
	f := check.Finding{At: v.Value.At(), Logical: logical(d), Matter: v.Name,
		Message: fmt.Sprintf("%s is given %s as a literal: whoever reads the file has the credential, and changing it takes a commit", container(d), v.Name)}
	if check.SaysProduction(d.File) || check.SaysProduction(v.Value.At().File) {
		p.Report(f)
		return
	}
	p.ReportAs(rules.Note, f)
}

func isURL(s string) bool { return strings.Contains(s, "://") }

// isCredential reports whether a name and its value are those of a credential that works. A password works however simple
// it is; of tokens and keys the simple ones are placeholders.
func isCredential(name, value string) bool {
	if check.HoldsPrivateKey(value) {
		return !check.IsStandIn(value)
	}
	if password, host, ok := check.URLPassword(value); ok {
		return host != "localhost" && !strings.HasPrefix(host, "127.") && !check.IsStandIn(password) && !strings.EqualFold(password, "password")
	}
	switch {
	case !check.IsSecretName(name) || check.IsStandIn(value) || strings.Contains(strings.ToLower(value), strings.ToLower(name)):
		return false // API_KEY_VAL, for API_KEY, is to be replaced
	case check.IsPasswordName(name):
		return !isSwitch(value)
	}
	return !check.IsPlaceholder(value) && len(value) >= 8
}

func isSwitch(value string) bool {
	switch strings.ToLower(value) {
	case "true", "false", "none", "null", "disabled", "enabled":
		return true
	}
	return false
}
